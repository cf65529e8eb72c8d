"""The centres as families reach them: telephones, hours, the next closed days."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from itertools import groupby
from typing import Final
from uuid import UUID

from chassis.web import french
from portail_contracts.catalogue import Context

from .answers import Answer
from .upstream import Upstream, or_none

_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class Opening(Answer):
    weekday: int
    opens: time
    closes: time


class Closing(Answer):
    label: str
    first: date
    last: date

    @property
    def days(self) -> str:
        if self.first == self.last:
            return french.day_long(self.first)
        return f"du {french.day_long(self.first)} au {french.day_long(self.last)}"


class Centre(Answer):
    """What enrolment tells of it; a release that tells only the name is no failure."""

    centre_id: UUID
    name: str
    phone: str = ""
    email: str = ""
    openings: tuple[Opening, ...] = ()
    closures: tuple[Closing, ...] = ()

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone or self.email or self.openings)

    @property
    def hours(self) -> list[tuple[str, str]]:
        """Days that open at the same hours together: « lundi, mardi », « 7 h 30 – 18 h 30 »."""
        return list(_grouped(self.openings))


class Centres(Answer):
    items: tuple[Centre, ...]


async def centres_of(upstream: Upstream) -> tuple[Centre, ...]:
    """None of them when enrolment does not answer in time."""
    found = await or_none(_asked(upstream), raising=frozenset())
    return found.items if found is not None else ()


async def _asked(upstream: Upstream) -> Centres:
    """In the gateway's own name: these pages are open to all."""
    token = await upstream.own_token()
    return await upstream.get(Context.ENROLMENT, "/v1/internal/centres", Centres, token=token)


def _grouped(openings: Sequence[Opening]) -> Iterator[tuple[str, str]]:
    by_hours: dict[str, list[str]] = {}
    for weekday, of_day in groupby(openings, key=lambda one: one.weekday):
        spans = [french.clock_range(one.opens, one.closes) for one in of_day]
        by_hours.setdefault(french.join(spans), []).append(_DAYS[weekday - 1])
    for hours, days in by_hours.items():
        yield french.sentence(french.join(days)), hours
