"""Where Alembic starts; the chassis does the rest."""

from chassis.migrations import run_environment
from messaging.store.tables import metadata

run_environment(metadata)
