"""What the tables share."""

from sqlalchemy import DateTime

from chassis.broker.tables import add_to
from chassis.database import new_metadata

metadata = new_metadata()
add_to(metadata)

INSTANT = DateTime(timezone=True)
