"""Opening day, small: parents knock at a real HTTP door at the instant, and again when busy."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn

from chassis.app import create_app
from enrolment import bootstrap
from enrolment.admission import Admission

from .conftest import WEDNESDAY, Enrolment, Offer, Person, asking, open_wednesdays

FAMILIES = 40
PLACES = 12
DAYS = (WEDNESDAY, "2026-12-09")
OPENS = datetime(2026, 11, 24, 19, tzinfo=UTC)


async def test_a_storm_of_parents_fills_each_day_exactly_and_lines_up_the_rest(
    enrolment: Enrolment, unused_tcp_port: int
) -> None:
    offer = await _opening_day(enrolment)
    people = [await enrolment.family("2019-05-04", name=f"Famille{n}") for n in range(FAMILIES)]
    # A narrow door, so that some are told to come back.
    object.__setattr__(enrolment.runtime.own, "admission", Admission(4, 8, 0.5))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(bootstrap.service(), enrolment.runtime),
            port=unused_tcp_port,
            log_config=None,
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    seen: Counter[int] = Counter()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as client:
        early = await _knock(client, people[0], offer, seen)
        assert (early.status_code, early.json()["lines"][0]["why"]) == (409, "not_yet")
        enrolment.clock.advance(OPENS - enrolment.clock.now())
        await asyncio.gather(*(_insist(client, person, offer, seen) for person in people))
    server.should_exit = True
    await serving
    assert set(seen) <= {200, 201, 409, 503}, seen
    for day in DAYS:
        await _filled_exactly(enrolment, day)


async def _opening_day(enrolment: Enrolment) -> Offer:
    window = {
        "first_day": "2026-12-01",
        "last_day": "2026-12-31",
        "opens_at": OPENS.isoformat(),
        "closes_at": (OPENS + timedelta(days=2)).isoformat(),
    }
    return await open_wednesdays(
        enrolment, six_and_over=PLACES, waiting_list=True, windows=[window]
    )


async def _knock(
    client: httpx.AsyncClient, person: Person, offer: Offer, seen: Counter[int], body: Any = None
) -> httpx.Response:
    lines = [(person.children[0], offer.slots["Journée"], day) for day in DAYS]
    answer = await client.post(
        "/v1/me/requests",
        json=body or asking(*lines),
        headers={"Authorization": f"Bearer {person.token}"},
        timeout=30,
    )
    seen[answer.status_code] += 1
    return answer


async def _insist(
    client: httpx.AsyncClient, person: Person, offer: Offer, seen: Counter[int]
) -> None:
    """As a person does: the same form again when told to come back, and once more for luck."""
    body = asking(*((person.children[0], offer.slots["Journée"], day) for day in DAYS))
    while (answer := await _knock(client, person, offer, seen, body)).status_code == 503:
        assert int(answer.headers["retry-after"]) > 0
        await asyncio.sleep(0.1)
    assert answer.status_code == 201, answer.text
    assert (await _knock(client, person, offer, seen, body)).status_code in (200, 503)


async def _filled_exactly(enrolment: Enrolment, day: str) -> None:
    """Held is min(capacity, demand), and the line stands in the order of the numbers given."""
    (counted,) = await enrolment.rows(
        f"SELECT booked, held, waiting FROM places WHERE day = '{day}'"
        " AND age_group = 'six_and_over'"
    )
    assert tuple(counted) == (0, PLACES, FAMILIES - PLACES)
    line = await enrolment.rows(
        "SELECT number, bookings.state FROM bookings JOIN requests USING (request_id)"
        f" WHERE day = '{day}' ORDER BY waiting_position NULLS FIRST, number"
    )
    waiting = [row.number for row in line if row[1] == "waitlisted"]
    held = [row.number for row in line if row[1] == "requested"]
    assert waiting == sorted(waiting)
    assert max(held) < min(waiting)
