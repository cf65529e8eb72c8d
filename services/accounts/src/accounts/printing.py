"""What accounts prints: from records to the HTML that becomes a PDF."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
import segno

from chassis.documents import documents_environment
from chassis.settings import Authority
from chassis.web import french

from .domain.access_link import url_path

_FOLDER: Final = Path(__file__).parent / "documents"


@lru_cache(maxsize=2)
def _environment(authority: str) -> jinja2.Environment:
    return documents_environment(_FOLDER, authority=Authority.model_validate_json(authority))


def paper(authority: Authority, template: str, **given: Any) -> str:
    """The HTML of a document with our letterhead."""
    environment = _environment(authority.model_dump_json())
    return environment.get_template(template).render(given)


def access_letter(
    authority: Authority,
    *,
    greeting: str,
    address: Sequence[str],
    identifier: str,
    secret: str,
    expires_at: datetime,
    rule: str,
    portal_url: str,
    now: datetime,
) -> str:
    """The letter of an access; the drawing leads to the page where the password is chosen."""
    drawing = segno.make(portal_url + url_path(secret), error="m")
    return paper(
        authority,
        "access_letter.html",
        greeting=greeting,
        address=address,
        identifier=identifier,
        secret=secret,
        expires_at=expires_at,
        rule=french.narrow_spaces(rule),
        portal_url=portal_url,
        drawing=drawing.png_data_uri(scale=6, border=1),
        now=now,
    )
