"""Whom a change of the catalogue touches, line by line: staff read it before they confirm."""

from collections.abc import Iterable, Iterator
from typing import Final

from chassis.web import french
from enrolment.domain.booking import BookingState
from enrolment.domain.impact import Harm, Impact, Standing
from enrolment.domain.licence import OverLicence
from enrolment.domain.places import AgeGroup
from enrolment.domain.reopening import Reopening, Stays

from .wording import GROUPS

HARMS: Final = {
    Harm.CLOSED: "jour fermé",
    Harm.WEEKDAY: "jour qui n’est plus proposé",
    Harm.SLOT_GONE: "créneau qui n’est plus proposé",
    Harm.HOURS: "horaires changés",
    Harm.AGE: "âge qui n’est plus accueilli",
}
BACK: Final = {
    BookingState.BOOKED: "réservation rétablie",
    BookingState.REQUESTED: "demande de nouveau en attente",
    BookingState.WAITLISTED: "rang retrouvé sur la liste d’attente",
}
STAYS: Final = {
    Stays.PAST: "jour déjà commencé",
    Stays.CLOSED: "jour fermé aussi par ailleurs",
    Stays.NOT_OFFERED: "ce jour ou ce créneau n’est plus proposé",
    Stays.OTHER_PLANS: "l’enfant a une autre place aux mêmes heures",
    Stays.DECIDED: "la demande a été traitée entre-temps",
    Stays.ABSENT: "absence déjà acceptée",
    Stays.FULL: "plus de place ce jour-là",
}
MOST_TOLD: Final = 50
WEEKDAY_NAMES: Final = (
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
)


def told(impact: Impact) -> Iterator[str]:
    """Whom a change hurts, line by line; of a long list the first and how many more."""
    for hurt in impact.hurt[:MOST_TOLD]:
        yield f"{_who(hurt.booking)}\u00a0: {HARMS[hurt.harm]}"
    if (rest := len(impact.hurt) - MOST_TOLD) > 0:
        yield f"et {french.plural(rest, 'autre réservation', 'autres réservations')}"
    for over in impact.overfull[:MOST_TOLD]:
        yield (
            f"{french.sentence(french.day_name(over.key.day))}, {GROUPS[over.key.age_group]}"
            f"\u00a0: {over.children} enfants pour {french.plural(over.capacity, 'place')}"
        )
    yield from over_licence(impact.over_licence)


def over_licence(found: Iterable[OverLicence]) -> Iterator[str]:
    """« Lundi et mardi : 40 places (6 ans et plus) aux mêmes heures, pour 24 dans l’agrément »."""
    alike: dict[tuple[AgeGroup, int, int], list[str]] = {}
    for one in found:
        weekday = WEEKDAY_NAMES[one.weekday - 1]
        alike.setdefault((one.group, one.offered, one.licensed), []).append(weekday)
    for (group, offered, licensed), weekdays in alike.items():
        places = french.plural(offered, "place")
        yield (
            f"{french.sentence(french.join(weekdays))}\u00a0: {places} ({GROUPS[group]}) aux mêmes"
            f" heures, pour {licensed} dans l’agrément du centre"
        )


def told_back(again: Reopening) -> Iterator[str]:
    """Who comes back on days that open again."""
    for one in again.back[:MOST_TOLD]:
        yield f"{_who(one.standing)}\u00a0: {BACK[one.target]}"
    if (rest := len(again.back) - MOST_TOLD) > 0:
        yield f"et {french.plural(rest, 'autre réservation', 'autres réservations')}"


def told_kept(again: Reopening) -> Iterator[str]:
    """Who does not, and why: first those who could have expected it."""
    kept = sorted(again.kept, key=lambda one: one not in again.told)
    for one in kept[:MOST_TOLD]:
        yield f"{_who(one.cancelled.standing)}\u00a0: {STAYS[one.why]}"
    if (rest := len(kept) - MOST_TOLD) > 0:
        yield f"et {french.plural(rest, 'autre réservation', 'autres réservations')}"


def _who(one: Standing) -> str:
    return f"{one.child_name}, {french.day_name(one.day)}, {one.slot_label}"
