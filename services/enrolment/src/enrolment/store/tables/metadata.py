"""The metadata that all of enrolment's tables belong to."""

from chassis.broker import tables as messaging_tables
from chassis.database import new_metadata

metadata = new_metadata()
messaging_tables.add_to(metadata)
