"""A child's sheet on paper: the simple one for everyday, the complete one for emergencies."""

import base64
from collections.abc import Mapping
from datetime import datetime

from chassis.clock import local_date
from chassis.settings import Authority
from chassis.web import french

from .domain import fields
from .domain.child import AUTHORISATIONS, Authorisation, Sex
from .domain.contact import COLLECTING, Contact
from .domain.custody import CUSTODIES
from .domain.family import Guardian
from .domain.fields import as_value
from .printing import paper
from .use_cases.read_child_sheet import ChildSheet

Fact = tuple[str, str]
_BORN: Mapping[Sex | None, str] = {Sex.GIRL: "Née", Sex.BOY: "Né"}


def child_paper(sheet: ChildSheet, authority: Authority, reader: str, now: datetime) -> str:
    """The HTML; `reader` is whoever took it out, whose name stands on every page."""
    family, child = sheet.family, sheet.child
    today = local_date(now)
    return paper(
        authority,
        "child_sheet.html",
        complete=sheet.health is not None,
        child=child,
        born=_BORN.get(child.sex, "Né(e)"),
        age=french.age(child.born_on, today),
        family=family,
        custody=CUSTODIES[family.custody] if family.custody else None,
        identity=_facts(child, fields.CHILD_IDENTITY[3:]),
        daily=_facts(child, fields.CHILD_DAILY_LIFE),
        insurance=_facts(child, fields.CHILD_INSURANCE),
        guardians=[(one, _phones(one)) for one in family.guardians],
        contacts=[(one, _about(one)) for one in family.contacts],
        authorisations=[
            (label, _answer(child.authorisation(kind))) for kind, label in AUTHORISATIONS.items()
        ],
        health=sheet.health,
        photo=_data(sheet.photo),
        today=today,
        now=now,
        reader=reader,
    )


def paper_name(sheet: ChildSheet) -> str:
    """The file's name when it is kept: no name of a child in a folder of downloads."""
    kind = "complete" if sheet.health is not None else "simple"
    return f"fiche-enfant-{kind}.pdf"


def _facts(subject: object, declared: tuple[fields.Field, ...]) -> list[Fact]:
    return [
        (one.label, one.shown(as_value(getattr(subject, one.name))) or "non renseigné")
        for one in declared
    ]


def _phones(guardian: Guardian) -> str:
    if guardian.is_hidden:
        return "coordonnées communiquées au service seulement"
    numbers = (guardian.mobile_phone, guardian.home_phone, guardian.work_phone)
    return ", ".join(number for number in numbers if number) or "aucun téléphone"


def _about(contact: Contact) -> str:
    emergency = "à appeler en cas d’urgence" if contact.is_emergency else ""
    return ", ".join(part for part in (COLLECTING[contact.collecting].lower(), emergency) if part)


def _answer(given: Authorisation | None) -> str:
    if given is None:
        return "sans réponse"
    answer = "oui" + _limits(given) if given.granted else "NON"
    return f"{answer} ({given.signed_by}, {french.day_numeric(given.signed_at)})"


def _limits(given: Authorisation) -> str:
    age = f" à partir de {given.from_age} ans" if given.from_age else ""
    hour = f" à partir de {given.from_time.replace(':', ' h ')}" if given.from_time else ""
    return age + hour


def _data(photo: bytes | None) -> str | None:
    return None if photo is None else f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}"
