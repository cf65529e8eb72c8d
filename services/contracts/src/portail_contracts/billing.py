"""Facts published by billing: what is owed and why."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from .event import FamilyEvent, Reach


class ChargeLineRecorded(FamilyEvent):
    """A day was priced; a correction is another line with the opposite amount."""

    type: ClassVar[str] = "billing.charge-line.recorded.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    charge_line_id: UUID
    booking_id: UUID
    child_id: UUID
    day: date
    rate_code: str
    amount_cents: int = Field(description="Euro cents; negative for a reversal.")

    @property
    def aggregate_id(self) -> UUID:
        return self.charge_line_id


class BalanceChanged(FamilyEvent):
    """The family's balance after an entry in the ledger."""

    type: ClassVar[str] = "billing.balance.changed.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    balance_cents: int = Field(description="Euro cents owed by the family; negative is a credit.")

    @property
    def aggregate_id(self) -> UUID:
        return self.family_id
