"""Alembic's way into the tables of accounts."""

from accounts.store.tables import metadata
from chassis.migrations import run_environment

run_environment(metadata)
