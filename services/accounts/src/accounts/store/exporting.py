"""Every family, line by line, read as the table is written."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, bindparam, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

_LINES = (
    text(
        """
        SELECT to_json(f) AS family, to_json(c) AS child,
            (SELECT json_agg(g ORDER BY g.position) FROM guardians g
                WHERE g.family_id = f.family_id AND g.left_at IS NULL) AS guardians,
            (SELECT json_build_object('value', q.value, 'valid_from', lower(q.validity))
                FROM quotients q WHERE q.family_id = f.family_id AND q.validity @> :today
                LIMIT 1) AS quotient
        FROM families f
        LEFT JOIN children c ON c.family_id = f.family_id
            AND c.same_as IS NULL AND c.left_at IS NULL
        WHERE NOT EXISTS (SELECT FROM family_merges m WHERE m.absorbed_family_id = f.family_id)
        ORDER BY f.reference, c.position
        """
    )
    .bindparams(bindparam("today", type_=Date))
    .columns(
        column("family", JSON),
        column("child", JSON),
        column("guardians", JSON),
        column("quotient", JSON),
    )
)

Sections = Mapping[str, Mapping[str, Any]]


async def lines(connection: AsyncConnection, today: date) -> AsyncIterator[Sections]:
    """One per child, or one for a family without children; a few hundred at a time in memory."""
    async with connection.stream(_LINES, {"today": today}) as rows:
        async for row in rows:
            guardians = row.guardians or []
            yield {
                "family": row.family,
                "child": row.child or {},
                "quotient": row.quotient or {},
                "guardian1": guardians[0] if guardians else {},
                "guardian2": guardians[1] if len(guardians) > 1 else {},
            }
