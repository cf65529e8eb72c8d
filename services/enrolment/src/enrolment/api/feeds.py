"""Doors for calendars that families subscribe to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf
from enrolment.icalendar_feed import as_icalendar
from enrolment.store.feeds import feeds_of
from enrolment.use_cases.calendar_feeds import end_feed, make_feed, read_feed

from .parents_schemas import FeedList, FeedOut, NewFeedOut

router = APIRouter(prefix="/v1", tags=["calendar feeds"])

OwnFamily = Annotated[Principal, allow(Audience.FAMILY)]
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


@router.get("/me/calendar-feeds")
async def feeds(runtime: RuntimeOf, principal: OwnFamily) -> FeedList:
    async with runtime.database.reading() as connection:
        found = await feeds_of(connection, principal.own_family, principal.guardian_id)
    return FeedList(
        items=[FeedOut(feed_id=one.feed_id, created_at=one.created_at) for one in found]
    )


@router.post("/me/calendar-feeds", status_code=201)
async def subscribe(runtime: RuntimeOf, principal: OwnFamily) -> NewFeedOut:
    async with runtime.database.transaction() as transaction:
        made = await make_feed(
            transaction, principal.own_family, principal.guardian_id, now=runtime.clock.now()
        )
    return NewFeedOut(
        feed_id=made.feed.feed_id, created_at=made.feed.created_at, secret=made.secret
    )


@router.post("/me/calendar-feeds/{feed_id}/revoke", status_code=204)
async def revoke(runtime: RuntimeOf, principal: OwnFamily, feed_id: UUID) -> None:
    async with runtime.database.transaction() as transaction:
        await end_feed(transaction, feed_id, principal.own_family, now=runtime.clock.now())


@router.get("/calendar-feeds/{secret}", dependencies=[allow(Audience.ANYONE)])
async def feed(runtime: RuntimeOf, secret: Secret) -> Response:
    """Whoever holds the secret is who it was given to: calendar programs cannot sign in."""
    now = runtime.clock.now()
    async with runtime.database.reading() as connection:
        entries = await read_feed(connection, secret, now=now)
    name = runtime.shared.authority.name
    return Response(
        as_icalendar(entries, name, now),
        media_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, max-age=300"},
    )
