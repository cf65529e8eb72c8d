"""Where Alembic starts; the chassis does the rest."""

from billing.store.tables import metadata
from chassis.migrations import run_environment

run_environment(metadata)
