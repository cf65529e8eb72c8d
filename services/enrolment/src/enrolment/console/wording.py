"""The console's sentences about one request."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from chassis.web import french
from chassis.web.shapes import Fact, HistoryEntry
from enrolment.domain.absence import Effect
from enrolment.domain.places import AgeGroup
from enrolment.domain.request import Channel, RequestState, Step
from enrolment.printing import CHANNELS, family_name
from enrolment.store.absences import Absence
from enrolment.store.assignments import Assignment
from enrolment.store.request_records import RequestLine, RequestRecord, TransitionRecord
from enrolment.use_cases.show_requests import LineDetail, RequestDetail

from .choice import Age, Holder, Pile, Sort
from .prices import PricedSlot

NBSP: Final = french.NBSP
MOST_PLACES = 6
"""Days whose places are shown one by one; of the others only the tightest is told."""

PILES: Final = {
    Pile.WAITING: "À décider",
    Pile.TO_REDO: "À reprendre",
    Pile.ACCEPTED: "Acceptées",
    Pile.REFUSED: "Refusées",
    Pile.WITHDRAWN: "Retirées",
}

SORTS: Final = {
    Sort.BOOKINGS: "Réservations",
    Sort.ABSENCES: "Absences",
    Sort.ENROLMENTS: "Inscriptions",
    Sort.FILES: "Dossiers",
}

AGES: Final = {
    Age.WEEK: "reçues il y a plus d’une semaine",
    Age.MONTH: "reçues il y a plus d’un mois",
    Age.NEARLY_DUE: "échéance légale dans 7\u00a0jours ou dépassée",
}

HOLDERS: Final = {
    Holder.MINE: "que je suis",
    Holder.NOBODY: "que personne ne suit",
}

STATE_LABELS: Final = {
    RequestState.PENDING: "En attente",
    RequestState.ACCEPTED: "Acceptée",
    RequestState.APPLIED: "Acceptée",
    RequestState.REFUSED: "Refusée",
    RequestState.WITHDRAWN: "Retirée",
    RequestState.FAILED: "À reprendre",
}

GROUPS: Final = {
    AgeGroup.UNDER_SIX: "moins de 6\u00a0ans",
    AgeGroup.SIX_AND_OVER: "6\u00a0ans et plus",
}

_DOORS: Final = {
    Channel.PORTAL: "portail",
    Channel.CONSOLE: "console",
    Channel.FRONT_DESK: "guichet",
    Channel.RULE: "règle",
}

_STEPS: Final = {
    Step.SUBMIT: "Demande reçue",
    Step.ACCEPT: "Demande acceptée",
    Step.REFUSE: "Demande refusée",
    Step.WITHDRAW: "Demande retirée",
    Step.APPLY: "Inscrite au planning",
    Step.FAIL: "N’a pas pu être appliquée",
    Step.REVERSE: "Absence annulée par le service",
}


def _family(record: RequestRecord) -> str:
    if not record.family_reference:
        # A family that pre-registers has no file until it is accepted.
        return f"{family_name(record)}, pas encore de dossier"
    return f"{record.family_name} ({record.family_reference})"


def heading(record: RequestRecord) -> str:
    return f"Demande {record.number}"


def asked_lines(record: RequestRecord) -> list[RequestLine]:
    """The lines that could be requested; all of them when none could."""
    return [line for line in record.lines if line.was_requested] or list(record.lines)


def title(record: RequestRecord) -> str:
    """« Lou Noisetier, 7 ans », or how many children; of a change, whom it is about."""
    if record.subject and not record.lines:
        return record.subject
    asked = asked_lines(record)
    children = {line.child_id: line for line in asked}
    if len(children) == 1:
        (line,) = children.values()
        first_day = min(line.day for line in asked)
        return f"{line.child_given_name} {line.child_family_name}{_age(line, first_day)}"
    if not children:
        return record.subject or f"Famille {record.family_name}"
    return f"Famille {record.family_name}, {french.plural(len(children), 'enfant')}"


def _age(line: RequestLine, on: date) -> str:
    return f", {french.age(line.child_born_on, on)}" if line.child_born_on <= on else ""


def lines(record: RequestRecord, now: datetime) -> list[str]:
    """Every line of the request, then who asked, through which door, when."""
    several = len({line.child_id for line in record.lines}) > 1
    said = [_line(line, several) for line in record.lines]
    asked = f"Demandée par {record.submitted_by}, {CHANNELS[record.channel]}"
    return [*said, f"{asked}, {french.moment(record.submitted_at, now)}."]


def _line(line: RequestLine, several: bool) -> str:
    labels = dict.fromkeys([line.slot_label, line.activity_label, line.centre_name])
    words = f"{french.sentence(french.day_name(line.day))}, {', '.join(labels)}"
    if several:
        words = f"{line.child_given_name}{NBSP}: {words[:1].lower()}{words[1:]}"
    if line.was_requested:
        return words
    return f"{words}. Non demandé{NBSP}: {french.uncapitalise(line.reason or 'impossible')}"


def facts(detail: RequestDetail, priced: Sequence[PricedSlot], now: datetime) -> list[Fact]:
    """Places, price, notice, deadline, family: what a decision is made of."""
    record = detail.request
    return [
        *_places(_asked(detail), is_holding=record.state is RequestState.PENDING),
        *_prices(priced),
        *_notice(detail),
        Fact("Échéance légale", _deadline(record, now)),
        Fact("Famille", _family(record)),
    ]


EFFECTS: Final = {
    Effect.FREE: "non facturée",
    Effect.WAITING_DAY: "facturée (jour de carence)",
    Effect.BILLED: "facturée",
    Effect.UNDECIDED: "à décider par le service",
}


def absence_facts(
    declared: Sequence[Absence], labels: Mapping[str, str], now: datetime
) -> Iterator[Fact]:
    """Why the child does not come, and what it does to the bill."""
    for reason in dict.fromkeys((one.reason_code, one.reason_text) for one in declared):
        words = labels.get(reason[0], reason[0])
        yield Fact("Motif", f"{words}{NBSP}: {reason[1]}" if reason[1] else words)
    if declared:
        effects = dict.fromkeys(EFFECTS[one.effect] for one in declared)
        yield Fact("Effet sur la facture", ", ".join(effects))
    awaited = [one.document_due_at for one in declared if one.awaits_document]
    if awaited:
        due = min(at for at in awaited if at is not None)
        late = " (délai passé)" if due <= now else ""
        yield Fact("Justificatif", f"attendu avant le {french.full_moment(due)}{late}")
    elif received := [one.document_received_at for one in declared if one.document_received_at]:
        yield Fact("Justificatif", f"reçu {french.moment(max(received), now)}")


def _notice(detail: RequestDetail) -> Iterator[Fact]:
    """A change to a file has no day, so no notice to keep."""
    if not detail.request.items:
        yield Fact("Délai de prévenance", notice(detail))


def _places(found: Sequence[LineDetail], *, is_holding: bool) -> Iterator[Fact]:
    """The tightest first. One fact per day and age group: siblings may share it.

    A pending request holds its own places already: it is one of those that wait.
    """
    distinct = {one.places_key: one for one in found}
    tightest = sorted(distinct.values(), key=lambda one: (_left(one), one.places_key))
    for one in tightest[:MOST_PLACES]:
        day = french.day_short(one.places_key.day) if len(distinct) > 1 else ""
        label = ", ".join(filter(None, [f"Places {GROUPS[one.places_key.age_group]}", day]))
        yield Fact(label, _places_words(one, is_holding=is_holding))
    if rest := tightest[MOST_PLACES:]:
        left = french.plural(_left(rest[0]), "place libre", "places libres")
        yield Fact(f"Les {len(rest)} autres jours", f"au moins {left}")


def _left(one: LineDetail) -> int:
    return one.places.left if one.places else 0


def _places_words(one: LineDetail, *, is_holding: bool) -> str:
    """« 3 libres sur 36 (31 réservées, 2 en attente dont celle-ci) »."""
    if one.places is None:
        return "jour fermé aux réservations"
    places = one.places
    left = french.plural(places.left, "libre")
    own = " dont celle-ci" if is_holding else ""
    booked = french.plural(places.booked, "réservée")
    return f"{left} sur {places.capacity} ({booked}, {places.held}{NBSP}en attente{own})"


def _prices(priced: Sequence[PricedSlot]) -> Iterator[Fact]:
    for one in priced:
        yield Fact("Tarif" if len(priced) == 1 else f"Tarif, {one.slot_label}", one.words)


def notice(detail: RequestDetail) -> str:
    """Whether the request came in time, with the limit that it kept or missed."""
    limits = [(one.line.day, one.cut_off, one.in_notice) for one in _asked(detail) if one.cut_off]
    if not limits:
        return "aucun délai pour cette activité"
    missed = sorted({day for day, _, in_notice in limits if not in_notice})
    nearest = french.full_moment(min(limit for _, limit, _ in limits))
    if not missed:
        return f"respecté (limite{NBSP}: {nearest})"
    if len({day for day, _, _ in limits}) == 1:
        return f"dépassé (limite{NBSP}: {nearest})"
    return f"dépassé pour {french.join([french.day_short(day) for day in missed])}"


def _asked(detail: RequestDetail) -> list[LineDetail]:
    return [one for one in detail.lines if one.line.was_requested]


def _deadline(record: RequestRecord, now: datetime) -> str:
    if record.state is not RequestState.PENDING:
        return french.day_long(record.due_on)
    day, distance = french.day_long(record.due_on), french.day_distance(record.due_on, now)
    return f"{day} ({distance}), le silence vaut accord"


def history(
    steps: Sequence[TransitionRecord], followed: Sequence[Assignment], now: datetime
) -> list[HistoryEntry]:
    """Each step with who and when, and the reason given; who followed the request in between."""
    told = [(step.at, _step(step), _who(step)) for step in _told_apart(steps)]
    told += [entry for one in followed for entry in _followed(one)]
    return [
        HistoryEntry(label, french.moment(at, now), who)
        for at, label, who in sorted(told, key=lambda entry: entry[0])
    ]


def _told_apart(steps: Sequence[TransitionRecord]) -> list[TransitionRecord]:
    """The application of an acceptance is the same act when it is the same instant."""
    return [
        step
        for earlier, step in zip([None, *steps], steps, strict=False)
        if not (step.step is Step.APPLY and earlier is not None and earlier.at == step.at)
    ]


def _followed(one: Assignment) -> Iterator[tuple[datetime, str, str]]:
    taken = one.staff_name == one.given_by
    yield one.since, "Prise en charge" if taken else f"Confiée à {one.staff_name}", one.given_by
    if one.until is not None:
        yield one.until, f"N’est plus suivie par {one.staff_name}", one.ended_by or ""


def _step(step: TransitionRecord) -> str:
    label = _STEPS[step.step]
    return f"{label}{NBSP}: {french.narrow_spaces(step.reason)}" if step.reason else label


def _who(step: TransitionRecord) -> str:
    if step.rule is not None:
        return f"règle «{NBSP}{step.rule}{NBSP}»"
    if step.step is Step.SUBMIT:
        return f"{step.actor_name} ({_DOORS[step.channel]})"
    return step.actor_name


def outcome(record: RequestRecord) -> str | None:
    """What is said after a decision; read from the request itself, never from the address."""
    if record.items and record.state is RequestState.ACCEPTED:
        return f"Demande {record.number} acceptée\u00a0: elle s’inscrit au dossier."
    if record.state is RequestState.FAILED:
        return f"Demande {record.number} à reprendre. {record.reason or ''}".strip()
    if record.state in (RequestState.ACCEPTED, RequestState.APPLIED):
        return f"Demande {record.number} acceptée. La famille en est prévenue."
    if record.state is RequestState.REFUSED:
        return f"Demande {record.number} refusée. La famille lira le motif."
    return None
