"""The fields of a file, each declared once: its French label, what may be typed, how it is shown.

The same declarations check what comes through the API, draw the forms of the pages (`forms.py`)
and are walked by the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from . import child, contact, custody, texts
from .texts import WrongValue

Value = str | bool | int | None
"""As JSON keeps it: a day is its ISO text."""

EARLIEST_BIRTH = date(1990, 1, 1)
FARTHEST = timedelta(days=3653)
"""Ten years: nothing in a file is dated later than that."""


class Widget(StrEnum):
    """What a form draws."""

    TEXT = "text"
    LINES = "lines"
    PHONE = "tel"
    EMAIL = "email"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True)
class Field:
    """One thing that can be typed; `name` is also the attribute and the column that keep it."""

    name: str
    label: str
    widget: Widget = Widget.TEXT
    reader: texts.Read = texts.line
    required: bool = False
    longest: int = 120
    choices: Mapping[str, str] | None = None
    hint: str | None = None
    autocomplete: str | None = None
    earliest: date | None = None
    latest_in: timedelta | None = None
    """Days from today: zero forbids the future."""
    bounds: tuple[int, int] = (0, 1_000_000)

    def read(self, typed: object, today: date) -> Value:
        """What is kept of what was typed; raises WrongValue."""
        if self.widget is Widget.FLAG:
            return _flag(typed)
        if isinstance(typed, int) and not isinstance(typed, bool):
            typed = str(typed)
        if typed is not None and not isinstance(typed, str):
            raise WrongValue("Un texte est attendu ici.")
        text = texts.trimmed(typed or "", self.longest)
        if not text:
            if self.required:
                raise WrongValue("Ce champ est obligatoire.")
            return None
        return self._read_text(text, today)

    def _read_text(self, text: str, today: date) -> Value:
        match self.widget:
            case Widget.CHOICE:
                if text not in (self.choices or {}):
                    raise WrongValue("Choisissez une des réponses proposées.")
                return text
            case Widget.NUMBER:
                return _number(text, self.bounds)
            case Widget.TIME:
                return _time(text)
            case Widget.DATE:
                return self._day(text, today)
            case _:
                return self.reader(text)

    def _day(self, text: str, today: date) -> str:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise WrongValue("Une date comme 02/03/2019 (jour, mois, année).") from None
        if self.earliest is not None and day < self.earliest:
            raise WrongValue(f"Une date à partir du {self.earliest:%d/%m/%Y}.")
        if self.latest_in is not None and day > today + self.latest_in:
            if self.latest_in == timedelta(0):
                raise WrongValue("Cette date est dans le futur.")
            raise WrongValue(f"Une date avant le {today + self.latest_in:%d/%m/%Y}.")
        return day.isoformat()

    def shown(self, value: Value) -> str:
        """What people read; empty when nothing is known."""
        if self.widget is Widget.FLAG:
            return "Oui" if value else "Non"
        if value is None:
            return ""
        if self.choices is not None:
            return self.choices.get(str(value), "")
        if self.widget is Widget.DATE:
            return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
        return str(value)

    def as_column(self, value: Value) -> Any:
        """What the column keeps of a value."""
        if self.widget is Widget.DATE and isinstance(value, str):
            return date.fromisoformat(value)
        return value


def as_value(kept: object) -> Value:
    """A column's content as JSON keeps it."""
    if isinstance(kept, date):
        return kept.isoformat()
    if kept is None or isinstance(kept, str | bool | int):
        return str(kept) if isinstance(kept, StrEnum) else kept
    raise TypeError(f"no field keeps {type(kept).__name__}")


def _flag(typed: object) -> bool:
    if typed in (True, "true", "on", "yes"):
        return True
    if typed in (False, None, "", "false", "no"):
        return False
    raise WrongValue("Répondez par oui ou par non.")


def _number(text: str, bounds: tuple[int, int]) -> int:
    # isdigit takes digits of every script, and int() with it: we keep those of ASCII.
    if not (text.isascii() and text.isdigit()) or not bounds[0] <= int(text) <= bounds[1]:
        raise WrongValue(f"Un nombre entier de {bounds[0]} à {bounds[1]}.")
    return int(text)


def _time(text: str) -> str:
    hour, _, minute = text.replace("h", ":").replace(" ", "").partition(":")
    minute = minute or "00"
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (hour, minute)):
        raise WrongValue("Une heure comme 17:30.")
    if int(hour) > 23 or int(minute) > 59:
        raise WrongValue("Une heure comme 17:30.")
    return f"{int(hour):02d}:{int(minute):02d}"


def _name(
    name: str, label: str, *, autocomplete: str | None = None, required: bool = True
) -> Field:
    return Field(
        name,
        label,
        reader=texts.person_name,
        required=required,
        longest=80,
        autocomplete=autocomplete,
    )


def _phone(name: str, label: str, autocomplete: str | None = None) -> Field:
    return Field(name, label, Widget.PHONE, texts.phone, longest=30, autocomplete=autocomplete)


def _choice(name: str, label: str, choices: Mapping[Any, str], *, required: bool = False) -> Field:
    return Field(
        name,
        label,
        Widget.CHOICE,
        choices={str(code): words for code, words in choices.items()},
        required=required,
    )


def _flag_field(name: str, label: str) -> Field:
    return Field(name, label, Widget.FLAG)


RESIDENT = _flag_field("resident", "Habite le territoire")

CIVILITIES = {"mme": "Madame", "m": "Monsieur"}

FAMILY = (
    _choice("situation", "Situation", custody.SITUATIONS),
    _choice("custody", "Garde des enfants", custody.CUSTODIES),
    Field(
        "custody_note",
        "Précisions sur la garde",
        Widget.LINES,
        texts.paragraph,
        longest=500,
        hint="Jours, vacances, jugement\u00a0: ce que les équipes doivent savoir.",
    ),
    _choice("benefit_scheme", "Régime", custody.SCHEMES),
    Field("benefit_number", "Numéro d’allocataire", reader=texts.benefit_number, longest=20),
)

GUARDIAN = (
    _choice("civility", "Civilité", CIVILITIES),
    _name("given_name", "Prénom", autocomplete="given-name"),
    _name("family_name", "Nom", autocomplete="family-name"),
    Field("street", "Adresse", autocomplete="address-line1"),
    Field("address_more", "Complément d’adresse", autocomplete="address-line2"),
    Field("postcode", "Code postal", reader=texts.postcode, longest=10, autocomplete="postal-code"),
    Field("city", "Commune", longest=80, autocomplete="address-level2"),
    _phone("mobile_phone", "Téléphone mobile", "tel"),
    _phone("home_phone", "Téléphone fixe", "home tel"),
    _phone("work_phone", "Téléphone professionnel", "work tel"),
    Field("email", "Adresse e-mail", Widget.EMAIL, texts.email, longest=254, autocomplete="email"),
    _flag_field("sms_consent", "Accepte les SMS du service"),
    Field("employer", "Employeur", autocomplete="organization"),
    _choice("custody_weeks", "Semaines de garde", custody.CUSTODY_WEEKS),
)

CONTACT = (
    _name("given_name", "Prénom"),
    _name("family_name", "Nom"),
    Field("relation", "Lien avec l’enfant", longest=60, hint="Grand-mère, voisin, oncle…"),
    _phone("phone", "Téléphone"),
    _flag_field("is_emergency", "À appeler en cas d’urgence"),
    _choice("collecting", "À la sortie", contact.COLLECTING, required=True),
    Field(
        "note",
        "Précisions",
        Widget.LINES,
        texts.paragraph,
        longest=300,
        hint="Par exemple la date d’un jugement. N’écrivez rien ici sur la santé.",
    ),
)

QUOTIENT = (
    Field(
        "value",
        "Quotient familial",
        Widget.NUMBER,
        required=True,
        longest=9,
        bounds=(0, 100_000),
        hint="En euros entiers, comme sur votre attestation.",
    ),
    Field(
        "valid_from",
        "À partir du",
        Widget.DATE,
        required=True,
        longest=10,
        earliest=date(2015, 1, 1),
        latest_in=timedelta(days=366),
    ),
)

CHILD_IDENTITY = (
    _name("given_name", "Prénom"),
    _name("family_name", "Nom"),
    Field(
        "born_on",
        "Date de naissance",
        Widget.DATE,
        required=True,
        longest=10,
        earliest=EARLIEST_BIRTH,
        latest_in=timedelta(0),
    ),
    Field("birth_place", "Lieu de naissance", longest=80),
    _choice("sex", "Sexe", child.SEXES),
    Field("school", "École"),
    Field("class_name", "Classe", longest=40, hint="Petite section, CP, CM2…"),
)

CHILD_DAILY_LIFE = (
    _choice("diet", "Repas", child.DIETS),
    _choice("swimming", "Natation", child.SWIMMING),
    _choice("nap", "Sieste", child.NAPS),
)

CHILD_INSURANCE = (
    Field("insurer", "Assureur", longest=80),
    Field("insurance_number", "Numéro de contrat", longest=40),
    Field(
        "insurance_until",
        "Valable jusqu’au",
        Widget.DATE,
        longest=10,
        earliest=date(2015, 1, 1),
        latest_in=FARTHEST,
    ),
    Field("doctor_name", "Médecin traitant", longest=80),
    _phone("doctor_phone", "Téléphone du médecin"),
)

CHILD = CHILD_IDENTITY + CHILD_DAILY_LIFE + CHILD_INSURANCE

AUTHORISATION = (
    Field(
        "granted",
        "Votre réponse",
        Widget.CHOICE,
        required=True,
        choices={"yes": "J’autorise", "no": "Je n’autorise pas"},
    ),
)

LEAVING_ALONE = (
    *AUTHORISATION,
    Field("from_age", "À partir de quel âge", Widget.NUMBER, longest=3, bounds=(3, 18)),
    Field("from_time", "À partir de quelle heure", Widget.TIME, longest=10),
)
