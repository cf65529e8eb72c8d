"""The form of an activity: what is typed becomes an activity, or mistakes beside their fields."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Final, TypeVar
from uuid import UUID

from chassis.clock import PARIS
from chassis.identifiers import new_id
from chassis.web.shapes import FieldError
from enrolment.domain.activity import (
    Activity,
    ActivityKind,
    BookingWindow,
    Season,
    Slot,
    Staffing,
    WaitingRules,
)
from enrolment.domain.notice import (
    MAX_COUNT,
    Anchor,
    InvalidNoticeRule,
    NoticeAction,
    NoticeRule,
)
from enrolment.domain.places import Capacity
from enrolment.domain.school_calendar import Span

from .forms import Fields, UnusableReason, one, usable_label

MOST_SLOTS, MOST_RULES, MOST_WINDOWS = 20, 10, 40
MOST_FIELDS: Final = 12 + 9 * MOST_SLOTS + 6 * MOST_RULES + 5 * MOST_WINDOWS
Word = TypeVar("Word", Season, ActivityKind)

_NUMBER: Final = re.compile(r"[0-9]{1,5}")
_RATE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass
class Reading:
    """Reads fields one by one, and keeps what was wrong with each."""

    fields: Fields
    errors: list[FieldError] = field(default_factory=list)

    def text(self, name: str) -> str:
        return one(self.fields, name).strip()

    def wrong(self, name: str, message: str) -> None:
        self.errors.append(FieldError(name, message))

    def label(self, name: str) -> str:
        try:
            return usable_label(self.text(name))
        except UnusableReason as reason:
            self.wrong(name, str(reason))
            return ""

    def number(self, name: str, most: int, least: int = 0) -> int:
        typed = self.text(name)
        if _NUMBER.fullmatch(typed) and least <= int(typed) <= most:
            return int(typed)
        self.wrong(name, f"Indiquez un nombre de {least} à {most}.")
        return least

    def maybe(self, name: str, most: int, least: int = 0) -> int | None:
        return self.number(name, most, least) if self.text(name) else None

    def hour(self, name: str) -> time:
        try:
            found = time.fromisoformat(self.text(name))
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            self.wrong(name, "Indiquez une heure, comme 07:30.")
            return time(0)
        return found

    def day(self, name: str) -> date | None:
        try:
            found = date.fromisoformat(self.text(name))
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2099:
            self.wrong(name, "Indiquez une date.")
            return None
        return found

    def instant(self, name: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2099 or found.tzinfo is not None:
            self.wrong(name, "Indiquez un jour et une heure.")
            return None
        return found.replace(tzinfo=PARIS)


def activity_from(fields: Fields, base: Activity) -> tuple[Activity, list[FieldError]]:
    """The activity as typed, made from `base`, and what is wrong; then it is not to be kept."""
    reading = Reading(fields)
    weekdays = frozenset(
        int(value) for value in fields.get("weekday", []) if re.fullmatch("[1-7]", value)
    )
    if not weekdays:
        reading.wrong("weekdays", "Cochez au moins un jour de la semaine.")
    slots = tuple(_slots(reading, base))
    if not any(slot.active for slot in slots):
        reading.wrong("slot-0-label", "Il faut au moins un créneau proposé.")
    made = replace(
        base,
        label=reading.label("label"),
        season=_of(Season, reading.text("season"), base.season),
        kind=_of(ActivityKind, reading.text("kind"), base.kind),
        weekdays=weekdays,
        capacity=Capacity(
            reading.number("capacity_under_six", 10_000),
            reading.number("capacity_six_and_over", 10_000),
        ),
        needs_enrolment=reading.text("needs_enrolment") == "yes",
        waiting=WaitingRules(
            reading.text("waiting_list") == "yes",
            reading.number("offer_hours", 720, least=1),
            reading.number("overbooking", 1_000),
        ),
        staffing=Staffing(
            reading.maybe("per_adult_under_six", 100, least=1),
            reading.maybe("per_adult_six_and_over", 100, least=1),
        ),
        slots=slots,
        notice_rules=tuple(_rules(reading)),
        windows=tuple(_windows(reading)),
        version=reading.number("version", 99_999),
    )
    return made, reading.errors


def _of(kind: type[Word], typed: str, base: Word) -> Word:
    try:
        return kind(typed)
    except ValueError:
        return base


def _slots(reading: Reading, base: Activity) -> Iterator[Slot]:
    """A row without a name is not there; one that was there and is unticked is kept, inactive."""
    known = {str(slot.slot_id): slot for slot in base.slots}
    for number in range(MOST_SLOTS):
        at = f"slot-{number}-"
        standing = known.get(reading.text(f"{at}id"))
        if not reading.text(f"{at}label") and standing is None:
            continue
        starts, ends = reading.hour(f"{at}starts"), reading.hour(f"{at}ends")
        if starts >= ends:
            reading.wrong(f"{at}ends", "Le créneau finit après avoir commencé.")
        rate = reading.text(f"{at}rate")
        if not _RATE.fullmatch(rate):
            reading.wrong(f"{at}rate", "Un code tarif s’écrit en minuscules, comme « canteen ».")
        youngest, oldest = reading.maybe(f"{at}min", 25), reading.maybe(f"{at}max", 25)
        if youngest is not None and oldest is not None and youngest > oldest:
            reading.wrong(f"{at}max", "L’âge le plus grand vient en second.")
        yield Slot(
            slot_id=standing.slot_id if standing else new_id(),
            activity_id=base.activity_id,
            label=reading.label(f"{at}label"),
            starts=starts,
            ends=ends,
            meal=reading.text(f"{at}meal") == "yes",
            rate_code=rate,
            min_age=youngest,
            max_age=oldest,
            active=reading.text(f"{at}active") == "yes",
        )


def _rules(reading: Reading) -> Iterator[NoticeRule]:
    for number in range(MOST_RULES):
        at = f"rule-{number}-"
        if not reading.text(f"{at}action"):
            continue
        try:
            anchor = Anchor(reading.text(f"{at}anchor"))
            by_weekday = anchor is Anchor.WEEKDAY_OF_PREVIOUS_WEEK
            yield NoticeRule(
                NoticeAction(reading.text(f"{at}action")),
                anchor,
                reading.number(f"{at}count", MAX_COUNT),
                reading.hour(f"{at}at"),
                reading.number(f"{at}weekday", 7, least=1) if by_weekday else None,
            )
        except (InvalidNoticeRule, ValueError):
            reading.wrong(f"{at}count", "Ces éléments du délai ne vont pas ensemble.")


def _windows(reading: Reading) -> Iterator[BookingWindow]:
    for number in range(MOST_WINDOWS):
        at = f"window-{number}-"
        if not reading.text(f"{at}first"):
            continue
        first, last = reading.day(f"{at}first"), reading.day(f"{at}last")
        opens = reading.instant(f"{at}opens")
        closes = reading.instant(f"{at}closes") if reading.text(f"{at}closes") else None
        if first is None or last is None or opens is None:
            continue
        if last < first or (closes is not None and closes <= opens):
            reading.wrong(f"{at}last", "Les dates de cette ouverture ne se suivent pas.")
            continue
        yield BookingWindow(_known(reading.text(f"{at}id")), Span(first, last, ""), opens, closes)


def _known(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return new_id()


def typed_from(activity: Activity) -> dict[str, str]:
    """The fields as the activity fills them."""
    typed = {
        "label": activity.label,
        "season": str(activity.season),
        "kind": str(activity.kind),
        "capacity_under_six": str(activity.capacity.under_six),
        "capacity_six_and_over": str(activity.capacity.six_and_over),
        "needs_enrolment": "yes" if activity.needs_enrolment else "",
        "waiting_list": "yes" if activity.waiting.is_open else "",
        "offer_hours": str(activity.waiting.offer_hours),
        "overbooking": str(activity.waiting.overbooking),
        "per_adult_under_six": _said(activity.staffing.under_six),
        "per_adult_six_and_over": _said(activity.staffing.six_and_over),
        "version": str(activity.version),
    }
    for number, slot in enumerate(activity.slots):
        typed |= {f"slot-{number}-{name}": value for name, value in _slot_fields(slot).items()}
    for number, rule in enumerate(activity.notice_rules):
        typed |= {f"rule-{number}-{name}": value for name, value in _rule_fields(rule).items()}
    for number, window in enumerate(activity.windows):
        typed |= {f"window-{number}-{n}": value for n, value in _window_fields(window).items()}
    return typed


def _slot_fields(slot: Slot) -> dict[str, str]:
    return {
        "id": str(slot.slot_id),
        "label": slot.label,
        "starts": f"{slot.starts:%H:%M}",
        "ends": f"{slot.ends:%H:%M}",
        "rate": slot.rate_code,
        "min": _said(slot.min_age),
        "max": _said(slot.max_age),
        "meal": "yes" if slot.meal else "",
        "active": "yes" if slot.active else "",
    }


def _rule_fields(rule: NoticeRule) -> dict[str, str]:
    return {
        "action": str(rule.action),
        "anchor": str(rule.anchor),
        "count": str(rule.count),
        "weekday": _said(rule.weekday),
        "at": f"{rule.at:%H:%M}",
    }


def _window_fields(window: BookingWindow) -> dict[str, str]:
    closes = window.closes_at
    return {
        "id": str(window.window_id),
        "first": window.days.first.isoformat(),
        "last": window.days.last.isoformat(),
        "opens": f"{window.opens_at.astimezone(PARIS):%Y-%m-%dT%H:%M}",
        "closes": f"{closes.astimezone(PARIS):%Y-%m-%dT%H:%M}" if closes else "",
    }


def _said(number: int | None) -> str:
    return "" if number is None else str(number)


def rows_of(typed: dict[str, str], kind: str, most: int) -> Sequence[int]:
    """The rows that are filled, and one more to add to them."""
    used = [
        number
        for number in range(most)
        if any(value for name, value in typed.items() if name.startswith(f"{kind}-{number}-"))
    ]
    return range(min(max(used, default=-1) + 2, most))
