"""Who may open which part of the console."""

from typing import Annotated

from chassis.auth import Audience, Principal, allow
from enrolment.domain.request import Actor, Channel

Reader = Annotated[
    Principal,
    allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR),
]
ReasonsReader = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN, Audience.AUDITOR)]
Decider = Annotated[Principal, allow(Audience.SECRETARIAT)]
Administrator = Annotated[Principal, allow(Audience.ADMIN)]


def in_console(principal: Principal) -> Actor:
    return Actor(principal.id, principal.name, Channel.CONSOLE)
