"""Enrolment's settings (`ENROLMENT_…`)."""

from typing import Literal

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings

from .domain.agenda import FEW_LEFT


class Settings(ServiceSettings):
    """What enrolment is told beside what every service is."""

    model_config = SettingsConfigDict(env_prefix="ENROLMENT_")

    school_zone: Literal["A", "B", "C"] = "A"
    """Zone of the school calendar in which the authority lies."""

    few_left: int = FEW_LEFT
    """At most this many places left are announced as « Dernières places »."""

    waiting_line: int = 60
    """Submissions, and readers of agendas, that may wait for their turn; whoever comes after is
    told to come back."""

    waiting_seconds: float = 5.0
    """How long a submission waits for its turn: less than the gateway waits for its answer."""

    viewing_seconds: float = 1.5
    """How long a reader of an agenda waits: less than the gateway waits for a page's parts."""
