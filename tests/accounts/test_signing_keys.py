"""Keys: made once, published before use, changed without anybody noticing."""

import asyncio
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.domain import signing
from accounts.sealing import MasterKey, Sealed, SealedWithAnotherKey
from accounts.store.signing_keys import all_keys
from accounts.upkeep import one_round
from chassis.auth import Audience
from chassis.problems import Problem
from chassis.tokens import TokenVerifier
from portail_contracts.catalogue import Context


async def published(accounts) -> list[str]:
    answer = await accounts.call("GET", "/.well-known/jwks.json")
    assert all(
        key.keys() == {"kty", "crv", "alg", "use", "kid", "x"} for key in answer.json()["keys"]
    )
    return [key["kid"] for key in answer.json()["keys"]]


async def stored(accounts):
    async with accounts.runtime.database.reading() as connection:
        return await all_keys(connection)


def kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


async def test_two_first_starts_at_once_make_one_key(start):
    replicas = [await start() for _ in range(4)]
    await asyncio.gather(*(one_round(replica.runtime) for replica in replicas))
    assert len(await stored(replicas[0])) == 1
    tokens = await asyncio.gather(*(replica.token(Audience.ADMIN) for replica in replicas))
    assert len({kid(token) for token in tokens}) == 1


async def test_first_requests_before_the_first_round_make_one_key(start):
    replicas = [await start() for _ in range(3)]
    tokens = await asyncio.gather(*(replica.token(Audience.ADMIN) for replica in replicas * 3))
    assert len({kid(token) for token in tokens}) == 1


class Ticking:
    """Time passes whenever it is asked for, as it does outside of tests."""

    def __init__(self, clock):
        self.clock = clock

    def now(self):
        self.clock.advance(timedelta(microseconds=1))
        return self.clock.now()


async def test_time_passes_while_the_first_key_is_made(start):
    accounts = await start()
    accounts.own.keyring._clock = Ticking(accounts.clock)
    token = await accounts.token(Audience.ADMIN)
    assert [kid(token)] == [key.kid for key in await stored(accounts)]


async def test_a_rotation_disturbs_nobody(accounts):
    async def fetch():
        return (await accounts.call("GET", "/.well-known/jwks.json")).json()

    verifier = TokenVerifier(Context.BILLING, fetch, accounts.clock)
    old = await accounts.token(Audience.ADMIN)
    await accounts.own.keyring.rotate(forced=True)
    first, second = await published(accounts)
    assert kid(old) == first
    assert kid(await accounts.token(Audience.ADMIN)) == first

    accounts.clock.advance(signing.SHORT_NOTICE)
    new = await accounts.token(Audience.ADMIN)
    assert kid(new) == second
    for token in (old, new):
        await verifier.authenticate(token)
        allowed = await accounts.call("GET", "/v1/staff/families/x", token=token)
        assert allowed.status_code == 422

    accounts.clock.advance(signing.KEPT_AFTER)
    assert await published(accounts) == [second]
    await one_round(accounts.runtime)
    assert [key.kid for key in await stored(accounts)] == [second]
    stranger = TokenVerifier(Context.BILLING, fetch, accounts.clock)
    with pytest.raises(Problem):
        await stranger.authenticate(old)


async def test_a_signature_is_verified_once_and_its_token_ends_all_the_same(accounts, monkeypatch):
    good = await accounts.token(Audience.ADMIN)
    keys = (await accounts.call("GET", "/.well-known/jwks.json")).json()

    async def fetch():
        return keys

    verifier = TokenVerifier(Context.BILLING, fetch, accounts.clock)
    monkeypatch.setattr("chassis.tokens.REMEMBERED", 2)
    forged = good[:-6] + "AAAAAA"
    assert (await verifier.authenticate(good)).audiences == {Audience.ADMIN}
    with monkeypatch.context() as once:
        once.setattr("jwt.decode", None)
        assert (await verifier.authenticate(good)).audiences == {Audience.ADMIN}
    for _ in range(2):
        with pytest.raises(Problem):
            await verifier.authenticate(forged)
    # Others take its place in memory: it is verified again.
    others = [await accounts.token(Audience.ADMIN) for _ in range(2)]
    for token in (*others, good):
        await verifier.authenticate(token)
    assert len(verifier._known) == 2
    # Its key is withdrawn: remembered or not, it is refused.
    keys = {"keys": []}
    await verifier._refresh()
    with pytest.raises(Problem):
        await verifier.authenticate(good)


async def test_a_remembered_token_ends_at_its_end(accounts):
    async def fetch():
        return (await accounts.call("GET", "/.well-known/jwks.json")).json()

    verifier = TokenVerifier(Context.BILLING, fetch, accounts.clock)
    token = await accounts.token(Audience.ADMIN)
    await verifier.authenticate(token)
    accounts.clock.advance(timedelta(minutes=5, seconds=31))
    with pytest.raises(Problem):
        await verifier.authenticate(token)


async def test_daily_rounds_keep_the_schedule(accounts):
    used = set()
    for _ in range(70):
        await one_round(accounts.runtime)
        before = set(await published(accounts))
        accounts.clock.advance(timedelta(days=1))
        token = await accounts.token(Audience.ADMIN)
        assert kid(token) in before
        used.add(kid(token))
    assert len(used) == 3


async def test_private_keys_are_sealed(accounts):
    await accounts.own.keyring.rotate()
    (key,) = await stored(accounts)
    sealed = Sealed(key.master_key_id, key.sealed_private_key)
    raw = accounts.own.master_key.open(key.kid, sealed)
    assert len(raw) == 32
    assert raw not in key.sealed_private_key
    with pytest.raises(SealedWithAnotherKey):
        MasterKey(bytes(32)).open(key.kid, sealed)


async def test_a_token_signed_by_a_stranger_is_refused(accounts):
    token = await accounts.token(Audience.ADMIN)
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = [
        jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": kid(token)}),
        jwt.encode(claims, "x" * 40, "HS256", headers={"kid": kid(token)}),
        jwt.encode(claims, None, "none", headers={"kid": kid(token)}),
        token[:-4] + "AAAA",
        "a.b.c",
        "é",
    ]
    for item in forged:
        headers = {"Authorization": f"Bearer {item}".encode()}
        answer = await accounts.client.get("/v1/staff/families/x", headers=headers)
        assert answer.status_code == 401, item
