"""What accounts prints: from records to the HTML that becomes a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
import segno

from chassis.clock import local_date
from chassis.documents import documents_environment
from chassis.receipts import due_on, silence
from chassis.settings import Authority
from chassis.web import french

from .domain.access import Door
from .domain.access_link import url_path
from .domain.change import Change, ChangeItem
from .domain.preregistration import CHILD, GUARDIAN, WISH
from .resources import Resources
from .use_cases.make_link import Letter

_FOLDER: Final = Path(__file__).parent / "documents"


@lru_cache(maxsize=2)
def _environment(authority: str) -> jinja2.Environment:
    return documents_environment(_FOLDER, authority=Authority.model_validate_json(authority))


def paper(authority: Authority, template: str, **given: Any) -> str:
    """The HTML of a document with our letterhead."""
    environment = _environment(authority.model_dump_json())
    return environment.get_template(template).render(given)


def letter_of_access(letter: Letter, own: Resources, authority: Authority, now: datetime) -> str:
    """The letter of an access; the drawing leads to the page where the password is chosen."""
    drawing = segno.make(own.portal_url + url_path(letter.secret), error="m")
    return paper(
        authority,
        "access_letter.html",
        greeting=letter.greeting,
        address=letter.address,
        identifier=letter.identifier,
        secret=letter.secret,
        expires_at=letter.link.expires_at,
        rule=french.narrow_spaces(own.policy.rule),
        portal_url=own.portal_url,
        drawing=drawing.png_data_uri(scale=6, border=1),
        of_staff=letter.door is Door.STAFF,
        now=now,
    )


@dataclass(frozen=True)
class PrintedSection:
    """A part of a form on paper: labels, and values or room to write."""

    title: str
    lines: Sequence[tuple[str, str]]


def preregistration_form(authority: Authority, change: Change | None, now: datetime) -> str:
    """Blank without a change; otherwise what was sent, with its number."""
    if change is None:
        return paper(
            authority, "preregistration.html", number=None, sections=_blank_sections(), now=now
        )
    return paper(
        authority,
        "preregistration.html",
        number=change.number,
        submitted_at=change.submitted_at,
        silence=silence(due_on(local_date(change.submitted_at))),
        sections=[_sent_section(item) for item in change.items],
        now=now,
    )


def _blank_sections() -> list[PrintedSection]:
    parts = (
        ("Premier responsable", GUARDIAN),
        ("Second responsable", GUARDIAN),
        ("Premier enfant", CHILD),
        ("Deuxième enfant", CHILD),
        ("Votre souhait", WISH),
    )
    return [PrintedSection(title, [(one.label, "") for one in part]) for title, part in parts]


def _sent_section(item: ChangeItem) -> PrintedSection:
    lines = [line.partition(f"{french.NBSP}: ") for line in item.new_words.split("\n")]
    return PrintedSection(item.label, [(label, value) for label, _, value in lines])
