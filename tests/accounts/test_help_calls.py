"""Calls of people who cannot enter: one answer for all, sorted afterwards."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from accounts.api.words import FreeText
from accounts.sorting import sort_all
from accounts.store.tables import help_calls
from accounts.use_cases.settle_change import apply_change, refuse_change
from chassis.peers import PeerUnavailable


def words(**changed):
    return {
        "call_id": str(uuid4()),
        "identifier": None,
        "name": "Camille Noisetier",
        "email": "camille@example.test",
        "message": "Je n’ai plus mon mot de passe.\nLou va aux Libellules.",
        "address": "192.0.2.1",
        **changed,
    }


async def call(accounts, **changed):
    return await accounts.as_service("POST", "/v1/help-calls", words(**changed))


@pytest.fixture
def forwarded(monkeypatch):
    """What would be handed to messaging."""
    sent = []

    async def post(_self, _peer, path, body, **_):
        sent.append((path, body))

    monkeypatch.setattr("chassis.peers.Peers.post", post)
    return sent


async def outcomes(accounts):
    await sort_all(accounts.runtime)
    async with accounts.runtime.database.reading() as connection:
        query = select(help_calls.c.outcome).order_by(help_calls.c.received_at)
        return list((await connection.execute(query)).scalars())


async def give_address(accounts, family, email="camille@example.test"):
    listed = await accounts.as_staff("GET", f"/v1/staff/families/{family['family_id']}/accesses")
    account_id = listed.json()[0]["account_id"]
    path = f"/v1/staff/accesses/{account_id}/address"
    await accounts.as_staff("POST", path, {"email": email})
    return account_id


async def links(accounts):
    return [one for one in await accounts.recorded() if "access-link" in one.type]


async def test_a_family_that_is_known_becomes_a_request_in_the_queue(accounts, forwarded):
    family = await accounts.add_family()
    assert (await call(accounts, identifier=" NOISETIER ")).status_code == 202
    assert await outcomes(accounts) == ["requested"]
    (event,) = [one for one in await accounts.recorded() if "change.proposed" in one.type]
    assert (event.data["kind"], event.data["family_id"]) == (
        "credentials.reset",
        family["family_id"],
    )
    assert "Lou" not in str(event.data)
    assert forwarded == []
    await call(accounts, identifier="noisetier")
    assert await outcomes(accounts) == ["requested", "requested"]
    assert len([one for one in await accounts.recorded() if "proposed" in one.type]) == 1


async def test_accepting_sends_a_link_to_the_address_on_file(accounts, forwarded):
    family = await accounts.add_family()
    account_id = await give_address(accounts, family, "dossier@example.test")
    given = words(identifier="noisetier", email="ailleurs@example.test")
    await accounts.as_service("POST", "/v1/help-calls", given)
    await sort_all(accounts.runtime)
    async with accounts.runtime.database.transaction() as transaction:
        await apply_change(transaction, UUID(given["call_id"]), (), accounts.clock.now())
    await sort_all(accounts.runtime)
    (event,) = await links(accounts)
    assert (event.data["account_id"], event.data["purpose"]) == (account_id, "reset")
    assert event.data["expires_at"] == "2026-11-24T06:30:00Z"
    path = f"/v1/internal/access-links/{event.data['link_id']}"
    assert (await accounts.as_service("GET", path)).json()["email"] == "dossier@example.test"
    await sort_all(accounts.runtime)
    assert len(await links(accounts)) == 1


async def test_without_an_address_staff_are_told_and_accept_again_later(accounts, forwarded):
    family = await accounts.add_family()
    given = words(identifier="noisetier")
    await accounts.as_service("POST", "/v1/help-calls", given)
    await sort_all(accounts.runtime)
    async with accounts.runtime.database.transaction() as transaction:
        await apply_change(transaction, UUID(given["call_id"]), (), accounts.clock.now())
    assert "change.rejected" in (await accounts.recorded())[-1].type
    await give_address(accounts, family)
    async with accounts.runtime.database.transaction() as transaction:
        await apply_change(transaction, UUID(given["call_id"]), (), accounts.clock.now())
    await sort_all(accounts.runtime)
    assert len(await links(accounts)) == 1


async def test_refusing_sends_nothing(accounts, forwarded):
    await give_address(accounts, await accounts.add_family())
    given = words(identifier="noisetier")
    await accounts.as_service("POST", "/v1/help-calls", given)
    await sort_all(accounts.runtime)
    async with accounts.runtime.database.transaction() as transaction:
        await refuse_change(transaction, UUID(given["call_id"]), accounts.clock.now())
    await sort_all(accounts.runtime)
    assert await links(accounts) == []


async def test_an_address_that_only_one_access_has_is_enough(accounts, forwarded):
    await give_address(accounts, await accounts.add_family())
    await call(accounts, email="CAMILLE@example.test")
    assert await outcomes(accounts) == ["requested"]


async def test_whoever_is_not_known_is_a_visitor_for_staff(accounts, forwarded):
    await accounts.as_staff(
        "POST",
        "/v1/staff/staff-members",
        {"name": "D", "identifier": "agent", "roles": ["centre"]},
    )
    for identifier in ("personne", "agent", None):
        await call(accounts, identifier=identifier, address=f"192.0.2.{len(forwarded)}")
    assert await outcomes(accounts) == ["message"] * 3
    path, body = forwarded[0]
    assert path == "/v1/visitor-messages"
    assert body["body"].startswith("Identifiant donné\u202f: personne") or body["body"].startswith(
        "Identifiant donné : personne"
    )


async def test_a_service_that_is_away_delays_a_visitor_and_loses_nobody(accounts, monkeypatch):
    await call(accounts, identifier="personne")

    async def away(*_, **__):
        raise PeerUnavailable("messaging: away")

    with monkeypatch.context() as patched:
        patched.setattr("chassis.peers.Peers.post", away)
        with pytest.raises(PeerUnavailable):
            await sort_all(accounts.runtime)

    async def post(*_, **__):
        return None

    monkeypatch.setattr("chassis.peers.Peers.post", post)
    assert await outcomes(accounts) == ["message"]


async def test_self_service_sends_a_link_when_both_are_right(start, forwarded):
    accounts = await start(self_service_reset=True)
    await give_address(accounts, await accounts.add_family())
    answers = [
        await call(accounts, identifier="noisetier", email="Camille@Example.test"),
        await call(accounts, identifier="noisetier", email="autre@example.test"),
        await call(accounts, identifier="personne", email="autre@example.test"),
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"null")] * 3
    assert await outcomes(accounts) == ["link-sent", "requested", "message"]
    assert len(await links(accounts)) == 1


async def test_the_answer_is_the_same_and_the_work_too_whoever_is_meant(accounts, monkeypatch):
    """Nothing is looked up before the answer is given: it is one insertion for everyone."""
    await accounts.add_family()
    seen = []

    async def spy(*_, **__):
        seen.append(1)

    monkeypatch.setattr("accounts.use_cases.sort_calls.access_by_identifier", spy)
    known = await call(accounts, identifier="noisetier")
    unknown = await call(accounts, identifier="personne")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert seen == []


async def test_one_place_calls_six_times_an_hour(accounts, problem_of):
    for _ in range(6):
        assert (await call(accounts)).status_code == 202
    slowed = await call(accounts)
    assert (slowed.status_code, problem_of(slowed)) == (429, "accounts.too-many-attempts")
    assert (await call(accounts, address="198.51.100.1")).status_code == 202
    accounts.clock.advance(timedelta(hours=1))
    assert (await call(accounts)).status_code == 202


async def test_sending_twice_is_one_call(accounts, forwarded):
    given = words()
    for _ in range(2):
        assert (await accounts.as_service("POST", "/v1/help-calls", given)).status_code == 202
    assert await outcomes(accounts) == ["message"]


HOSTILE = [
    "",
    "  ",
    "\x00",
    "a\x1b[31m",
    "a\u202eb",
    "a\u200bb",
    "\ud800",
    None,
    7,
    ["x"],
    "x" * 3000,
]


@pytest.mark.parametrize("field", ["call_id", "name", "email", "message", "address"])
async def test_hostile_words_are_refused_by_their_field(accounts, problem_of, field):
    for value in HOSTILE:
        if value == "\ud800":
            continue
        refused = await call(accounts, **{field: value})
        assert (refused.status_code, problem_of(refused)) == (422, "portail.invalid-input"), value
        assert {one["field"] for one in refused.json()["fields"]} == {field}


@pytest.mark.parametrize("text", ["Bonjour 😀", "ligne\nligne\r\nligne", "Привет", "李"])
def test_a_message_may_be_written_in_any_script(text):
    assert TypeAdapter(FreeText).validate_python(text) == text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_a_message_that_cannot_be_shown_is_refused(text):
    with pytest.raises(ValidationError):
        TypeAdapter(FreeText).validate_python(text)
