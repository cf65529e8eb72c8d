"""A family's whole file: kept as sent, told to others, and veiled where guardians live apart."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from accounts.domain.custody import Custody, Situation
from accounts.domain.family import Family, Guardian
from accounts.domain.quotient import QuotientPeriod
from accounts.domain.visibility import PRIVATE, visible_to

MAUD, YOUSSEF = str(uuid4()), str(uuid4())
ADDRESS = {
    "street": "4 rue des Tilleuls",
    "address_more": None,
    "postcode": "38110",
    "city": "Val d’Arbelle",
}
PHONES = {"mobile_phone": "06 12 34 56 78", "home_phone": None, "work_phone": "04 74 00 00 01"}
PERSON = {
    **ADDRESS,
    **PHONES,
    "civility": "mme",
    "email": "maud@example.org",
    "sms_consent": True,
    "employer": "Mairie",
}
FILE = {
    "situation": "separated",
    "custody": "alternating",
    "custody_note": "Vacances par moitié.\nJugement du 3 mars 2024.",
    "benefit_scheme": "caf",
    "benefit_number": "1234567",
    "guardians": [
        {
            **PERSON,
            "guardian_id": MAUD,
            "given_name": "Maud",
            "family_name": "Genêt",
            "is_payer": True,
            "custody_weeks": "even",
            "payer_weeks": "even",
            "payer_share": 1000,
        },
        {
            **PERSON,
            "guardian_id": YOUSSEF,
            "given_name": "Youssef",
            "family_name": "Genêt",
            "is_payer": True,
            "civility": "m",
            "mobile_phone": "+41791234567",
            "custody_weeks": "odd",
            "payer_weeks": "odd",
            "payer_share": 1000,
        },
    ],
    "contacts": [
        {
            "contact_id": str(uuid4()),
            "given_name": "Josette",
            "family_name": "Genêt",
            "relation": "Grand-mère",
            "phone": "06 00 00 00 02",
            "is_emergency": True,
            "collecting": "may",
            "note": None,
        }
    ],
    "children": [
        {
            "child_id": str(uuid4()),
            "given_name": "Adam",
            "family_name": "Genêt",
            "born_on": "2017-03-02",
            "birth_place": "Grenoble",
            "sex": "m",
            "school": "École des Platanes",
            "class_name": "CM1",
            "diet": "no_pork",
            "swimming": "swims",
            "nap": "no",
            "insurer": "Mutuelle des écoles",
            "insurance_number": "AB-123",
            "insurance_until": "2027-08-31",
            "doctor_name": "Dr Lilas",
            "doctor_phone": "04 74 00 00 03",
            "authorisations": [
                {
                    "kind": "leaving_alone",
                    "granted": True,
                    "signed_by": "Maud Genêt",
                    "signed_at": "2026-09-01T08:00:00Z",
                    "from_age": 9,
                    "from_time": "17:30",
                }
            ],
        }
    ],
}


async def test_a_whole_file_is_kept_as_it_was_sent(accounts, new_family):
    made = await accounts.as_staff("POST", "/v1/staff/families", new_family(**FILE))
    assert made.status_code == 201, made.text
    path = f"/v1/staff/families/{made.json()['family_id']}"
    whole = (await accounts.as_staff("GET", path)).json()
    assert whole == made.json()
    for name, sent in FILE.items():
        if not isinstance(sent, list):
            assert whole[name] == sent
            continue
        for kept, one in zip(whole[name], sent, strict=True):
            assert kept.items() >= one.items()


async def test_payers_school_and_custody_are_told_to_the_other_services(accounts, new_family):
    await accounts.as_staff("POST", "/v1/staff/families", new_family(**FILE))
    family, child = (envelope.data for envelope in await accounts.recorded())
    assert family["payers"] == [
        {"guardian_id": MAUD, "weeks": "even", "share_per_mille": 1000},
        {"guardian_id": YOUSSEF, "weeks": "odd", "share_per_mille": 1000},
    ]
    told = family["guardians"][0]
    assert told["civility"] == "Mme"
    assert told["address"] == ["4 rue des Tilleuls", "38110 Val d’Arbelle"]
    assert child["school"] == "École des Platanes"
    assert child["class_name"] == "CM1"
    assert child["alternating_custody"] is True
    assert "06 12" not in str(family), "a phone is nobody's business on the bus"


async def test_payers_who_pay_together_are_not_split(accounts, new_family):
    await accounts.as_staff("POST", "/v1/staff/families", new_family())
    assert (await accounts.recorded())[0].data["payers"] == []


@pytest.mark.parametrize(
    ("first", "second"), [(("even", 1000), ("even", 1000)), (("every", 500), ("odd", 500))]
)
async def test_every_week_is_paid_once(accounts, new_family, problem_of, first, second):
    guardians = [
        {**guardian, "payer_weeks": weeks, "payer_share": share}
        for guardian, (weeks, share) in zip(FILE["guardians"], (first, second), strict=True)
    ]
    answer = await accounts.as_staff(
        "POST", "/v1/staff/families", new_family(**{**FILE, "guardians": guardians})
    )
    assert (answer.status_code, problem_of(answer)) == (422, "accounts.incomplete-family")


async def test_the_shared_access_of_a_family_apart_reads_nobodys_details(accounts):
    await accounts.add_family("genet", **FILE)
    token = (await accounts.sign_in("genet")).json()["token"]
    answer = await accounts.call("GET", "/v1/me/family", token=token)
    for guardian in answer.json()["guardians"]:
        assert guardian["is_hidden"] is True
        assert [guardian[name] for name in PRIVATE] == [None] * len(PRIVATE)
    for secret in ("Tilleuls", "06 12", "41791234567", "maud@", "Mairie"):
        assert secret not in answer.text
    assert "Josette" in answer.text


def _guardian(name: str) -> Guardian:
    details = dict.fromkeys(PRIVATE, f"private to {name}")
    return Guardian(uuid4(), name, "Genêt", True, sms_consent=True, **details)


FAMILY = Family(
    family_id=uuid4(),
    version=1,
    reference="F",
    name="Genêt",
    resident=True,
    guardians=(_guardian("Maud"), _guardian("Youssef")),
    children=(),
    quotients=(),
    situation=Situation.SEPARATED,
)


def test_each_guardian_apart_sees_their_own_details_only():
    maud, youssef = FAMILY.guardians
    seen = visible_to(FAMILY, maud.guardian_id)
    assert seen.guardians[0] == maud
    assert seen.guardians[1].is_hidden
    assert "private to Youssef" not in repr(seen)
    assert "private to Maud" not in repr(visible_to(FAMILY, youssef.guardian_id))
    stranger = visible_to(FAMILY, uuid4())
    assert all(one.is_hidden for one in stranger.guardians)


@pytest.mark.parametrize(
    ("situation", "custody", "veiled"),
    [
        (Situation.MARRIED, None, False),
        (None, None, False),
        (Situation.DIVORCED, None, True),
        (Situation.SINGLE, None, True),
        (None, Custody.FATHER, True),
        (Situation.MARRIED, Custody.ALTERNATING, True),
    ],
)
def test_who_lives_apart(situation, custody, veiled):
    family = replace(FAMILY, situation=situation, custody=custody)
    assert visible_to(family, None).guardians[0].is_hidden is veiled


def test_a_parent_alone_sees_everything():
    alone = replace(FAMILY, guardians=FAMILY.guardians[:1], situation=Situation.SINGLE)
    assert visible_to(alone, None) == alone


def test_a_quotient_holds_until_the_day_before_its_end():
    old = QuotientPeriod(date(2026, 1, 1), date(2027, 1, 1), 399)
    new = QuotientPeriod(date(2027, 1, 1), None, 400)
    family = replace(FAMILY, quotients=(old, new))
    assert family.quotient_on(date(2026, 12, 31)) is old
    assert family.quotient_on(date(2027, 1, 1)) is new
    assert family.quotient_on(date(2025, 12, 31)) is None
