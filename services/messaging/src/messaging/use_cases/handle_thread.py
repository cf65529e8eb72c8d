"""Staff see, follow, pass on, close and reopen a thread, and note things for each other."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.desk import Agent, Scope, Turn, usable_note
from messaging.domain.threads import Centre, Topic
from messaging.store import desk, notebook
from messaging.store.desk import Case
from messaging.store.families import lock_family

from .mark_thread import UnknownThread
from .tell_thread import tell_thread


async def case_of(transaction: Transaction, thread_id: UUID, scope: Scope) -> Case:
    """With its family locked. Raises UnknownThread."""
    found = await desk.find_case(transaction.connection, thread_id, scope)
    if found is None:
        raise UnknownThread("Cette conversation n’existe pas.")
    if found.thread.family_id is not None:
        await lock_family(transaction.connection, found.thread.family_id)
    found = await desk.find_case(transaction.connection, thread_id, scope, lock=True)
    if found is None:
        raise UnknownThread("Cette conversation n’existe pas.")
    return found


async def _tell(transaction: Transaction, case: Case, now: datetime) -> None:
    thread = case.thread
    if thread.family_id is not None:
        await tell_thread(transaction, thread.family_id, thread.thread_id, thread.audience, now)


async def see_thread(
    transaction: Transaction, thread_id: UUID, scope: Scope, now: datetime
) -> None:
    """The family reads that its message was opened. Raises UnknownThread."""
    case = await case_of(transaction, thread_id, scope)
    if await desk.see(transaction.connection, thread_id, now):
        await _tell(transaction, case, now)


async def write_note(
    transaction: Transaction,
    thread_id: UUID,
    scope: Scope,
    note_id: UUID,
    agent: Agent,
    typed: str,
    now: datetime,
) -> None:
    """Never seen by families. Twice the same id is one note. Raises UnknownThread, Unusable."""
    note = usable_note(typed)
    await case_of(transaction, thread_id, scope)
    await notebook.add_note(transaction.connection, thread_id, note_id, agent, note, now)


async def assign_thread(
    transaction: Transaction,
    thread_id: UUID,
    scope: Scope,
    to: Agent | None,
    by: Agent,
    now: datetime,
) -> None:
    """Somebody follows it, or nobody any more. Raises UnknownThread."""
    case = await case_of(transaction, thread_id, scope)
    if (case.assigned and case.assigned.staff_id) == (to and to.staff_id):
        return
    connection = transaction.connection
    await desk.change_thread(
        connection,
        thread_id,
        assigned_to=to.staff_id if to else None,
        assigned_name=to.name if to else None,
    )
    kind = Turn.ASSIGNED if to else Turn.UNASSIGNED
    await notebook.note_turn(connection, thread_id, kind, by, now, to.name if to else None)


async def transfer_thread(
    transaction: Transaction,
    thread_id: UUID,
    scope: Scope,
    centre: Centre | None,
    topic: Topic,
    by: Agent,
    now: datetime,
) -> None:
    """To another centre or subject: nobody follows it there yet. Raises UnknownThread."""
    await case_of(transaction, thread_id, scope)
    connection = transaction.connection
    await desk.change_thread(
        connection,
        thread_id,
        centre_id=centre.centre_id if centre else None,
        centre_name=centre.name if centre else None,
        topic=topic,
        assigned_to=None,
        assigned_name=None,
    )
    detail = f"{topic}:{centre.name}" if centre else str(topic)
    await notebook.note_turn(connection, thread_id, Turn.TRANSFERRED, by, now, detail)


async def close_thread(
    transaction: Transaction, thread_id: UUID, scope: Scope, by: Agent, now: datetime
) -> None:
    """Nobody waits any more; a family that answers opens it again. Raises UnknownThread."""
    case = await case_of(transaction, thread_id, scope)
    if case.thread.state == "closed":
        return
    connection = transaction.connection
    await desk.change_thread(connection, thread_id, state="closed", waiting_since=None)
    await notebook.note_turn(connection, thread_id, Turn.CLOSED, by, now)
    await _tell(transaction, case, now)


async def reopen_thread(
    transaction: Transaction, thread_id: UUID, scope: Scope, by: Agent, now: datetime
) -> None:
    """Raises UnknownThread."""
    case = await case_of(transaction, thread_id, scope)
    if case.thread.state == "open":
        return
    connection = transaction.connection
    await desk.change_thread(connection, thread_id, state="open")
    await notebook.note_turn(connection, thread_id, Turn.REOPENED, by, now)
    await _tell(transaction, case, now)
