"""« Mon compte »: the sections of a family's file and what can be proposed in each."""

from collections.abc import Mapping
from datetime import date

from . import fields
from .contact import COLLECTING, Collecting, Contact
from .editing import NEW, Editable, Errors, Section, scalar
from .family import Family, Guardian
from .fields import Value, as_value
from .payers import arrangement_of, code_of, payer_field

FAMILY_UPDATE = "family.update"
PAYER = "family.payer"

_SITUATION = ("situation", "custody", "custody_note")
_BENEFITS = ("benefit_scheme", "benefit_number")


def account_sections(family: Family, today: date) -> tuple[Section, ...]:
    """Give the family as the reader may see it: what is veiled cannot be proposed either."""
    return (
        _of_family(family, "situation", "Situation et garde", _SITUATION),
        _benefits(family, today),
        _residence(family),
        *_payer(family),
        *(_of_guardian(family, guardian) for guardian in family.guardians),
        *(_of_contact(family, contact) for contact in family.contacts),
        Section(
            "contact-new",
            "Ajouter une personne",
            FAMILY_UPDATE,
            family.version,
            (_contact_item(None),),
            is_new=True,
        ),
    )


def contact_path(contact_id: object) -> str:
    return f"contact.{contact_id}"


def quotient_value(family: Family, today: date) -> dict[str, Value] | None:
    """The quotient that holds that day, as an item keeps it."""
    period = family.quotient_on(today)
    if period is None:
        return None
    return {"value": period.value, "valid_from": period.valid_from.isoformat()}


def contact_value(contact: Contact | None) -> dict[str, Value] | None:
    if contact is None:
        return None
    return {one.name: as_value(getattr(contact, one.name)) for one in fields.CONTACT}


def _of_family(family: Family, key: str, title: str, names: tuple[str, ...]) -> Section:
    items = tuple(
        scalar(f"family.{one.name}", one, as_value(getattr(family, one.name)))
        for one in fields.FAMILY
        if one.name in names
    )
    return Section(key, title, FAMILY_UPDATE, family.version, items)


def _benefits(family: Family, today: date) -> Section:
    own = _of_family(family, "benefits", "Allocations et quotient familial", _BENEFITS)
    quotient = Editable(
        "family.quotient",
        "Quotient familial",
        fields.QUOTIENT,
        quotient_value(family, today),
        is_whole=True,
        may_stay_empty=True,
        said=_quotient_said,
    )
    return Section(own.key, own.title, own.kind, own.version, (*own.items, quotient))


def _residence(family: Family) -> Section:
    """Tariffs depend on it: staff ask for a proof before they accept."""
    item = scalar("family.resident", fields.RESIDENT, family.resident)
    return Section("residence", "Résidence", FAMILY_UPDATE, family.version, (item,))


def _payer(family: Family) -> tuple[Section, ...]:
    """Where there is a choice; billing follows once staff have accepted."""
    if len(family.guardians) < 2:
        return ()
    items = (payer_item(family),)
    return (Section("payer", "Facturation", FAMILY_UPDATE, family.version, items),)


def payer_item(family: Family) -> Editable:
    return scalar(PAYER, payer_field(family), code_of(arrangement_of(family)))


def _of_guardian(family: Family, guardian: Guardian) -> Section:
    owner = guardian.given_name if len(family.guardians) > 1 else ""
    items = tuple(
        scalar(
            f"guardian.{guardian.guardian_id}.{one.name}",
            one,
            as_value(getattr(guardian, one.name)),
            owner,
        )
        for one in fields.GUARDIAN
        if one.name != "custody_weeks" or family.alternates
    )
    return Section(
        f"guardian-{guardian.guardian_id}",
        guardian.name,
        FAMILY_UPDATE,
        family.version,
        items,
        is_hidden=guardian.is_hidden,
    )


def _of_contact(family: Family, contact: Contact) -> Section:
    return Section(
        f"contact-{contact.contact_id}",
        contact.name,
        FAMILY_UPDATE,
        family.version,
        (_contact_item(contact),),
    )


def _contact_item(contact: Contact | None) -> Editable:
    return Editable(
        contact_path(contact.contact_id if contact else NEW),
        contact.name if contact else "Nouvelle personne",
        fields.CONTACT,
        contact_value(contact),
        is_whole=True,
        can_be_removed=contact is not None,
        check=_check_contact,
        said=contact_said,
    )


def _quotient_said(value: Mapping[str, Value]) -> str:
    return f"{value['value']} à partir du {date.fromisoformat(str(value['valid_from'])):%d/%m/%Y}"


def contact_said(value: Mapping[str, Value]) -> str:
    """« Josette Noisetier, grand-mère, 06…, à appeler en cas d’urgence, peut venir chercher… »."""
    parts = [
        f"{value['given_name']} {value['family_name']}",
        uncapitalised(value.get("relation")),
        value.get("phone"),
        "à appeler en cas d’urgence" if value.get("is_emergency") else None,
        uncapitalised(COLLECTING[Collecting(str(value["collecting"]))]),
        value.get("note"),
    ]
    return ", ".join(str(part) for part in parts if part)


def uncapitalised(words: Value) -> str:
    text = str(words or "")
    return text[:1].lower() + text[1:]


def _check_contact(values: Mapping[str, Value]) -> Errors:
    """Who is called in an emergency has a phone; nobody both may and must not come."""
    if values["is_emergency"] and not values["phone"]:
        return {"phone": "Un numéro est nécessaire pour être appelé en cas d’urgence."}
    if values["collecting"] == Collecting.MAY and not values["phone"]:
        return {"phone": "Un numéro est nécessaire pour qui vient chercher l’enfant."}
    return {}
