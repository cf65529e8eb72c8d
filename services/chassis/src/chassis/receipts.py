"""What the receipt of a request owes to whoever sent it (CRPA L.112-11), whatever service has it.

One text for all: a family must not read two versions of the law.
"""

from calendar import monthrange
from datetime import date

from .web import french


def due_on(submitted_on: date) -> date:
    """The day from which silence means acceptance: two months after submission (CRPA L.231-1).

    Counted from date to date; 31 December leads to the last day of February.
    """
    year, month = divmod(submitted_on.year * 12 + submitted_on.month - 1 + 2, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(submitted_on.day, last))


def silence(due: date) -> str:
    """What no answer means and from when."""
    return (
        f"Sans réponse de notre part avant le {french.day_long(due)}, "
        "votre demande sera considérée comme acceptée."
    )
