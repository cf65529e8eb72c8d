"""The one place where enrolment is put together."""

from pathlib import Path

from chassis.runtime import Service
from chassis.settings import SharedSettings
from portail_contracts.catalogue import Context

from .api import catalogue, parents, staff
from .api.problems import PROBLEMS
from .console import routes as console
from .school_dates import school_calendar
from .settings import Settings
from .store.tables import metadata
from .subscriptions.accounts import HANDLERS
from .use_cases.show_agenda import Terms


def service() -> Service:
    """Reads the settings; raises pydantic's ValidationError naming what is missing."""
    settings = Settings()
    return Service(
        context=Context.ENROLMENT,
        settings=settings,
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(parents.router, staff.router, catalogue.router, console.router),
        handlers=lambda _: HANDLERS,
        own=lambda _: Terms(school_calendar(settings.school_zone), settings.few_left),
        problems=PROBLEMS,
        prints=True,
    )
