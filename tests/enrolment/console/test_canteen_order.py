"""The canteen order printed in the guide: made from events alone, it counts as the console does."""

import asyncio
import csv
import importlib
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id
from portail_contracts.accounts import FamilyErased, FamilyMerged
from portail_contracts.enrolment import (
    AbsenceAccepted,
    AbsenceDeclared,
    AbsenceRefused,
    AbsenceReversed,
    AbsenceWithdrawn,
    AttendanceRecorded,
    BookingCancelled,
    BookingConfirmed,
)
from portail_contracts.event import Event, Reach
from portail_contracts.examples import travelling
from support.printed import lay_out

DAYS = ("2026-12-02", "2026-12-09", "2026-12-16", "2027-01-06")
STEADY = "2027-01-13"
"""Nobody but one child has anything on that day."""

BORN = ("2019-05-04", "2018-03-02")
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
SLOTS = ("Journée", "Journée", "Matin", "Après-midi")
STAFF = "/v1/staff"


class Life:
    """What families and staff of a small town do, at random; what is refused is refused."""

    def __init__(self, enrolment: Any, offer: Any, families: list[Any], seed: int) -> None:
        self.enrolment = enrolment
        self.offer = offer
        self.families = families
        self.random = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.admin = enrolment.staff(Audience.ADMIN)
        self.agent = enrolment.staff(Audience.SECRETARIAT)
        self.closed: list[str] = []

    async def once_each(self) -> None:
        """Whatever can befall a booking, one after the other."""
        family, slot = self.families[0], str(self.offer.slots["Journée"])
        child = str(family.children[0])
        lines = [{"child_id": child, "slot_id": slot, "day": day} for day in (*DAYS, STEADY)]
        booking = {"kind": "booking.request", "lines": lines}
        await self._ask("/v1/me/requests", booking, ("accept",))
        for ending in ("withdraw", "refuse", "reverse", "accept"):
            await self._say_absent(family, DAYS[0], DAYS[0], ending)
        # Away, then coming all the same: two bookings of one day, and one child.
        await self._ask("/v1/me/requests", {**booking, "lines": lines[:1]}, ("accept",))
        await self._say_absent(family, STEADY, STEADY, "withdraw")
        await self._ask("/v1/me/cancellations", {"lines": lines[2:3]}, ("accept",))

    async def go_on(self, many: int) -> None:
        acts = [self.book, self.book, self.cancel, self.stay_away, self.close, self.open_again]
        for _ in range(many):
            await self.random.choice(acts)()
        while len(self.closed) > 1:
            await self.open_again()

    async def book(self) -> None:
        body = {"kind": "booking.request", **self._lines()}
        await self._ask("/v1/me/requests", body, ("accept", "accept", "refuse"))

    async def cancel(self) -> None:
        await self._ask("/v1/me/cancellations", self._lines(), ("accept", "refuse"))

    async def stay_away(self) -> None:
        ending = self.random.choice(("", "accept", "refuse", "withdraw", "reverse"))
        first, last = self.random.choice(DAYS[:2]), self.random.choice(DAYS[1:])
        await self._say_absent(self._family(), first, last, ending)

    async def _say_absent(self, family: Any, first: str, last: str, ending: str) -> None:
        children = [str(child) for child in family.children]
        period = {"child_ids": children, "first_day": first, "last_day": last}
        await self._ask("/v1/me/absences", {**period, "reason": "strike"}, (ending,), family)

    async def close(self) -> None:
        day = self.random.choice(DAYS[1:])
        span = {"first_day": day, "last_day": day, "label": "Panne", "confirmed": True}
        made = await self.admin.post(f"{STAFF}/closures", span)
        self.closed.append(made.json()["closure_id"])

    async def open_again(self) -> None:
        if self.closed:
            lifting = {"version": 1, "confirmed": True}
            await self.admin.post(f"{STAFF}/closures/{self.closed.pop()}/lift", lifting)

    async def point(self) -> None:
        """Everybody on the first day, booked or not; some are corrected."""
        lou = str(self.families[0].children[0])
        await self._point(lou, str(self.offer.slots["Journée"]), "present")
        for family in [*self.families[1:], *self.families[1:]]:
            for child in family.children:
                slot = str(self.offer.slots[self.random.choice(SLOTS)])
                presence = self.random.choice(("present", "present", "absent", "left"))
                await self._point(str(child), slot, presence)

    async def _point(self, child: str, slot: str, presence: str) -> None:
        seen = [{"child_id": child, "presence": presence}]
        body = {"slot_id": slot, "day": DAYS[0], "children": seen}
        answer = await self.agent.post(f"{STAFF}/attendance", body)
        assert answer.status_code == 200, answer.text

    async def _ask(
        self, way: str, body: dict[str, Any], endings: tuple[str, ...], family: Any = None
    ) -> None:
        family = family or self._of(body)
        request = str(new_id())
        answer = await family.post(way, {"request_id": request, **body})
        ending = self.random.choice(endings)
        if answer.status_code != 201 or not ending:
            return
        if ending == "withdraw":
            assert (await family.post(f"/v1/me/requests/{request}/withdraw")).status_code == 200
            return
        decided = {"version": 1, **({"reason": "Non"} if ending == "refuse" else {})}
        verb = "accept" if ending == "reverse" else ending
        await self.agent.post(f"{STAFF}/requests/{request}/{verb}", decided)
        if ending == "reverse":
            await self._take_back(request)

    async def _take_back(self, request: str) -> None:
        address = f"{STAFF}/requests/{request}"
        absences = (await self.agent.get(address)).json()["absences"]
        why = {"version": 3, "reason": "Erreur", "over_capacity": True}
        await self.agent.post(f"{address}/absences/{absences[0]['absence_id']}/reverse", why)

    def _family(self) -> Any:
        return self.random.choice(self.families)

    def _of(self, body: dict[str, Any]) -> Any:
        child = body["lines"][0]["child_id"]
        return next(one for one in self.families if child in map(str, one.children))

    def _lines(self) -> dict[str, Any]:
        child = self.random.choice(self._family().children)
        slot = str(self.offer.slots[self.random.choice(SLOTS)])
        days = self.random.sample(DAYS, 2)
        return {"lines": [{"child_id": str(child), "slot_id": slot, "day": day} for day in days]}


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that holds the programs, where they can be imported."""
    lay_out(tmp_path, "ecrire-un-abonne.md", "commander-les-repas.md")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    _forget_programs()


def _forget_programs() -> None:
    for name in ("commande", "abonne"):
        if (module := sys.modules.pop(name, None)) is not None and name == "abonne":
            module.base.close()


def started(folder: Path) -> ModuleType:
    """The program begun anew, with nothing heard yet."""
    _forget_programs()
    (folder / "abonne.sqlite3").unlink(missing_ok=True)
    program = importlib.import_module("commande")
    program.base.execute("PRAGMA synchronous = OFF")
    return program


def ordered(program: ModuleType, bodies: list[bytes]) -> Counter[tuple[str, ...]]:
    """Meals by day, centre, activity and slot, when the program has heard this."""
    for body in bodies:
        sys.modules["abonne"].once(body, program.keep)
    with Path("identifiants.csv").open(encoding="utf-8-sig", newline="") as file:
        names = list(csv.DictReader(file, delimiter=";"))
    lines = [line for day in (*DAYS, STEADY) for line in program.order(day, names)]
    return Counter({tuple(where): meals for *where, meals in lines})


async def in_console(agent: Any) -> Counter[tuple[str, ...]]:
    """What « Pointage » counts in the months of the story."""
    found: Counter[tuple[str, ...]] = Counter()
    for month in sorted({day[:7] for day in DAYS}):
        table = await agent.open(f"/console/pointage/mois/repas.csv?mois={month}")
        assert table.status_code == 200
        found += as_counted(table.content, "%d/%m/%Y")
    return found


def as_counted(table: bytes, days: str) -> Counter[tuple[str, ...]]:
    """Meals by day, centre, activity and slot; rows of nobody are left out."""
    rows = csv.reader(table.decode("utf-8-sig").splitlines()[1:], delimiter=";")
    found: Counter[tuple[str, ...]] = Counter()
    for day, centre, activity, slot, meals in rows:
        shown = datetime.strptime(day, days).replace(tzinfo=UTC).date()
        found[(str(shown), centre, activity, slot)] = int(meals)
    return +found


def confused(events: list[Event], seed: int) -> list[bytes]:
    """In any order, and some twice."""
    bodies = [travelling(event).model_copy(update={"id": new_id()}).to_bytes() for event in events]
    shuffled = random.Random(seed)  # noqa: S311 - a story, not a secret
    bodies += shuffled.sample(bodies, len(bodies) // 2)
    shuffled.shuffle(bodies)
    return bodies


KINDS = {
    BookingConfirmed,
    BookingCancelled,
    AbsenceDeclared,
    AbsenceAccepted,
    AbsenceRefused,
    AbsenceWithdrawn,
    AbsenceReversed,
    AttendanceRecorded,
}


async def public_facts(enrolment: Any) -> list[Event]:
    return [one for one in await enrolment.events() if one.reach is Reach.PUBLIC]


@pytest.fixture
async def life(enrolment: Any, wednesdays: Any) -> Life:
    families = [await enrolment.family(*BORN, name=f"F{number}") for number in range(4)]
    lived = Life(enrolment, wednesdays, families, seed=8)
    await lived.once_each()
    await lived.go_on(40)
    enrolment.clock.advance(NOON - enrolment.clock.now())
    await lived.point()
    return lived


async def test_an_order_made_from_events_equals_the_consoles_count(
    enrolment: Any, life: Life, reader: Any, printed: Path
) -> None:
    agent = reader()
    names = await agent.open("/console/activites/identifiants.csv")
    (printed / "identifiants.csv").write_bytes(names.content)
    events = await public_facts(enrolment)
    assert {type(one) for one in events} >= KINDS, "the story says something"
    counted = await in_console(agent)
    assert len({day for day, *_ in counted}) > 1
    assert [meals for (day, *_), meals in counted.items() if day == STEADY] == [1], "it comes"
    for seed in range(4):
        assert ordered(started(printed), confused(events, seed)) == counted, seed

    command = [sys.executable, "commande.py", DAYS[0]]
    printed_order = await asyncio.to_thread(subprocess.check_output, command, cwd=printed)
    assert as_counted(printed_order, "%Y-%m-%d") == Counter(
        {where: meals for where, meals in counted.items() if where[0] == DAYS[0]}
    )

    absorbed, kept = (family.family_id for family in life.families[:2])
    now = enrolment.clock.now()
    known = {"family_id": kept, "version": 2}
    gone = (
        FamilyMerged(**known, absorbed_family_id=absorbed, merged_at=now),
        FamilyErased(**known, erasure_id=new_id(), erased_at=now),
    )
    await enrolment.handle(*gone)
    events = [*await public_facts(enrolment), *gone]
    counted = to_come(await in_console(agent))
    for seed in range(2):
        program = started(printed)
        assert to_come(ordered(program, confused(events, seed))) == counted
        assert families_in(program).isdisjoint({str(absorbed), str(kept)}), "they are forgotten"


def to_come(meals: Counter[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Of an erased family the console goes on counting the past days."""
    return {where: count for where, count in meals.items() if where[0] > DAYS[0]}


def families_in(program: ModuleType) -> set[str]:
    tables = ("bookings", "attendances", "absences")
    rows = [program.base.execute(f"SELECT family FROM {table}").fetchall() for table in tables]
    return {family for found in rows for (family,) in found}
