"""The broker asked by the operator: version, what its topology lacks, what was given up on."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from chassis.broker import topology
from chassis.broker.connection import LOST, Link, open_link
from portail.control import control_of
from portail.errors import OperatorError
from portail.telling import Refused, Unusable
from portail.told_settings import told_partitions
from portail_contracts.catalogue import Context

from .findings import Finding, attention, fault, sound

OLDEST_BROKER = (3, 10)
KINDS = {
    "exchanges": ("name",),
    "queues": ("name",),
    "bindings": ("source", "destination", "destination_type", "routing_key"),
    "permissions": ("user",),
    "topic_permissions": ("user", "exchange"),
}
"""What is compared, and by which words a thing is known."""

FRENCH = {
    "exchanges": "échange",
    "queues": "file",
    "bindings": "liaison",
    "permissions": "droits de",
    "topic_permissions": "droits de",
}
SHOWN = 8


async def examine(url: str, control: str) -> list[Finding]:
    try:
        link = await open_link(url, "portail.doctor")
    except LOST as error:
        return [fault("courtier", f"ne répond pas ({type(error).__name__}).")]
    try:
        findings = [_version(link), *[await _dead(link, context) for context in Context]]
    finally:
        await link.close()
    return [*findings, *_drift(url, control)]


def _version(link: Link) -> Finding:
    written = link.server_version
    numbers = tuple(int(part) for part in written.split(".")[:2] if part.isdigit())
    words = f"RabbitMQ {written}."
    return sound("courtier", words) if numbers >= OLDEST_BROKER else fault("courtier", words)


async def _dead(link: Link, context: Context) -> Finding:
    subject = f"abandonnés {context}"
    name = topology.dead_queue(context)
    try:
        queue = await link.channel.declare_queue(name, passive=True)
    except LOST:
        await link.channel.reopen()
        return fault(subject, f"la file {name} n’existe pas.")
    count = queue.declaration_result.message_count or 0
    if count:
        return fault(subject, f"{count} événement(s) : « portail events dead list ».")
    return sound(subject, "aucun événement abandonné.")


def _drift(url: str, control: str) -> list[Finding]:
    vhost = unquote(urlsplit(url).path.removeprefix("/")) or "/"
    try:
        found, parts = control_of(control).definitions(), told_partitions()
    except (Refused, Unusable, OperatorError) as refused:
        return [attention("topologie", f"non comparée : {refused}")]
    users = dict.fromkeys((*Context, topology.OPERATOR), "")
    wanted = topology.definitions(vhost, users, partitions=parts)
    faults = list(_differences(wanted, found, vhost))
    shown = [fault("topologie", words) for words in faults[:SHOWN]]
    if len(faults) > SHOWN:
        shown.append(fault("topologie", f"et {len(faults) - SHOWN} autre(s) écart(s)."))
    return shown or [sound("topologie", "telle que cette version la demande.")]


def _differences(wanted: Mapping[str, Any], found: Mapping[str, Any], vhost: str) -> Iterator[str]:
    for kind, words in KINDS.items():
        there = {
            tuple(row[word] for word in words): row
            for row in found.get(kind) or []
            if row["vhost"] == vhost
        }
        for row in wanted[kind]:
            key = tuple(row[word] for word in words)
            named = f"{FRENCH[kind]} {' → '.join(part for part in key if part)}"
            if key not in there:
                yield f"manque : {named}."
            elif differing := _differing(row, there[key]):
                yield f"différent ({', '.join(differing)}) : {named}."


def _differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    # The broker writes an empty table of arguments as an empty list.
    return [word for word, value in wanted.items() if (found.get(word) or None) != (value or None)]
