"""Whatever is typed as health data is kept as typed, or refused beside its field."""

from datetime import date

import pytest

from accounts.domain.health import (
    CarePlan,
    HealthRecord,
    MedicalNote,
    Treatment,
    Vaccination,
    WrongHealth,
)
from support.health import RECORD, child_of, put_health


def test_impossible_dates_are_named_one_by_one():
    born, today = date(2019, 3, 2), date(2026, 11, 24)
    wrong = HealthRecord(
        vaccinations=(
            Vaccination("DTP", date(2026, 11, 25)),
            Vaccination("ROR", date(2019, 3, 1)),
            Vaccination("BCG", date(2020, 1, 1), date(2019, 12, 31)),
        ),
        treatments=(Treatment("Sirop", "", date(2026, 2, 2), date(2026, 2, 1)),),
        notes=(MedicalNote("Lunettes", date(2030, 1, 1)),),
        care_plan=CarePlan("PAI", date(2026, 9, 1), date(2026, 8, 31)),
    )
    with pytest.raises(WrongHealth) as refused:
        wrong.ready(born, today)
    assert set(refused.value.fields) == {
        "vaccinations.0.given_on",
        "vaccinations.1.given_on",
        "vaccinations.2.next_due_on",
        "treatments.0.ends_on",
        "notes.0.noted_on",
        "care_plan.valid_until",
    }
    edge = HealthRecord(vaccinations=(Vaccination("DTP", today), Vaccination("BCG", born, born)))
    assert edge.ready(born, today) is edge


async def test_an_impossible_date_is_told_beside_its_field(accounts, problem_of):
    child = await child_of(accounts)
    record = {"vaccinations": [{"vaccine": "DTP", "given_on": "2030-01-01"}]}
    answer = await put_health(accounts, child, record)
    assert (answer.status_code, problem_of(answer)) == (422, "accounts.wrong-health")
    (field,) = answer.json()["fields"]
    assert field["field"] == "record.vaccinations.0.given_on"
    assert field["message"] == "Cette date est dans le futur."


LONG = "a" * 100_000
HOSTILE_LINES = ["", "  ", "\x00", "a\x1b[31m", "a\u202eb", "a\nb", LONG, None, 7, ["a"], {"a": 1}]
HOSTILE_DAYS = ["", "hier", "2026-02-30", "0001-01-01", "9999-12-31", 12.5, [], {}, "2026-1-1"]


async def test_hostile_words_are_refused_in_every_field(accounts):
    child = await child_of(accounts)
    for value in HOSTILE_LINES:
        await _refuses_words(accounts, child, value)


async def _refuses_words(accounts, child, value):
    given = {"given_on": "2024-01-01"}
    records = [
        {"allergies": [{"substance": value}]},
        {"vaccinations": [{"vaccine": value, **given}]},
        {"treatments": [{"name": value}]},
        {"allergies": value},
        {"vaccinations": [value]},
    ]
    if value != "a\nb":  # several lines are fine where there is room for them
        records += [{"notes": [{"text": value}]}, {"care_plan": {"instructions": value}}]
    if value not in ("", "  ", "a\nb"):
        records += [
            {"allergies": [{"substance": "a", "measures": value}]},
            {"treatments": [{"name": "a", "instructions": value}]},
        ]
    for record in records:
        assert (await put_health(accounts, child, record)).status_code == 422, record
    for version in (value, -1):
        assert (await put_health(accounts, child, RECORD, version)).status_code in (409, 422)


async def test_hostile_days_are_refused_in_every_field(accounts):
    child = await child_of(accounts)
    for value in HOSTILE_DAYS:
        await _refuses_days(accounts, child, value)


async def _refuses_days(accounts, child, value):
    for record in (
        {"vaccinations": [{"vaccine": "DTP", "given_on": value}]},
        {"vaccinations": [{"vaccine": "DTP", "given_on": "2024-01-01", "next_due_on": value}]},
        {"treatments": [{"name": "a", "starts_on": value}]},
        {"treatments": [{"name": "a", "ends_on": value}]},
        {"notes": [{"text": "a", "noted_on": value}]},
        {"care_plan": {"instructions": "a", "valid_from": value}},
        {"care_plan": {"instructions": "a", "valid_until": value}},
    ):
        assert (await put_health(accounts, child, record)).status_code == 422, record


async def test_other_scripts_and_emoji_are_kept_as_typed(accounts):
    child = await child_of(accounts)
    words = "Έλενα, أحمد, 花子, 👩\u200d⚕️ <b>&amp;</b> \"'"
    record = {**RECORD, "notes": [{"text": words, "noted_on": None}]}
    assert (await put_health(accounts, child, record)).json()["record"]["notes"][0]["text"] == words


async def test_thirty_lines_and_no_more(accounts):
    child = await child_of(accounts)
    notes = [{"text": "a"}] * 31
    assert (await put_health(accounts, child, {"notes": notes})).status_code == 422
    assert (await put_health(accounts, child, {"notes": notes[:30]})).status_code == 200
