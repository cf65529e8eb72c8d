"""What the owner of an access reads about who signed in by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.domain.sight import browser_family, short_address
from accounts.store.tables import sign_in_attempts
from accounts.upkeep import one_round

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Mobile Safari/537.36"
)


PASSWORD = "petitnavire2026"


async def attempt(accounts, password=PASSWORD, agent=FIREFOX, identifier="noisetier"):
    body = {
        "identifier": identifier,
        "password": password,
        "door": "family",
        "address": "192.0.2.17",
        "user_agent": agent,
    }
    return await accounts.as_service("POST", "/v1/sign-in", body)


async def log(accounts, signed_in, **params):
    token = signed_in["token"]
    return (await accounts.call("GET", "/v1/me/sign-ins", token=token, params=params)).json()


async def test_the_owner_reads_every_attempt(accounts):
    await accounts.add_family()
    await attempt(accounts, "faux1faux1faux")
    accounts.clock.advance(timedelta(minutes=1))
    await attempt(accounts, agent=PHONE)
    accounts.clock.advance(timedelta(minutes=1))
    here = (await attempt(accounts)).json()
    await attempt(accounts, identifier="personne")
    read = await log(accounts, here)
    assert [
        (one["outcome"], one["browser"], one["place"], one["is_this_one"]) for one in read["items"]
    ] == [
        ("opened", "Firefox, Linux", "192.0.2.…", True),
        ("opened", "Chrome, Android", "192.0.2.…", False),
        ("refused", "Firefox, Linux", "192.0.2.…", False),
    ]
    assert (read["total"], read["open_sessions"]) == (3, 2)


async def test_the_other_sessions_can_be_closed(accounts):
    await accounts.add_family()
    there, here = (await attempt(accounts)).json(), (await attempt(accounts)).json()
    path = "/v1/me/sessions/end-others"
    ended = await accounts.call("POST", path, token=here["token"])
    assert ended.json() == {"ended": 1}
    for session, status in ((there, 401), (here, 200)):
        body = {"session": session["session"]}
        refreshed = await accounts.as_service("POST", "/v1/sessions/refresh", body)
        assert refreshed.status_code == status


async def test_one_family_never_reads_anothers_log(accounts):
    await accounts.add_family()
    await accounts.add_family("bleuet")
    await attempt(accounts)
    other = (await attempt(accounts, identifier="bleuet")).json()
    assert (await log(accounts, other))["total"] == 1


async def test_what_says_where_people_were_is_forgotten_in_time(accounts):
    await accounts.add_family()
    await attempt(accounts)
    await attempt(accounts, identifier="personne")
    accounts.clock.advance(timedelta(days=2))
    await one_round(accounts.runtime)
    async with accounts.runtime.database.reading() as connection:
        (row,) = (await connection.execute(select(sign_in_attempts))).all()
    assert (row.address_key, row.place) == (None, "192.0.2.…")
    accounts.clock.advance(timedelta(days=183))
    await one_round(accounts.runtime)
    async with accounts.runtime.database.reading() as connection:
        assert (await connection.execute(select(sign_in_attempts))).all() == []


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari, iPhone"),
        ("curl/8", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
        (None, "Navigateur inconnu"),
        ("\u202e😀" * 100, "Navigateur inconnu"),
    ],
)
def test_a_browser_is_told_by_its_family_only(user_agent, family):
    assert browser_family(user_agent) == family


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("192.0.2.17", "192.0.2.…"),
        ("::ffff:192.0.2.17", "192.0.2.…"),
        ("2001:db8:0:42::1", "2001:db8:0:…"),
        ("fe80::1%eth0", "fe80:0:0:…"),
    ],
)
def test_an_address_is_shortened_to_its_network(address, short):
    assert short_address(address) == short
