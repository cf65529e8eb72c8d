"""A gateway in front of four real HTTP servers that answer the canned JSON of the contract."""

import base64
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web

from chassis.clock import SteppedClock
from chassis.data_version import DOOR, HEADER
from chassis.settings import SharedSettings
from gateway.bootstrap import build, create_app
from gateway.gateway import Gateway
from gateway.settings import Settings

from .file_sheets import sheets

PUBLIC = "https://portail.test"
FAMILY_ID = "0197a000-0000-7000-8000-000000000001"
LOU = "0197a000-0000-7000-8000-0000000000a1"
NOE = "0197a000-0000-7000-8000-0000000000a2"
SLOT = "0197a000-0000-7000-8000-0000000000b1"
REQUEST = "0197a000-0000-7000-8000-0000000000c1"
MESSAGE = "0197a000-0000-7000-8000-0000000000d1"
NAMES = ("accounts", "enrolment", "billing", "messaging")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """One request as a service received it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


@dataclass(eq=False)
class Service:
    """A real server; `answers` maps "GET /path" to a body, a (status, body) or a handler."""

    name: str
    answers: dict[str, Any] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""
    otherwise: Handler | None = None
    """Answers what `answers` has no word for."""
    version: str = ""
    """Of its data, for whoever keeps answers (`chassis.data_version`); empty: it tells none."""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def asked(self, method: str, path: str) -> list[Seen]:
        return [one for one in self.seen if (one.method, one.path) == (method, path)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.version and request.path == DOOR:
            self._note(request, b"")
            return web.json_response({"version": self.version})
        # Labelled with what stood before the answer was made, as the real wall does.
        version, answer = self.version, await self._made(request)
        if version and HEADER in request.headers and answer.status == 200:
            answer.headers[HEADER] = version
        return answer

    async def _made(self, request: web.Request) -> web.StreamResponse:
        answer = self.answers.get(f"{request.method} {request.path}")
        if callable(answer):
            self._note(request, b"")
            return await answer(request)
        self._note(request, await request.read())
        if answer is None and self.otherwise is not None:
            return await self.otherwise(request)
        if answer is None:
            return problem(404, "portail.not-found", "Introuvable")
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        if isinstance(body, web.Response):
            return body
        return web.json_response(body, status=status)

    def _note(self, request: web.Request, body: bytes) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append(
            Seen(request.method, request.path, headers, body, request.rel_url.raw_query_string)
        )


def problem(status: int, kind: str, title: str, detail: str = "", **extra: Any) -> web.Response:
    body = {
        "type": f"urn:portail:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        **extra,
    }
    return web.json_response(body, status=status, content_type="application/problem+json")


@dataclass
class Services:
    accounts: Service
    enrolment: Service
    billing: Service
    messaging: Service

    @property
    def all(self) -> list[Service]:
        return [self.accounts, self.enrolment, self.billing, self.messaging]


def principal(kind: str = "family", name: str = "Famille Noisetier") -> dict[str, Any]:
    return {
        "id": FAMILY_ID,
        "name": name,
        "audiences": ["family"] if kind == "family" else ["secretariat"],
        "family_id": FAMILY_ID if kind == "family" else None,
    }


def cell(**changes: Any) -> dict[str, Any]:
    return {
        "child_id": LOU,
        "slot_id": SLOT,
        "day": "2026-11-26",
        "activity_label": "Accueil du soir",
        "slot_label": "Soir",
        "starts": "16:30",
        "ends": "18:30",
        "rate_code": "evening",
        "state": "free",
        "note": None,
        "reason": None,
        "cut_off": "2026-11-25T09:00:00Z",
        "actions": ["booking.request"],
        "request_id": None,
        **changes,
    }


def request_item(**changes: Any) -> dict[str, Any]:
    return {
        "request_id": REQUEST,
        "number": "D-2026-01342",
        "kind": "booking.request",
        "state": "pending",
        "submitted_at": "2026-11-23T20:14:00Z",
        "due_on": "2027-01-23",
        "version": 1,
        "lines": [{"child_id": LOU, "slot_id": SLOT, "day": "2026-11-26", "outcome": "requested"}],
        "receipt": {
            "service": "Service Enfance",
            "phone": "04 74 00 00 00",
            "email": "enfance@val-arbelle.example",
            "silence": "Sans réponse avant le 23 janvier 2027, la demande est acceptée.",
        },
        "decided_at": None,
        "reason": None,
        "child_names": ["Lou"],
        "child_ids": [LOU],
        "days": ["2026-11-26"],
        "object": "Réservation, Lou, jeu. 26 nov., Soir",
        **changes,
    }


def family_answer(**changes: Any) -> dict[str, Any]:
    return {
        "family_id": FAMILY_ID,
        "reference": "F-00042",
        "name": "Noisetier",
        "resident": True,
        "guardians": [
            {
                "guardian_id": FAMILY_ID,
                "given_name": "Camille",
                "family_name": "Noisetier",
                "is_payer": True,
            },
            {
                "guardian_id": LOU,
                "given_name": "Sacha",
                "family_name": "Noisetier",
                "is_payer": False,
            },
        ],
        "children": children(),
        **changes,
    }


def children() -> list[dict[str, Any]]:
    return [
        {"child_id": LOU, "given_name": "Lou", "family_name": "Noisetier", "born_on": "2019-03-02"},
        {"child_id": NOE, "given_name": "Noé", "family_name": "Noisetier", "born_on": "2022-05-12"},
    ]


def _listed(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "page": 1, "pages": 1, "total": len(items)}


ABOUT = {
    "kind": "booking.request",
    "topic": "request",
    "id": REQUEST,
    "request_id": REQUEST,
    "number": "D-2026-01342",
}


def thread(**changes: Any) -> dict[str, Any]:
    return {
        "thread_id": MESSAGE,
        "subject": "Votre demande est acceptée !",
        "about": ABOUT,
        "centre": None,
        "state": "open",
        "only_me": False,
        "last_posted_at": "2026-11-23T20:14:00Z",
        "excerpt": "Lou, jeudi 26 novembre",
        "from_family": False,
        "unread": 1,
        "archived": False,
        "has_attachments": True,
        **changes,
    }


def conversation() -> dict[str, Any]:
    said = {
        "message_id": "0197a000-0000-7000-8000-0000000000d2",
        "from_family": False,
        "author_name": None,
        "body": "Bonjour,\n\nVotre demande est acceptée.",
        "posted_at": "2026-11-23T20:14:00Z",
        "read": False,
        "seen_at": None,
        "attachments": [
            {
                "attachment_id": "0197a000-0000-7000-8000-0000000000d3",
                "name": "planning.pdf",
                "media_type": "application/pdf",
                "size": 1_500_000,
            }
        ],
    }
    return {**_listed(said), "thread": thread()}


POLICY = {"rule": "De 12 à 20 caractères : des lettres sans accent et des chiffres."}
OWN_ACCESS = {"identifier": "noisetier", "has_second_factor": False, "policy": POLICY}
SIGN_INS = {
    "items": [
        {
            "at": "2026-11-23T20:14:00Z",
            "outcome": "opened",
            "browser": "Firefox, Linux",
            "place": "192.0.2.…",
            "is_this_one": True,
        },
        {"at": "2026-11-22T20:14:00Z", "outcome": "refused"},
    ],
    "page": 1,
    "pages": 1,
    "total": 2,
    "open_sessions": 2,
}


CENTRE = {
    "centre_id": "0197a000-0000-7000-8000-0000000000f1",
    "name": "Les Libellules",
    "phone": "04 74 00 00 11",
    "email": "libellules@val-arbelle.example",
    "openings": [
        {"weekday": weekday, "opens": opens, "closes": closes}
        for weekday in (1, 2)
        for opens, closes in (("07:15", "08:30"), ("16:30", "18:30"))
    ],
    "closures": [{"label": "Pont", "first": "2027-05-07", "last": "2027-05-07"}],
}

INVOICE = "0197a000-0000-7000-8000-0000000000e1"
INVOICE_ITEM = {
    "invoice_id": INVOICE,
    "number": "RE-2026-000123",
    "period": "2026-10",
    "issued_on": "2026-11-02",
    "due_on": "2026-12-02",
    "total_cents": 2250,
    "previous_balance_cents": 1240,
    "remaining_cents": 2250,
    "has_document": True,
}
BILLING_PAGES = {
    "GET /v1/me/invoices": {"items": [INVOICE_ITEM], "page": 1, "pages": 1, "total": 1},
    f"GET /v1/me/invoices/{INVOICE}": {
        **INVOICE_ITEM,
        "debtor_name": "Mme Camille Noisetier",
        "debtor_address": ["3 rue des Lilas"],
        "reference": "F-00042",
        "cash_office": "Régie de recettes Enfance",
        "care_cents": 1770,
        "food_cents": 480,
        "to_pay_cents": 3490,
        "children": [
            {
                "name": "Lou",
                "amount_cents": 2250,
                "rows": [
                    {
                        "label": "Mercredi, journée avec repas",
                        "days": ["2026-10-07", "2026-10-14"],
                        "quantity": 3,
                        "unit_cents": 750,
                        "amount_cents": 2250,
                        "care_cents": 1770,
                        "food_cents": 480,
                        "explanation": "Tranche T2",
                    }
                ],
            }
        ],
        "credit_notes": [],
        "how_to_pay": ["Par chèque à l’ordre de « Régie Enfance »."],
        "online_payment": False,
    },
    "GET /v1/me/statement": {
        "balance_cents": 2250,
        "online_payment": False,
        "items": [
            {
                "source_id": INVOICE,
                "kind": "invoice",
                "label": "Facture RE-2026-000123, octobre 2026",
                "occurred_on": "2026-11-02",
                "number": "RE-2026-000123",
                "amount_cents": 2250,
                "balance_cents": 3490,
            }
        ],
        "page": 1,
        "pages": 1,
        "total": 1,
    },
    "GET /v1/me/instalments": {
        "items": [{"plan_id": INVOICE, "rank": 0, "due_on": "2026-12-15", "amount_cents": 1745}]
    },
}


def canned(clock: SteppedClock) -> dict[str, dict[str, Any]]:
    expires = (clock.now() + timedelta(minutes=5)).isoformat()
    signed_in = {
        "session": "s" * 43,
        "token": "token-1",
        "token_expires_at": expires,
        "principal": principal(),
    }
    agenda = {
        "month": "2026-11",
        "children": children(),
        "days": [{"date": "2026-11-26", "cells": [cell()]}],
        "pending": 3,
    }
    week = {
        **agenda,
        "days": [{"date": "2026-11-25", "cells": [cell(day="2026-11-25", state="requested")]}],
        "pending": 3,
    }
    return {
        "accounts": {
            "POST /v1/service-tokens": {"token": "service-token"},
            "POST /v1/sign-in": signed_in,
            "POST /v1/sessions/end": (204, web.Response(status=204)),
            "GET /v1/me/family": family_answer(),
            **sheets(),
            "GET /v1/me/access": OWN_ACCESS,
            "GET /v1/me/sign-ins": SIGN_INS,
            "POST /v1/me/sessions/end-others": {"ended": 1},
            "POST /v1/me/password": (204, web.Response(status=204)),
        },
        "enrolment": {
            "GET /v1/me/requests/count": {"pending": 3},
            "GET /v1/internal/centres": {"items": [CENTRE]},
            "GET /v1/me/week": week,
            "GET /v1/me/agenda": agenda,
            "GET /v1/me/agenda/cell": cell(),
            "GET /v1/me/requests": _listed(request_item()),
            f"GET /v1/me/requests/{REQUEST}": request_item(),
            "POST /v1/me/requests": (201, request_item()),
            f"POST /v1/me/requests/{REQUEST}/withdraw": request_item(state="withdrawn"),
        },
        "billing": {
            **BILLING_PAGES,
            "GET /v1/me/summary": {
                "balance_cents": 8460,
                "previous_balance_cents": 1240,
                "unpaid": [
                    {
                        "invoice_id": REQUEST,
                        "number": "2026-004812",
                        "period": "octobre 2026",
                        "issued_on": "2026-11-02",
                        "due_on": "2026-11-30",
                        "total_cents": 7220,
                        "remaining_cents": 7220,
                    }
                ],
                "online_payment": False,
            },
            "GET /v1/me/rates": {
                "on": "2026-11-24",
                "quotient": 540,
                "resident": True,
                "items": [
                    {
                        "rate_code": "evening",
                        "label": "Accueil du soir",
                        "band_label": "T2",
                        "unit_cents": 150,
                        "care_cents": 150,
                        "food_cents": 0,
                        "supplement_cents": 0,
                        "explanation": "Tranche T2, quotient 540",
                    }
                ],
            },
            "GET /v1/me/charge-lines": _listed(
                {
                    "charge_line_id": REQUEST,
                    "booking_id": SLOT,
                    "child_id": LOU,
                    "day": "2026-11-05",
                    "rate_code": "evening",
                    "label": "Accueil du soir",
                    "unit_cents": 150,
                    "amount_cents": 150,
                    "explanation": "Tranche T2",
                    "recorded_at": "2026-11-05T10:00:00Z",
                    "reverses": None,
                }
            ),
        },
        "messaging": {
            "GET /v1/me/counts": {"unread": 2},
            "GET /v1/me/threads": _listed(thread()),
            f"GET /v1/me/threads/{MESSAGE}": conversation(),
            f"POST /v1/me/threads/{MESSAGE}/read": (204, web.Response(status=204)),
            f"POST /v1/me/threads/{MESSAGE}/unread": (204, web.Response(status=204)),
            "GET /v1/me/drafts": {"items": []},
            "GET /v1/me/preferences": {
                "items": [{"category": "decision", "label": "Réponses", "by_email": True}]
            },
        },
    }


@pytest.fixture
async def services(clock: SteppedClock) -> AsyncIterator[Services]:
    answers = canned(clock)
    made = Services(*(Service(name, answers[name]) for name in NAMES))
    for service in made.all:
        await service.start()
    yield made
    for service in made.all:
        await service.stop()


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def settings(**changes: Any) -> Settings:
    given = {
        "port": 1,
        "service_secret": "gateway-secret",
        "session_keys": new_key(),
        "public_url": PUBLIC,
        **changes,
    }
    return Settings(**given)


def shared(services: Services) -> SharedSettings:
    return SharedSettings(**{f"{one.name}_url": one.url for one in services.all})


@pytest.fixture
async def gateway(services: Services, clock: SteppedClock) -> AsyncIterator[Gateway]:
    made = build(settings(), shared(services), clock)
    yield made
    await made.close()


class Browser(httpx.AsyncClient):
    """Keeps cookies, says where its requests come from, sends the token of the page it is on."""

    async def submit(self, url: str, page: str, **fields: str) -> httpx.Response:
        return await self.post(
            url,
            data={"form_token": token_of(page), **fields},
            headers={"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"},
        )

    async def sign_in(self, door: str = "/connexion", suite: str = "") -> httpx.Response:
        page = (await self.get(door)).text
        return await self.submit(
            door, page, identifier="noisetier", password="soleil2026bleu", suite=suite
        )


def token_of(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found, "the page holds no form"
    return found[1]


@pytest.fixture
async def browser(gateway: Gateway) -> AsyncIterator[Browser]:
    transport = httpx.ASGITransport(create_app(gateway), raise_app_exceptions=False)
    async with Browser(transport=transport, base_url=PUBLIC) as client:
        yield client


@pytest.fixture
async def family(browser: Browser) -> Browser:
    """A browser with a family signed in."""
    answer = await browser.sign_in()
    assert answer.status_code == 303, answer.text
    return browser
