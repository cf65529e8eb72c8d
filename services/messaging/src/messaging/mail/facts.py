"""A letter and the few facts that its words need, into the queue and out of it again."""

from collections.abc import Mapping
from datetime import date, datetime

from messaging.domain.letters import (
    Category,
    Letter,
    cut_off_letter,
    password_letter,
    receipt_letter,
    waiting_letter,
)


def letter_of(category: Category, facts: Mapping[str, str]) -> Letter:
    """Every category but those that carry a link."""
    match category:
        case Category.RECEIPT:
            return receipt_letter(
                facts["number"],
                datetime.fromisoformat(facts["submitted_at"]),
                date.fromisoformat(facts["due_on"]),
                facts["request_id"],
            )
        case Category.PASSWORD:
            return password_letter(datetime.fromisoformat(facts["changed_at"]))
        case Category.CUT_OFF:
            return cut_off_letter(
                date.fromisoformat(facts["monday"]), datetime.fromisoformat(facts["cut_off"])
            )
        case _:
            return waiting_letter(category, facts["thread_id"])
