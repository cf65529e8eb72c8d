"""The agenda over HTTP: which days have cells, and how few questions it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import event

from chassis.auth import Audience

from .conftest import WEDNESDAY, Enrolment, Offer, asking, cell_of, open_wednesdays

LOU = "2019-05-04"


@contextmanager
def statements(enrolment: Enrolment) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = enrolment.runtime.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_month_shows_open_holiday_and_locked_days_and_no_others(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    month = (await family.get("/v1/me/agenda", month="2026-11")).json()
    shown = [day["date"] for day in month["days"]]
    assert (shown[0], shown[-1], len(shown)) == ("2026-10-26", "2026-12-06", 42), "whole weeks"
    whole = str(wednesdays.slots["Journée"])
    states = {
        day["date"]: cell["state"]
        for day in month["days"]
        for cell in day["cells"]
        if cell["slot_id"] == whole
    }
    assert states == {
        "2026-11-04": "locked",
        "2026-11-11": "holiday",
        "2026-11-18": "locked",
        "2026-11-25": "locked",
        "2026-12-02": "few_left",
    }
    october = (await family.get("/v1/me/agenda", month="2026-10")).json()
    in_holidays = [day for day in october["days"] if day["date"] in ("2026-10-21", "2026-10-28")]
    assert [day["cells"] for day in in_holidays] == [[], []]


async def test_a_week_has_seven_days_and_slots_in_the_order_of_the_day(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU, "2024-09-01")
    answer = (await family.get("/v1/me/week", **{"from": "2026-11-30"})).json()
    assert (answer["from"], len(answer["days"])) == ("2026-11-30", 7)
    cells = answer["days"][2]["cells"]
    lou, noe = (str(child) for child in family.children)
    assert [(cell["slot_label"], cell["child_id"]) for cell in cells] == [
        ("Journée", lou),
        ("Journée", noe),
        ("Matin", lou),
        ("Matin", noe),
        ("Après-midi", lou),  # Noé is two: the slot welcomes children from three years on
    ]
    assert (cells[0]["starts"], cells[0]["ends"]) == ("07:30", "18:00")


async def test_a_closure_decided_later_closes_days_that_were_open(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    admin = enrolment.staff(Audience.ADMIN)
    closed = await admin.post(
        "/v1/staff/closures",
        {"first_day": WEDNESDAY, "last_day": WEDNESDAY, "label": "Réunion des équipes"},
    )
    assert closed.status_code == 201
    cell = await cell_of(family, lou, wednesdays.slots["Journée"], WEDNESDAY)
    assert (cell["state"], cell["actions"]) == ("closed", [])
    assert cell["reason"] == "L’accueil est fermé ce jour-là (réunion des équipes)."
    sent = await family.post(
        "/v1/me/requests", asking((lou, wednesdays.slots["Journée"], WEDNESDAY))
    )
    assert sent.json()["lines"][0]["why"] == "closed"


async def test_days_of_an_age_group_that_is_not_received_have_no_cell(
    enrolment: Enrolment,
) -> None:
    offer = await open_wednesdays(enrolment, under_six=24, six_and_over=0)
    family = await enrolment.family(LOU, "2023-01-01")
    month = (await family.get("/v1/me/agenda", month="2026-12")).json()
    children = {cell["child_id"] for day in month["days"] for cell in day["cells"]}
    assert children == {str(family.children[1])}
    lou = asking((family.children[0], offer.slots["Journée"], WEDNESDAY))
    refused = (await family.post("/v1/me/requests", lou)).json()
    assert refused["lines"][0]["reason"] == "Ce créneau n’accueille pas les enfants de cet âge."


async def test_opening_again_opens_only_what_was_not_and_skips_holidays(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    admin = enrolment.staff(Audience.ADMIN)
    address = f"/v1/staff/activities/{wednesdays.activity_id}/open-days"
    again = await admin.post(address, {"from": "2026-09-01", "to": "2027-07-02"})
    assert again.json() == {"opened": 0}
    opened = await enrolment.rows("SELECT DISTINCT day FROM places")
    # The Wednesdays of term without 11 November (domain facts, section 6).
    assert len(opened) == 35
    assert date(2026, 11, 11) not in {row.day for row in opened}


async def test_a_month_of_three_children_takes_five_questions(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU, "2017-01-01", "2021-01-01")
    await family.get("/v1/me/agenda", month="2026-12")
    with statements(enrolment) as sent:
        assert (await family.get("/v1/me/agenda", month="2026-12")).status_code == 200
    assert len(sent) == 5, sent


async def test_a_submission_takes_the_same_statements_for_one_line_and_for_thirty(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU, "2017-01-01", "2021-01-01")
    whole = wednesdays.slots["Journée"]
    counts = []
    first = enrolment.clock.now().date().replace(year=2027, month=1, day=6)
    for wanted in (1, 10):
        days = [(first + timedelta(weeks=n)).isoformat() for n in range(wanted)]
        body = asking(*((child, whole, day) for child in family.children for day in days))
        with statements(enrolment) as sent:
            assert (await family.post("/v1/me/requests", body)).status_code == 201
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 18, counts
