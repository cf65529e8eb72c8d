"""When an overdue invoice is reminded, and how far. Pure; days are of the calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

LAST_STEP = 3


@dataclass(frozen=True)
class Late:
    """An overdue invoice as reminding sees it; `step` is the last one sent, 0 for none."""

    due_on: date
    remaining_cents: int
    step: int
    last_sent_on: date | None
    has_plan: bool


def next_step(late: Late, today: date, threshold_cents: int, between: timedelta) -> int | None:
    """The step to send today, or None: too soon, too little, a plan runs, or all were sent.

    One step at a time and never the same twice; after the last one the treasury takes over.
    """
    if late.has_plan or late.remaining_cents < threshold_cents or late.step >= LAST_STEP:
        return None
    since = late.last_sent_on or late.due_on
    return late.step + 1 if today >= since + between else None
