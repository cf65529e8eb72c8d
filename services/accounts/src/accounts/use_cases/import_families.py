"""Families from a table: sent, checked line by line, then taken whole or not at all."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Family
from accounts.domain.history import Act, Actor, HistoryEntry
from accounts.domain.importing import Line, Mistake, Read, grouped, read_family, unknown_titles
from accounts.domain.tabular import UnreadableTable, decoded, rows_of
from accounts.store.family_bulk import insert_families, note_acts
from accounts.store.imports import (
    ImportRecord,
    add_import,
    content_of,
    import_by_id,
    is_alone,
    known_references,
    next_import,
    note,
)
from chassis.clock import Clock, local_date
from chassis.database import Database, Transaction
from chassis.identifiers import new_id

from .facts import tell_child, tell_family

AT_ONCE = 200
"""Families between two notes of progress; the other requests are served in between."""

Mode = Literal["all", "good"]


class UnknownImport(Exception):
    """There is no such import, or it was forgotten."""


class NotReady(Exception):
    """The import is not at the point where this can be asked; the text says why, in French."""


async def send_import(
    transaction: Transaction, import_id: UUID, content: bytes, actor: Actor, now: datetime
) -> None:
    """Keep the file until it was checked; sent again it is the same import. Raises NotReady."""
    if not content:
        raise NotReady("Choisissez un fichier.")
    digest = hashlib.sha256(content).digest()
    known = await add_import(transaction.connection, import_id, content, digest, actor, now)
    if known not in (None, digest):
        raise NotReady("Cet identifiant désigne déjà un autre fichier.")


async def take_import(transaction: Transaction, import_id: UUID, mode: Mode, actor: Actor) -> None:
    """Have the checked families taken: all, or only those without a mistake.

    Raises UnknownImport or NotReady.
    """
    found = await import_by_id(transaction.connection, import_id, lock=True)
    if found is None:
        raise UnknownImport
    if found.state in ("applying", "done"):
        return
    if found.state != "checked":
        raise NotReady("Ce fichier n’a pas encore été vérifié.")
    if mode == "all" and found.mistake_count:
        raise NotReady("Corrigez les lignes signalées, ou ne prenez que les lignes sans erreur.")
    values = {"by_id": actor.actor_id, "by_name": actor.name}
    await note(transaction.connection, import_id, state="applying", mode=mode, done=0, **values)


async def work_on_imports(database: Database, clock: Clock) -> int:
    """Check or take whatever waits, one after the other; returns how many were worked on."""
    worked = 0
    # The lock is this connection's: a second process finds it taken and leaves.
    async with database.transaction() as watch:
        if not await is_alone(watch.connection):
            return 0
        while (found := await _next(database)) is not None:
            await _one(database, found, clock.now())
            worked += 1
    return worked


async def _next(database: Database) -> ImportRecord | None:
    async with database.reading() as connection:
        return await next_import(connection)


async def _one(database: Database, found: ImportRecord, now: datetime) -> None:
    work = _check if found.state == "waiting" else _take
    try:
        async with database.reading() as connection:
            content = await content_of(connection, found.import_id)
        groups = await asyncio.to_thread(_groups, content)
        await work(database, found, groups, now)
    except UnreadableTable as wrong:
        mistake = Mistake(1, "", str(wrong))
        await _note(database, found, state="unreadable", mistakes=[mistake], content=None)
    except Exception:
        # It would fail again at every round: staff see that it failed and send it anew.
        await _note(database, found, state="failed", content=None)
        raise


Groups = list[tuple[str, list[Line]]]


def _groups(content: bytes) -> Groups:
    """Raises UnreadableTable."""
    lines = rows_of(decoded(content))
    if not lines:
        raise UnreadableTable("Ce fichier n’a aucune ligne.")
    if wrong := unknown_titles(lines):
        told = ", ".join(f"«\u00a0{one.column}\u00a0» : {one.message}" for one in wrong[:5])
        raise UnreadableTable(told if wrong[0].column else wrong[0].message)
    return list(grouped(lines))


async def _check(database: Database, found: ImportRecord, groups: Groups, now: datetime) -> None:
    mistakes: list[Mistake] = []
    good = known = done = 0
    for chunk in _chunks(groups):
        reads = await asyncio.to_thread(_read, chunk, local_date(now))
        here = await _known(database, reads)
        mistakes += [one for read in reads for one in read.mistakes]
        good += sum(read.family is not None and read.reference not in here for read in reads)
        known += len(here)
        done += len(chunk)
        await _note(database, found, families=len(groups), done=done)
    mistakes.sort(key=lambda one: (one.line, one.column))
    await _note(database, found, state="checked", good=good, known=known, mistakes=mistakes)


async def _take(database: Database, found: ImportRecord, groups: Groups, now: datetime) -> None:
    """One transaction for all of it; how far it is, is told from outside."""
    taken = known = done = 0
    async with database.transaction() as transaction:
        for chunk in _chunks(groups):
            reads = await asyncio.to_thread(_read, chunk, local_date(now))
            here = await known_references(
                transaction.connection, [read.reference for read in reads]
            )
            wanted = [read.family for read in reads if read.family and read.reference not in here]
            await _insert(transaction, wanted, found.actor, now)
            taken, known, done = taken + len(wanted), known + len(here), done + len(chunk)
            await _note(database, found, done=done)
        await note(
            transaction.connection,
            found.import_id,
            state="done",
            good=taken,
            known=known,
            content=None,
        )


async def _insert(
    transaction: Transaction, families: Sequence[Family], actor: Actor, now: datetime
) -> None:
    if not families:
        return
    connection: AsyncConnection = transaction.connection
    await insert_families(connection, families, now)
    await note_acts(
        connection,
        [HistoryEntry(new_id(), one.family_id, now, Act.IMPORTED, actor, ()) for one in families],
    )
    for family in families:
        tell_family(transaction, family)
        for child in family.children:
            tell_child(transaction, family, child)
    await transaction.tell()


def _chunks(groups: Groups) -> Iterator[Groups]:
    for start in range(0, len(groups), AT_ONCE):
        yield groups[start : start + AT_ONCE]


def _read(chunk: Groups, today: date) -> list[Read]:
    return [read_family(reference, lines, today) for reference, lines in chunk]


async def _known(database: Database, reads: Sequence[Read]) -> set[str]:
    async with database.reading() as connection:
        return await known_references(connection, [read.reference for read in reads])


async def _note(database: Database, found: ImportRecord, **values: object) -> None:
    """In a transaction of its own: whoever waits sees how far it is."""
    async with database.transaction() as transaction:
        await note(transaction.connection, found.import_id, **values)
