"""A change to a family's file waits for the authority, item by item, and is never lost."""

from typing import Any
from uuid import UUID

import pytest

from accounts.store.file_changes import set_child
from accounts.subscriptions.enrolment import HANDLERS
from accounts.use_cases.change_kinds import CHANGE_KINDS
from accounts.use_cases.propose_change import KINDS
from chassis.auth import Audience
from chassis.identifiers import new_id
from portail_contracts.enrolment import (
    RequestAccepted,
    RequestKind,
    RequestRefused,
    RequestWithdrawn,
)

# Fixed: every worker must collect the same tests.
CAMILLE = "0199e2b0-0000-7000-8000-00000000ca01"
SACHA = "0199e2b0-0000-7000-8000-00000000ca02"
GUARDIANS = [
    {
        "guardian_id": CAMILLE,
        "given_name": "Camille",
        "family_name": "Noisetier",
        "is_payer": True,
        "mobile_phone": "06 00 00 00 01",
    },
    {"guardian_id": SACHA, "given_name": "Sacha", "family_name": "Noisetier"},
]
PHONE = f"guardian.{CAMILLE}.mobile_phone"


@pytest.fixture
async def house(accounts):
    """A family, its access, and ways to propose and decide."""
    return House(accounts, await accounts.add_family(guardians=GUARDIANS))


class House:
    def __init__(self, accounts, family) -> None:
        self.accounts, self.family = accounts, family
        self.child_id = family["children"][0]["child_id"]

    async def token(self, guardian_id: str | None = None) -> str:
        return await self.accounts.token(
            Audience.FAMILY,
            family_id=UUID(self.family["family_id"]),
            guardian_id=UUID(guardian_id) if guardian_id else None,
        )

    async def get(self, path: str, guardian_id: str | None = None) -> Any:
        token = await self.token(guardian_id)
        answer = await self.accounts.call("GET", path, token=token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, typed, *, as_guardian=None, **changed):
        body = {
            "request_id": str(new_id()),
            "kind": "family.update",
            "typed": typed,
            **changed,
        }
        token = await self.token(as_guardian)
        return await self.accounts.call("POST", "/v1/me/changes", body, token=token)

    async def propose(self, typed, **changed) -> dict[str, Any]:
        answer = await self.send(typed, **changed)
        assert answer.status_code == 201, answer.text
        change: dict[str, Any] = answer.json()
        return change

    async def about_child(self, typed, kind="child.update", **changed) -> dict[str, Any]:
        return await self.propose(typed, kind=kind, child_id=self.child_id, **changed)

    async def decide(self, kind, change, **facts: Any) -> None:
        """What enrolment says, as it arrives."""
        event = kind(
            version=2,
            family_id=UUID(self.family["family_id"]),
            request_id=UUID(change["request_id"]),
            number=change["number"],
            kind=RequestKind(change["kind"]),
            **facts,
        )
        async with self.accounts.runtime.database.transaction() as transaction:
            await HANDLERS[kind](transaction, event)

    async def accept(self, change, *labels: str) -> None:
        chosen = [UUID(one["item_id"]) for one in change["items"] if one["label"] in labels]
        now = self.accounts.clock.now()
        await self.decide(RequestAccepted, change, item_ids=tuple(chosen), decided_at=now)

    async def refuse(self, change) -> None:
        await self.decide(RequestRefused, change, decided_at=self.accounts.clock.now())

    async def change(self, change) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"/v1/me/changes/{change['request_id']}")
        return found

    async def guardian(self) -> dict[str, Any]:
        family = await self.get("/v1/me/family")
        found: dict[str, Any] = family["guardians"][0]
        return found

    async def child(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"/v1/me/children/{self.child_id}")
        return found

    async def told(self, after: int = 0) -> list[Any]:
        return [(e.type, e.data) for e in (await self.accounts.recorded())[after:]]


async def test_a_change_waits_and_its_receipt_says_what_silence_means(house):
    change = await house.propose({PHONE: "0611223344"})
    assert change["number"] == "F-2026-00001"
    (item,) = change["items"]
    assert (item["label"], item["old"], item["new"]) == (
        "Téléphone mobile (Camille)",
        "06 00 00 00 01",
        "06 11 22 33 44",
    )
    assert change["due_on"] == "2027-01-24"
    assert "24 janvier 2027" in change["receipt"]["silence"]
    assert change["receipt"]["phone"]
    assert (await house.guardian())["mobile_phone"] == "06 00 00 00 01"
    proposed = (await house.told())[-1]
    assert proposed[0] == "accounts.change.proposed.v1"
    assert proposed[1]["items"] == [
        {"item_id": item["item_id"], "label": "Téléphone mobile (Camille)"}
    ]
    assert "06 11" not in str(proposed), "content never leaves its owner"


async def test_the_same_sending_again_is_the_same_change(house, problem_of):
    again = {"request_id": str(new_id()), "typed": {PHONE: "0611223344"}}
    waiting = [house.send(**again) for _ in range(4)]
    held = "SELECT FROM families FOR UPDATE"
    answers = await house.accounts.meet(held, waiting)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    other = await house.send({PHONE: "0699999999"}, request_id=again["request_id"])
    assert (other.status_code, problem_of(other)) == (409, "accounts.request-id-reused")


async def test_a_move_out_of_the_territory_is_asked_like_the_rest(house):
    asked = {"family.resident": False, "family.situation": "married"}
    change = await house.propose(asked)
    said = {one["label"]: (one["old"], one["new"]) for one in change["items"]}
    assert said["Habite le territoire"] == ("Oui", "Non")
    await house.accept(change, "Habite le territoire")
    file = await house.get("/v1/me/family")
    assert (file["resident"], file["situation"]) == (False, None)
    told = (await house.told())[-2]
    assert (told[0], told[1]["resident"]) == ("accounts.family.recorded.v1", False)


async def test_what_is_accepted_is_applied_and_told(house):
    change = await house.propose({PHONE: "0611223344"})
    before = len(await house.told())
    await house.accept(change)
    assert (await house.guardian())["mobile_phone"] == "06 11 22 33 44"
    (family, applied) = await house.told(before)
    assert (family[0], family[1]["version"]) == ("accounts.family.recorded.v1", 2)
    assert applied[0] == "accounts.change.applied.v1"
    assert applied[1]["item_ids"] == [change["items"][0]["item_id"]]
    assert (await house.change(change))["state"] == "applied"
    await house.accept(change)
    assert len(await house.told()) == before + 2, "accepted twice is applied once"


async def test_items_are_accepted_one_by_one(house):
    typed = {"child.school": "École des Platanes", "child.class_name": "CM1"}
    change = await house.about_child(typed)
    assert change["subject"] == "Lou"
    await house.accept(change, "Classe")
    child = await house.child()
    assert (child["school"], child["class_name"], child["version"]) == (None, "CM1", 2)
    states = {item["label"]: item["state"] for item in (await house.change(change))["items"]}
    assert states == {"École": "refused", "Classe": "applied"}
    told = (await house.told())[-2][1]
    assert (told["class_name"], told["version"]) == ("CM1", 2)


async def test_what_is_refused_or_withdrawn_changes_nothing(house):
    refused = await house.propose({PHONE: "0611223344"})
    await house.refuse(refused)
    withdrawn = await house.propose({PHONE: "0611223344"})
    now = house.accounts.clock.now()
    await house.decide(RequestWithdrawn, withdrawn, withdrawn_at=now)
    assert (await house.change(refused))["state"] == "refused"
    assert (await house.change(withdrawn))["state"] == "withdrawn"
    assert (await house.guardian())["mobile_phone"] == "06 00 00 00 01"


async def test_a_conflict_is_told_and_never_written_over_in_silence(house):
    """Two staff at two desks: the second acceptance meets another value than the family saw."""
    family_id = house.family["family_id"]
    change = await house.about_child({"child.class_name": "CM1"})
    async with house.accounts.runtime.database.transaction() as transaction:
        await _set_class(transaction, house.child_id, "CE2")
    before = len(await house.told())
    await house.accept(change)
    assert (await house.child())["class_name"] == "CE2"
    ((kind, rejected),) = await house.told(before)
    assert (kind, rejected["why"]) == ("accounts.change.rejected.v1", "version-conflict")
    assert rejected["item_ids"] == [change["items"][0]["item_id"]]
    path = f"/v1/staff/changes/{change['request_id']}"
    seen = (await house.accounts.as_staff("GET", path, role=Audience.SECRETARIAT)).json()
    (item,) = seen["items"]
    assert (seen["family_id"], seen["state"]) == (family_id, "in_the_way")
    assert (item["old"], item["new"], item["found"]) == ("", "CM1", "CE2")
    # Staff have all three before them: accepted again, it is applied knowingly.
    await house.accept(change)
    assert (await house.child())["class_name"] == "CM1"


async def _set_class(transaction, child_id, name):
    await set_child(transaction.connection, UUID(child_id), {"class_name": name})


async def test_somebody_who_saw_an_older_file_is_asked_to_read_it_again(house, problem_of):
    await house.accept(await house.propose({PHONE: "0611223344"}, version=1))
    late = await house.send({PHONE: "0655555555"}, version=1)
    assert (late.status_code, problem_of(late)) == (409, "accounts.file-changed")


async def test_two_proposals_never_wait_for_the_same_thing(house, problem_of):
    first = await house.propose({PHONE: "0611223344"})
    second = await house.send({PHONE: "0655555555", f"guardian.{CAMILLE}.city": "Arbelle"})
    assert (second.status_code, problem_of(second)) == (409, "accounts.already-pending")
    assert "Téléphone mobile (Camille)" in second.json()["detail"]
    corrected = await house.propose({PHONE: "0655555555"}, replaces=first["request_id"])
    assert corrected["replaces"] == first["request_id"]
    assert (await house.change(first))["state"] == "withdrawn"
    assert (await house.told())[-1][1]["replaces"] == first["request_id"]
    # Staff accepted the first while it was being corrected: they are told, nothing is applied.
    await house.accept(first)
    assert (await house.told())[-1][1]["why"] == "withdrawn"
    assert (await house.guardian())["mobile_phone"] == "06 00 00 00 01"


async def test_nothing_changed_is_said(house, problem_of):
    same = await house.send({PHONE: "06.00.00.00.01"})
    assert (same.status_code, problem_of(same)) == (422, "accounts.nothing-changed")


async def test_contacts_come_change_and_go(house):
    person = {"given_name": "Josette", "family_name": "Noisetier", "collecting": "may"}
    typed = {f"contact.new.{name}": value for name, value in person.items()}
    lacking = await house.send(typed)
    assert lacking.json()["fields"] == [
        {
            "field": "contact.new.phone",
            "message": "Un numéro est nécessaire pour qui vient chercher l’enfant.",
        }
    ]
    await house.accept(await house.propose({**typed, "contact.new.phone": "0600000009"}))
    (contact,) = (await house.get("/v1/me/family"))["contacts"]
    assert (contact["given_name"], contact["collecting"]) == ("Josette", "may")
    path = f"contact.{contact['contact_id']}"
    change = await house.propose({f"{path}.collecting": "must_not", f"{path}.note": "Jugement"})
    assert "ne doit pas venir" in change["items"][0]["new"]
    await house.accept(change)
    (contact,) = (await house.get("/v1/me/family"))["contacts"]
    assert (contact["collecting"], contact["note"]) == ("must_not", "Jugement")
    await house.accept(await house.propose({f"{path}.remove": True}))
    assert (await house.get("/v1/me/family"))["contacts"] == []


async def test_an_answer_is_signed_and_dated(house, problem_of):
    typed = {"authorisation.bathing.granted": "yes", "authorisation.image_web.granted": ""}
    unsigned = await house.send(typed, kind="child.authorisations", child_id=house.child_id)
    assert unsigned.json()["fields"][0]["field"] == "signature"
    change = await house.about_child({**typed, "signature": SACHA}, "child.authorisations")
    await house.accept(change)
    (answer,) = (await house.child())["authorisations"]
    assert (answer["kind"], answer["granted"], answer["signed_by"]) == (
        "bathing",
        True,
        "Sacha Noisetier",
    )
    assert answer["signed_at"] == "2026-11-24T06:00:00Z"
    forged = await house.send(
        {"authorisation.bathing.granted": "no", "signature": SACHA},
        kind="child.authorisations",
        child_id=house.child_id,
        as_guardian=CAMILLE,
    )
    assert (forged.status_code, problem_of(forged)) == (422, "accounts.wrong-fields")


async def test_leaving_alone_says_from_when(house):
    path = "authorisation.leaving_alone"
    typed = {f"{path}.granted": "yes", "signature": CAMILLE}
    answer = await house.send(typed, kind="child.authorisations", child_id=house.child_id)
    assert answer.json()["fields"][0]["field"] == f"{path}.from_time"
    typed |= {f"{path}.from_time": "17h30", f"{path}.from_age": "9"}
    await house.accept(await house.about_child(typed, "child.authorisations"))
    (kept,) = (await house.child())["authorisations"]
    assert (kept["from_time"], kept["from_age"]) == ("17:30", 9)


async def test_a_child_joins_the_family_when_it_is_accepted(house):
    typed = {
        "child.new.given_name": "Noé",
        "child.new.family_name": "Noisetier",
        "child.new.born_on": "2022-05-04",
        "child.new.diet": "no_pork",
    }
    change = await house.propose(typed, kind="child.add")
    assert change["subject"] == "Noé Noisetier"
    assert len((await house.get("/v1/me/family"))["children"]) == 1
    await house.accept(change)
    await house.accept(change)
    names = [child["given_name"] for child in (await house.get("/v1/me/family"))["children"]]
    assert names == ["Lou", "Noé"]
    assert [kind for kind, _ in (await house.told())[-3:]] == [
        "accounts.family.recorded.v1",
        "accounts.child.recorded.v1",
        "accounts.change.applied.v1",
    ]


async def test_a_quotient_starts_on_its_day_and_the_past_keeps_its_own(house):
    typed = {"family.quotient.value": "612", "family.quotient.valid_from": "2027-01-01"}
    change = await house.propose(typed)
    assert change["items"][0]["new"] == "612 à partir du 01/01/2027"
    await house.accept(change)
    assert (await house.get("/v1/me/family"))["quotients"] == [
        {"valid_from": "2026-01-01", "valid_to": "2027-01-01", "value": 540},
        {"valid_from": "2027-01-01", "valid_to": None, "value": 612},
    ]


async def choices(house):
    """By what is read of each answer: its code."""
    sheet = await house.get("/v1/me/sheets/account")
    (section,) = [one for one in sheet["sections"] if one["key"] == "payer"]
    (field,) = section["items"][0]["fields"]
    return field["value"], {one["label"]: one["code"] for one in field["choices"]}


async def test_the_payer_is_asked_for_whole_and_billing_is_told(house, accounts):
    now, offered = await choices(house)
    half = "Camille Noisetier (50\u00a0%), Sacha Noisetier (50\u00a0%)"
    both = "Camille Noisetier et Sacha Noisetier, ensemble"
    assert list(offered) == ["Camille Noisetier", "Sacha Noisetier", both, half]
    assert now == offered["Camille Noisetier"]
    for wrong in ("", "x", now.replace("1000", "500")):
        assert (await house.send({"family.payer": wrong})).status_code == 422
    change = await house.propose({"family.payer": offered[half]})
    (item,) = change["items"]
    assert (item["label"], item["old"], item["new"]) == (
        "Qui reçoit les factures",
        "Camille Noisetier",
        half,
    )
    assert [one["is_payer"] for one in (await house.get("/v1/me/family"))["guardians"]] == [
        True,
        False,
    ]
    before = len(await accounts.recorded())
    await house.accept(change)
    ((_, told),) = [
        one for one in await house.told(before) if one[0] == "accounts.family.recorded.v1"
    ]
    assert told["payers"] == [
        {"guardian_id": one, "weeks": "every", "share_per_mille": 500} for one in (CAMILLE, SACHA)
    ]
    assert [one["is_payer"] for one in told["guardians"]] == [True, True]


async def test_who_lives_apart_is_not_billed_in_one_name_and_pays_week_about(house):
    await house.accept(
        await house.propose({"family.situation": "divorced", "family.custody": "alternating"})
    )
    _, offered = await choices(house)
    weeks = "Camille Noisetier les semaines paires, Sacha Noisetier les semaines impaires"
    assert weeks in offered
    assert not [words for words in offered if words.endswith("ensemble")]
    await house.accept(await house.propose({"family.payer": offered[weeks]}))
    now, _ = await choices(house)
    assert now == offered[weeks]


async def test_who_left_since_cannot_become_the_payer(house, accounts):
    _, offered = await choices(house)
    change = await house.propose({"family.payer": offered["Sacha Noisetier"]})
    family = f"/v1/staff/families/{house.family['family_id']}"
    gone = await accounts.as_staff("DELETE", f"{family}/guardians/{SACHA}?version=1")
    assert gone.status_code == 200, gone.text
    for _ in range(2):
        await house.accept(change)
        assert (await house.change(change))["state"] == "in_the_way"
    assert (await house.guardian())["is_payer"] is True


async def test_another_custody_says_which(house):
    with pytest.raises(AssertionError, match="custody_note"):
        await house.propose({"family.custody": "other"})
    await house.propose({"family.custody": "other", "family.custody_note": "Chez sa marraine."})


async def test_a_changed_custody_is_told_of_every_child(house):
    await house.accept(await house.propose({"family.custody": "alternating"}))
    told = dict(await house.told())
    assert told["accounts.child.recorded.v1"]["alternating_custody"] is True
    assert told["accounts.child.recorded.v1"]["version"] == 2


async def test_what_is_private_to_the_other_guardian_is_neither_shown_nor_changed(house):
    await house.accept(
        await house.propose(
            {"family.situation": "separated", f"guardian.{SACHA}.employer": "Mairie"}
        )
    )
    mine = await house.propose({PHONE: "0611223344"}, as_guardian=CAMILLE)
    token = await house.token(SACHA)
    path = f"/v1/me/changes/{mine['request_id']}"
    seen = (await house.accounts.call("GET", path, token=token)).json()
    assert seen["items"][0]["is_hidden"] is True
    assert "06 11" not in str(seen)
    for path in ("/v1/me/changes", "/v1/me/sheets/account", "/v1/me/family"):
        for viewer in (SACHA, None):
            answer = str(await house.get(path, viewer))
            assert "06 11" not in answer
            assert "06 00" not in answer
            assert ("Mairie" in answer) is (viewer == SACHA)
    theirs = await house.send({f"guardian.{SACHA}.employer": "x"}, as_guardian=CAMILLE)
    assert theirs.json()["fields"][0]["message"] == "Ce champ ne peut pas être modifié."


async def test_a_sheet_shows_what_is_and_what_waits(house):
    change = await house.about_child({"child.school": "École des Platanes"})
    page = await house.get(f"/v1/me/sheets/children/{house.child_id}")
    assert [section["key"] for section in page["sections"]] == [
        "identity",
        "daily-life",
        "insurance",
        "authorisations",
    ]
    school = next(item for item in page["sections"][0]["items"] if item["path"] == "child.school")
    assert school["shown"] == ""
    assert school["pending"]["new"] == "École des Platanes"
    assert school["pending"]["number"] == change["number"]
    account = await house.get("/v1/me/sheets/account")
    assert account["pending"] == []
    assert len(await house.get("/v1/me/sheets/new-child")) == 2


async def test_the_front_desk_proposes_on_behalf_of_a_family(house):
    body = {
        "request_id": str(new_id()),
        "family_id": house.family["family_id"],
        "kind": "family.update",
        "typed": {PHONE: "0611223344"},
    }
    path = "/v1/staff/changes"
    made = await house.accounts.as_staff("POST", path, body, Audience.SECRETARIAT)
    assert made.status_code == 201
    told = (await house.told())[-1][1]
    assert (told["channel"], told["submitted_by"]) == ("front_desk", "Dominique")


async def test_another_familys_change_does_not_exist(house, accounts):
    change = await house.propose({PHONE: "0611223344"})
    stranger = House(accounts, await accounts.add_family("bleuet", name="Bleuet"))
    token = await stranger.token()
    path = f"/v1/me/changes/{change['request_id']}"
    assert (await accounts.call("GET", path, token=token)).status_code == 404
    for changed in (
        {"kind": "child.update", "child_id": house.child_id, "typed": {"child.school": "x"}},
        {"typed": {"family.situation": "married"}, "replaces": change["request_id"]},
    ):
        answer = await stranger.send(**{"typed": {}, **changed})
        assert answer.status_code == 404, answer.text
    foreign = await stranger.send({PHONE: "0611223344"})
    assert foreign.json()["fields"][0]["field"] == PHONE


async def test_a_queue_that_missed_a_change_is_told_it_again(house):
    change = await house.propose({PHONE: "0611223344"})
    path = f"/v1/internal/changes/{change['request_id']}"
    told = (await house.accounts.as_service("GET", path)).json()
    assert told == (await house.told())[-1][1]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"": "x"},
        {"guardian.x.mobile_phone": "0611223344"},
        {"family.version": 9},
        {"family.family_id": "x"},
        {f"guardian.{CAMILLE}.is_payer": False},
        {PHONE: "\x00"},
        {PHONE: "a" * 2001},
        {PHONE: ["0611223344"]},
        {PHONE: {"a": 1}},
        {f"k{number}": "x" for number in range(201)},
        "0611223344",
        None,
    ],
    ids=lambda typed: str(typed)[:30],
)
async def test_what_no_form_sends_is_refused_in_words(house, typed):
    answer = await house.send(typed)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(await house.told()) == 2


async def test_requests_of_other_kinds_are_nothing_of_ours(house):
    foreign = {"request_id": str(new_id()), "number": "D-2026-00001", "kind": "booking.request"}
    before = len(await house.told())
    await house.decide(RequestAccepted, foreign, decided_at=house.accounts.clock.now())
    await house.refuse(foreign)
    assert len(await house.told()) == before


def test_every_kind_has_its_way_of_being_applied():
    assert CHANGE_KINDS.keys() >= KINDS
