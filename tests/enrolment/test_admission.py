"""The line in front of submissions: who comes first goes first, and nobody hammers."""

import asyncio
from uuid import UUID

import pytest

from chassis.identifiers import new_id
from chassis.problems import Problem
from enrolment.admission import LATE_SECONDS, Admission

from .conftest import WEDNESDAY, Enrolment, Offer, asking


class Visitors:
    """Families that stand at one door; each stays inside until `opened`."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.order: list[str] = []
        self._ids: dict[str, UUID] = {}
        self._inside: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        """Each knocks, one after the other, and is let in or stands in line."""
        for name in names:
            self._inside[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._stay(name))
            await asyncio.sleep(0)

    async def told_to_come_back(self, name: str) -> int:
        """In how many seconds."""
        with pytest.raises(Problem) as told:
            await self._stay(name)
        assert told.value.status == 503
        return int(told.value.extra["retry_after"])

    async def leave(self, *names: str) -> None:
        for name in names:
            self._inside[name].set()
            await self._tasks[name]

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.wait([self._tasks[name]])

    async def _stay(self, name: str) -> None:
        async with self.admission.entry(self._ids.setdefault(name, new_id())):
            self.order.append(name)
            await self._inside[name].wait()


async def test_a_family_told_to_come_back_keeps_its_place_before_those_who_came_later() -> None:
    visitors = Visitors(Admission(working=1, waiting=2, patience=60))
    await visitors.come("inside", "waits", "waits too")
    for early in ("first", "second"):
        await visitors.told_to_come_back(early)
    await visitors.leave("inside", "waits")
    await visitors.come(
        "newcomer",
    )
    await visitors.leave("waits too")
    # The newcomer has the door; the others come back in the other order.
    await visitors.come("second", "first")
    await visitors.leave("newcomer", "first", "second")
    assert visitors.order[3:] == ["newcomer", "first", "second"]


async def test_each_is_told_when_its_own_turn_comes_at_the_pace_of_the_line() -> None:
    at = 0.0
    admission = Admission(working=1, waiting=9, patience=1, now=lambda: at)
    for _ in range(60):
        async with admission.entry(new_id()):
            at += 3
    visitors = Visitors(admission)
    await visitors.come("inside")
    told = [await visitors.told_to_come_back(name) for name in ("first", "second", "third")]
    assert told == [3, 6, 9]
    assert await visitors.told_to_come_back("second") == 6, "too early changes nothing"
    at += 9 + LATE_SECONDS + 1
    assert await visitors.told_to_come_back("fourth") == 3, "the places of the late are free"


async def test_nobody_waits_longer_than_is_useful() -> None:
    visitors = Visitors(Admission(working=1, waiting=1, patience=0.06))
    await visitors.come("inside")
    assert await visitors.told_to_come_back("waits in vain") > 0
    await visitors.leave("inside")
    await visitors.come("waits in vain")
    await visitors.leave("waits in vain")


async def test_who_gives_up_leaves_its_place_to_the_next() -> None:
    visitors = Visitors(Admission(working=1, waiting=1, patience=60))
    await visitors.come("inside", "gives up")
    await visitors.give_up("gives up")
    await visitors.come("next")
    await visitors.leave("inside", "next")
    assert visitors.order == ["inside", "next"]


async def test_who_comes_when_the_line_is_full_is_told_to_come_back(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family("2019-05-04")
    closed = Admission(working=1, waiting=0, patience=0.01)
    for door in ("admission", "viewing"):
        object.__setattr__(enrolment.runtime.own, door, closed)
    body = asking((family.children[0], wednesdays.slots["Journée"], WEDNESDAY))
    async with closed.entry(new_id()):
        sent = await family.post("/v1/me/requests", body)
        read = await family.get("/v1/me/agenda", month="2026-12")
    for answer in (sent, read):
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:portail:problem:enrolment.busy"
        assert answer.headers["retry-after"] == str(answer.json()["retry_after"])
    assert (await family.post("/v1/me/requests", body)).status_code == 201
