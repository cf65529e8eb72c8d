"""Lists that are read page by page."""

from typing import Annotated

from fastapi import Query

from chassis.web import shapes
from gateway.answers import Listed

Page = Annotated[int, Query(ge=1, le=10_000)]


def pagination(found: Listed, here: str) -> shapes.Pagination:
    """`here` is the list's address without its page."""
    link = "&" if "?" in here else "?"
    return shapes.Pagination(
        label=f"Page {found.page} sur {max(found.pages, 1)}",
        previous=f"{here}{link}page={found.page - 1}" if found.page > 1 else None,
        next=f"{here}{link}page={found.page + 1}" if found.page < found.pages else None,
    )
