"""The first story as its actors' calls, and what must be true at its end."""

import asyncio
from dataclasses import dataclass
from typing import Any

from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

from .waiting import eventually

TRIES = 200


@dataclass(frozen=True)
class Asked:
    """A request as its family made it: asking again with it is the same request."""

    request_id: str
    body: dict[str, Any]


def ask_for(cell: dict[str, Any]) -> Asked:
    request_id = str(new_id())
    line = {key: cell[key] for key in ("child_id", "slot_id", "day")}
    body = {"request_id": request_id, "kind": "booking.request", "lines": [line]}
    return Asked(request_id, body)


async def submit(parent: Caller, asked: Asked) -> dict[str, Any]:
    """As a browser that repeats until it has an answer."""
    return await _insist(lambda: parent.post(Context.ENROLMENT, "/v1/me/requests", asked.body))


async def accept(agent: Caller, asked: Asked) -> dict[str, Any]:
    """As a member of staff who reloads and presses again when the page did not answer."""

    async def press() -> dict[str, Any]:
        path = f"/v1/staff/requests/{asked.request_id}"
        found = await agent.get(Context.ENROLMENT, path)
        if found["state"] != "pending":
            return found
        body = {"version": found["version"]}
        return await agent.post(Context.ENROLMENT, f"{path}/accept", body)

    return await _insist(press)


async def _insist(attempt) -> dict[str, Any]:
    for _ in range(TRIES):
        try:
            return await attempt()
        except PeerUnavailable:
            await asyncio.sleep(0.1)
        except PeerRefused as refusal:
            if refusal.status != 409:
                raise
            await asyncio.sleep(0.1)
    raise AssertionError("no answer after many tries")


async def told_once(parent: Caller, asked: list[Asked], within: float = 60) -> None:
    """Each accepted request ends in one booking, one charge line and one message."""
    wanted = {item.request_id for item in asked}
    messages = await eventually(
        lambda: _all(parent, Context.MESSAGING, "/v1/me/messages"),
        lambda items: wanted <= {item["about"]["request_id"] for item in items},
        within,
    )
    about = [item["about"]["request_id"] for item in messages]
    assert {request: about.count(request) for request in wanted} == dict.fromkeys(wanted, 1)
    days = {(item.body["lines"][0]["child_id"], item.body["lines"][0]["day"]) for item in asked}
    months = sorted({day[:7] for _, day in days})

    async def charges() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for month in months:
            found += await _all(parent, Context.BILLING, "/v1/me/charge-lines", month=month)
        return found

    def are_there(lines: list[dict[str, Any]]) -> bool:
        return days <= {(line["child_id"], line["day"]) for line in lines}

    lines = await eventually(charges, are_there, within)
    # A line that arrives between two pages moves others: one may be read twice, under one id.
    by_id = {line["charge_line_id"]: line for line in lines}
    undone = {line["reverses"] for line in by_id.values()}
    standing = [
        line["booking_id"]
        for line_id, line in by_id.items()
        if line["reverses"] is None and line_id not in undone
    ]
    assert len(standing) == len(set(standing)), "a booking was charged twice"


async def _all(caller: Caller, service: Context, path: str, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        answer = await caller.get(service, path, page=str(page), **params)
        items += answer["items"]
        page, pages = page + 1, answer["pages"]
    return items
