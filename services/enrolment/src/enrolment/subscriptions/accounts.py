"""Facts of accounts that enrolment keeps: who the families, children and staff are."""

from chassis.broker.consumer import Handlers
from chassis.database import Transaction
from enrolment.domain.diary import Child
from enrolment.use_cases.record_child import record_child
from enrolment.use_cases.record_family import record_family
from enrolment.use_cases.record_staff_member import record_staff_member
from portail_contracts.accounts import ChildRecorded, FamilyRecorded, StaffMemberRecorded


async def on_family(transaction: Transaction, event: FamilyRecorded) -> None:
    await record_family(transaction, event.family_id, event.version, event.reference, event.name)


async def on_child(transaction: Transaction, event: ChildRecorded) -> None:
    child = Child(
        event.child_id, event.family_id, event.given_name, event.family_name, event.born_on
    )
    await record_child(transaction, child, event.version)


async def on_staff_member(transaction: Transaction, event: StaffMemberRecorded) -> None:
    await record_staff_member(
        transaction, event.staff_id, event.version, event.name, event.roles, event.active
    )


HANDLERS: Handlers = {
    FamilyRecorded: on_family,
    ChildRecorded: on_child,
    StaffMemberRecorded: on_staff_member,
}
