"""A family's file as accounts answers its sections."""

from typing import Any

CAMILLE = "0197a000-0000-7000-8000-000000000001"
LOU = "0197a000-0000-7000-8000-0000000000a1"
CHANGE = "0197a000-0000-7000-8000-0000000000f1"
PHONE = f"guardian.{CAMILLE}.mobile_phone"


def field(path: str, label: str, **changed: Any) -> dict[str, Any]:
    return {
        "path": path,
        "label": label,
        "widget": "text",
        "value": None,
        "required": False,
        "longest": 120,
        "choices": [],
        "hint": None,
        "autocomplete": None,
        **changed,
    }


def item(path: str, label: str, shown: str = "", **changed: Any) -> dict[str, Any]:
    fields = changed.pop("fields", [field(path, label, value=shown or None)])
    return {
        "path": path,
        "label": label,
        "shown": shown,
        "can_be_removed": False,
        "signed_by": None,
        "signed_at": None,
        "fields": fields,
        "pending": None,
        **changed,
    }


def section(key: str, title: str, *items: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "kind": "family.update",
        "child_id": None,
        "version": 3,
        "is_hidden": False,
        "is_new": False,
        "needs_signature": False,
        "items": list(items),
        **changed,
    }


def change(**changed: Any) -> dict[str, Any]:
    return {
        "request_id": CHANGE,
        "number": "F-2026-00042",
        "kind": "family.update",
        "child_id": None,
        "subject": "Famille Noisetier",
        "submitted_at": "2026-11-23T20:14:00Z",
        "items": [
            {
                "item_id": CHANGE,
                "path": PHONE,
                "label": "Téléphone mobile (Camille)",
                "old": "06 00 00 00 01",
                "new": "06 11 22 33 44",
                "typed": {PHONE: "06 11 22 33 44"},
                "state": "pending",
                "is_hidden": False,
            }
        ],
        "receipt": {
            "service": "Service Enfance",
            "phone": "04 74 00 00 00",
            "email": "enfance@val-arbelle.example",
            "silence": "Sans réponse de notre part avant le 23 janvier 2027, elle est acceptée.",
        },
        **changed,
    }


def pending() -> dict[str, Any]:
    return {
        "request_id": CHANGE,
        "number": "F-2026-00042",
        "state": "pending",
        "submitted_at": "2026-11-23T20:14:00Z",
        "new": "06 11 22 33 44",
        "typed": {PHONE: "06 11 22 33 44"},
    }


def account() -> dict[str, Any]:
    choices = [{"code": "married", "label": "Mariés"}, {"code": "separated", "label": "Séparés"}]
    situation = field("family.situation", "Situation", widget="choice", choices=choices)
    person = [
        field("contact.new.given_name", "Prénom", required=True),
        field("contact.new.is_emergency", "À appeler en cas d’urgence", widget="flag"),
        field("contact.new.note", "Précisions", widget="lines", hint="Par exemple un jugement."),
    ]
    return {
        "sections": [
            section(
                "situation",
                "Situation et garde",
                item("family.situation", "Situation", fields=[situation]),
            ),
            section(
                f"guardian-{CAMILLE}",
                "Camille Noisetier",
                item(PHONE, "Téléphone mobile", "06 00 00 00 01", pending=pending()),
            ),
            section("guardian-sacha", "Sacha Noisetier", is_hidden=True),
            section(
                "contact-new",
                "Ajouter une personne",
                item("contact.new", "Nouvelle personne", fields=person),
                is_new=True,
            ),
        ],
        "pending": [change()],
    }


def child() -> dict[str, Any]:
    answer = field(
        "authorisation.bathing.granted",
        "Votre réponse",
        widget="choice",
        required=True,
        choices=[
            {"code": "yes", "label": "J’autorise"},
            {"code": "no", "label": "Je n’autorise pas"},
        ],
    )
    own = {"child_id": LOU, "kind": "child.update"}
    return {
        "sections": [
            section(
                "identity",
                "Identité et scolarité",
                item(
                    "child.born_on",
                    "Date de naissance",
                    "02/03/2019",
                    fields=[
                        field(
                            "child.born_on",
                            "Date de naissance",
                            widget="date",
                            value="2019-03-02",
                            required=True,
                        )
                    ],
                ),
                item("child.school", "École", "École des Platanes"),
                **own,
            ),
            section(
                "authorisations",
                "Autorisations",
                item(
                    "authorisation.bathing",
                    "Baignade",
                    "J’autorise",
                    fields=[answer],
                    signed_by="Camille Noisetier",
                    signed_at="2026-09-01T08:00:00Z",
                ),
                **{**own, "kind": "child.authorisations"},
                needs_signature=True,
            ),
        ],
        "pending": [],
    }


def new_child() -> dict[str, Any]:
    fields = [
        field("child.new.given_name", "Prénom", required=True),
        field("child.new.born_on", "Date de naissance", widget="date", required=True),
    ]
    return {
        "sections": [
            section(
                "new-child",
                "Ajouter un enfant",
                item("child.new", "Nouvel enfant", fields=fields),
                kind="child.add",
                is_new=True,
            )
        ],
        "pending": [],
    }


def sheets() -> dict[str, Any]:
    return {
        "GET /v1/me/sheets/account": account(),
        "GET /v1/me/sheets/new-child": new_child(),
        f"GET /v1/me/sheets/children/{LOU}": child(),
        "POST /v1/me/changes": (201, change()),
    }
