"""Places, waiting lists and absences against a plain model, whatever happens in whatever order.

Everything is sent through the real doors and, at random, sent twice; facts of accounts arrive
doubled and out of order in between; the model is a page of lists. After each step the counts of
each day, what is beyond its capacity, the line and every booking are compared.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chassis.auth import Audience
from chassis.identifiers import new_id
from enrolment.use_cases.sweep_offers import sweep_offers
from portail_contracts.accounts import ChildRecorded

from .conftest import Enrolment, Offer, Person, asking, open_wednesdays

DAYS = ("2027-06-02", "2027-06-09")
CAPACITY = 2
HOURS = 24
FAMILIES = st.integers(0, 4)
DAY = st.sampled_from(DAYS)
TWICE = st.booleans()
EMPTY = (
    "DELETE FROM absences; DELETE FROM request_lines; DELETE FROM bookings;"
    " DELETE FROM request_transitions; DELETE FROM requests; DELETE FROM outbox;"
    f" UPDATE places SET booked = 0, held = 0, waiting = 0, excess = 0, capacity = {CAPACITY}"
    " WHERE age_group = 'six_and_over'"
)


@dataclass
class Spot:
    """What one family has on one day; `request` is the one that asked for it."""

    state: str
    request: str
    is_open: bool = True
    """The request waits for the authority."""
    pending: tuple[str, str] | None = None
    """("cancel" or "absence", its request), while the authority has not decided it."""
    expires: Any = None


@dataclass
class Day:
    """Capacity, the line in its order, and who has what."""

    capacity: int = CAPACITY
    line: list[int] = field(default_factory=list)
    spots: dict[int, Spot] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        return sum(s.state in ("requested", "booked", "offered") for s in self.spots.values())

    def pass_on(self, now: Any) -> None:
        while self.line and self.taken < self.capacity:
            spot = self.spots[self.line.pop(0)]
            spot.state, spot.expires = "offered", now + timedelta(hours=HOURS)

    def drop(self, family: int, now: Any) -> None:
        if family in self.line:
            self.line.remove(family)
        del self.spots[family]
        self.pass_on(now)


class Machine(RuleBasedStateMachine):
    """Each rule acts on the house and on the model, and compares what the house answers."""

    enrolment: Enrolment
    offer: Offer
    people: list[Person]
    agent: Person
    admin: Person
    wait: Callable[[Any], Any]
    heard: dict[int, int]
    """The newest version of each family's child that was told, in all examples."""

    @initialize(order=st.permutations(range(5)), lowered=st.booleans())
    def begin(self, order: list[int], lowered: bool) -> None:
        """The first day has its line from the start: two places, five families; and, at random,
        a capacity that was lowered since."""

        self.wait(self.enrolment.run_as_owner(EMPTY))
        self.days = {day: Day() for day in DAYS}
        for family in order:
            self.ask(family, DAYS[0], False)
        if lowered:
            self.change_capacity(DAYS[0], 1)

    # ---- what families do -----------------------------------------------------

    @rule(family=FAMILIES, day=DAY, twice=TWICE)
    def ask(self, family: int, day: str, twice: bool) -> None:
        model = self.days[day]
        body = asking((self.people[family].children[0], self.slot, day))
        answer = self._sent(self.people[family], "/v1/me/requests", body, twice)
        if family in model.spots:
            assert answer.status_code == 409, answer.text
            return
        assert answer.status_code in (200, 201), answer.text
        full = model.taken + len(model.line) >= model.capacity
        model.spots[family] = Spot("waitlisted" if full else "requested", body["request_id"])
        if full:
            model.line.append(family)

    @rule(family=FAMILIES, day=DAY, twice=TWICE)
    def withdraw(self, family: int, day: str, twice: bool) -> None:
        spot = self.days[day].spots.get(family)
        if spot is None or not spot.is_open:
            return
        path = f"/v1/me/requests/{spot.request}/withdraw"
        assert self._sent(self.people[family], path, {}, twice).status_code == 200
        if spot.state == "booked":
            # An offer that was taken stands; nothing else of the request is left.
            spot.is_open = False
        else:
            self.days[day].drop(family, self.now)

    @rule(family=FAMILIES, day=DAY, twice=TWICE, deed=st.sampled_from(["accept", "decline"]))
    def answer_offer(self, family: int, day: str, twice: bool, deed: str) -> None:
        spot = self.days[day].spots.get(family)
        if spot is None or spot.state != "offered":
            return
        path = f"/v1/me/offers/{self._booking(family, day)}/{deed}"
        answer = self._sent(self.people[family], path, None, twice)
        if deed == "decline":
            assert answer.status_code == 204
            self.days[day].drop(family, self.now)
        elif spot.expires <= self.now:
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200, answer.text
            spot.state, spot.expires, spot.is_open = "booked", None, False

    @rule(family=FAMILIES, day=DAY, twice=TWICE)
    def leave_the_line(self, family: int, day: str, twice: bool) -> None:
        spot = self.days[day].spots.get(family)
        if spot is None or spot.state != "waitlisted":
            return
        path = f"/v1/me/waiting-list/{self._booking(family, day)}/leave"
        assert self._sent(self.people[family], path, None, twice).status_code == 204
        self.days[day].drop(family, self.now)

    @rule(family=FAMILIES, day=DAY, twice=TWICE, absent=st.booleans())
    def give_up(self, family: int, day: str, twice: bool, absent: bool) -> None:
        """Ask to cancel, or declare an absence."""
        spot = self.days[day].spots.get(family)
        child = str(self.people[family].children[0])
        request_id = str(new_id())
        line = {"child_id": child, "slot_id": str(self.slot), "day": day}
        body: dict[str, Any] = {"request_id": request_id, "lines": [line]}
        if absent:
            body = {
                "request_id": request_id,
                "child_ids": [child],
                "first_day": day,
                "last_day": day,
                "reason": "strike",
            }
        path = "/v1/me/absences" if absent else "/v1/me/cancellations"
        answer = self._sent(self.people[family], path, body, twice)
        if spot is None or spot.state != "booked" or spot.pending is not None:
            assert answer.status_code == 409, answer.text
            return
        assert answer.status_code in (200, 201), answer.text
        spot.pending = ("absence" if absent else "cancel", request_id)

    @rule(family=FAMILIES, day=DAY, twice=TWICE)
    def think_again(self, family: int, day: str, twice: bool) -> None:
        spot = self.days[day].spots.get(family)
        if spot is None or spot.pending is None:
            return
        path = f"/v1/me/requests/{spot.pending[1]}/withdraw"
        assert self._sent(self.people[family], path, {}, twice).status_code == 200
        spot.pending = None

    # ---- what the authority does ------------------------------------------------

    @rule(family=FAMILIES, day=DAY, verb=st.sampled_from(["accept", "refuse"]))
    def decide(self, family: int, day: str, verb: str) -> None:
        spot = self.days[day].spots.get(family)
        if spot is None or not spot.is_open:
            return
        assert self._decided(spot.request, verb) == 200
        assert self._decided(spot.request, verb) == 409, "decided once"
        spot.is_open = False
        if verb == "refuse":
            self.days[day].drop(family, self.now)
        elif spot.state == "requested":
            spot.state = "booked"

    @rule(family=FAMILIES, day=DAY, verb=st.sampled_from(["accept", "refuse"]))
    def decide_giving_up(self, family: int, day: str, verb: str) -> None:
        spot = self.days[day].spots.get(family)
        if spot is None or spot.pending is None:
            return
        assert self._decided(spot.pending[1], verb) == 200
        assert self._decided(spot.pending[1], verb) == 409, "decided once"
        spot.pending = None
        if verb == "accept":
            self.days[day].drop(family, self.now)

    @rule(day=DAY, capacity=st.integers(1, 3))
    def change_capacity(self, day: str, capacity: int) -> None:
        """Lowered below who is there, nobody is sent away and nobody follows who leaves."""
        body = {"day": day, "age_group": "six_and_over", "capacity": capacity, "confirmed": True}
        path = f"/v1/staff/activities/{self.offer.activity_id}/capacity"
        assert self.wait(self.admin.post(path, body)).status_code == 204
        self.days[day].capacity = capacity
        self.days[day].pass_on(self.now)

    @rule(hours=st.sampled_from([1, HOURS]))
    def let_time_pass(self, hours: int) -> None:
        self.enrolment.clock.advance(timedelta(hours=hours))
        self.wait(sweep_offers(self.enrolment.runtime.database, now=self.now))
        for model in self.days.values():
            for family in [f for f, s in model.spots.items() if _is_over(s, self.now)]:
                model.drop(family, self.now)

    # ---- what accounts says ------------------------------------------------------

    @rule(family=FAMILIES, versions=st.lists(st.integers(1, 9), min_size=1, max_size=4))
    def hear(self, family: int, versions: list[int]) -> None:
        """Late, doubled, in any order: the newest fact stands, and no place moves for it."""
        person = self.people[family]
        facts = [_fact(person, version) for version in versions]
        self.wait(self.enrolment.handle(*facts))
        self.heard[family] = max(self.heard.get(family, 1), *versions)
        (kept,) = self.wait(
            self.enrolment.rows(
                "SELECT version FROM children WHERE child_id = :child", child=person.children[0]
            )
        )
        assert kept.version == self.heard[family]

    # ---- what must hold ---------------------------------------------------------

    @invariant()
    def counts_lines_and_states_agree(self) -> None:
        if not hasattr(self, "days"):
            return
        found = self.wait(self._found())
        assert found == {day: _told(model) for day, model in self.days.items()}

    async def _found(self) -> dict[str, Any]:
        live = "('requested', 'booked', 'offered', 'waitlisted')"
        counts = await self.enrolment.rows(
            "SELECT day, booked, held, waiting, excess FROM places"
            " WHERE age_group = 'six_and_over' AND day IN ('2027-06-02', '2027-06-09')"
        )
        states = await self.enrolment.rows(
            f"SELECT day, family_id, state FROM bookings WHERE state IN {live}"
            " ORDER BY waiting_position NULLS FIRST"
        )
        told: dict[str, Any] = {
            f"{row.day}": ((row.booked, row.held, row.waiting, row.excess), {}, [])
            for row in counts
        }
        for row in states:
            family = self.numbers[row.family_id]
            told[f"{row.day}"][1][family] = row.state
            if row.state == "waitlisted":
                told[f"{row.day}"][2].append(family)
        return told

    @property
    def now(self) -> Any:
        return self.enrolment.clock.now()

    @property
    def slot(self) -> UUID:
        return self.offer.slots["Journée"]

    @property
    def numbers(self) -> dict[UUID | None, int]:
        return {person.family_id: number for number, person in enumerate(self.people)}

    def _sent(self, person: Person, path: str, body: Any, twice: bool) -> Any:
        first = self.wait(person.post(path, body))
        if twice and first.status_code < 300:
            again = self.wait(person.post(path, body))
            assert again.status_code in (200, 204), again.text
        return first

    def _decided(self, request_id: str, verb: str) -> int:
        seen = self.wait(self.agent.get(f"/v1/staff/requests/{request_id}")).json()
        body = {"version": seen["version"]} | ({"reason": "Non"} if verb == "refuse" else {})
        path = f"/v1/staff/requests/{request_id}/{verb}"
        return int(self.wait(self.agent.post(path, body)).status_code)

    def _booking(self, family: int, day: str) -> UUID:
        (row,) = self.wait(
            self.enrolment.rows(
                "SELECT booking_id FROM bookings WHERE family_id = :family AND day = :day"
                " AND state IN ('offered', 'waitlisted')",
                family=self.people[family].family_id,
                day=_date(day),
            )
        )
        return UUID(str(row.booking_id))


def _fact(person: Person, version: int) -> ChildRecorded:
    return ChildRecorded(
        version=version,
        family_id=person.family_id,
        child_id=person.children[0],
        given_name=f"Lou {version}",
        family_name="Noisetier",
        born_on=date(2019, 5, 4),
    )


def _date(text: str) -> Any:
    return date.fromisoformat(text)


def _is_over(spot: Spot, now: Any) -> bool:
    return spot.state == "offered" and spot.expires <= now


def _told(model: Day) -> Any:
    states = {family: spot.state for family, spot in model.spots.items()}
    kinds = list(states.values())
    held = kinds.count("requested") + kinds.count("offered")
    # Nobody follows who leaves a day that is beyond its capacity.
    beyond = max(model.taken - model.capacity, 0)
    return (kinds.count("booked"), held, kinds.count("waitlisted"), beyond), states, model.line


async def test_whatever_happens_the_places_are_those_of_the_model(enrolment: Enrolment) -> None:
    offer = await open_wednesdays(
        enrolment, six_and_over=CAPACITY, waiting_list=True, offer_hours=HOURS
    )
    people = [await enrolment.family("2019-05-04", name=f"Famille{n}") for n in range(5)]
    agent, admin = enrolment.staff(Audience.SECRETARIAT), enrolment.staff(Audience.ADMIN)
    loop = asyncio.get_running_loop()

    def wait(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    heard: dict[int, int] = {}

    def made() -> Machine:
        machine = Machine()
        machine.enrolment, machine.offer, machine.people = enrolment, offer, people
        machine.agent, machine.admin, machine.wait = agent, admin, wait
        machine.heard = heard
        return machine

    chosen = settings(
        max_examples=10,
        stateful_step_count=22,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, made, settings=chosen)
