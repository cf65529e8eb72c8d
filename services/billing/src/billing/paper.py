"""Billing's printed documents: templates filled and handed to the printing pool."""

from functools import cache
from pathlib import Path

import jinja2

from billing.invoice_page import InvoicePage
from billing.wording import method_words, movement_words, period_words
from chassis.documents import documents_environment
from chassis.settings import Authority
from chassis.web import french

TEMPLATES = Path(__file__).parent / "documents"


@cache
def _environment(authority: str) -> jinja2.Environment:
    env = documents_environment(TEMPLATES, authority=Authority.model_validate_json(authority))
    env.filters["month_of"] = lambda day: french.uncapitalise(french.month_title(day))
    env.filters["method_words"] = method_words
    env.filters["movement_words"] = movement_words
    return env


def fill(template: str, authority: Authority, **given: object) -> str:
    """The HTML of a document; what was typed by people is escaped."""
    env = _environment(authority.model_dump_json())
    return env.get_template(template).render(**given)


def invoice_html(page: InvoicePage, authority: Authority) -> str:
    title = period_words(page.invoice.period)
    return fill("invoice.html", authority, page=page, period_title=title)
