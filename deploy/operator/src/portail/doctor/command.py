"""`portail doctor`: one line for each thing looked at, and 1 when something is wrong."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from chassis.clock import clock_from
from chassis.settings import SharedSettings
from portail.recovery.databases import Store
from portail.telling import Control, Unusable
from portail.told_settings import told_settings
from portail_contracts.catalogue import Context

from . import broker, databases, services
from .findings import Finding, State, fault, sound

SIGNS = {State.SOUND: "✔", State.ATTENTION: "!", State.FAULT: "✘"}


def doctor(
    broker_url: Annotated[
        str, typer.Option(envvar="PORTAIL_OPERATOR_BROKER_URL", help="Adresse AMQP.")
    ] = "",
    control: Control = "rabbitmqctl",
    backups: Annotated[
        Path | None, typer.Option(envvar="PORTAIL_BACKUPS", help="Dossier des sauvegardes.")
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="Seulement ce qui ne va pas.")] = False,
) -> None:
    """Examiner : réglages, services, bases, horloges, courtier, événements en souffrance.

    Code de sortie : 0 si tout va bien ou mérite seulement l’attention, 1 s’il y a un défaut.
    """
    found = asyncio.run(_examine(told_settings(), broker_url, control))
    found += databases.examine_backups(backups)
    for one in found:
        if not brief or one.state is not State.SOUND:
            print(f"{SIGNS[one.state]} {one.subject} : {one.words}")
    faults = sum(one.state is State.FAULT for one in found)
    print(f"{len(found)} examen(s), {faults} défaut(s).", file=sys.stderr)
    raise typer.Exit(1 if faults else 0)


async def _examine(settings: Mapping[str, str], broker_url: str, control: str) -> list[Finding]:
    stores, missing = _stores(settings)
    wrong = [*missing, *_missing(settings, broker_url)]
    found = [fault("réglages", words) for words in wrong] or [sound("réglages", "tous présents.")]
    shift = None if wrong else SharedSettings().clock_shift
    found += await services.examine(settings)
    found += await databases.examine(stores, clock_from(shift))
    if broker_url:
        found += await broker.examine(broker_url, control)
    return found


def _stores(settings: Mapping[str, str]) -> tuple[list[Store], list[str]]:
    stores, missing = [], []
    for context in Context:
        try:
            stores.append(Store.of(context, settings))
        except Unusable as unusable:
            missing.append(str(unusable))
    return stores, missing


def _missing(settings: Mapping[str, str], broker_url: str) -> Iterator[str]:
    for name, url in services.addresses(settings).items():
        if not url:
            yield f"le réglage PORTAIL_{name.upper()}_URL manque."
    if not broker_url:
        yield "le réglage PORTAIL_OPERATOR_BROKER_URL manque."
