"""The part of a centre's form that says how families reach it: two openings a day at most."""

from collections.abc import Iterator
from datetime import time
from typing import Final

from enrolment.domain.centre_contact import (
    MOST_A_DAY,
    WEEKDAYS,
    CentreContact,
    Opening,
    mistakes_in,
)

from .activity_form import Reading

WEEKDAY_NAMES: Final = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
BOTH: Final = "Indiquez l’heure de début et celle de fin, ou aucune."


def contact_in(reading: Reading) -> CentreContact | None:
    """None when the form that was sent has no such part. Adds to the mistakes of `reading`."""
    if "phone" not in reading.fields:
        return None
    contact = CentreContact(
        " ".join(reading.text("phone").split()),
        reading.text("email"),
        tuple(sorted(_openings(reading))),
    )
    for name, said in mistakes_in(contact).items():
        reading.wrong(name, said)
    return contact


def _openings(reading: Reading) -> Iterator[Opening]:
    for weekday in WEEKDAYS:
        for part in range(MOST_A_DAY):
            opens, closes = (_hour(reading, name) for name in _names(weekday, part))
            if opens is not None and closes is not None:
                yield Opening(weekday, opens, closes)
            elif opens is not None or closes is not None:
                reading.wrong(f"hours-{weekday}", BOTH)


def _hour(reading: Reading, name: str) -> time | None:
    return reading.hour(name) if reading.text(name) else None


def _names(weekday: int, part: int) -> tuple[str, str]:
    return f"opens-{weekday}-{part}", f"closes-{weekday}-{part}"


def typed_contact(contact: CentreContact) -> dict[str, str]:
    """The fields of the form as the centre has them."""
    typed = {"phone": contact.phone, "email": contact.email}
    for weekday in WEEKDAYS:
        of_day = [one for one in contact.openings if one.weekday == weekday]
        for part, one in enumerate(of_day):
            opens, closes = _names(weekday, part)
            typed |= {opens: f"{one.opens:%H:%M}", closes: f"{one.closes:%H:%M}"}
    return typed
