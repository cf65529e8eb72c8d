"""Alembic's environment, the same for every service."""

from chassis.migrations import run_environment
from enrolment.store.tables import metadata

run_environment(metadata)
