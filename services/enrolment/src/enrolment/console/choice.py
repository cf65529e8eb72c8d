"""Which part of the queue is on the screen: what an address says, and back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query

from chassis.clock import local_date
from enrolment.domain.request import RequestState, add_months

QUEUE: Final = "/console/demandes"
NEAR: Final = timedelta(days=7)
"""A legal deadline this close is marked."""


class Pile(StrEnum):
    """The piles of the queue, by the word in their address."""

    WAITING = "attente"
    TO_REDO = "reprendre"
    ACCEPTED = "acceptees"
    REFUSED = "refusees"
    WITHDRAWN = "retirees"


STATES: Final = {
    Pile.WAITING: (RequestState.PENDING,),
    Pile.TO_REDO: (RequestState.FAILED,),
    Pile.ACCEPTED: (RequestState.ACCEPTED, RequestState.APPLIED),
    Pile.REFUSED: (RequestState.REFUSED,),
    Pile.WITHDRAWN: (RequestState.WITHDRAWN,),
}
UNDECIDED: Final = frozenset({Pile.WAITING, Pile.TO_REDO})


class Sort(StrEnum):
    """Kinds that are decided in the same way, by the word in their address."""

    BOOKINGS = "reservations"
    ABSENCES = "absences"
    ENROLMENTS = "inscriptions"
    FILES = "dossiers"


KINDS_OF: Final = {
    Sort.BOOKINGS: ("booking.request", "booking.cancel"),
    Sort.ABSENCES: ("absence.declare",),
    Sort.ENROLMENTS: ("enrolment.open", "school.enrol", "family.preregister"),
    Sort.FILES: (
        "family.update",
        "child.add",
        "child.update",
        "child.health",
        "child.authorisations",
        "child.photo",
        "document.submit",
        "credentials.reset",
    ),
}


class Age(StrEnum):
    """Since when a request waits, or how near its legal deadline is."""

    WEEK = "semaine"
    MONTH = "mois"
    NEARLY_DUE = "echeance"


class Holder(StrEnum):
    """Who follows the request."""

    MINE = "moi"
    NOBODY = "personne"


@dataclass(frozen=True)
class Choice:
    """A pile, narrowed; every link and form of the page carries it along."""

    pile: Pile = Pile.WAITING
    kind: str | None = None
    """A kind (`booking.request`) or a sort of kinds (`reservations`)."""
    centre: UUID | None = None
    age: Age | None = None
    holder: Holder | None = None
    words: str = ""
    page: int = 1

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds on the screen; empty for all."""
        if self.kind is None:
            return ()
        return KINDS_OF[Sort(self.kind)] if self.kind in set(Sort) else (self.kind,)

    @property
    def is_narrowed(self) -> bool:
        return any((self.centre, self.age, self.holder, self.words))

    def parameters(self, **more: str) -> dict[str, str]:
        narrowed = {
            "genre": self.kind,
            "centre": self.centre,
            "age": self.age,
            "suivi": self.holder,
            "recherche": self.words,
            "page": self.page if self.page > 1 else None,
        }
        return {
            "etat": str(self.pile),
            **{name: str(value) for name, value in narrowed.items() if value},
            **more,
        }

    def url(self, **more: str) -> str:
        return f"{QUEUE}?{urlencode(self.parameters(**more))}"

    def at(self, page: int) -> str:
        return replace(self, page=page).url()

    def in_pile(self, pile: Pile, kind: str | None = None) -> "Choice":
        """Another pile, narrowed as this one is."""
        return replace(self, pile=pile, kind=kind, page=1)

    def wide(self) -> str:
        """The same pile without what narrows it."""
        return Choice(self.pile, self.kind).url()

    def decision_url(self, request_id: UUID, verb: str) -> str:
        """The decision's address remembers where to come back to."""
        return f"{QUEUE}/{request_id}/{verb}?{urlencode(self.parameters())}"

    def many_url(self) -> str:
        return f"{QUEUE}/accepter?{urlencode(self.parameters())}"

    def submitted_before(self, now: datetime) -> datetime | None:
        """Requests of the chosen age came before that instant."""
        if self.age is Age.WEEK:
            return now - timedelta(days=7)
        if self.age is Age.MONTH:
            return now - (local_date(now) - add_months(local_date(now), -1))
        return None


Empty = Literal[""]
"""A form sends what was not chosen as well, empty."""


async def _choice(
    pile: Annotated[Pile, Query(alias="etat")] = Pile.WAITING,
    kind: Annotated[
        str | None, Query(alias="genre", pattern=r"^([a-z]+\.[a-z]+|[a-z]+|)$", max_length=40)
    ] = None,
    centre: UUID | Empty | None = None,
    age: Age | Empty | None = None,
    holder: Annotated[Holder | Empty | None, Query(alias="suivi")] = None,
    words: Annotated[str, Query(alias="recherche", max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Choice:
    return Choice(
        pile,
        kind or None,
        centre or None,
        age or None,
        holder or None,
        "".join(c for c in words if c.isprintable()).strip(),
        page,
    )


ChoiceOf = Annotated[Choice, Depends(_choice)]
"""What the address chooses; a wrong one is answered 422 by the framework."""
