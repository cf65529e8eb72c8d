"""What somebody is writing is kept for them, with its files, until it is sent."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.attachments import MOST_BYTES, MOST_PER_MESSAGE, FileRefused
from messaging.domain.threads import BODY_MAX, SUBJECT_MAX, Unusable
from messaging.store import drafts, files
from messaging.store.drafts import Draft
from messaging.store.files import StoredFile

MOST_DRAFTS = 30
MOST_UNSENT = 4 * MOST_PER_MESSAGE * MOST_BYTES


class UnknownDraft(LookupError):
    """Not a draft of this owner."""


class TooManyDrafts(Exception):
    """The owner has so many drafts that one more is refused."""


async def keep_draft(transaction: Transaction, draft: Draft) -> None:
    """The latest version. Raises Unusable, TooManyDrafts, UnknownDraft for a foreign id."""
    connection = transaction.connection
    if len(draft.body) > 2 * BODY_MAX or len(draft.subject) > 2 * SUBJECT_MAX:
        raise Unusable("body", "Ce brouillon est trop long pour être gardé.")
    is_new = await drafts.find_draft(connection, draft.owner_id, draft.draft_id) is None
    if is_new and await drafts.count_drafts(connection, draft.owner_id) >= MOST_DRAFTS:
        raise TooManyDrafts(f"Vous avez déjà {MOST_DRAFTS}\u00a0brouillons\u00a0: supprimez-en un.")
    if not await drafts.save_draft(connection, draft):
        raise UnknownDraft("Ce brouillon n’existe pas.")


async def draft_of(transaction: Transaction, owner_id: UUID, draft_id: UUID) -> Draft:
    """Raises UnknownDraft."""
    found = await drafts.find_draft(transaction.connection, owner_id, draft_id)
    if found is None:
        raise UnknownDraft("Ce brouillon n’existe pas.")
    return found


async def throw_draft_away(transaction: Transaction, owner_id: UUID, draft_id: UUID) -> None:
    """Doing it again changes nothing."""
    if await drafts.find_draft(transaction.connection, owner_id, draft_id) is not None:
        await drafts.delete_draft(transaction.connection, draft_id)


async def attach_file(
    transaction: Transaction, owner_id: UUID, draft_id: UUID, file: StoredFile, now: datetime
) -> None:
    """Twice the same id hangs it once. Raises UnknownDraft, FileRefused."""
    connection = transaction.connection
    await draft_of(transaction, owner_id, draft_id)
    there = await files.files_of_draft(connection, draft_id)
    if file.attachment.attachment_id in {one.attachment_id for one in there}:
        return
    if len(there) >= MOST_PER_MESSAGE:
        raise FileRefused(f"{MOST_PER_MESSAGE} pièces jointes au plus par message.")
    unsent = await files.weight_of_drafts(connection, owner_id)
    if unsent + file.attachment.size > MOST_UNSENT:
        raise FileRefused("Vos brouillons contiennent trop de fichiers\u00a0: envoyez-les d’abord.")
    if not await files.add_file(connection, draft_id, file, now):
        raise FileRefused("Ce fichier ne peut pas être ajouté\u00a0: choisissez-le de nouveau.")


async def detach_file(
    transaction: Transaction, owner_id: UUID, draft_id: UUID, attachment_id: UUID
) -> None:
    """Raises UnknownDraft."""
    await draft_of(transaction, owner_id, draft_id)
    await files.remove_file(transaction.connection, draft_id, attachment_id)
