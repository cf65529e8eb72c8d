"""The other services say that they have forgotten a family."""

from accounts.use_cases.erase_family import note_answer
from chassis.broker.consumer import Handlers
from chassis.database import Transaction
from chassis.runtime import Runtime
from portail_contracts.billing import BillingErasureCompleted
from portail_contracts.enrolment import EnrolmentErasureCompleted
from portail_contracts.messaging import MessagingErasureCompleted

Completed = EnrolmentErasureCompleted | BillingErasureCompleted | MessagingErasureCompleted


def handlers(runtime: Runtime) -> Handlers:
    async def completed(transaction: Transaction, event: Completed) -> None:
        service = event.type.partition(".")[0]
        await note_answer(transaction, event.erasure_id, service, event.kept, runtime.clock.now())

    return {
        EnrolmentErasureCompleted: completed,
        BillingErasureCompleted: completed,
        MessagingErasureCompleted: completed,
    }
