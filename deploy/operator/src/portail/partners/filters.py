"""What an operator writes to say which events and since when, as the broker understands it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.broker.event_log import Start
from chassis.broker.partners import Partner
from chassis.clock import PARIS
from portail.asyncapi import PUBLIC
from portail.telling import Unusable
from portail_contracts.enrolment import CentreFact

WRITTEN = re.compile(r"\*|[a-z-]+(\.(\*|[a-z0-9-]+))*")
NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")


def binding_keys(written: Sequence[str]) -> tuple[str, ...]:
    """`enrolment.booking.*` is everything that happens to bookings, of every major version.

    Raises Unusable when one of them means no public event.
    """
    keys = {_key(one): one for one in written}
    for key, one in keys.items():
        if not types_of((key,)):
            known = ", ".join(entry.type for entry in PUBLIC)
            raise Unusable(f"aucun événement public ne répond à « {one} ». Il y a : {known}.")
    return tuple(keys)


def _key(written: str) -> str:
    if not WRITTEN.fullmatch(written):
        raise Unusable(f"« {written} » ne désigne pas des événements.")
    if written == "*":
        return "#"
    return f"{written[:-2]}.#" if written.endswith(".*") else written


def types_of(keys: Sequence[str]) -> list[str]:
    """Today's public types that these keys let through."""
    partner = Partner("", tuple(keys))
    return [entry.type for entry in PUBLIC if partner.is_given(entry.type, None)]


def usable(name: str, written: Sequence[str], centres: Sequence[UUID]) -> Partner:
    """The partner as asked for; raises Unusable."""
    if not NAME.fullmatch(name):
        raise Unusable("Le nom : des minuscules, des chiffres et des tirets, 40 au plus.")
    partner = Partner(name, binding_keys(written), tuple(dict.fromkeys(centres)))
    if centres and not in_centres(partner):
        raise Unusable("aucun de ces événements n’a lieu dans un centre.")
    return partner


def in_centres(partner: Partner) -> list[str]:
    """Of its types, those that happen in a centre: with centres named, it is given only these."""
    chosen = types_of(partner.patterns)
    return [e.type for e in PUBLIC if e.type in chosen and issubclass(e.event, CentreFact)]


def start_of(written: str) -> Start:
    """A position, « first », or an instant; a day begins at midnight in France. Raises Unusable."""
    if written == "first":
        return "first"
    if written.isdecimal():
        return int(written)
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise Unusable(
            f"« {written} » n’est ni une date (2026-11-01), ni une position, ni « first »."
        ) from None
    instant = (instant if instant.tzinfo else instant.replace(tzinfo=PARIS)).astimezone(UTC)
    # Of an instant that has not come the broker would serve nothing, for ever. A little earlier
    # does no harm, and the broker's clock may be late.
    latest = datetime.now(UTC) - timedelta(minutes=5)
    return min(instant, latest)
