"""Enrolment on a real database, with accounts played by a dictionary."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal, unauthenticated
from chassis.clock import SteppedClock
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import Runtime
from enrolment import bootstrap
from portail_contracts.accounts import ChildRecorded, FamilyRecorded
from portail_contracts.envelope import Envelope

WEDNESDAY = "2026-12-02"
"""The clock stands on Tuesday 24 November 2026, 7:00 in France."""


@dataclass
class FakeAccounts:
    """Accounts as seen over HTTP."""

    families: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    away: bool = False
    asked: int = 0

    async def get(self, _peer: object, path: str) -> Any:
        self.asked += 1
        if self.away:
            raise PeerUnavailable("accounts")
        family = self.families.get(UUID(path.rpartition("/")[2]))
        if family is None:
            raise PeerRefused(404, {})
        return family

    async def close(self) -> None:
        pass


@dataclass
class Person:
    """Somebody signed in, who calls the service."""

    client: httpx.AsyncClient
    token: str
    family_id: UUID | None = None
    children: list[UUID] = field(default_factory=list)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self._headers)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self._headers)

    async def post_raw(self, path: str, content: bytes) -> httpx.Response:
        headers = {**self._headers, "Content-Type": "application/json"}
        return await self.client.post(path, content=content, headers=headers)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Enrolment:
    """The running service and who may knock at its door."""

    runtime: Runtime
    clock: SteppedClock
    accounts: FakeAccounts
    client: httpx.AsyncClient
    principals: dict[str, Principal]

    async def handle(self, *events: Any) -> None:
        """Each event through its real handler, in a transaction of its own."""
        handlers = bootstrap.service().handlers(self.runtime)
        for event in events:
            async with self.runtime.database.transaction() as transaction:
                await handlers[type(event)](transaction, event)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.runtime.database.reading() as connection:
            return list((await connection.execute(text(statement), values)).all())

    async def run(self, statement: str, **values: Any) -> None:
        async with self.runtime.database.transaction() as transaction:
            await transaction.connection.execute(text(statement), values)

    async def run_as_owner(self, script: str) -> None:
        """What the service's own role may not do: take back what is only ever added."""
        address = str(self.runtime.settings.migration_database_url)
        connection = await asyncpg.connect(address.replace("+asyncpg", ""))
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def events(self) -> list[Any]:
        """What the outbox holds, in order, as the envelopes that will travel."""
        found = await self.rows("SELECT body FROM outbox ORDER BY position")
        return [Envelope.from_bytes(row.body).event() for row in found]

    def staff(self, *roles: Audience, name: str = "Dominique Lemoine") -> Person:
        return self._person(Principal(str(new_id()), name, frozenset(roles)))

    def guardian(self, family_id: UUID, name: str = "Famille Noisetier") -> Person:
        principal = Principal(str(new_id()), name, frozenset({Audience.FAMILY}), family_id)
        return self._person(principal)

    async def family(
        self, *births: str, name: str = "Noisetier", names: tuple[str, ...] = ("Lou", "Noé", "Ana")
    ) -> Person:
        """A family whose facts have arrived, and its guardian signed in."""
        family_id = new_id()
        await self.handle(
            FamilyRecorded(
                version=1, family_id=family_id, reference="F-0001", name=name, resident=True
            )
        )
        person = self.guardian(family_id, f"Famille {name}")
        for given_name, born in zip(names, births, strict=False):
            child_id = new_id()
            person.children.append(child_id)
            await self.handle(
                ChildRecorded(
                    version=1,
                    family_id=family_id,
                    child_id=child_id,
                    given_name=given_name,
                    family_name=name,
                    born_on=date.fromisoformat(born),
                )
            )
        return person

    def _person(self, principal: Principal) -> Person:
        token = f"token-{len(self.principals)}"
        self.principals[token] = principal
        return Person(self.client, token, principal.family_id)


@dataclass
class Offer:
    """One activity opened for booking."""

    activity_id: UUID
    slots: dict[str, UUID]


@pytest.fixture
async def enrolment(
    service_database: Callable[[str], Awaitable[tuple[str, str]]],
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Enrolment]:
    url, owner_url = await service_database("enrolment")
    for name, value in {
        "ENROLMENT_DATABASE_URL": url,
        "ENROLMENT_MIGRATION_DATABASE_URL": owner_url,
        "ENROLMENT_PORT": "1",
        "ENROLMENT_BROKER_URLS": "amqp://nowhere",
        "ENROLMENT_SERVICE_SECRET": "secret",
        # A loaded machine must not tell the tests to come back later.
        "ENROLMENT_WAITING_SECONDS": "30",
        **{
            f"PORTAIL_{context}_URL": "http://nowhere"
            for context in ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")
        },
    }.items():
        monkeypatch.setenv(name, value)
    service = bootstrap.service()
    runtime = build_runtime(service)
    accounts = FakeAccounts()
    principals: dict[str, Principal] = {}

    async def authenticate(token: str) -> Principal:
        if token not in principals:
            raise unauthenticated()
        return principals[token]

    runtime.clock, runtime.peers, runtime.authenticate = clock, accounts, authenticate  # type: ignore[assignment]
    transport = httpx.ASGITransport(create_app(service, runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://enrolment") as client:
        yield Enrolment(runtime, clock, accounts, client, principals)
    await runtime.database.close()


@pytest.fixture
async def wednesdays(enrolment: Enrolment) -> Offer:
    """Wednesdays of this school year at Les Libellules: five places from six years on."""
    return await open_wednesdays(enrolment)


async def open_wednesdays(
    enrolment: Enrolment,
    *,
    under_six: int = 4,
    six_and_over: int = 5,
    rules: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Offer:
    admin = enrolment.staff(Audience.ADMIN)
    centre = (await admin.post("/v1/staff/centres", {"name": "Les Libellules"})).json()
    activity = await admin.post(
        "/v1/staff/activities",
        {
            "centre_id": centre["centre_id"],
            "label": "Mercredi",
            "season": "term",
            "weekdays": [3],
            "capacity": {"under_six": under_six, "six_and_over": six_and_over},
            "slots": [
                slot("Journée", "07:30", "18:00", "wednesday_day", meal=True),
                slot("Matin", "07:30", "12:00", "wednesday_half"),
                slot("Après-midi", "13:30", "18:00", "wednesday_half", min_age=3),
            ],
            "notice_rules": [
                {
                    "action": "book",
                    "anchor": "weekday_of_previous_week",
                    "count": 1,
                    "weekday": 4,
                    "at": "12:00",
                },
                *(rules or []),
            ],
            **more,
        },
    )
    assert activity.status_code == 201, activity.text
    made = activity.json()
    opened = await admin.post(
        f"/v1/staff/activities/{made['activity_id']}/open-days",
        {"from": "2026-09-01", "to": "2027-07-02"},
    )
    assert opened.status_code == 201, opened.text
    return Offer(
        UUID(made["activity_id"]), {one["label"]: UUID(one["slot_id"]) for one in made["slots"]}
    )


def slot(label: str, starts: str, ends: str, rate: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "starts": starts, "ends": ends, "rate_code": rate, **more}


def asking(*lines: tuple[UUID, UUID, str], request_id: UUID | None = None) -> dict[str, Any]:
    """The body of a submission."""
    return {
        "request_id": str(request_id or new_id()),
        "kind": "booking.request",
        "lines": [
            {"child_id": str(child), "slot_id": str(slot_id), "day": day}
            for child, slot_id, day in lines
        ],
    }


async def booked(
    enrolment: Enrolment, person: Person, slot_id: UUID, *days: str, child: int = 0
) -> UUID:
    """The person's child is booked on these days; returns the request."""
    body = asking(*((person.children[child], slot_id, day) for day in days))
    answer = await person.post("/v1/me/requests", body)
    assert answer.status_code == 201, answer.text
    agent = enrolment.staff(Audience.SECRETARIAT)
    accepted = await agent.post(f"/v1/staff/requests/{body['request_id']}/accept", {"version": 1})
    assert accepted.status_code == 200, accepted.text
    return UUID(body["request_id"])


async def cell_of(person: Person, child: UUID, slot_id: UUID, day: str) -> dict[str, Any]:
    """The cell as the month's agenda shows it."""
    answer = await person.get("/v1/me/agenda", month=day[:7])
    assert answer.status_code == 200, answer.text
    (found,) = [
        cell
        for one in answer.json()["days"]
        if one["date"] == day
        for cell in one["cells"]
        if (cell["child_id"], cell["slot_id"]) == (str(child), str(slot_id))
    ]
    return dict(found)
