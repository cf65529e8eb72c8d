"""What enrolment's doors are given beside what every service has."""

from dataclasses import dataclass

from chassis.runtime import Runtime

from .admission import Admission
from .use_cases.show_agenda import Terms


@dataclass(frozen=True)
class Own(Terms):
    """The school calendar and the limits; and the door through which submissions come in."""

    admission: Admission


def own_of(runtime: Runtime) -> Own:
    own: Own = runtime.own
    return own
