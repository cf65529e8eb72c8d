"""What a file really is, as the house's examiners say, in this service's words."""

from chassis import examination
from messaging.domain.attachments import FileRefused, check_size

_examiner = examination.Examiner()


async def inspected(content: bytes) -> str:
    """The media type that the content has, whatever its name says.

    Raises FileRefused, or ExaminersBusy when too many files came at once.
    """
    check_size(len(content))
    try:
        return (await _examiner.document(content)).media_type
    except examination.FileRefused as refused:
        raise FileRefused(str(refused)) from None
