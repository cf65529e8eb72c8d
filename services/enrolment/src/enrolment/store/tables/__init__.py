"""Enrolment's tables. The real ones are made by the migrations; a test compares both."""

from .attendance import adults_present, attendance_steps, attendances
from .bookings import absences, bookings, closed_bookings, places, waiting_position
from .catalogue import (
    absence_reasons,
    activities,
    booking_windows,
    centre_openings,
    centres,
    closures,
    notice_rules,
    schools,
    slots,
)
from .enrolments import calendar_feeds, enrolments, school_enrolments
from .following import refusal_reasons, request_assignments
from .metadata import metadata
from .people import children, families, staff_members
from .requests import (
    request_items,
    request_lines,
    request_number,
    request_transitions,
    requests,
)
from .rules import authority, authority_logo, centre_teams, deciding_rules

__all__ = [
    "absence_reasons",
    "absences",
    "activities",
    "adults_present",
    "attendance_steps",
    "attendances",
    "authority",
    "authority_logo",
    "booking_windows",
    "bookings",
    "calendar_feeds",
    "centre_openings",
    "centre_teams",
    "centres",
    "children",
    "closed_bookings",
    "closures",
    "deciding_rules",
    "enrolments",
    "families",
    "metadata",
    "notice_rules",
    "places",
    "refusal_reasons",
    "request_assignments",
    "request_items",
    "request_lines",
    "request_number",
    "request_transitions",
    "requests",
    "school_enrolments",
    "schools",
    "slots",
    "staff_members",
    "waiting_position",
]
