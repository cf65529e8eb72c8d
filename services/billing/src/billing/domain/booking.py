"""Which charge line a booking must have, whatever the order in which its facts were heard."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class BookingFacts:
    """The newest confirmation and the newest cancellation in notice, by the booking's version.

    Two marks that only rise: facts heard twice, late or out of order leave the same two numbers.
    A cancellation out of notice is billed all the same and therefore moves neither.
    """

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    day: date
    rate_code: str | None
    confirmed_version: int
    released_version: int

    @property
    def owed_rate_code(self) -> str | None:
        """The rate to bill, or None when nothing is owed for this booking."""
        return self.rate_code if self.confirmed_version > self.released_version else None

    def merged_with(self, heard: "BookingFacts") -> "BookingFacts":
        """Both marks at their highest; the day and the rate of the newest confirmation.

        Commutative, associative and idempotent: that is what makes the order not matter.
        """
        newest = max(self, heard, key=lambda facts: facts.confirmed_version)
        return replace(newest, released_version=max(self.released_version, heard.released_version))


@dataclass(frozen=True)
class OpenLine:
    """A charge line that no reversal has undone."""

    charge_line_id: UUID
    rate_code: str
    day: date


@dataclass(frozen=True)
class Correction:
    """What to append so that the lines say what is owed; never a change of a line."""

    reverse: UUID | None = None
    charge: str | None = None


def correction(booking: BookingFacts, line: OpenLine | None) -> Correction:
    """Nothing when the open line already says what is owed."""
    owed = booking.owed_rate_code
    if line is None:
        return Correction(charge=owed)
    if owed == line.rate_code and booking.day == line.day:
        return Correction()
    return Correction(reverse=line.charge_line_id, charge=owed)
