"""Files that doors hand out: PDFs printed on demand, tables, XML."""

from fastapi import Response

from billing.store.invoices import Archived

PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XML = "application/xml"


def file(content: bytes, media_type: str, name: str, **headers: str) -> Response:
    """`inline` for a PDF, which « Imprimer » opens; « Archiver » is the page's download link."""
    place = "inline" if media_type == PDF else "attachment"
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'{place}; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            **headers,
        },
    )


def archived_pdf(document: Archived, name: str) -> Response:
    return file(document.content, PDF, name, ETag=f'"{document.sha256}"')
