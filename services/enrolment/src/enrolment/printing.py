"""What enrolment prints: from records to the HTML that becomes a PDF."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2

from chassis.documents import documents_environment
from chassis.receipts import silence
from chassis.settings import Authority

from .domain.request import Channel, LineOutcome
from .store.request_records import RequestRecord
from .wording import KINDS, STATES

_FOLDER: Final = Path(__file__).parent / "documents"

CHANNELS: Final = {
    Channel.PORTAL: "sur le portail",
    Channel.CONSOLE: "dans la console",
    Channel.FRONT_DESK: "au guichet, par le service",
    Channel.RULE: "par une règle",
}

OUTCOMES: Final = {
    LineOutcome.REQUESTED: "en attente",
    LineOutcome.ACCEPTED: "acceptée",
    LineOutcome.REFUSED: "refusée",
    LineOutcome.WITHDRAWN: "retirée",
    LineOutcome.WAITLISTED: "liste d’attente",
    LineOutcome.EXPIRED: "proposition expirée",
    LineOutcome.REVERSED: "annulée par le service",
}


@lru_cache(maxsize=2)
def _environment(authority: str) -> jinja2.Environment:
    return documents_environment(_FOLDER, authority=Authority.model_validate_json(authority))


def paper(authority: Authority, template: str, **given: Any) -> str:
    """The HTML of a document with our letterhead."""
    environment = _environment(authority.model_dump_json())
    return environment.get_template(template).render(given)


def receipt(record: RequestRecord, authority: Authority, now: datetime) -> str:
    """What the family holds in its hand: its request, and what silence will mean."""
    return paper(
        authority,
        "receipt.html",
        request=record,
        channel=CHANNELS[record.channel],
        kind=KINDS.get(record.kind, "Demande"),
        state=STATES[record.state],
        silence=silence(record.due_on),
        whose=_whose(record),
        outcomes=OUTCOMES,
        now=now,
    )


def family_name(record: RequestRecord) -> str:
    """As known, or as it calls itself while nobody knows it."""
    return record.family_name or (record.subject or "").removeprefix("Famille ")


def _whose(record: RequestRecord) -> str:
    """A family that pre-registers has no reference until it is accepted."""
    reference = f" ({record.family_reference})" if record.family_reference else ""
    return f"famille {family_name(record)}{reference}"


def receipt_name(record: RequestRecord) -> str:
    """The file's name when it is kept."""
    return f"accuse-de-reception-{record.number}.pdf"
