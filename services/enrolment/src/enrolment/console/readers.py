"""Who may open which part of the console."""

from typing import Annotated

from chassis.auth import STAFF, Audience, Principal, allow
from enrolment.domain.request import Actor, Channel

Reader = Annotated[
    Principal,
    allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR),
]
AnyStaff = Annotated[Principal, allow(*STAFF)]
ReasonsReader = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN, Audience.AUDITOR)]
SettingsReader = Annotated[Principal, allow(Audience.ADMIN, Audience.AUDITOR)]
LettersReader = Annotated[Principal, allow(*STAFF)]
LettersWriter = Annotated[
    Principal, allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.CASH_OFFICE)
]
LettersBeginner = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.CASH_OFFICE)]
SendingsReader = Annotated[
    Principal,
    allow(Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR),
]
LettersEditor = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
DayReader = Annotated[
    Principal,
    allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR),
]
Decider = Annotated[Principal, allow(Audience.SECRETARIAT)]
Administrator = Annotated[Principal, allow(Audience.ADMIN)]


def in_console(principal: Principal) -> Actor:
    return Actor(principal.id, principal.name, Channel.CONSOLE)
