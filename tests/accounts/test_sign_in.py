"""Signing in and out, through HTTP on a real PostgreSQL."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from accounts.store.tables import credentials, sessions, sign_in_attempts
from chassis.auth import Audience
from chassis.problems import Problem
from chassis.tokens import TokenVerifier
from portail_contracts.catalogue import Context

PASSWORD = "petitnavire2026"


def verifier(accounts, receiver=Context.ENROLMENT) -> TokenVerifier:
    """As another service would, through the published keys."""

    async def fetch():
        return (await accounts.call("GET", "/.well-known/jwks.json")).json()

    return TokenVerifier(receiver, fetch, accounts.clock)


async def test_a_family_signs_in_and_every_service_knows_it(accounts):
    family = await accounts.add_family()
    answer = await accounts.sign_in("  NoiseTier ")
    assert answer.status_code == 200
    body = answer.json()
    assert body["principal"]["name"] == "Noisetier"
    assert body["principal"]["audiences"] == ["family"]
    assert body["principal"]["family_id"] == family["family_id"]
    for receiver in Context:
        principal = await verifier(accounts, receiver).authenticate(body["token"])
        assert principal.own_family == UUID(family["family_id"])
        assert principal.audiences == {Audience.FAMILY}
    with pytest.raises(Problem):
        await verifier(accounts, "partner").authenticate(body["token"])


async def test_a_member_of_staff_signs_in_with_their_roles(accounts):
    staff_id = await accounts.add_staff("d.renoncule", "secretariat", "centre", "secretariat")
    answer = await accounts.sign_in("D.Renoncule", door="staff")
    principal = await verifier(accounts).authenticate(answer.json()["token"])
    assert str(principal.staff_id) == staff_id
    assert principal.audiences == {Audience.SECRETARIAT, Audience.CENTRE}
    assert principal.family_id is None
    refused = await accounts.sign_in("d.renoncule", door="family")
    assert refused.status_code == 401


async def test_no_refusal_says_what_was_wrong(accounts):
    await accounts.add_family()
    answers = [
        await accounts.sign_in("personne"),
        await accounts.sign_in(password="petitnavire2027"),
        await accounts.sign_in(door="staff"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    said = [{**answer.json(), "correlation_id": ""} for answer in answers]
    assert said[0] == said[1] == said[2]
    assert said[0]["type"].endswith("accounts.sign-in-refused")


async def test_an_unknown_identifier_costs_a_hash_as_well(accounts, monkeypatch):
    await accounts.add_family()
    hasher, checked = accounts.own.hasher, []
    verify = hasher._verify
    monkeypatch.setattr(hasher, "_verify", lambda *args: checked.append(1) or verify(*args))
    for identifier in ("noisetier", "personne"):
        await accounts.sign_in(identifier, password="petitnavire2027")
    assert len(checked) == 2


async def test_an_account_waits_longer_after_each_failure(accounts, problem_of):
    await accounts.add_family()
    for number in range(5):
        wrong = await accounts.sign_in(password="faux1faux1faux", address=f"192.0.2.{number}")
        assert wrong.status_code == 401
    slowed = await accounts.sign_in(address="198.51.100.7")
    assert slowed.status_code == 429
    assert problem_of(slowed) == "accounts.too-many-attempts"
    assert slowed.json()["retry_after"] == 30
    accounts.clock.advance(timedelta(seconds=30))
    assert (await accounts.sign_in(password="faux1faux1faux")).status_code == 401
    assert (await accounts.sign_in()).json()["retry_after"] == 60
    accounts.clock.advance(timedelta(seconds=60))
    assert (await accounts.sign_in()).status_code == 200
    # The right password forgives what came before.
    assert (await accounts.sign_in(password="faux1faux1faux")).status_code == 401


async def test_unknown_identifiers_are_slowed_down_like_known_ones(accounts):
    statuses = [(await accounts.sign_in("personne")).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_an_address_that_tries_many_accounts_waits(accounts):
    await accounts.add_family()
    for number in range(40):
        await accounts.sign_in(f"famille{number}", address="2001:db8::1")
    assert (await accounts.sign_in(address="2001:db8::2")).status_code == 429
    assert (await accounts.sign_in(address="192.0.2.9")).status_code == 200
    # A success of the attacker's own does not free the address.
    assert (await accounts.sign_in(address="2001:db8::2")).status_code == 429


async def test_attempts_sent_at_once_are_all_counted(accounts):
    await accounts.add_family()
    attempts = [accounts.sign_in(password="faux1faux1faux") for _ in range(15)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*attempts))
    assert statuses == [401] * 5 + [429] * 10


async def test_what_was_typed_is_kept_nowhere_in_clear(accounts):
    await accounts.sign_in("monmotdepasse1")
    async with accounts.runtime.database.reading() as connection:
        rows = (await connection.execute(select(sign_in_attempts))).all()
    assert len(rows) == 1
    assert "monmotdepasse1" not in repr(rows)
    assert len(rows[0].account_key) == 32


async def test_only_the_digest_of_a_session_is_stored(accounts):
    await accounts.add_family()
    secret = (await accounts.sign_in()).json()["session"]
    assert len(secret) >= 43
    async with accounts.runtime.database.reading() as connection:
        row = (await connection.execute(select(sessions))).one()
    assert len(row.secret_digest) == 32
    assert secret.encode() not in row.secret_digest


async def test_a_session_goes_on_until_it_is_idle_too_long(accounts):
    await accounts.add_family()
    session = {"session": (await accounts.sign_in()).json()["session"]}
    for _ in range(7):
        accounts.clock.advance(timedelta(minutes=100))
        refreshed = await accounts.as_service("POST", "/v1/sessions/refresh", session)
        assert refreshed.status_code == 200
        assert "session" not in refreshed.json()
        await verifier(accounts).authenticate(refreshed.json()["token"])
    accounts.clock.advance(timedelta(minutes=21))  # twelve hours and a minute since the sign-in
    over = await accounts.as_service("POST", "/v1/sessions/refresh", session)
    assert over.status_code == 401

    idle = {"session": (await accounts.sign_in()).json()["session"]}
    accounts.clock.advance(timedelta(hours=2))
    over = await accounts.as_service("POST", "/v1/sessions/refresh", idle)
    assert over.status_code == 401


async def test_signing_out_ends_the_session_and_may_be_repeated(accounts, problem_of):
    await accounts.add_family()
    session = {"session": (await accounts.sign_in()).json()["session"]}
    for _ in range(2):
        assert (await accounts.as_service("POST", "/v1/sessions/end", session)).status_code == 204
    over = await accounts.as_service("POST", "/v1/sessions/refresh", session)
    assert (over.status_code, problem_of(over)) == (401, "accounts.session-over")


async def test_a_token_expires(accounts):
    await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    accounts.clock.advance(timedelta(minutes=6))
    assert (await accounts.call("GET", "/v1/me/family", token=token)).status_code == 401


async def test_changing_the_password_ends_the_other_sessions(accounts, problem_of):
    await accounts.add_family()
    here, elsewhere = [(await accounts.sign_in()).json() for _ in range(2)]

    async def change(current, new):
        body = {"current": current, "new": new}
        return await accounts.call("POST", "/v1/me/password", body, token=here["token"])

    wrong = await change("faux1faux1faux", "grandnavire2026")
    assert (wrong.status_code, problem_of(wrong)) == (422, "accounts.wrong-password")
    weak = await change(PASSWORD, "court1")
    assert (weak.status_code, problem_of(weak)) == (422, "accounts.weak-password")
    assert "12 à 20" in weak.json()["detail"]
    assert (await change(PASSWORD, "grandnavire2026")).status_code == 204

    for session, status in ((here, 200), (elsewhere, 401)):
        answer = await accounts.as_service(
            "POST", "/v1/sessions/refresh", {"session": session["session"]}
        )
        assert answer.status_code == status
    assert (await accounts.sign_in()).status_code == 401
    assert (await accounts.sign_in(password="grandnavire2026")).status_code == 200


async def test_a_borrowed_session_is_no_way_around_the_waits(accounts):
    await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    body = {"current": "faux1faux1faux", "new": "grandnavire2026"}
    statuses = [
        (await accounts.call("POST", "/v1/me/password", body, token=token)).status_code
        for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


async def test_an_older_hash_is_renewed_at_sign_in(accounts):
    await accounts.add_family()
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    async with accounts.runtime.database.transaction() as transaction:
        await transaction.connection.execute(update(credentials).values(password_hash=old))
    assert (await accounts.sign_in()).status_code == 200
    async with accounts.runtime.database.reading() as connection:
        new = (await connection.execute(select(credentials.c.password_hash))).scalar_one()
    assert new.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await accounts.sign_in()).status_code == 200


async def test_a_full_line_of_hashes_is_said_at_once_and_counts_against_nobody(start, problem_of):
    accounts = await start(hashing_line=0)
    await accounts.add_family()
    attempts = [accounts.sign_in(address=f"192.0.2.{number}") for number in range(20)]
    answers = await asyncio.gather(*attempts)
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert {problem_of(answer) for answer in refused} == {"accounts.busy"}
    assert {answer.status_code for answer in answers} <= {200, 503, 429}
    async with accounts.runtime.database.reading() as connection:
        query = select(func.count()).where(sign_in_attempts.c.succeeded.is_(False))
        assert (await connection.execute(query)).scalar_one() == 0
    assert (await accounts.sign_in()).status_code == 200


async def test_a_service_gets_a_token_for_its_own_secret_only(accounts, problem_of):
    async def ask(name, secret):
        return await accounts.call("POST", "/v1/service-tokens", {"name": name, "secret": secret})

    good = await ask("billing", "another-secret-for-tests")
    principal = await verifier(accounts).authenticate(good.json()["token"])
    assert (principal.id, principal.audiences) == ("billing", {Audience.SERVICE})
    for name, secret in (
        ("billing", "a-secret-only-for-tests"),
        ("messaging", "a-secret-only-for-tests"),
        ("nobody", "x"),
    ):
        refused = await ask(name, secret)
        assert (refused.status_code, problem_of(refused)) == (401, "accounts.service-refused")
