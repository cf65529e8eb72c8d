"""What is sealed opens with its own keys, in its own place, and nowhere else."""

import base64
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update

from accounts.sealing import (
    BrokenSeal,
    DataKey,
    MasterKey,
    MasterKeys,
    Place,
    Sealed,
    SealedWithAnotherKey,
)
from accounts.store.health import health_of
from accounts.store.tables import data_keys, file_reads, health_records
from accounts.use_cases.rotate_master_key import rotate_master_key
from chassis.auth import Audience
from support.health import RECORD, SECRET, child_of, put_health

FIRST_KEY = base64.b64encode(bytes(range(32))).decode()
"""The one of the fixtures."""
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


async def test_a_box_that_was_touched_stays_shut(accounts, problem_of):
    child, other = await child_of(accounts), await child_of(accounts, "bleuet", name="Bleuet")
    for one in (child, other):
        await put_health(accounts, one)
    box = health_records.c.allergies
    values = {
        "column": health_records.c.treatments,
        "child": select(box).where(health_records.c.child_id == UUID(other)).scalar_subquery(),
        "cut": text("substr(allergies, 1, length(allergies) - 1)"),
        "one bit": text("set_bit(allergies, 130, 1 - get_bit(allergies, 130))"),
        "empty": b"",
    }
    version = 1
    for moved, value in values.items():
        async with accounts.runtime.database.transaction() as transaction:
            await transaction.connection.execute(
                update(health_records)
                .where(health_records.c.child_id == UUID(child))
                .values(allergies=value)
            )
        path = f"/v1/staff/children/{child}/health"
        answer = await accounts.as_staff("GET", path, role=Audience.CENTRE)
        assert (answer.status_code, problem_of(answer)) == (503, "accounts.sealed"), moved
        assert SECRET not in answer.text
        version = (await put_health(accounts, child, version=version)).json()["version"]


async def test_a_record_with_its_key_moved_to_another_child_stays_shut(accounts):
    child, other = await child_of(accounts), await child_of(accounts, "bleuet", name="Bleuet")
    for one in (child, other):
        await put_health(accounts, one)
    async with accounts.runtime.database.transaction() as transaction:
        connection = transaction.connection
        for table, owner in ((health_records, "child_id"), (data_keys, "owner_id")):
            names = [c.name for c in table.c if c.name != owner]
            found = await connection.execute(
                select(*(table.c[name] for name in names)).where(table.c[owner] == UUID(other))
            )
            row = dict(found.one()._mapping)
            await connection.execute(
                update(table).where(table.c[owner] == UUID(child)).values(**row)
            )
    with pytest.raises(BrokenSeal):
        async with accounts.runtime.database.reading() as connection:
            await health_of(connection, accounts.own.master_keys, UUID(child))


async def test_another_master_key_opens_nothing(start, problem_of):
    accounts = await start()
    child = await child_of(accounts)
    await put_health(accounts, child)
    stranger = await start(master_key=OTHER_KEY)
    # A token that the stranger believes: its signing key is sealed too.
    stranger.runtime.authenticate = accounts.runtime.authenticate
    stranger.client._transport.app.state.authenticate = accounts.runtime.authenticate
    token = await accounts.token(Audience.CENTRE)
    answer = await stranger.call("GET", f"/v1/staff/children/{child}/health", token=token)
    assert (answer.status_code, problem_of(answer)) == (503, "accounts.sealed")
    assert await _count(accounts, file_reads) == 1  # nothing was read: only the recording is noted


async def test_the_master_key_is_changed_while_people_read(start):
    accounts = await start()
    children = [await child_of(accounts, f"famille-{n}", name="Bleuet") for n in range(3)]
    for child in children:
        await put_health(accounts, child)
    old = (await accounts.sign_in("famille-0")).json()["token"]

    renewed = await start(master_key=OTHER_KEY, other_master_keys=[FIRST_KEY])
    keys = renewed.own.master_keys
    done = await rotate_master_key(renewed.runtime.database, keys)
    assert (done.data_keys, done.left) == (3, {})
    assert done.signing_keys > 0
    again = await rotate_master_key(renewed.runtime.database, keys)
    assert (again.data_keys, again.signing_keys) == (0, 0)

    only_new = await start(master_key=OTHER_KEY)
    for child in children:
        path = f"/v1/staff/children/{child}/health"
        read = await only_new.as_staff("GET", path, role=Audience.CENTRE)
        assert read.json()["record"] == RECORD
    # Tokens signed before go on: the same signing key, sealed again.
    me = await only_new.call("GET", "/v1/me/family", token=old)
    assert me.status_code == 200
    with pytest.raises(SealedWithAnotherKey):
        async with accounts.runtime.database.reading() as connection:
            await health_of(connection, accounts.own.master_keys, UUID(children[0]))


async def test_a_rotation_that_was_stopped_goes_on(start, monkeypatch):
    accounts = await start()
    for n in range(3):
        await put_health(accounts, await child_of(accounts, f"famille-{n}", name="Bleuet"))
    renewed = await start(master_key=OTHER_KEY, other_master_keys=[FIRST_KEY])
    monkeypatch.setattr("accounts.use_cases.rotate_master_key.BATCH", 1)
    calls = 0
    opening = MasterKeys.sealed_again

    def second_fails(self, label, sealed):
        nonlocal calls
        calls += label.startswith("data-key/")
        if calls == 2:
            raise RuntimeError("stopped")
        return opening(self, label, sealed)

    monkeypatch.setattr(MasterKeys, "sealed_again", second_fails)
    with pytest.raises(RuntimeError, match="stopped"):
        await rotate_master_key(renewed.runtime.database, renewed.own.master_keys)
    assert (
        await rotate_master_key(renewed.runtime.database, renewed.own.master_keys)
    ).data_keys == 2


async def test_a_rotation_without_the_former_key_changes_nothing(start):
    accounts = await start()
    child = await child_of(accounts)
    await put_health(accounts, child)
    stranger = await start(master_key=OTHER_KEY)
    with pytest.raises(SealedWithAnotherKey):
        await rotate_master_key(stranger.runtime.database, stranger.own.master_keys)
    read = await accounts.as_staff(
        "GET", f"/v1/staff/children/{child}/health", role=Audience.CENTRE
    )
    assert read.json()["record"] == RECORD


def test_a_value_opens_in_its_own_place_only():
    key, owner, row = DataKey.new(), uuid4(), uuid4()
    place = Place("documents", "content", owner, row)
    box = key.seal(place, b"secret")
    assert key.open(place, box) == b"secret"
    others = [
        Place("documents", "name", owner, row),
        Place("photos", "content", owner, row),
        Place("documents", "content", uuid4(), row),
        Place("documents", "content", owner, uuid4()),
    ]
    for elsewhere in others:
        with pytest.raises(BrokenSeal):
            key.open(elsewhere, box)
    for cut in range(len(box)):
        with pytest.raises(BrokenSeal):
            key.open(place, box[:cut])
    with pytest.raises(BrokenSeal):
        DataKey.new().open(place, box)
    assert box != key.seal(place, b"secret")  # never twice the same


def test_a_wrapped_key_is_bound_to_its_owner_and_master():
    first, second = MasterKey(bytes(32)), MasterKey(bytes(range(32)))
    owner = uuid4()
    sealed = DataKey.new().wrapped(first, owner)
    assert DataKey.unwrapped(MasterKeys(second, [first]), owner, sealed)
    with pytest.raises(BrokenSeal):
        DataKey.unwrapped(MasterKeys(first), uuid4(), sealed)
    with pytest.raises(SealedWithAnotherKey):
        DataKey.unwrapped(MasterKeys(second), owner, sealed)
    with pytest.raises(BrokenSeal):
        DataKey.unwrapped(MasterKeys(second), owner, Sealed(second.id, sealed.box))


async def _count(accounts, table):
    async with accounts.runtime.database.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(table))
        return found.scalar_one()
