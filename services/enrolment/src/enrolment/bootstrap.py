"""The one place where enrolment is put together."""

from pathlib import Path

from chassis.runtime import Service
from chassis.settings import SharedSettings
from portail_contracts.catalogue import Context

from .admission import READING, Admission
from .api import (
    attendance,
    authority,
    catalogue,
    centre_sight,
    centres,
    closures,
    desk_settings,
    export,
    feeds,
    mailing,
    parents,
    parents_enrolments,
    parents_requests,
    staff,
)
from .api.problems import PROBLEMS
from .console import routes as console
from .console.family_tables import TAKES_TABLES
from .console.letters_answering import TAKES_FILES
from .own import Own
from .school_dates import school_calendar
from .settings import Settings
from .store.centre_facts import CentresOfActivities
from .store.tables import metadata
from .subscriptions.accounts import handlers
from .sweeping import sweep
from .zone import follow_zone

SPARE_CONNECTIONS = 3
"""Kept for whatever families do not wait for: the relay, the consumer, the console."""


def service() -> Service:
    """Reads the settings; raises pydantic's ValidationError naming what is missing."""
    settings = Settings()
    return Service(
        context=Context.ENROLMENT,
        settings=settings,
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(
            parents.router,
            parents_requests.router,
            parents_enrolments.router,
            feeds.router,
            authority.router,
            centre_sight.router,
            centres.router,
            centres.teams,
            mailing.router,
            staff.router,
            catalogue.router,
            closures.router,
            attendance.router,
            desk_settings.router,
            export.router,
            console.router,
        ),
        handlers=lambda runtime: handlers(runtime.clock),
        own=lambda _: _own(settings),
        background=(sweep, follow_zone),
        completing=CentresOfActivities().complete,
        problems=PROBLEMS,
        prints=True,
        larger_bodies={**TAKES_TABLES, **TAKES_FILES},
    )


def _own(settings: Settings) -> Own:
    """Submissions and agendas share the connections, so that neither keeps the other waiting."""
    shared = max(settings.database_pool_size - SPARE_CONNECTIONS, 2)
    sending, viewing = (shared + 1) // 2, shared // 2
    return Own(
        school_calendar(settings.school_zone),
        settings.few_left,
        Admission(sending, settings.waiting_line, settings.waiting_seconds),
        Admission(viewing, settings.waiting_line, settings.viewing_seconds, READING),
    )
