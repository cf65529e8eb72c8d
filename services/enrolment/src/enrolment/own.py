"""What enrolment's doors are given beside what every service has."""

from dataclasses import dataclass

from chassis.runtime import Runtime

from .admission import Admission
from .use_cases.show_agenda import Terms


@dataclass(frozen=True)
class Own(Terms):
    """The school calendar and the limits; and the doors at which families wait for their turn."""

    admission: Admission
    """Of submissions."""

    viewing: Admission
    """Of agendas, the heaviest pages: read by all on opening day, just before they send."""


def own_of(runtime: Runtime) -> Own:
    own: Own = runtime.own
    return own
