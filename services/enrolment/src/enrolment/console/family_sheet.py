"""From a family's file as accounts gives it to what its page shows, part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.web import french
from chassis.web.shapes import Fact, FieldError

from .family_answers import SUBJECT, answers_said, answers_typed
from .family_fields import Declared, DrawnField, drawn, facts

FAMILIES = "/console/familles"
NEW = "nouveau"
MUST_NOT = "must_not"

Form = Mapping[str, Sequence[Declared]]
File = Mapping[str, Any]


@dataclass(frozen=True)
class Typed:
    """A part that is being changed: what was typed and what is wrong with it."""

    subject: str
    subject_id: str | None
    values: Mapping[str, Any] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str | None = None
    """What is wrong with the whole, rather than with one field."""

    is_stale: bool = False
    """Somebody changed the file meanwhile: what it says now stands beside what was typed."""


@dataclass(frozen=True)
class Link:
    """What is opened on purpose, on a page of its own."""

    label: str
    url: str


@dataclass(frozen=True)
class Part:
    """One part of the file, as facts or as the form that changes it."""

    anchor: str
    title: str
    subject: str
    subject_id: str | None
    version: int
    facts: Sequence[Fact]
    note: str | None
    edit_url: str | None
    form: Sequence[DrawnField] | None = None
    trouble: str | None = None
    is_warning: bool = False
    remove_url: str | None = None
    leave_url: str | None = None
    """Where what a child's departure ends is read before."""
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Sheet:
    """The file as its page shows it."""

    family_id: str
    name: str
    reference: str
    url: str
    forbidden: Sequence[str]
    """« Karim Sureau (père) », who must not collect the children."""

    family: Part
    quotient: Part
    guardians: Sequence[Part]
    contacts: Sequence[Part]
    children: Sequence[Part]
    errors: Sequence[FieldError]


@dataclass(frozen=True)
class Writing:
    """Makes the parts of one file; `open_part` is the one that is being changed."""

    file: File
    form: Form
    now: datetime
    may_edit: bool
    open_part: Typed | None
    opens_health: bool = False
    opens_sheet: bool = False

    def sheet(self) -> Sheet:
        parts = self._people("guardian"), self._people("contact"), self._people("child")
        return Sheet(
            family_id=self.file["family_id"],
            name=self.file["name"],
            reference=self.file["reference"],
            url=self._url,
            forbidden=[_forbidden(one) for one in self.file["contacts"] if _must_not(one)],
            family=self._part("family", None, "Foyer", self.file, self.file["version"]),
            quotient=self._quotient(),
            guardians=parts[0],
            contacts=parts[1],
            children=self._with_answers(parts[2]),
            errors=self._errors(),
        )

    @property
    def _url(self) -> str:
        return f"{FAMILIES}/{self.file['family_id']}"

    def _links(self, child_id: str) -> list[Link]:
        url = f"{self._url}/enfants/{child_id}"
        found = [Link("Fiche (PDF)", f"{url}/fiche.pdf")] if self.opens_sheet else []
        if self.opens_health:
            found += [
                Link("Données sanitaires", f"{url}/sante"),
                Link("Fiche complète (PDF)", f"{url}/fiche-complete.pdf"),
            ]
        return found

    def _people(self, subject: str) -> list[Part]:
        people = self.file[_LISTS[subject]]
        found = [self._person(subject, one) for one in people]
        new = self.open_part
        if (
            new
            and new.subject == subject
            and new.subject_id not in [one.subject_id for one in found]
        ):
            found.append(self._newcomer(subject, new))
        return found

    def _with_answers(self, parts: Sequence[Part]) -> list[Part]:
        """After each child, what is allowed for it."""
        kept = {one["child_id"]: one for one in self.file["children"]}
        found: list[Part] = []
        for part in parts:
            found.append(part)
            if child := kept.get(part.subject_id):
                found.append(self._answers(child))
        return found

    def _answers(self, child: Mapping[str, Any]) -> Part:
        title = f"Autorisations, {child['given_name']}"
        typed = answers_typed(child)
        part = self._part(SUBJECT, child["child_id"], title, typed, child["version"])
        return _with_facts(part, answers_said(self.form[SUBJECT], child))

    def _person(self, subject: str, person: Mapping[str, Any]) -> Part:
        name = f"{person['given_name']} {person['family_name']}"
        version = person["version"] if subject == "child" else self.file["version"]
        return self._part(subject, person[f"{subject}_id"], name, person, version)

    def _newcomer(self, subject: str, typed: Typed) -> Part:
        made = typed.subject_id if typed.subject_id != NEW else str(new_id())
        return self._part(subject, made, _NEWCOMERS[subject], {}, self.file["version"])

    def _quotient(self) -> Part:
        part = self._part("quotient", None, "Quotient familial", {}, self.file["version"])
        return _with_facts(part, _quotients(self.file, local_date(self.now)))

    def _part(
        self,
        subject: str,
        subject_id: str | None,
        title: str,
        kept: Mapping[str, Any],
        version: int,
    ) -> Part:
        key = subject_id or subject
        typed = self._typed(subject, subject_id, is_new=not kept)
        contact = subject == "contact" and bool(kept)
        return Part(
            anchor=f"{subject}-{key}" if subject_id else subject,
            title=title,
            subject=subject,
            subject_id=subject_id,
            version=version,
            facts=facts(self.form[subject], kept, without=_IN_TITLE) if kept else [],
            note=_note(subject, kept, self.now) if kept else None,
            edit_url=f"{self._url}?modifier={subject}:{key}#{subject}-form"
            if self.may_edit
            else None,
            form=self._drawn(subject, kept, typed) if typed else None,
            trouble=typed.trouble if typed else None,
            is_warning=contact and _must_not(kept),
            remove_url=self._remove_url(subject, subject_id) if kept else None,
            leave_url=f"{self._url}/enfants/{subject_id}/depart"
            if subject == "child" and kept
            else None,
            links=self._links(subject_id) if subject == "child" and subject_id else (),
        )

    def _remove_url(self, subject: str, subject_id: str | None) -> str | None:
        called = {"contact": "contacts", "guardian": "responsables"}.get(subject)
        return f"{self._url}/{called}/{subject_id}/retirer" if called else None

    def _typed(self, subject: str, subject_id: str | None, *, is_new: bool) -> Typed | None:
        typed = self.open_part
        if not self.may_edit or typed is None or typed.subject != subject:
            return None
        same = typed.subject_id == subject_id or (is_new and typed.subject_id == NEW)
        return typed if same or subject in ("family", "quotient") else None

    def _drawn(self, subject: str, kept: Mapping[str, Any], typed: Typed) -> Sequence[DrawnField]:
        values = kept if typed.values is None else typed.values
        errors = dict(typed.errors)
        if typed.is_stale:
            errors |= _meanwhile(self.form[subject], kept, values)
        return drawn(self.form[subject], values, errors)

    def _errors(self) -> list[FieldError]:
        typed = self.open_part
        if typed is None:
            return []
        whole = [FieldError(f"{typed.subject}-form", typed.trouble)] if typed.trouble else []
        fields = [FieldError(f"champ-{name}", words) for name, words in typed.errors.items()]
        return [*whole, *fields]


_LISTS = {"guardian": "guardians", "contact": "contacts", "child": "children"}
_NEWCOMERS = {
    "guardian": "Nouveau responsable",
    "contact": "Nouveau contact",
    "child": "Nouvel enfant",
}
_IN_TITLE = ("given_name", "family_name", "name", "is_payer")


def _with_facts(part: Part, found: Sequence[Fact]) -> Part:
    return Part(**{**vars(part), "facts": found})


def _must_not(contact: Mapping[str, Any]) -> bool:
    return bool(contact.get("collecting") == MUST_NOT)


def _forbidden(contact: Mapping[str, Any]) -> str:
    name = f"{contact['given_name']} {contact['family_name']}"
    said = [words for words in (contact["relation"], contact["note"]) if words]
    return f"{name} ({', '.join(said)})" if said else name


def _note(subject: str, kept: Mapping[str, Any], now: datetime) -> str | None:
    if subject == "child":
        return french.age(date.fromisoformat(kept["born_on"]), local_date(now))
    if subject == "guardian" and kept["is_payer"]:
        return "Reçoit les factures"
    return None


def _quotients(file: File, today: date) -> list[Fact]:
    """Each period, the one that holds today first named so."""
    return [
        Fact(_period(one, today), french.number(one["value"]))
        for one in reversed(file["quotients"])
    ]


def _period(one: Mapping[str, Any], today: date) -> str:
    start = date.fromisoformat(one["valid_from"])
    end = date.fromisoformat(one["valid_to"]) if one["valid_to"] else None
    since = f"depuis le {french.day_numeric(start)}"
    if end is None:
        return since if start <= today else f"à partir du {french.day_numeric(start)}"
    return f"du {french.day_numeric(start)} jusqu’au {french.day_numeric(end)} exclu"


def _meanwhile(
    declared: Sequence[Declared], kept: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, str]:
    """Beside each field that differs, what the file says now."""
    now_drawn, typed_drawn = drawn(declared, kept, {}), drawn(declared, values, {})
    standing = {fact.label: fact.value for fact in facts(declared, kept)}
    return {
        typed.name: f"Le dossier dit maintenant\u00a0: {standing.get(typed.label) or 'rien'}."
        for now, typed in zip(now_drawn, typed_drawn, strict=True)
        if now.value != typed.value
    }


def is_part(subject: str, subject_id: str) -> bool:
    """Whether an address names a part that can be changed."""
    if subject in ("family", "quotient"):
        return subject_id == subject
    if subject not in (*_LISTS, SUBJECT):
        return False
    try:
        return (subject_id == NEW and subject in _LISTS) or bool(UUID(subject_id))
    except ValueError:
        return False
