"""Lists that are read page by page."""

from typing import Annotated

from fastapi import Query

PAGE_SIZE = 20
Page = Annotated[int, Query(ge=1, le=10_000)]


def pages_for(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
