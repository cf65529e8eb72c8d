"""Billing's printed documents: templates filled and handed to the printing pool."""

from datetime import date
from functools import cache
from pathlib import Path

import jinja2

from billing.invoice_page import InvoicePage
from chassis.documents import documents_environment
from chassis.settings import Authority
from chassis.web import french

TEMPLATES = Path(__file__).parent / "documents"


@cache
def _environment(authority: str) -> jinja2.Environment:
    env = documents_environment(TEMPLATES, authority=Authority.model_validate_json(authority))
    env.filters["month_of"] = lambda day: french.uncapitalise(french.month_title(day))
    return env


def fill(template: str, authority: Authority, **given: object) -> str:
    """The HTML of a document; what was typed by people is escaped."""
    env = _environment(authority.model_dump_json())
    return env.get_template(template).render(**given)


def invoice_html(page: InvoicePage, authority: Authority) -> str:
    first = date.fromisoformat(f"{page.invoice.period}-01")
    title = french.uncapitalise(french.month_title(first))
    return fill("invoice.html", authority, page=page, period_title=title)
