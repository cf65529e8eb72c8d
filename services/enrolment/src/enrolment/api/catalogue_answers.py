"""Between what the doors of the catalogue take and give, and what the house knows."""

from uuid import UUID

from chassis.identifiers import new_id
from chassis.problems import Problem
from enrolment.domain.absence import AbsenceReason
from enrolment.domain.activity import (
    Activity,
    BookingWindow,
    Slot,
    Staffing,
    WaitingRules,
)
from enrolment.domain.impact import Impact
from enrolment.domain.notice import NoticeRule
from enrolment.domain.places import Capacity
from enrolment.domain.school_calendar import Span
from enrolment.store.catalogue import Centre

from .catalogue_schemas import (
    ActivityFields,
    ActivityOut,
    CapacityIn,
    CapacityOut,
    CentreOut,
    NoticeRuleIn,
    NoticeRuleOut,
    ReasonOut,
    SlotIn,
    SlotOut,
    StaffingOut,
    WindowIn,
    WindowOut,
)
from .impact_schemas import HurtOut, ImpactOut, OverfullOut, OverLicenceOut

MOST_NAMED = 100


def activity_from(
    body: ActivityFields, activity_id: UUID, centre_id: UUID, version: int = 1
) -> Activity:
    """Raises InvalidNoticeRule."""
    return Activity(
        activity_id=activity_id,
        centre_id=centre_id,
        label=body.label,
        season=body.season,
        weekdays=frozenset(body.weekdays),
        capacity=Capacity(body.capacity.under_six, body.capacity.six_and_over),
        slots=tuple(_slot(activity_id, slot) for slot in body.slots),
        notice_rules=tuple(_rule(rule) for rule in body.notice_rules),
        kind=body.kind,
        needs_enrolment=body.needs_enrolment,
        waiting=WaitingRules(body.waiting_list, body.offer_hours, body.overbooking),
        staffing=Staffing(body.staffing.under_six, body.staffing.six_and_over),
        windows=tuple(_window(window) for window in body.windows),
        version=version,
    )


def _slot(activity_id: UUID, body: SlotIn) -> Slot:
    return Slot(
        slot_id=body.slot_id or new_id(),
        activity_id=activity_id,
        label=body.label,
        starts=body.starts,
        ends=body.ends,
        meal=body.meal,
        rate_code=body.rate_code,
        min_age=body.min_age,
        max_age=body.max_age,
    )


def _rule(body: NoticeRuleIn) -> NoticeRule:
    return NoticeRule(body.action, body.anchor, body.count, body.at, body.weekday)


def _window(body: WindowIn) -> BookingWindow:
    return BookingWindow(
        window_id=body.window_id or new_id(),
        days=Span(body.first_day, body.last_day, ""),
        opens_at=body.opens_at,
        closes_at=body.closes_at,
    )


def licensed_from(body: CapacityIn | None) -> Capacity | None:
    return Capacity(body.under_six, body.six_and_over) if body else None


def centre_out(centre: Centre) -> CentreOut:
    licensed = _capacity_out(centre.licensed) if centre.licensed else None
    return CentreOut(
        centre_id=centre.centre_id, name=centre.name, licensed=licensed, version=centre.version
    )


def _capacity_out(capacity: Capacity) -> CapacityOut:
    return CapacityOut(under_six=capacity.under_six, six_and_over=capacity.six_and_over)


def activity_out(activity: Activity) -> ActivityOut:
    return ActivityOut(
        activity_id=activity.activity_id,
        centre_id=activity.centre_id,
        label=activity.label,
        season=activity.season,
        weekdays=sorted(activity.weekdays),
        capacity=_capacity_out(activity.capacity),
        slots=[slot_out(slot) for slot in activity.slots],
        notice_rules=[_rule_out(rule) for rule in activity.notice_rules],
        kind=activity.kind,
        needs_enrolment=activity.needs_enrolment,
        waiting_list=activity.waiting.is_open,
        offer_hours=activity.waiting.offer_hours,
        overbooking=activity.waiting.overbooking,
        staffing=StaffingOut(
            under_six=activity.staffing.under_six, six_and_over=activity.staffing.six_and_over
        ),
        windows=[_window_out(window) for window in activity.windows],
        version=activity.version,
    )


def _rule_out(rule: NoticeRule) -> NoticeRuleOut:
    return NoticeRuleOut(
        action=rule.action,
        anchor=rule.anchor,
        count=rule.count,
        at=f"{rule.at:%H:%M}",
        weekday=rule.weekday,
    )


def _window_out(window: BookingWindow) -> WindowOut:
    return WindowOut(
        window_id=window.window_id,
        first_day=window.days.first,
        last_day=window.days.last,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
    )


def slot_out(slot: Slot) -> SlotOut:
    return SlotOut(
        slot_id=slot.slot_id,
        active=slot.active,
        label=slot.label,
        starts=f"{slot.starts:%H:%M}",
        ends=f"{slot.ends:%H:%M}",
        meal=slot.meal,
        rate_code=slot.rate_code,
        min_age=slot.min_age,
        max_age=slot.max_age,
    )


def impact_out(impact: Impact) -> ImpactOut:
    return ImpactOut(
        families=impact.families,
        total=len(impact.hurt),
        hurt=[
            HurtOut.model_validate({**vars(one.booking), "harm": one.harm})
            for one in impact.hurt[:MOST_NAMED]
        ],
        overfull=[
            OverfullOut(
                day=one.key.day,
                age_group=one.key.age_group,
                capacity=one.capacity,
                children=one.children,
            )
            for one in impact.overfull[:MOST_NAMED]
        ],
        over_licence=[
            OverLicenceOut(
                weekday=one.weekday,
                age_group=one.group,
                offered=one.offered,
                licensed=one.licensed,
            )
            for one in impact.over_licence
        ],
    )


def hurting(impact: Impact, words: str) -> Problem:
    """The refusal of a change that was not confirmed, with whom it would hurt."""
    return Problem(
        409,
        "enrolment.change-hurts",
        "Des réservations seraient touchées",
        words,
        impact=impact_out(impact).model_dump(mode="json"),
    )


def reason_out(reason: AbsenceReason) -> ReasonOut:
    return ReasonOut.model_validate(vars(reason))
