"""`portail events dead list | show | replay` and `portail events document`."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from chassis.broker.connection import LOST, Link, open_link
from chassis.broker.dead_letters import DeadLetter, held, replay
from portail_contracts.catalogue import Context

from . import documents

app = typer.Typer(no_args_is_help=True)
dead = typer.Typer(no_args_is_help=True)
app.add_typer(dead, name="dead", help="Événements qu’un service a abandonnés.")

Broker = Annotated[
    str,
    typer.Option(envvar="PORTAIL_OPERATOR_BROKER_URL", help="Adresse AMQP de l’exploitant."),
]
Service = Annotated[Context | None, typer.Option(help="Un seul service.")]


@app.command()
def document(folder: Annotated[Path, typer.Argument(help="Dossier à écrire.")]) -> None:
    """Write schemas, examples, pages and the AsyncAPI document of the events."""
    for path in documents.write(folder):
        print(path)


@dead.command("list")
def list_dead(broker_url: Broker, service: Service = None) -> None:
    """List dead events: service, identifier, type, reason. No data of people is shown."""

    async def work(link: Link) -> None:
        count = 0
        for context in _chosen(service):
            async with held(link, context) as letters:
                for letter in letters:
                    count += 1
                    print(f"{letter.context}\t{letter.event_id}\t{letter.type}\t{letter.reason}")
        print(f"{count} événement(s) abandonné(s).", file=sys.stderr)

    _run(broker_url, work)


@dead.command("show")
def show(
    event_id: str,
    broker_url: Broker,
    data: Annotated[bool, typer.Option("--data", help="Montrer aussi les données.")] = False,
) -> None:
    """Show one dead event; its data, which may name people, only when asked."""

    async def work(link: Link) -> None:
        async with _found(link, event_id) as letter:
            print(json.dumps(_described(letter, data), ensure_ascii=False, indent=2))

    _run(broker_url, work)


@dead.command("replay")
def replay_dead(
    broker_url: Broker,
    event_id: Annotated[str | None, typer.Argument()] = None,
    every: Annotated[bool, typer.Option("--all", help="Tous.")] = False,
    service: Service = None,
) -> None:
    """Send one dead event, or all, to its service again."""
    if (event_id is None) != every:
        raise typer.BadParameter("donnez un identifiant, ou --all")

    async def work(link: Link) -> None:
        count = 0
        for context in _chosen(service):
            async with held(link, context) as letters:
                for letter in letters:
                    if every or letter.event_id == event_id:
                        await replay(link, letter)
                        count += 1
        if not count and event_id is not None:
            raise _absent(event_id)
        print(f"{count} événement(s) renvoyé(s).")

    _run(broker_url, work)


def _chosen(service: Context | None) -> list[Context]:
    return [service] if service else list(Context)


def _absent(event_id: str) -> typer.BadParameter:
    return typer.BadParameter(f"aucun événement abandonné ne porte l’identifiant {event_id}")


@asynccontextmanager
async def _found(link: Link, event_id: str) -> AsyncIterator[DeadLetter]:
    for context in Context:
        async with held(link, context) as letters:
            for letter in letters:
                if letter.event_id == event_id:
                    yield letter
                    return
    raise _absent(event_id)


def _described(letter: DeadLetter, data: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "service": letter.context,
        "id": letter.event_id,
        "type": letter.type,
        "reason": letter.reason,
        "bytes": len(letter.message.body),
    }
    if letter.envelope is not None:
        described["event"] = letter.envelope.model_dump(
            mode="json", exclude=set() if data else {"data"}, exclude_none=True
        )
    return described


def _run(broker_url: str, work: Callable[[Link], Coroutine[Any, Any, None]]) -> None:
    async def connected() -> None:
        link = await open_link(broker_url, "portail.operator")
        try:
            await work(link)
        finally:
            await link.close()

    try:
        asyncio.run(connected())
    except LOST as error:
        print(f"Le courtier de messages ne répond pas ({type(error).__name__}).", file=sys.stderr)
        raise typer.Exit(2) from None
