"""One message to many families: to whom, and in which words. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from .french import NBSP, day_long
from .threads import Unusable

MOST_FAMILIES = 50_000


class Whom(StrEnum):
    """Which families are written to."""

    CENTRE = "centre"
    ACTIVITY = "activity"
    UNPAID = "unpaid"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Audience:
    """Which families: of a centre or an activity, perhaps on one day; who owe; or all.

    `name` is the centre's or the activity's, as people call it.
    """

    whom: Whom
    id: UUID | None = None
    name: str = ""
    day: date | None = None

    @property
    def label(self) -> str:
        """As people read it: `Familles du centre Les Libellules, mercredi 25 novembre 2026`."""
        match self.whom:
            case Whom.EVERYBODY:
                return "Toutes les familles"
            case Whom.UNPAID:
                return "Familles qui ont une facture impayée"
            case Whom.CENTRE:
                words = f"Familles du centre{NBSP}: {self.name}"
            case Whom.ACTIVITY:
                words = f"Familles de l’activité{NBSP}: {self.name}"
        return f"{words}, {day_long(self.day)}" if self.day else words


def check_audience(audience: Audience) -> None:
    """Raises Unusable."""
    needs_id = audience.whom in (Whom.CENTRE, Whom.ACTIVITY)
    if needs_id and audience.id is None:
        raise Unusable("audience", "Choisissez le centre ou l’activité.")


def check_count(count: int) -> None:
    """Raises Unusable."""
    if count == 0:
        raise Unusable("audience", "Aucune famille ne correspond\u00a0: rien ne serait envoyé.")
    if count > MOST_FAMILIES:
        raise Unusable("audience", f"Trop de familles\u00a0: {MOST_FAMILIES} au plus.")
