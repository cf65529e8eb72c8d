"""What a request costs, asked from billing in the reader's own name; billing may be away."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.auth import Audience, Principal
from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.web import french
from enrolment.store.request_records import RequestLine
from portail_contracts.catalogue import Context

PATIENCE = 1.0
"""Seconds: a price is good to have, the decision does not wait for it."""

MOST_QUESTIONS = 4

MAY_READ = frozenset({Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR})

UNAVAILABLE = "indisponible pour le moment (la facturation ne répond pas)"
UNKNOWN = "aucun tarif n’est enregistré pour ce jour"


@dataclass(frozen=True)
class PricedSlot:
    """A slot's label and its price in words, or why there is none."""

    slot_label: str
    words: str


async def prices(
    peers: Peers,
    principal: Principal,
    token: str,
    family_id: UUID,
    asked: Sequence[RequestLine],
) -> list[PricedSlot]:
    """One price for each rate of the request, on the first day asked; none for who may not."""
    if not principal.audiences & MAY_READ:
        return []
    first: dict[str, RequestLine] = {}
    for line in sorted(asked, key=lambda line: line.day):
        first.setdefault(line.rate_code, line)
    questions = list(first.values())[:MOST_QUESTIONS]
    return list(
        await asyncio.gather(*(_price(peers, token, family_id, line) for line in questions))
    )


async def _price(peers: Peers, token: str, family_id: UUID, line: RequestLine) -> PricedSlot:
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await peers.get(
                Context.BILLING,
                f"/v1/staff/families/{family_id}/price",
                token=token,
                rate_code=line.rate_code,
                day=line.day.isoformat(),
            )
        return PricedSlot(line.slot_label, _words(answer))
    except PeerRefused as refused:
        words = UNKNOWN if refused.status in (404, 409, 422) else UNAVAILABLE
        return PricedSlot(line.slot_label, words)
    except (PeerUnavailable, TimeoutError, KeyError, TypeError):
        return PricedSlot(line.slot_label, UNAVAILABLE)


def _words(answer: Mapping[str, object]) -> str:
    """« 7,50 € (T2, QF 540) ». Raises KeyError or TypeError when billing says something else."""
    cents = answer["unit_cents"]
    if not isinstance(cents, int):
        raise TypeError("an amount is an integer of cents")
    quotient = answer.get("quotient")
    known = f"QF\u00a0{quotient}" if quotient is not None else "QF inconnu"
    return f"{french.euros(cents)} ({answer['band_label']}, {known})"
