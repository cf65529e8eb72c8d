"""A backup of the running house, and one service put back to it while the others went on."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from chassis.broker.publishing import Outgoing
from chassis.identifiers import new_id
from portail.__main__ import app
from portail.recovery import again, sealed_keys
from portail.recovery.folder import Backup, forget_old
from portail.telling import Unusable
from portail_contracts.accounts import FamilyErased
from portail_contracts.catalogue import Context
from portail_contracts.envelope import Envelope
from portail_local import operator_access
from support.house import House, sign_in_all
from support.story import accept, ask_for, submit, told_once
from support.waiting import eventually

from .test_kill import days_nobody_took, on_the_house

PASSPHRASE = "une phrase que personne ne devine"


async def portail(house: House, *arguments: str, **settings: str) -> tuple[int, str]:
    """The operator's command with the operator's settings; its code and what it printed."""
    env = {**operator_access.environment(house.system), **settings}
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=env)
    return done.exit_code, " ".join(done.output.replace("│", " ").split())


async def charge_lines(house: House) -> set[Any]:
    connection = await asyncpg.connect(house.system.databases["billing"].owner_url)
    rows = await connection.fetch("SELECT family_id, booking_id FROM charge_lines")
    await connection.close()
    return {(row["family_id"], row["booking_id"]) for row in rows}


async def test_one_service_is_put_back_and_told_again_what_it_missed(
    house: House, tmp_path: Path
) -> None:
    code, said = await portail(
        house, "backup", str(tmp_path / "kept"), PORTAIL_BACKUP_PASSPHRASE=PASSPHRASE
    )
    assert code == 0, said
    (kept,) = (tmp_path / "kept").iterdir()
    code, said = await portail(house, "keys", str(kept), PORTAIL_BACKUP_PASSPHRASE=PASSPHRASE)
    assert code == 0
    assert f"ACCOUNTS_MASTER_KEY={house.system.secrets.accounts_master_key}" in said
    keys_open_only_with_their_passphrase(house, kept)

    doors = house.doors()
    parent, agent = await sign_in_all(doors)
    requests = [ask_for(cell) for cell in await days_nobody_took(parent, 2)]
    for asked in requests:
        await submit(parent, asked)
        await accept(agent, asked)
    await told_once(parent, requests)
    after = await charge_lines(house)

    restoring = ("restore", str(kept), "--service", "billing")
    code, said = await portail(house, *restoring)
    assert code == 2, said
    assert "arrêtez d’abord : billing" in said
    billing = house.system.processes["billing"]
    await on_the_house(house, billing.stop())
    code, said = await portail(house, *restoring)
    assert code == 0, said
    restored = await charge_lines(house)
    assert restored < after, "it went back"
    assert len(after - restored) >= len(requests)
    await on_the_house(house, billing.restart())
    await told_once(parent, requests)
    await eventually(lambda: charge_lines(house), lambda lines: lines >= after, within=60)
    code, said = await portail(house, "verify")
    assert code == 0, said
    await doors.close()


def keys_open_only_with_their_passphrase(house: House, kept: Path) -> None:
    sealed = (kept / "keys.sealed").read_bytes()
    with pytest.raises(Unusable, match="n’ouvre pas"):
        sealed_keys.opened(sealed, PASSPHRASE.upper())
    assert sealed_keys.opened(sealed, PASSPHRASE).keys() >= {"GATEWAY_SESSION_KEYS"}
    for file in kept.iterdir():
        assert house.system.secrets.accounts_master_key.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    assert set(Backup(kept).manifest["files"]) == {
        *(f"{context}.dump" for context in Context),
        *("broker.json", "events.jsonl", "keys.sealed"),
    }


async def test_families_that_were_erased_since_the_copy_are_named(tmp_path: Path) -> None:
    since = datetime(2026, 11, 24, tzinfo=UTC)
    before, after = (since + timedelta(hours=hours) for hours in (-1, 1))
    facts = [(erased_family(), before), (erased_family(), after)]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(again._line(event_of(fact, at)) for fact, at in facts))
    named: list[UUID] = []
    watched = again.noting_erased(again.written(file), since, named)
    passed = [event async for piece in watched for event in piece]
    assert [event.at for event in passed] == [before, after]
    assert named == [facts[1][0].family_id]


def erased_family() -> FamilyErased:
    return FamilyErased(
        version=1,
        family_id=new_id(),
        erasure_id=new_id(),
        child_ids=(),
        erased_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


def event_of(fact: FamilyErased, at: datetime) -> Outgoing:
    envelope = Envelope.around(
        fact, id=new_id(), producer=Context.ACCOUNTS, time=at, correlationid="ab" * 16,
        causationid=None, traceparent=None,
    )  # fmt: skip
    return Outgoing(envelope.id, "", fact.type, fact.type, envelope.to_bytes(), at)


def test_old_backups_go_and_the_last_whole_one_never_does(tmp_path: Path) -> None:
    names = ["2020-01-01T000000Z", "2020-01-02T000000Z", "2020-01-03T000000Z"]
    for name in names:
        made = Backup(tmp_path / name)
        made.begin()
        if name != names[-1]:
            made.complete({})
    (tmp_path / "notes").mkdir()
    gone = forget_old(tmp_path, timedelta(days=30))
    assert [one.folder.name for one in gone] == [names[0], names[2]]
    assert sorted(one.name for one in tmp_path.iterdir()) == [names[1], "notes"]
