"""Documents joined to a pre-registration while it is filled in: for the gateway's public page."""

from uuid import UUID

from fastapi import APIRouter, Request

from accounts.domain.document import WrongDocument
from accounts.resources import ResourcesOf
from accounts.store.newcomer_documents import joined_to
from accounts.use_cases.join_document import Joining, admit_file, join_document, take_back
from chassis.auth import Audience, allow
from chassis.examination import FileRefused
from chassis.runtime import Runtime, RuntimeOf

from .document_schemas import safe_name
from .documents import wrong_document
from .files import checked_as, refused, sent_file
from .preregistration_schemas import JoinedDocuments, JoinedIn, joined_documents
from .problems import waits_told

router = APIRouter(
    prefix="/v1/preregistrations/{request_id}/documents",
    tags=["preregistration"],
    dependencies=[allow(Audience.SERVICE)],
)


@router.get("")
async def joined(request_id: UUID, runtime: RuntimeOf) -> JoinedDocuments:
    """What waits to leave with the form; whoever holds its identifier is filling it in."""
    return await _joined(runtime, request_id)


@router.post("", status_code=201)
async def join(
    request_id: UUID, request: Request, runtime: RuntimeOf, own: ResourcesOf
) -> JoinedDocuments:
    """A multipart form: the fields of JoinedIn, and the file as `file`."""
    fields, name, content = await sent_file(request)
    said = checked_as(JoinedIn, fields)
    now = runtime.clock.now()
    with waits_told():
        async with runtime.database.transaction() as transaction:
            await admit_file(transaction, said.address, now)
    try:
        file = await own.examiner.document(content)
        joining = Joining(
            document_id=said.document_id,
            request_id=request_id,
            kind=said.kind,
            child=said.child,
            dated_on=said.dated_on,
            given=said.expires_on,
            file_name=safe_name(name, file.media_type),
            file=file,
        )
        async with runtime.database.transaction() as transaction:
            await join_document(transaction, own.master_keys, joining, now)
    except FileRefused as error:
        raise refused(error) from None
    except WrongDocument as wrong:
        raise wrong_document(wrong) from None
    return await _joined(runtime, request_id)


@router.delete("/{document_id}")
async def take_one_back(request_id: UUID, document_id: UUID, runtime: RuntimeOf) -> JoinedDocuments:
    async with runtime.database.transaction() as transaction:
        await take_back(transaction, request_id, document_id)
    return await _joined(runtime, request_id)


async def _joined(runtime: Runtime, request_id: UUID) -> JoinedDocuments:
    async with runtime.database.reading() as connection:
        return joined_documents(await joined_to(connection, request_id))
