"""Lines of a submission, day by day, as people read them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chassis.web import french
from gateway.booking_answers import NamedLine


@dataclass(frozen=True)
class LineAnswer:
    """One child and slot of a day: a state of the calendar, words, and the reason."""

    state: str
    words: str
    child: str
    slot: str
    reason: str | None


@dataclass(frozen=True)
class DayAnswers:
    """A day and what each of its lines is answered."""

    day: date
    lines: tuple[LineAnswer, ...]
    possible: int


_WORDS = {
    # Nothing is sent yet: the day is merely free.
    "requested": ("free", "possible"),
    "waitlisted": ("waitlisted", "liste d’attente"),
    "refused": ("refused", "impossible"),
}


def by_day(lines: Iterable[NamedLine]) -> list[DayAnswers]:
    found: dict[date, list[NamedLine]] = defaultdict(list)
    for line in lines:
        found[line.day].append(line)
    return [
        DayAnswers(
            day, tuple(_answer(line) for line in theirs), sum(one.was_requested for one in theirs)
        )
        for day, theirs in sorted(found.items())
    ]


def _answer(line: NamedLine) -> LineAnswer:
    state, words = _WORDS.get(line.outcome, ("free", line.outcome))
    reason = french.narrow_spaces(line.reason) if line.reason else None
    return LineAnswer(state, words, line.child_name, line.slot_label, reason)
