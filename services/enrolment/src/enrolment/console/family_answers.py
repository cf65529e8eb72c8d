"""What a family allows for its child, as the file shows it and as its form begins."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from chassis.clock import local_date
from chassis.web import french
from chassis.web.shapes import Fact

from .family_fields import Declared

SUBJECT = "authorisation"
_ALONE = ("from_age", "from_time")


def answers_typed(child: Mapping[str, Any]) -> dict[str, Any]:
    """By declared field; the signature is asked anew for each change."""
    given: Sequence[Mapping[str, Any]] = child["authorisations"]
    found: dict[str, Any] = {one["kind"]: "yes" if one["granted"] else "no" for one in given}
    for one in given:
        found |= {name: one[name] for name in _ALONE if one[name] is not None}
    return {"child_id": child["child_id"], **found}


def answers_said(declared: Sequence[Declared], child: Mapping[str, Any]) -> list[Fact]:
    """Each answer with whose word it is; what was never answered takes no room."""
    given = {one["kind"]: one for one in child["authorisations"]}
    return [_signed(field, given[field["name"]]) for field in declared if field["name"] in given]


def _signed(field: Declared, answer: Mapping[str, Any]) -> Fact:
    signed_on = local_date(datetime.fromisoformat(answer["signed_at"]))
    parts = [
        field["choices"]["yes" if answer["granted"] else "no"],
        f"dès {answer['from_age']}\u00a0ans" if answer["from_age"] else "",
        f"à partir de {french.clock(time.fromisoformat(answer['from_time']))}"
        if answer["from_time"]
        else "",
    ]
    note = f"signé par {answer['signed_by']}, le {french.day_numeric(signed_on)}"
    return Fact(field["label"], ", ".join(filter(None, parts)), note)
