"""The one place where accounts is put together."""

from pathlib import Path

from chassis.auth import Authenticate
from chassis.runtime import Runtime, Service
from chassis.settings import SharedSettings
from chassis.tokens import TokenVerifier
from portail_contracts.catalogue import Context

from .api import (
    access,
    accesses,
    changes,
    documents,
    health,
    help_calls,
    internal,
    links,
    me,
    merging,
    moving_children,
    newcomer_documents,
    own_access,
    photos,
    preregistrations,
    registry,
    rights,
    rosters,
    sealed_changes,
    second_factor,
    sheets,
    staff,
    staff_members,
    tables,
)
from .api.files import TAKES_FILES
from .api.problems import PROBLEMS
from .api.tables import TAKES_TABLES
from .commands import create_staff, first_passwords, rewrap_keys, rotate_keys
from .exporting import make_exports
from .resources import resources, resources_of
from .settings import Settings
from .sorting import sort_calls
from .store.tables import metadata
from .subscriptions import erasures
from .subscriptions.enrolment import HANDLERS
from .upkeep import keep_up, take_tables


def service() -> Service:
    """Accounts as the environment describes it."""
    return describe(Settings(), SharedSettings())


def describe(settings: Settings, shared: SharedSettings) -> Service:
    """Accounts with these settings."""
    return Service(
        context=Context.ACCOUNTS,
        settings=settings,
        shared=shared,
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(
            # The busiest first: what stands last is found last, and every request pays for it.
            me.router,
            access.router,
            links.router,
            help_calls.router,
            preregistrations.router,
            newcomer_documents.router,
            changes.router,
            own_access.router,
            staff.router,
            registry.router,
            merging.router,
            moving_children.router,
            tables.router,
            accesses.router,
            second_factor.router,
            staff_members.router,
            internal.router,
            health.router,
            documents.router,
            photos.router,
            sheets.router,
            sealed_changes.router,
            rights.router,
            rosters.router,
        ),
        handlers=lambda runtime: {**HANDLERS, **erasures.handlers(runtime)},
        own=resources,
        authenticate=_own_keys,
        background=(keep_up, take_tables, make_exports, sort_calls),
        prints=True,
        problems=PROBLEMS,
        larger_bodies={**TAKES_FILES, **TAKES_TABLES},
        commands={
            "create-staff": create_staff,
            "first-passwords": first_passwords,
            "rotate-keys": rotate_keys,
            "rotate-master-key": rewrap_keys,
        },
    )


def _own_keys(runtime: Runtime) -> Authenticate:
    """Accounts asks nobody for keys: it has them."""
    keyring = resources_of(runtime).keyring
    return TokenVerifier(Context.ACCOUNTS, keyring.published, runtime.clock).authenticate
