"""`portail backup`, `portail restore`, `portail keys`: copies of everything, and the way back."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit
from uuid import UUID

import typer

from chassis.broker import topology
from chassis.broker.connection import Link, open_link
from chassis.broker.publishing import Outgoing
from portail.control import control_of
from portail.telling import Control, Refused, Unusable, Url, told
from portail.told_settings import told_partitions, told_settings
from portail_contracts.catalogue import Context

from . import again, sealed_keys
from .databases import Store, snapshots
from .folder import BROKER, EVENTS, KEYS, Backup, forget_old, new

Passphrase = Annotated[
    str,
    typer.Option(
        envvar="PORTAIL_BACKUP_PASSPHRASE",
        help="Phrase de passe des clés ; sans elle, les clés ne sont pas copiées.",
        show_envvar=True,
    ),
]
Place = Annotated[Path, typer.Argument(help="Le dossier d’une sauvegarde.")]


@told
def backup(
    folder: Annotated[Path, typer.Argument(help="Dossier des sauvegardes.")],
    broker_url: Url,
    control: Control = "rabbitmqctl",
    passphrase: Passphrase = "",
    keep_days: Annotated[
        int, typer.Option(min=1, max=topology.KEPT_DAYS - 1, help="Jours de conservation.")
    ] = 30,
) -> None:
    """Sauvegarder : les quatre bases, les documents, le courtier, les clés sous enveloppe."""
    made = new(folder)
    settings = told_settings()
    stores = [Store.of(context, settings) for context in Context]
    made.begin()
    if passphrase:
        (made.folder / KEYS).write_bytes(
            sealed_keys.seal(sealed_keys.present(settings), passphrase)
        )
    definitions = control_of(control).definitions()
    (made.folder / BROKER).write_text(json.dumps(_of_vhost(definitions, broker_url)))
    made.complete(asyncio.run(_copy(made, stores, broker_url)))
    gone = forget_old(folder, timedelta(days=keep_days))
    print(made.folder)
    if not passphrase:
        print("Clés non copiées : donnez PORTAIL_BACKUP_PASSPHRASE.", file=sys.stderr)
    if gone:
        print(f"{len(gone)} sauvegarde(s) de plus de {keep_days} jours supprimée(s).")


async def _copy(made: Backup, stores: Sequence[Store], broker_url: str) -> dict[str, object]:
    link = await open_link(broker_url, "portail.operator")
    try:
        async with snapshots(list(stores)) as taken:
            # What one of them told before its copy is in the log by now, or in the copy's outbox.
            end = await again.now_in_log(link)
            await asyncio.gather(
                *(store.dump(made.dump(store.context), taken[store.context]) for store in stores)
            )
        start = made.made_at - again.BEFORE
        events = await again.write(link, made.folder / EVENTS, start, end)
    finally:
        await link.close()
    return {"events": events}


def _of_vhost(definitions: dict[str, object], broker_url: str) -> dict[str, object]:
    """Ours, of a broker that others may use too: the virtual host, and who has rights in it."""
    vhost = unquote(urlsplit(broker_url).path.removeprefix("/")) or "/"
    ours = {}
    for kind in ("permissions", "topic_permissions", "exchanges", "queues", "bindings", "policies"):
        rows = definitions.get(kind) or []
        assert isinstance(rows, list)  # noqa: S101 - the broker's own format
        ours[kind] = [row for row in rows if row["vhost"] == vhost]
    known = {row["user"] for row in ours["permissions"]}
    users = definitions.get("users") or []
    assert isinstance(users, list)  # noqa: S101 - the broker's own format
    return {
        "vhosts": [{"name": vhost}],
        "users": [row for row in users if row["name"] in known],
        **ours,
    }


@told
def restore(
    place: Place,
    broker_url: Url,
    service: Annotated[Context | None, typer.Option(help="Ce service seulement.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Les quatre services.")] = False,
    with_broker: Annotated[
        bool, typer.Option("--broker", help="Refaire aussi le courtier (neuf).")
    ] = False,
    control: Control = "rabbitmqctl",
) -> None:
    """Rétablir un service, ou tous, puis leur renvoyer les événements parus depuis.

    Les services à rétablir doivent être arrêtés.
    """
    if (service is None) != everything:
        raise Unusable("donnez --service, ou --all.")
    kept = Backup(place)
    kept.check()
    contexts = [service] if service else list(Context)
    settings = told_settings()
    stores = [Store.of(context, settings) for context in contexts]
    asyncio.run(_refuse_those_in_use(stores))
    if with_broker:
        control_of(control).load(json.loads((place / BROKER).read_text()))
    for store in stores:
        if asyncio.run(_put_back(store, kept)):
            _migrate(store.context)
        print(f"{store.context} : base du {kept.made_at.isoformat()} rétablie.")
    erased: list[UUID] = []
    sent = asyncio.run(_tell_again(kept, contexts, broker_url, with_broker, erased))
    if Context.ACCOUNTS in contexts and erased:
        print(f"À effacer de nouveau dans la console, familles : {', '.join(map(str, erased))}.")
    print(f"{sent} événement(s) renvoyé(s) : démarrez, puis « portail verify » et « doctor ».")


async def _refuse_those_in_use(stores: Sequence[Store]) -> None:
    used = [store.context for store in stores if await store.is_in_use()]
    if used:
        raise Unusable(f"arrêtez d’abord : {', '.join(used)}.")


async def _put_back(store: Store, kept: Backup) -> bool:
    """Whether what came back has another schema than what was there."""
    before = await store.revision()
    await store.put_back(kept.dump(store.context))
    return before != await store.revision()


def _migrate(context: Context) -> None:
    """To this release's revision: an older copy has an older schema."""
    if find_spec(context) is None:
        print(f"{context} : faites migrer sa base (« {context} migrate ») avant de le démarrer.")
        return
    command = [sys.executable, "-m", context, "migrate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Refused(f"{context} : migration impossible : {last}")


async def _tell_again(
    kept: Backup,
    contexts: Sequence[Context],
    broker_url: str,
    from_backup: bool,
    erased: list[UUID],
) -> int:
    partitions = told_partitions()
    link = await open_link(broker_url, "portail.operator")
    try:
        for context in contexts:
            await again.empty_queues(link, context, partitions[context])
        pieces = _pieces(kept, link, from_backup, await again.now_in_log(link))
        watched = again.noting_erased(pieces, kept.made_at, erased)
        return await again.publish(link, watched, contexts)
    finally:
        await link.close()


def _pieces(
    kept: Backup, link: Link, from_backup: bool, end: int
) -> AsyncGenerator[list[Outgoing], None]:
    """A new broker's log is empty: the backup carries the piece that matters."""
    if from_backup:
        return again.written(kept.folder / EVENTS)
    return again.logged(link, kept.made_at - again.BEFORE, end)


@told
def keys(place: Place, passphrase: Passphrase = "") -> None:
    """Montrer les clés d’une sauvegarde, en réglages à donner aux services."""
    file = place / KEYS
    if not file.exists():
        raise Unusable("cette sauvegarde ne porte pas de clés.")
    for name, value in sealed_keys.opened(file.read_bytes(), passphrase).items():
        print(f"{name}={value}")
