"""What is allowed for a child, as staff type it from a signed form: all answers at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import fields, texts
from .child import AUTHORISATIONS, Authorisation, AuthorisationKind, Child
from .fields import Field, Widget

PARIS = ZoneInfo("Europe/Paris")
ALONE = ("from_age", "from_time")
NEEDS_TIME = "Dites à partir de quelle heure l’enfant peut partir seul."
GRANTED = {True: "Autorisé", False: "Refusé"}

ANSWERS = (
    *(
        Field(str(kind), label, Widget.CHOICE, choices={"yes": GRANTED[True], "no": GRANTED[False]})
        for kind, label in AUTHORISATIONS.items()
    ),
    *(
        replace(field, label=f"Partir seul, {field.label[0].lower()}{field.label[1:]}")
        for field in fields.LEAVING_ALONE
        if field.name in ALONE
    ),
    Field("signed_by", "Signé par", reader=texts.person_name, required=True),
    Field(
        "signed_on",
        "Signé le",
        Widget.DATE,
        required=True,
        longest=10,
        earliest=date(2015, 1, 1),
        latest_in=timedelta(0),
    ),
)
"""Who signed what is changed, and when; what stays keeps its own signature."""


def answered(child: Child, value: Mapping[str, Any]) -> Child:
    """The child with these answers; an empty one takes the answer back."""
    answers = [_answer(child, kind, value) for kind in AuthorisationKind]
    given = tuple(one for one in answers if one is not None)
    # Nothing changed but the order in which they are kept: nothing changed.
    same = set(given) == set(child.authorisations)
    return child if same else replace(child, authorisations=given)


def _answer(
    child: Child, kind: AuthorisationKind, value: Mapping[str, Any]
) -> Authorisation | None:
    known = child.authorisation(kind)
    granted = value.get(kind, None if known is None else _code(known))
    if granted is None:
        return None
    # At noon: the form says the day, and the same day read anew must be the same instant.
    at = datetime.combine(value["signed_on"], time(12), PARIS).astimezone(UTC)
    made = Authorisation(kind, granted == "yes", value["signed_by"], at)
    if kind is AuthorisationKind.LEAVING_ALONE and made.granted:
        kept = {name: value.get(name, getattr(known, name, None)) for name in ALONE}
        made = replace(made, **kept)
    return known if known is not None and _says_same(known, made) else made


def _says_same(one: Authorisation, other: Authorisation) -> bool:
    return (one.granted, one.from_age, one.from_time) == (
        other.granted,
        other.from_age,
        other.from_time,
    )


def mistakes(child: Child) -> dict[str, str]:
    """What the answers must be together, by field."""
    alone = child.authorisation(AuthorisationKind.LEAVING_ALONE)
    if alone is not None and alone.granted and not alone.from_time:
        return {"from_time": NEEDS_TIME}
    return {}


def _code(answer: Authorisation) -> str:
    return "yes" if answer.granted else "no"


def answer_said(answer: Authorisation | None) -> str:
    """« Autorisé, dès 8 ans, à partir de 17:30, signé par Élodie Sureau le 03/03/2026 »."""
    if answer is None:
        return ""
    parts = [
        GRANTED[answer.granted],
        f"dès {answer.from_age}\u00a0ans" if answer.from_age else "",
        f"à partir de {answer.from_time}" if answer.from_time else "",
        f"signé par {answer.signed_by} le {answer.signed_at.astimezone(PARIS):%d/%m/%Y}",
    ]
    return ", ".join(part for part in parts if part)
