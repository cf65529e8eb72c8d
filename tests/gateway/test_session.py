"""The sealed cookie: nobody but the gateway can read it, change it, or use it for another end."""

import asyncio
import base64
import os
from datetime import timedelta
from typing import Any

import pytest

from chassis.auth import Audience, Principal
from chassis.clock import SteppedClock
from gateway.refreshing import Refresher
from gateway.sealing import LARGEST, Seal, TooLarge
from gateway.session import (
    COOKIE,
    IDLE_AT_MOST,
    Cookies,
    Door,
    Grant,
    Session,
    new_anonymous,
    new_session,
)

OLD, NEW = os.urandom(32), os.urandom(32)


def a_session(
    clock: SteppedClock, token: str = "t" * 700, name: str = "Famille Noisetier"
) -> Session:
    principal = Principal("id", name, frozenset({Audience.FAMILY}))
    grant = Grant(token, clock.now() + timedelta(minutes=5), principal)
    return new_session("s" * 43, grant, Door.FAMILY, clock.now())


def value_of(header: str) -> str:
    return header.partition("=")[2].partition(";")[0]


def test_a_session_comes_back_as_it_was_sealed(clock: SteppedClock) -> None:
    session, cookies = a_session(clock), Cookies(Seal([NEW]))

    header = cookies.session(session)

    assert cookies.read_session({COOKIE: value_of(header)}, clock.now()) == session
    assert header.startswith("__Host-portail=")
    for attribute in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax"):
        assert attribute in header
    assert "Domain" not in header


def test_the_cookie_shows_nothing_of_what_it_holds(clock: SteppedClock) -> None:
    sealed = value_of(Cookies(Seal([NEW])).session(a_session(clock)))
    _, _, body = sealed.partition(".")

    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))

    assert b"Noisetier" not in raw
    assert b"tttt" not in raw


def test_two_sealings_of_one_session_differ(clock: SteppedClock) -> None:
    session, cookies = a_session(clock), Cookies(Seal([NEW]))

    assert cookies.session(session) != cookies.session(session)


def test_a_tampered_cookie_is_no_session(clock: SteppedClock) -> None:
    cookies = Cookies(Seal([NEW]))
    sealed = value_of(cookies.session(a_session(clock)))

    for place in range(0, len(sealed) - 1, 37):
        other = "A" if sealed[place] != "A" else "B"
        changed = sealed[:place] + other + sealed[place + 1 :]
        assert cookies.read_session({COOKIE: changed}, clock.now()) is None


@pytest.mark.parametrize("garbage", ["", ".", "a.b", "x" * 5000, "0.é", "null", f"{'0' * 8}.AAAA"])
def test_garbage_is_no_session(clock: SteppedClock, garbage: str) -> None:
    assert Cookies(Seal([NEW])).read_session({COOKIE: garbage}, clock.now()) is None


def test_an_older_key_still_opens_and_a_forgotten_one_does_not(clock: SteppedClock) -> None:
    session = a_session(clock)
    sealed = {COOKIE: value_of(Cookies(Seal([OLD])).session(session))}

    assert Cookies(Seal([NEW, OLD])).read_session(sealed, clock.now()) == session
    assert Cookies(Seal([NEW])).read_session(sealed, clock.now()) is None


def test_the_first_key_seals(clock: SteppedClock) -> None:
    sealed = {COOKIE: value_of(Cookies(Seal([NEW, OLD])).session(a_session(clock)))}

    assert Cookies(Seal([NEW])).read_session(sealed, clock.now()) is not None


def test_an_idle_session_is_forgotten(clock: SteppedClock) -> None:
    cookies = Cookies(Seal([NEW]))
    sealed = {COOKIE: value_of(cookies.session(a_session(clock)))}

    clock.advance(IDLE_AT_MOST + timedelta(seconds=1))

    assert cookies.read_session(sealed, clock.now()) is None


def test_an_anonymous_token_never_opens_as_a_session(clock: SteppedClock) -> None:
    cookies = Cookies(Seal([NEW]))
    sealed = value_of(cookies.anonymous(new_anonymous(clock.now())))

    assert cookies.read_session({COOKIE: sealed}, clock.now()) is None


def test_what_is_sealed_for_one_end_opens_for_no_other() -> None:
    seal = Seal([NEW])
    sealed = seal.close("session", {"a": 1})

    assert seal.open("session", sealed) == {"a": 1}
    assert seal.open("form", sealed) is None


def test_a_session_with_the_longest_names_fits_in_a_cookie(clock: SteppedClock) -> None:
    session = a_session(clock, token="t" * 1200, name="É" * 200)

    assert len(Cookies(Seal([NEW])).session(session)) < 4096


def test_a_session_that_would_not_fit_is_not_lost_in_silence(clock: SteppedClock) -> None:
    with pytest.raises(TooLarge):
        Cookies(Seal([NEW])).session(a_session(clock, token="t" * LARGEST))


async def test_requests_that_come_together_share_one_refresh(clock: SteppedClock) -> None:
    asked: list[str] = []

    async def refresh(secret: str) -> Grant:
        asked.append(secret)
        await asyncio.sleep(0.01)
        return Grant("new", clock.now() + timedelta(minutes=5), a_session(clock).principal)

    refresher, session = Refresher(refresh, clock), a_session(clock)
    grants = await asyncio.gather(*(refresher.grant_for(session) for _ in range(20)))
    late = await refresher.grant_for(session)

    assert {grant.token for grant in grants if grant} == {"new"}
    assert late == grants[0]
    assert len(asked) == 1


async def test_one_browser_that_leaves_does_not_cut_the_refresh(clock: SteppedClock) -> None:
    async def refresh(_: str) -> Grant:
        await asyncio.sleep(0.02)
        return Grant("new", clock.now() + timedelta(minutes=5), a_session(clock).principal)

    refresher, session = Refresher(refresh, clock), a_session(clock)
    leaving = asyncio.create_task(refresher.grant_for(session))
    staying = asyncio.create_task(refresher.grant_for(session))
    await asyncio.sleep(0.005)
    leaving.cancel()

    grant = await staying

    assert grant is not None
    assert grant.token == "new"


async def test_a_token_near_its_end_is_renewed_and_sealed_again(
    family: Any, services: Any, clock: SteppedClock
) -> None:
    clock.advance(timedelta(minutes=4, seconds=30))
    services.accounts.answers["POST /v1/sessions/refresh"] = renewed(clock)

    first = await family.get("/")
    await family.get("/messages")

    assert first.status_code == 200
    assert COOKIE in first.headers["set-cookie"]
    assert len(services.accounts.asked("POST", "/v1/sessions/refresh")) == 1
    assert services.messaging.seen[-1].headers["authorization"] == "Bearer token-2"


async def test_a_session_that_accounts_ended_is_signed_out(
    family: Any, services: Any, clock: SteppedClock
) -> None:
    clock.advance(timedelta(minutes=6))
    services.accounts.answers["POST /v1/sessions/refresh"] = (401, {"type": "accounts.over"})

    answer = await family.get("/demandes?historique=1")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/connexion?suite=/demandes%3Fhistorique%3D1"
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_with_accounts_away_a_good_token_goes_on_and_an_old_one_waits(
    family: Any, services: Any, clock: SteppedClock
) -> None:
    await services.accounts.stop()
    clock.advance(timedelta(minutes=4, seconds=30))
    still_good = await family.get("/messages")
    clock.advance(timedelta(minutes=1))
    too_old = await family.get("/messages")

    assert still_good.status_code == 200
    assert too_old.status_code == 503
    assert "rien n’a été perdu" in too_old.text
    assert "set-cookie" not in too_old.headers


async def test_a_tampered_cookie_leads_to_the_sign_in_page(family: Any) -> None:
    sealed = family.cookies[COOKIE]
    family.cookies.clear()

    answer = await family.get("/messages", headers={"Cookie": f"{COOKIE}={sealed[:-4]}AAAA"})

    assert answer.headers["location"] == "/connexion?suite=/messages"


def renewed(clock: SteppedClock) -> dict[str, Any]:
    return {
        "token": "token-2",
        "token_expires_at": (clock.now() + timedelta(minutes=5)).isoformat(),
        "principal": {
            "id": "id",
            "name": "Famille Noisetier",
            "audiences": ["family"],
            "family_id": "0197a000-0000-7000-8000-000000000001",
        },
    }
