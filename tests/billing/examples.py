"""The price table of domain.md, section 6, and facts to put to billing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from billing.domain.pricing import Band, RateGrid
from chassis.identifiers import new_id
from portail_contracts.accounts import ChildRecorded, FamilyRecorded, QuotientPeriod
from portail_contracts.enrolment import (
    AbsenceAccepted,
    AbsenceRefused,
    AttendanceRecorded,
    BookingCancelled,
    BookingConfirmed,
    Presence,
)

STARTS = (0, 400, 600, 800, 1000, 1250, 1500, 1800)
DAY_PRICES = (600, 750, 920, 1100, 1320, 1540, 1760, 1980)
MEAL_PRICES = (200, 260, 320, 380, 440, 490, 530, 570)
MEAL_CARE = (80, 100, 120, 140, 160, 180, 190, 200)

WEDNESDAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def bands(units: tuple[int, ...], care: tuple[int, ...] | None = None) -> tuple[Band, ...]:
    ends: tuple[int | None, ...] = (*STARTS[1:], None)
    rows = zip(STARTS, ends, units, care or units, strict=True)
    return tuple(Band(low, end, f"T{n}", u, c) for n, (low, end, u, c) in enumerate(rows, 1))


def grid(code: str, units: tuple[int, ...], supplement: int, **changes: Any) -> RateGrid:
    fields: dict[str, Any] = {
        "grid_id": new_id(),
        "code": code,
        "label": code.capitalize(),
        "valid_from": date(2026, 9, 1),
        "valid_to": None,
        "non_resident_supplement_cents": supplement,
        "bands": bands(units),
    }
    return RateGrid(**{**fields, **changes})


DAY = grid("wednesday_day", DAY_PRICES, 400, label="Mercredi journée")
MEAL = grid("canteen", MEAL_PRICES, 50, label="Repas", bands=bands(MEAL_PRICES, MEAL_CARE))


def family(
    family_id: UUID, *quotients: tuple[date, date | None, int], version: int = 1, **changes: Any
) -> FamilyRecorded:
    periods = tuple(
        QuotientPeriod(valid_from=start, valid_to=end, value=value)
        for start, end, value in quotients
    )
    fields = {"reference": "F-1", "name": "Noisetier", "resident": True, "quotients": periods}
    return FamilyRecorded(family_id=family_id, version=version, **{**fields, **changes})


class Booking:
    """One booking whose facts carry rising versions."""

    def __init__(self, family_id: UUID, day: date = WEDNESDAY) -> None:
        self.fields: dict[str, Any] = {
            "family_id": family_id,
            "booking_id": new_id(),
            "child_id": new_id(),
            "activity_id": new_id(),
            "slot_id": new_id(),
            "day": day,
        }

    @property
    def id(self) -> UUID:
        return self.fields["booking_id"]

    def confirmed(self, version: int, rate_code: str = "wednesday_day") -> BookingConfirmed:
        return BookingConfirmed(
            version=version, rate_code=rate_code, confirmed_at=NOON, **self.fields
        )

    def cancelled(self, version: int, in_notice: bool = True) -> BookingCancelled:
        return BookingCancelled(
            version=version, in_notice=in_notice, cancelled_at=NOON, **self.fields
        )

    def absent(
        self, version: int, *, billable: bool = False, waiting: bool = False, at: int = 0
    ) -> AbsenceAccepted:
        """The booking's one absence, decided `at` minutes after noon."""
        return AbsenceAccepted(
            version=version,
            absence_id=UUID(int=self.id.int ^ 1),
            justified=not billable,
            billable=billable,
            in_notice=False,
            waiting_day=waiting,
            rate_code="wednesday_day",
            decided_at=NOON + timedelta(minutes=at),
            **self.fields,
        )

    def absence_refused(self, version: int, at: int = 0) -> AbsenceRefused:
        return AbsenceRefused(
            version=version,
            absence_id=UUID(int=self.id.int ^ 1),
            decided_at=NOON + timedelta(minutes=at),
            **self.fields,
        )

    def attendance(
        self, version: int, presence: Presence = Presence.PRESENT, *, booked: bool = True
    ) -> AttendanceRecorded:
        return AttendanceRecorded(
            version=version,
            attendance_id=UUID(int=self.id.int ^ 2),
            presence=presence,
            rate_code="wednesday_day",
            recorded_at=NOON,
            **{**self.fields, "booking_id": self.id if booked else None},
        )


def child(family_id: UUID, given_name: str = "Lou", **changes: Any) -> ChildRecorded:
    fields = {
        "version": 1,
        "child_id": new_id(),
        "family_id": family_id,
        "given_name": given_name,
        "family_name": "Noisetier",
        "born_on": date(2021, 5, 3),
    }
    return ChildRecorded(**{**fields, **changes})
