"""What an operator writes to say which events, as the broker's binding keys."""

import re
from collections.abc import Sequence
from uuid import UUID

from chassis.broker.partners import Partner
from portail.asyncapi import PUBLIC
from portail_contracts.enrolment import CentreFact

WRITTEN = re.compile(r"\*|[a-z-]+(\.(\*|[a-z0-9-]+))*")
NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")


class Unusable(ValueError):
    """Said to the operator as it is."""


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
