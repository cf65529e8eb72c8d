"""Facts of accounts: who the families, children and staff are, and changes to their files."""

from chassis.broker.consumer import Handlers
from chassis.clock import Clock
from chassis.database import Transaction
from enrolment.domain.diary import Child
from enrolment.use_cases.conclude_change import conclude_applied, conclude_rejected
from enrolment.use_cases.forget_family import forget_family
from enrolment.use_cases.merge_families import merge_families
from enrolment.use_cases.queue_change import queue_change
from enrolment.use_cases.record_child import record_child, record_departure
from enrolment.use_cases.record_family import record_family
from enrolment.use_cases.record_staff_member import record_staff_member
from portail_contracts.accounts import (
    ChangeApplied,
    ChangeProposed,
    ChangeRejected,
    ChildRecorded,
    FamilyErased,
    FamilyMerged,
    FamilyRecorded,
    StaffMemberRecorded,
)


async def on_family(transaction: Transaction, event: FamilyRecorded) -> None:
    await record_family(transaction, event.family_id, event.version, event.reference, event.name)


async def on_staff_member(transaction: Transaction, event: StaffMemberRecorded) -> None:
    await record_staff_member(
        transaction, event.staff_id, event.version, event.name, event.roles, event.active
    )


async def on_family_merged(transaction: Transaction, event: FamilyMerged) -> None:
    twins = [pair.absorbed_child_id for pair in event.same_children]
    await merge_families(transaction, event.absorbed_family_id, event.family_id, twins)


def handlers(clock: Clock) -> Handlers:
    """What enrolment does with each fact of accounts."""

    async def on_child(transaction: Transaction, event: ChildRecorded) -> None:
        child = Child(
            event.child_id, event.family_id, event.given_name, event.family_name, event.born_on
        )
        if event.left_on is None:
            await record_child(transaction, child, event.version)
        else:
            await record_departure(transaction, child, event.version, event.left_on, clock.now())

    async def on_family_erased(transaction: Transaction, event: FamilyErased) -> None:
        await forget_family(transaction, event.family_id, event.erasure_id, now=clock.now())

    return {
        FamilyRecorded: on_family,
        ChildRecorded: on_child,
        ChangeProposed: queue_change,
        ChangeApplied: conclude_applied,
        ChangeRejected: conclude_rejected,
        StaffMemberRecorded: on_staff_member,
        FamilyErased: on_family_erased,
        FamilyMerged: on_family_merged,
    }
