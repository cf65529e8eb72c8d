"""Staff answer in a thread, or begin one with a family."""

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.desk import Agent, Refused, Scope
from messaging.domain.letters import Category
from messaging.domain.threads import About, Topic, Words, usable_body, usable_subject
from messaging.store import desk, drafts, families, files, messages, threads
from messaging.store.mails import NewMail, queue_mail
from messaging.store.messages import TO_FAMILY, NewMessage
from messaging.store.threads import Thread
from portail_contracts.messaging import MessagePosted

from .handle_thread import case_of
from .mark_thread import UnknownThread
from .tell_thread import tell_thread
from .tell_unread import tell_unread


class UnknownFamily(LookupError):
    """No such family is known here, or it was forgotten."""


@dataclass(frozen=True)
class Opening:
    """A thread that staff begin; `audience` is one guardian, None for all."""

    thread_id: UUID
    family_id: UUID
    subject: str
    topic: Topic = Topic.OTHER
    audience: UUID | None = None


async def begin_with_family(
    transaction: Transaction, opening: Opening, agent: Agent, words: Words
) -> None:
    """Sending it twice begins one thread. Raises Unusable, UnknownFamily, UnknownThread."""
    connection = transaction.connection
    await families.lock_family(connection, opening.family_id)
    family = await families.find_family(connection, opening.family_id)
    guardians = {one.guardian_id for one in family.guardians} if family else set()
    if family is None or opening.audience not in {None, *guardians}:
        raise UnknownFamily("Cette famille n’est pas connue.")
    new = threads.NewThread(
        thread_id=opening.thread_id,
        family_id=opening.family_id,
        subject=usable_subject(opening.subject),
        about=About(opening.topic),
        audience=opening.audience,
    )
    usable_body(words.body)
    await threads.add_thread(connection, new, words.posted_at)
    scope = Scope(frozenset({opening.topic}))
    begun = await case_of(transaction, opening.thread_id, scope)
    if begun.thread.family_id != opening.family_id:
        raise UnknownThread("Cette conversation n’existe pas.")
    await answer_family(transaction, opening.thread_id, scope, agent, words)


async def answer_family(
    transaction: Transaction,
    thread_id: UUID,
    scope: Scope,
    agent: Agent,
    words: Words,
) -> None:
    """Sending it twice says it once; the draft of this id is sent with its files.

    Whoever answers follows the thread when nobody did. Raises Unusable, UnknownThread, Refused.
    """
    case = await case_of(transaction, thread_id, scope)
    family_id = case.thread.family_id
    if family_id is None:
        raise Refused("Un visiteur n’a pas de boîte de réception\u00a0: répondez-lui par courriel.")
    connection = transaction.connection
    message = _message(case.thread, family_id, agent, words)
    if not await messages.add_message(connection, message):
        await _same_as_before(transaction, message)
        return
    if await drafts.find_draft(connection, agent.staff_id, words.message_id):
        await files.hang_on_message(connection, words.message_id)
        await drafts.delete_draft(connection, words.message_id)
    columns: dict[str, object] = {"waiting_since": None, "state": "open"}
    if case.assigned is None:
        columns |= {"assigned_to": agent.staff_id, "assigned_name": agent.name}
    await desk.change_thread(connection, thread_id, **columns)
    await desk.see(connection, thread_id, words.posted_at)
    await _tell(transaction, case.thread, family_id, words)


def _message(thread: Thread, family_id: UUID, agent: Agent, words: Words) -> NewMessage:
    return NewMessage(
        message_id=words.message_id,
        thread_id=thread.thread_id,
        family_id=family_id,
        direction=TO_FAMILY,
        subject=thread.subject,
        body=usable_body(words.body),
        posted_at=words.posted_at,
        author_id=str(agent.staff_id),
        author_name=agent.name,
    )


async def _same_as_before(transaction: Transaction, message: NewMessage) -> None:
    """An id that another message has is no message of this thread."""
    if not await messages.is_in_thread(
        transaction.connection, message.message_id, message.thread_id
    ):
        raise UnknownThread("Cette conversation n’existe pas.")


async def _tell(transaction: Transaction, thread: Thread, family_id: UUID, words: Words) -> None:
    """Open pages, an e-mail that says that a message waits, and other systems."""
    now = words.posted_at
    await tell_unread(transaction, family_id, now)
    await tell_thread(transaction, family_id, thread.thread_id, thread.audience, now)
    mail = NewMail(
        family_id=family_id,
        category=Category.MESSAGE,
        key=f"message:{words.message_id}",
        facts={"thread_id": str(thread.thread_id)},
        guardian_id=thread.audience,
    )
    await queue_mail(transaction.connection, mail, now)
    transaction.record(
        MessagePosted(version=1, family_id=family_id, message_id=words.message_id, posted_at=now)
    )
