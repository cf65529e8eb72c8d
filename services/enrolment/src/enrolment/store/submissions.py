"""A submission, written in one statement.

Whoever wants the same places waits from the lock to the commit: each question to the database that
is saved in between lets more families through (decision 25).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, Column, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Slot
from enrolment.domain.booking import Booking
from enrolment.domain.diary import Child, PlaceKey, place_key
from enrolment.domain.places import Change
from enrolment.domain.request import Actor

from .places import CHANGE, CHANGE_PARAMETERS, as_arrays
from .request_records import RequestRecord
from .requests import first_step, line_rows, request_row
from .tables import bookings, request_lines, request_transitions, requests

Given = Sequence[tuple[Child, Slot, Booking]]

_REQUEST: Final = [one.name for one in requests.columns]
_STEP: Final = [one.name for one in request_transitions.columns if one.name != "transition_id"]
_LINE: Final = [one.name for one in request_lines.columns]
_BOOKING: Final = [
    "booking_id",
    "request_id",
    "family_id",
    "child_id",
    "activity_id",
    "slot_id",
    "day",
    "age_group",
    "state",
]
_PERIOD: Final = ("begins", "ends")


def _names(prefix: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{prefix}{name}" for name in columns)


# The position is drawn while the places are locked: the line is the server's own order.
_SQL: Final = f"""
WITH added AS (
  INSERT INTO requests ({_names("", _REQUEST)}) VALUES ({_names(":request_", _REQUEST)})
  ON CONFLICT (request_id) DO NOTHING RETURNING request_id),
step AS (
  INSERT INTO request_transitions ({_names("", _STEP)})
  SELECT {_names(":step_", _STEP)} FROM added),
given AS (
  INSERT INTO bookings ({_names("", _BOOKING)}, period, version, waiting_position)
  SELECT {_names("one.", _BOOKING)}, tstzrange(one.begins, one.ends, '[)'), 1,
    CASE WHEN one.state = 'waitlisted' THEN nextval('waiting_position') END
  FROM added, unnest({_names(":booking_", [*_BOOKING, *_PERIOD])})
    WITH ORDINALITY AS one ({_names("", [*_BOOKING, *_PERIOD])}, place) ORDER BY one.place),
line AS (
  INSERT INTO request_lines ({_names("", _LINE)})
  SELECT {_names("one.", _LINE)} FROM added, unnest({_names(":line_", _LINE)})
    AS one ({_names("", _LINE)})),
counted AS ({CHANGE})
SELECT request_id FROM added
"""


def _single(prefix: str, columns: Iterable[Column[Any]]) -> list[Any]:
    return [bindparam(f"{prefix}_{one.name}", type_=one.type) for one in columns]


def _arrays(prefix: str, columns: Iterable[Column[Any]]) -> list[Any]:
    return [bindparam(f"{prefix}_{one.name}", type_=ARRAY(one.type)) for one in columns]


_KEEP: Final = text(_SQL).bindparams(
    *_single("request", requests.columns),
    *_single("step", (request_transitions.c[name] for name in _STEP)),
    *_arrays("booking", (bookings.c[name] for name in _BOOKING)),
    *_arrays("booking", (Column(name, DateTime(timezone=True)) for name in _PERIOD)),
    *_arrays("line", request_lines.columns),
    *CHANGE_PARAMETERS,
)


async def keep_submission(
    connection: AsyncConnection,
    record: RequestRecord,
    actor: Actor,
    given: Given,
    changes: Mapping[PlaceKey, Change],
) -> bool:
    """The request with its first step and lines, the bookings it was given, and their places.

    False when another request has this identifier. The database refuses two bookings that take a
    place for one child at the same hours.
    """
    values = {
        **_prefixed("request", request_row(record)),
        **_prefixed("step", first_step(record, actor)),
        **_by_column("booking", [*_BOOKING, *_PERIOD], [_booking(record, *one) for one in given]),
        **_by_column("line", _LINE, line_rows(record)),
        **as_arrays(changes),
    }
    return (await connection.execute(_KEEP, values)).first() is not None


def _booking(record: RequestRecord, child: Child, slot: Slot, booking: Booking) -> dict[str, Any]:
    return {
        "booking_id": booking.booking_id,
        "request_id": booking.request_id,
        "family_id": record.family_id,
        "child_id": booking.child_id,
        "activity_id": booking.activity_id,
        "slot_id": booking.slot_id,
        "day": booking.day,
        "age_group": str(place_key(child, slot, booking.day).age_group),
        "state": str(booking.state),
        "begins": booking.begins,
        "ends": booking.ends,
    }


def _prefixed(prefix: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in row.items()}


def _by_column(
    prefix: str, names: Iterable[str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, list[Any]]:
    return {f"{prefix}_{name}": [row[name] for row in rows] for name in names}
