"""Where all tables of billing are registered."""

from sqlalchemy import Column, DateTime

from chassis.broker import tables as messaging
from chassis.database import new_metadata

metadata = new_metadata()
messaging.add_to(metadata)


def instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)
