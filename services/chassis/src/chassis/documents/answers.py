"""A PDF as an answer: shown in the browser, named for whoever keeps it, kept by no cache."""

from fastapi import Response


def pdf(content: bytes, name: str) -> Response:
    """`name` is ASCII without quotes: it goes into a header as it is."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf", headers=headers)
