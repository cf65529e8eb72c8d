"""What an operator sees of the running house: `portail doctor`, and the lines of the logs."""

import asyncio
import json
from pathlib import Path

import aio_pika
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from chassis.broker import topology
from chassis.broker.connection import open_link
from portail.__main__ import app
from portail.secrets_file import SERVICES
from portail_contracts.catalogue import Context
from portail_local import operator_access
from support.house import House
from support.waiting import eventually

SCHEMA = Path(__file__).parents[2] / "deploy/observe/log.schema.json"


async def doctor(house: House, *arguments: str, **settings: str) -> tuple[int, list[str]]:
    """Its code and its lines."""
    env = {**operator_access.environment(house.system), **settings}
    done = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", *arguments], env=env)
    return done.exit_code, done.output.splitlines()


async def test_doctor_finds_a_sound_house_sound_and_each_fault_once(
    house: House, tmp_path: Path
) -> None:
    async def sound() -> tuple[int, list[str]]:
        return await doctor(house)

    # The demo's data may still be on its way.
    code, lines = await eventually(sound, lambda seen: seen[0] == 0, within=60)
    for context in Context:
        assert f"✔ {context} : répond et se dit prêt." in lines
        assert any(line.startswith(f"✔ base {context} : PostgreSQL") for line in lines)
    assert "✔ topologie : telle que cette version la demande." in lines

    link = await open_link(house.system.operator_broker_url, "test")
    dead = topology.dead_queue(Context.BILLING)
    bound = ("accounts.family.recorded.v1", topology.events_queue(Context.BILLING))
    queue = await link.channel.get_queue(bound[1], ensure=False)
    await queue.unbind(topology.INTERNAL, bound[0])
    await link.channel.default_exchange.publish(aio_pika.Message(b"{}"), dead)
    try:
        code, lines = await doctor(
            house,
            "--brief",
            MESSAGING_MIGRATION_DATABASE_URL="postgresql://nobody:x@127.0.0.1:9/nothing",
            PORTAIL_ENROLMENT_URL="http://127.0.0.1:9",
            ACCOUNTS_MIGRATION_DATABASE_URL="",
            PORTAIL_BACKUPS=str(tmp_path),
        )
    finally:
        await queue.bind(topology.INTERNAL, bound[0])
        await (await link.channel.get_queue(dead, ensure=False)).purge()
        await link.close()
    assert code == 1
    assert [line.split(" : ")[0] for line in lines if line.startswith("✘")] == [
        "✘ réglages",
        "✘ enrolment",
        "✘ base messaging",
        "✘ abandonnés billing",
        "✘ topologie",
        "✘ sauvegardes",
    ]
    assert f"✘ topologie : manque : liaison {topology.INTERNAL} → {bound[1]} → queue → " in "".join(
        lines
    )


def test_every_line_of_every_log_is_one_object_of_the_schema(house: House) -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    spoken = set()
    for service in SERVICES:
        for line in house.log(service).splitlines():
            entry = json.loads(line)
            wrong = [error.message for error in validator.iter_errors(entry)]
            assert wrong == [], line
            spoken.add(entry["event"])
    assert {"http.answered", "event.handled", "broker.connected"} <= spoken
