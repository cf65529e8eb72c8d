"""What all of messaging's tables stand in."""

from chassis.broker import tables as broker
from chassis.database import new_metadata

metadata = new_metadata()
broker.add_to(metadata)
