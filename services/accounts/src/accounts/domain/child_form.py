"""A child's sheet: its sections and what can be proposed in each, health and photo apart."""

from collections.abc import Mapping

from . import fields
from .child import AUTHORISATIONS, Authorisation, AuthorisationKind, Child
from .editing import NEW, Editable, Errors, Section, scalar
from .family import Family
from .fields import Field, Value, as_value

CHILD_UPDATE = "child.update"
CHILD_AUTHORISATIONS = "child.authorisations"
CHILD_ADD = "child.add"

SIGNATURE = frozenset({"signed_by", "signed_at"})


def child_sections(child: Child) -> tuple[Section, ...]:
    return (
        _of_child(child, "identity", "Identité et scolarité", fields.CHILD_IDENTITY),
        _of_child(child, "daily-life", "Vie quotidienne", fields.CHILD_DAILY_LIFE),
        _of_child(child, "insurance", "Assurance et médecin", fields.CHILD_INSURANCE),
        Section(
            "authorisations",
            "Autorisations",
            CHILD_AUTHORISATIONS,
            child.version,
            tuple(_answer(child, kind) for kind in AuthorisationKind),
            child.child_id,
            needs_signature=True,
        ),
    )


def new_child_sections(family: Family) -> tuple[Section, ...]:
    """The form that adds a child: one item, since a child is added whole or not at all."""
    child = Editable(f"child.{NEW}", "Nouvel enfant", fields.CHILD, None, is_whole=True)
    return (
        Section("new-child", "Ajouter un enfant", CHILD_ADD, family.version, (child,), is_new=True),
    )


def authorisation_value(authorisation: Authorisation | None) -> dict[str, Value] | None:
    """One answer with its signature, as an item keeps it."""
    if authorisation is None:
        return None
    return {
        "granted": "yes" if authorisation.granted else "no",
        **(
            {"from_age": authorisation.from_age, "from_time": authorisation.from_time}
            if authorisation.kind is AuthorisationKind.LEAVING_ALONE
            else {}
        ),
        "signed_by": authorisation.signed_by,
        "signed_at": authorisation.signed_at.isoformat(),
    }


def _of_child(child: Child, key: str, title: str, listed: tuple[Field, ...]) -> Section:
    items = tuple(
        scalar(f"child.{one.name}", one, as_value(getattr(child, one.name))) for one in listed
    )
    return Section(key, title, CHILD_UPDATE, child.version, items, child.child_id)


def _answer(child: Child, kind: AuthorisationKind) -> Editable:
    alone = kind is AuthorisationKind.LEAVING_ALONE
    return Editable(
        f"authorisation.{kind}",
        AUTHORISATIONS[kind],
        fields.LEAVING_ALONE if alone else fields.AUTHORISATION,
        authorisation_value(child.authorisation(kind)),
        is_whole=True,
        check=_check_leaving_alone if alone else lambda _: {},
        may_stay_empty=True,
        aside=SIGNATURE,
    )


def _check_leaving_alone(values: Mapping[str, Value]) -> Errors:
    if values["granted"] == "yes" and not values["from_time"]:
        return {"from_time": "Dites à partir de quelle heure votre enfant peut partir seul."}
    return {}
