"""What the files of the demo's families say beyond names: the traits that each is there to show.

Streets, numbers and addresses are invented; the numbers are those kept for fiction (06 39 98 …).
"""

from datetime import date, timedelta
from typing import Any

from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller, Doors

Body = dict[str, Any]

OWN_ACCESSES = {"Genêt": ("maud.genet", "youssef.genet")}
"""Identifiers of guardians who live apart, in the order of the parents."""

TRAITS: dict[str, Body] = {
    "Noisetier": {"situation": "married", "benefit_scheme": "caf", "benefit_number": "1204587"},
    "Bleuet": {"situation": "single", "benefit_scheme": "caf", "benefit_number": "1310442"},
    "Genêt": {
        "situation": "separated",
        "custody": "alternating",
        "custody_note": "Semaines paires chez Maud, impaires chez Youssef. Vacances par moitié.",
        "benefit_scheme": "caf",
        "benefit_number": "1188203",
    },
    "Sureau": {"situation": "married", "benefit_scheme": "msa", "benefit_number": "38110045871"},
    "Aubépine": {"situation": "single"},
    "Mélèze": {"situation": "cohabiting", "benefit_scheme": "caf", "benefit_number": "1276650"},
    "Fougère": {
        "situation": "divorced",
        "custody": "mother",
        "custody_note": "Jugement du tribunal judiciaire : le père ne vient pas chercher l’enfant.",
        "benefit_scheme": "caf",
        "benefit_number": "1099317",
    },
    "Tilleul": {"situation": "single"},
    "Érable": {"situation": "widowed", "benefit_scheme": "caf", "benefit_number": "1345021"},
    "Sorbier": {"situation": "married", "benefit_scheme": "caf", "benefit_number": "1022768"},
}

STREETS = {
    "Noisetier": ("12 rue des Tisserands", "38110", "Val d’Arbelle"),
    "Bleuet": ("3 place du Marché", "38110", "Val d’Arbelle"),
    "Genêt": ("8 chemin des Écoliers", "38110", "Val d’Arbelle"),
    "Sureau": ("27 route de la Fontaine", "38110", "Val d’Arbelle"),
    "Aubépine": ("5 impasse du Lavoir", "38300", "Hautecombe"),
    "Mélèze": ("41 rue de la Gare", "38110", "Val d’Arbelle"),
    "Fougère": ("2 allée des Marronniers", "38110", "Val d’Arbelle"),
    "Tilleul": ("16 rue du Moulin", "38110", "Val d’Arbelle"),
    "Érable": ("9 montée du Château", "38110", "Val d’Arbelle"),
    "Sorbier": ("1 hameau du Grand Pré", "38110", "Val d’Arbelle"),
}

CONTACTS: dict[str, list[Body]] = {
    "Noisetier": [
        {
            "given_name": "Josette",
            "family_name": "Noisetier",
            "relation": "Grand-mère",
            "phone": "06 39 98 20 01",
            "is_emergency": True,
            "collecting": "may",
        }
    ],
    "Genêt": [
        {
            "given_name": "Farida",
            "family_name": "Genêt",
            "relation": "Tante",
            "phone": "06 39 98 20 02",
            "collecting": "may",
        }
    ],
    "Fougère": [
        {
            "given_name": "Julien",
            "family_name": "Fougère",
            "relation": "Père",
            "collecting": "must_not",
            "note": "Jugement du 12 mars, copie au dossier.",
        },
        {
            "given_name": "Nadia",
            "family_name": "Carrel",
            "relation": "Voisine",
            "phone": "06 39 98 20 03",
            "is_emergency": True,
            "collecting": "may",
        },
    ],
}

SCHOOL = "École Jean-Moulin"
_CLASSES = {4: "Petite section", 5: "Grande section", 6: "CP", 7: "CE1", 8: "CE2", 9: "CM1"}
_ANSWERS = ("image_centre", "image_print", "image_web", "emergency_care", "outings", "transport")


def family_traits(name: str) -> Body:
    return {**TRAITS.get(name, {}), "contacts": CONTACTS.get(name, [])}


def guardian_traits(family: str, parent: str, position: int) -> Body:
    """Where a parent lives and is reached; Sorbier has no e-mail and comes to the desk."""
    street, postcode, city = STREETS[family]
    apart = family == "Genêt" and position == 1
    traits: Body = {
        "street": "30 rue des Alpages" if apart else street,
        "postcode": postcode,
        "city": city,
        "mobile_phone": f"06 39 98 1{position} {10 + list(STREETS).index(family)}",
    }
    if family != "Sorbier":
        traits["email"] = f"{_ascii(parent)}.{_ascii(family)}@exemple.fr"
    if family == "Genêt":
        weeks = ("even", "odd")[position]
        traits |= {"is_payer": True, "custody_weeks": weeks, "payer_weeks": weeks}
    return traits


def child_traits(family: str, parent: str, age: int, today: date) -> Body:
    """School, answers and insurance; Mélèze does not consent to images."""
    granted = {kind: not (family == "Mélèze" and kind.startswith("image_")) for kind in _ANSWERS}
    traits: Body = {
        "school": SCHOOL,
        "class_name": _CLASSES.get(age, "CM2"),
        "diet": "no_pork" if family == "Genêt" else "standard",
        "swimming": "swims" if age > 7 else "with_aid",
        "nap": "if_tired" if age < 6 else "no",
        "insurer": "Mutuelle des écoles",
        "insurance_until": (today + timedelta(days=280)).isoformat(),
        "doctor_name": "Dr Lilas",
        "doctor_phone": "04 74 99 00 11",
        "authorisations": [
            {"kind": kind, "granted": yes, "signed_by": f"{parent} {family}"}
            for kind, yes in granted.items()
        ],
    }
    if age >= 9:
        traits["authorisations"].append(
            {
                "kind": "leaving_alone",
                "granted": True,
                "signed_by": f"{parent} {family}",
                "from_age": 9,
                "from_time": "17:30",
            }
        )
    return traits


async def own_accesses(secretariat: Caller, families: dict[str, Any]) -> list[str]:
    """An access of their own for guardians who live apart; the identifiers."""
    for name, identifiers in OWN_ACCESSES.items():
        family = families[name]
        for guardian, identifier in zip(family["guardians"], identifiers, strict=True):
            await secretariat.post(
                Context.ACCOUNTS,
                f"/v1/staff/families/{family['family_id']}/credentials",
                {
                    "identifier": identifier,
                    "guardian_id": guardian["guardian_id"],
                },
            )
    return [identifier for known in OWN_ACCESSES.values() for identifier in known]


async def proposals(doors: Doors, families: dict[str, Any], password: str) -> None:
    """Two requests that wait in the queue: a phone and a street, then a class."""
    family = families["Noisetier"]
    parent = await doors.sign_in("noisetier", password, "family")
    guardian = family["guardians"][0]["guardian_id"]
    child = family["children"][0]["child_id"]
    for kind, child_id, typed in (
        (
            "family.update",
            None,
            {
                f"guardian.{guardian}.mobile_phone": "06 39 98 44 12",
                f"guardian.{guardian}.street": "18 rue des Tisserands",
            },
        ),
        ("child.update", child, {"child.class_name": "CE2"}),
    ):
        body = {"request_id": str(new_id()), "kind": kind, "child_id": child_id, "typed": typed}
        await parent.post(Context.ACCOUNTS, "/v1/me/changes", body)


def _ascii(name: str) -> str:
    plain = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")
    return name.lower().translate(plain)
