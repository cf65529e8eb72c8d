"""The registry in the console: find a family, read its file, change it in its place."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.conftest import WEDNESDAY, asking, booked

from accounts.api.registry_schemas import FORM
from chassis.auth import Audience
from chassis.peers import Download, PeerRefused, PeerUnavailable

from .conftest import Tags, words

FAMILY_ID = str(uuid4())
GUARDIAN_ID, CHILD_ID, CONTACT_ID = str(uuid4()), str(uuid4()), str(uuid4())


def family(**changed: Any) -> dict[str, Any]:
    """A file as accounts gives it to staff."""
    blank = dict.fromkeys(f.name for fields in FORM.values() for f in fields)
    return {
        **blank,
        "family_id": FAMILY_ID,
        "version": 3,
        "reference": "VA-SUREAU",
        "name": "Sureau",
        "resident": True,
        "situation": "divorced",
        "guardians": [
            {
                **blank,
                "guardian_id": GUARDIAN_ID,
                "given_name": "Élodie",
                "family_name": "Sureau",
                "is_payer": True,
                "mobile_phone": "06 12 34 56 78",
                "payer_weeks": "every",
                "payer_share": 1000,
            }
        ],
        "contacts": [
            {
                **blank,
                "contact_id": CONTACT_ID,
                "given_name": "Karim",
                "family_name": "Sureau",
                "relation": "père",
                "collecting": "must_not",
                "is_emergency": False,
            }
        ],
        "children": [
            {
                **blank,
                "child_id": CHILD_ID,
                "version": 7,
                "given_name": "Nina",
                "family_name": "Sureau",
                "born_on": "2018-05-04",
                "authorisations": [],
            }
        ],
        "quotients": [{"valid_from": "2026-01-01", "valid_to": None, "value": 540}],
        "payers": [],
        **changed,
    }


@dataclass
class FakeHouse:
    """The other services, by path; an exception is raised, anything else answered."""

    answers: dict[str, Any]
    sent: list[tuple[str, str, Any]] = field(default_factory=list)

    async def call(self, method: str, _peer: object, path: str, **options: Any) -> Any:
        self.sent.append((method, path, options.get("json") or options.get("params")))
        key = path if method == "GET" else f"{method} {path}"
        answer = self.answers.get(key, PeerRefused(404, {}))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def upload(
        self, _peer: object, path: str, fields: dict[str, str], content: bytes, *, token: str
    ) -> Any:
        return await self.call("POST", _peer, path, json=(fields, content))

    async def download(self, _peer: object, path: str, *, token: str) -> Download:
        content = await self.call("GET", _peer, path)

        async def parts() -> AsyncIterator[bytes]:
            yield content

        return Download("text/csv", 'attachment; filename="familles.csv"', parts())

    async def close(self) -> None:
        pass


PATH = f"/v1/staff/families/{FAMILY_ID}"
PAGE = f"/console/familles/{FAMILY_ID}"


@pytest.fixture
def house(enrolment: Any, reader: Any) -> FakeHouse:
    form = {name: [one.model_dump() for one in fields] for name, fields in FORM.items()}
    found = {
        "family_id": FAMILY_ID,
        "reference": "VA-SUREAU",
        "name": "Sureau",
        "resident": True,
        "guardians": [
            {
                "name": "Élodie Sureau",
                "is_payer": True,
                "phone": "06 12 34 56 78",
                "city": "Arbelle",
            }
        ],
        "children": [
            {
                "child_id": CHILD_ID,
                "name": "Nina Sureau",
                "born_on": "2018-05-04",
                "school": None,
                "class_name": None,
            }
        ],
    }
    enrolment.runtime.peers = FakeHouse(
        {
            "/v1/staff/families": {"items": [found], "page": 1, "pages": 2, "total": 21},
            "/v1/staff/family-form": form,
            PATH: family(),
        }
    )
    fake: FakeHouse = enrolment.runtime.peers
    return fake


@pytest.mark.parametrize(
    ("role", "opened"),
    [
        (Audience.SECRETARIAT, {"fiche.pdf", "fiche-complete.pdf", "sante"}),
        (Audience.CENTRE, {"fiche.pdf", "fiche-complete.pdf", "sante"}),
        (Audience.ADMIN, {"fiche.pdf"}),
        (Audience.CASH_OFFICE, set()),
        (Audience.AUDITOR, set()),
    ],
)
async def test_what_is_sealed_is_opened_from_the_file_by_whoever_may(house, reader, role, opened):
    document = {"document_id": CONTACT_ID, "kind": "insurance", "label": "Assurance"}
    house.answers[f"{PATH}/documents"] = {
        "items": [{**document, "state": "accepted", "expires_on": None}]
    }
    health = f"/v1/staff/children/{CHILD_ID}/health/words"
    house.answers[health] = {"sections": [{"title": "Allergies", "lines": ["Œuf <b>"]}]}
    page = (await reader(role).open(PAGE)).text
    child = f"{PAGE}/enfants/{CHILD_ID}/"
    assert {
        part for part in ("fiche.pdf", "fiche-complete.pdf", "sante") if child + part in page
    } == (opened)
    assert f"{PAGE}/justificatifs/{CONTACT_ID}" in page
    seen = await reader(role).open(f"{child}sante")
    assert seen.status_code == (200 if "sante" in opened else 403)
    if "sante" in opened:
        assert "Œuf &lt;b&gt;" in seen.text
        assert "La famille voit que vous avez ouvert" in words(seen)
        house.answers[health] = PeerRefused(403, {"type": "accounts.other-centre"})
        elsewhere = await reader(role).open(f"{child}sante")
        assert (elsewhere.status_code, "vos centres" in elsewhere.text) == (403, True)
        house.answers[health] = PeerUnavailable("accounts")
        assert (await reader(role).open(f"{child}sante")).status_code == 503
    assert (await reader(role).open(f"{child}autre.pdf")).status_code == 422


async def test_the_list_says_who_was_found_and_where_the_field_is(house, reader):
    page = await reader(Audience.CASH_OFFICE).open("/console/familles?q=sureo")
    assert page.status_code == 200
    text = words(page)
    assert "21\u00a0familles trouvées" in text
    assert "Nina Sureau (8\u00a0ans)" in text
    assert house.sent[0][2] == {"q": "sureo", "page": "1"}
    tags = Tags(page.text).found
    assert ("input", "sureo") in [(tag, given.get("value")) for tag, given in tags]
    assert "/console/familles?q=sureo&amp;page=2" in page.text
    assert "nouvelle" not in page.text, "the cash office opens no files"


async def test_the_list_says_so_when_accounts_is_away(house, reader):
    house.answers["/v1/staff/families"] = PeerUnavailable("accounts")
    page = await reader().open("/console/familles?q=sureau")
    assert page.status_code == 200
    assert "indisponible pour le moment" in words(page)


async def test_the_file_warns_first_of_who_must_not_collect(house, reader):
    text = words(await reader().open(PAGE))
    assert "Ne doit pas venir chercher les enfants\u00a0: Karim Sureau (père)" in text
    assert text.index("Karim Sureau") < text.index("Nina Sureau")
    for said in ("Reçoit les factures", "06 12 34 56 78", "Divorcés", "540", "8\u00a0ans"):
        assert said in text, said


async def test_each_card_fails_alone(house, reader):
    house.answers[f"{PATH}/invoices"] = PeerUnavailable("billing")
    house.answers[f"{PATH}/statement"] = {"balance_cents": 7220}
    house.answers[f"{PATH}/documents"] = {"items": "unknown shape"}
    house.answers[f"{PATH}/accesses"] = [
        {"identifier": "sureau", "guardian_name": None, "password_changed_at": None}
    ]
    page = await reader().open(PAGE)
    text = words(page)
    assert page.status_code == 200
    assert "La facturation\u00a0: indisponible pour le moment" in text
    assert "Les justificatifs\u00a0: indisponible pour le moment" in text
    assert "accès de la famille, à activer" in text
    assert "Solde à régler 72,20" in text
    assert "Nina Sureau" in text


async def test_without_accounts_there_is_no_file(house, reader):
    house.answers[PATH] = PeerUnavailable("accounts")
    assert (await reader().open(PAGE)).status_code == 503
    house.answers[PATH] = PeerRefused(404, {})
    assert (await reader().open(PAGE)).status_code == 404


async def test_a_part_is_changed_in_its_place(house, reader):
    page = await reader().open(f"{PAGE}?modifier=guardian:{GUARDIAN_ID}")
    tags = Tags(page.text).found
    inputs = {given.get("name"): given.get("value") for tag, given in tags if tag == "input"}
    assert inputs["mobile_phone"] == "06 12 34 56 78"
    assert (inputs["subject"], inputs["version"]) == ("guardian", "3")
    house.answers[f"PATCH {PATH}"] = family()
    answer = await reader().send(
        f"{PAGE}/modifier",
        subject="guardian",
        subject_id=GUARDIAN_ID,
        version="3",
        given_name="Élodie",
        family_name="Sureau",
        mobile_phone="0700000000",
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}?fait=1#guardian-{GUARDIAN_ID}"
    (sent,) = [body for method, _, body in house.sent if method == "PATCH"]
    assert (sent["version"], sent["subject_id"]) == (3, GUARDIAN_ID)
    assert sent["values"]["mobile_phone"] == "0700000000"
    assert sent["values"]["is_payer"] is False, "a box that is not ticked says no"


async def test_authorisations_are_read_and_changed_in_the_file(house, reader):
    answer = {"kind": "leaving_alone", "granted": True, "signed_by": "Élodie Sureau"}
    when = {"signed_at": "2026-09-02T10:00:00Z", "from_age": 9, "from_time": "17:30"}
    file = family()
    file["children"][0]["authorisations"] = [{**answer, **when}]
    house.answers[PATH] = file
    page = await reader().open(f"{PAGE}?modifier=authorisation:{CHILD_ID}")
    inputs = {g.get("name"): g.get("value") for tag, g in Tags(page.text).found if tag == "input"}
    assert (inputs["from_time"], inputs["signed_by"], inputs["version"]) == ("17:30", "", "7")
    said = words(await reader().open(PAGE))
    assert "Autorisé, dès 9\u00a0ans, à partir de 17\u00a0h\u00a030" in said
    assert "signé par Élodie Sureau, le 02/09" in said
    house.answers[f"PATCH {PATH}"] = file
    part = {"subject": "authorisation", "subject_id": CHILD_ID, "version": "7"}
    sent = await reader().send(f"{PAGE}/modifier", **part, leaving_alone="no", signed_by="Élodie")
    assert sent.headers["location"] == f"{PAGE}?fait=1#authorisation-{CHILD_ID}"
    (body,) = [body for method, _, body in house.sent if method == "PATCH"]
    assert (body["values"]["leaving_alone"], body["values"]["outings"]) == ("no", "")
    assert (await reader().open(f"{PAGE}?modifier=authorisation:nouveau")).status_code == 200


async def test_who_has_to_stay_in_the_file_is_told_beside_the_form(house, reader):
    page = await reader().open(f"{PAGE}?modifier=guardian:{GUARDIAN_ID}")
    remove = f"{PAGE}/responsables/{GUARDIAN_ID}/retirer"
    assert f'action="{remove}"' in page.text
    door = f"DELETE {PATH}/guardians/{GUARDIAN_ID}"
    house.answers[door] = PeerRefused(
        409, {"type": "accounts.cannot-leave", "detail": "Cette personne reçoit les factures."}
    )
    refused = await reader().send(remove, version="3")
    assert (refused.status_code, "reçoit les factures." in words(refused)) == (409, True)
    house.answers[door] = family()
    done = await reader().send(remove, version="3")
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?fait=1")
    assert house.sent[-1][2] == {"version": "3"}


async def test_a_mistake_stands_beside_its_field_with_what_was_typed(house, reader):
    refusal = {"fields": [{"field": "mobile_phone", "message": "Un numéro à dix chiffres."}]}
    house.answers[f"PATCH {PATH}"] = PeerRefused(422, refusal)
    typed = {"subject": "guardian", "subject_id": GUARDIAN_ID, "version": "3"}
    page = await reader().send(f"{PAGE}/modifier", **typed, mobile_phone="12<b>")
    assert page.status_code == 422
    tags = Tags(page.text).found
    (wrong,) = [g for tag, g in tags if tag == "input" and g.get("aria-invalid")]
    assert (wrong["value"], wrong["id"]) == ("12<b>", "champ-mobile_phone")
    assert 'href="#champ-mobile_phone"' in page.text
    assert words(page).count("Un numéro à dix chiffres.") == 2


async def test_a_newer_file_is_told_and_what_was_typed_is_kept(house, reader):
    newer = family(version=4)
    newer["guardians"][0]["mobile_phone"] = "06 99 99 99 99"
    house.answers |= {
        f"PATCH {PATH}": PeerRefused(409, {"type": "urn:portail:problem:accounts.file-changed"}),
        PATH: newer,
    }
    typed = {"subject": "guardian", "subject_id": GUARDIAN_ID, "version": "3"}
    names = {"given_name": "Élodie", "family_name": "Sureau", "is_payer": "yes"}
    more = {"payer_weeks": "every", "payer_share": "1000", "mobile_phone": "0700000000"}
    page = await reader().send(f"{PAGE}/modifier", **typed, **names, **more)
    assert page.status_code == 409
    text = words(page)
    assert "Quelqu’un a modifié ce dossier entre-temps" in text
    assert text.count("Le dossier dit maintenant") == 1
    assert "06 99 99 99 99" in text
    tags = Tags(page.text).found
    inputs = {given.get("name"): given.get("value") for tag, given in tags if tag == "input"}
    assert (inputs["mobile_phone"], inputs["version"]) == ("0700000000", "4")


async def test_a_family_is_opened_or_its_mistakes_are_told(house, reader):
    page = await reader().open("/console/familles/nouvelle")
    assert page.status_code == 200
    needed = {given["name"] for _, given in Tags(page.text).found if "required" in given}
    assert needed == {"family.name", "guardian.given_name", "guardian.family_name"}
    opening = "POST /v1/staff/families/openings"
    house.answers[opening] = PeerRefused(
        422, {"fields": [{"field": "guardian.given_name", "message": "Ce champ est obligatoire."}]}
    )
    sent = {"family_id": FAMILY_ID, "family.name": "Érable", "guardian.family_name": "Érable"}
    page = await reader().send("/console/familles/nouvelle", **sent)
    assert page.status_code == 422
    assert 'href="#champ-guardian-given_name"' in page.text
    assert 'value="Érable"' in page.text
    alike = {"type": "urn:portail:problem:accounts.looks-alike", "detail": "Doublon possible <b>."}
    alike["families"] = [
        {"family_id": GUARDIAN_ID, "said": "Sureau <b> (VA-1)"},
        {"family_id": "x"},
    ]
    house.answers[opening] = PeerRefused(409, alike)
    page = await reader().send("/console/familles/nouvelle", **sent)
    assert page.status_code == 409
    assert f'href="/console/familles/{GUARDIAN_ID}"' in page.text
    assert "Sureau &lt;b&gt; (VA-1)" in page.text
    for said in ("Doublon possible &lt;b&gt;.", "Créer quand même", 'value="Érable"', FAMILY_ID):
        assert said in page.text, said
    assert house.sent[-1][2]["despite_alike"] is False
    assert 'name="despite_alike" value="1"' in page.text
    house.answers[opening] = family()
    answer = await reader().send("/console/familles/nouvelle", **sent, despite_alike="1")
    assert house.sent[-1][2]["despite_alike"] is True
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?fait=1")
    assert house.sent[-1][2]["child"] == {}


async def test_the_history_says_each_field_before_and_after(house, reader):
    change = {
        "subject_name": "Élodie Sureau",
        "label": "Téléphone mobile",
        "before": "",
        "after": "06 12 34 56 78",
    }
    at = "2026-11-24T05:00:00Z"
    items = [
        {"id": "1", "at": at, "what": "amended", "who": "Dominique", "details": [change]},
        {
            "id": "2",
            "at": at,
            "what": "opened.read",
            "who": "Claude",
            "details": {"part": "health", "child": "Nina"},
        },
        {"id": "3", "at": at, "what": "something.new", "who": None, "details": None},
        {
            "id": "4",
            "at": at,
            "what": "change.applied",
            "who": "Élodie",
            "details": {"number": "F-2026-00001", "subject": "Mon compte"},
        },
        {
            "id": "5",
            "at": at,
            "what": "access.disabled",
            "who": "Claude",
            "details": {"identifier": "sureau"},
        },
    ]
    answer = {"items": items, "page": 1, "pages": 1, "total": 5}
    house.answers[f"{PATH}/timeline"] = answer
    text = words(await reader(Audience.AUDITOR).open(f"{PAGE}/historique"))
    assert "Élodie Sureau, Téléphone mobile\u00a0: rien → 06 12 34 56 78" in text
    assert "A consulté\u00a0: données sanitaires (Nina)" in text
    assert "Demande F-2026-00001, Mon compte, acceptée et appliquée" in text
    assert "Accès fermé\u00a0: sureau" in text


@pytest.mark.parametrize("role", [Audience.CENTRE, Audience.CASH_OFFICE])
async def test_who_does_not_keep_files_sees_no_way_to_change_them(house, reader, role):
    person = reader(role)
    page = await person.open(f"{PAGE}?modifier=guardian:{GUARDIAN_ID}")
    assert page.status_code == 200
    assert "Modifier" not in words(page)
    assert '<form class="file-form"' not in page.text
    assert (await person.open(f"{PAGE}/historique")).status_code == 403
    assert (await person.send(f"{PAGE}/modifier", subject="family")).status_code == 403


async def test_hostile_addresses_and_forms_are_answered_with_pages(house, reader):
    person = reader()
    for path in (f"{PAGE}?modifier=guardian:zzz", f"{PAGE}?modifier=%00:%00", f"{PAGE}?modifier=x"):
        assert (await person.open(path)).status_code == 200, path
    assert (await person.open("/console/familles/zzz")).status_code == 422
    assert (await person.open("/console/familles?q=" + "a" * 201)).status_code == 422
    for fields in ({"subject": "x"}, {"subject": "guardian", "subject_id": "zz"}, {}):
        assert (await person.send(f"{PAGE}/modifier", **fields)).status_code == 422
    sent = {"subject": "family", "version": "²"}
    assert (await person.send(f"{PAGE}/modifier", **sent)).status_code == 422


OTHER_ID = str(uuid4())
MERGE = f"/console/familles/{FAMILY_ID}/reunir/{OTHER_ID}"


def preview() -> dict[str, Any]:
    absorbed = family(family_id=OTHER_ID, name="Sureaux", reference="TWICE")
    pair = {"kept": GUARDIAN_ID, "absorbed": GUARDIAN_ID}
    return {
        "kept": family(),
        "absorbed": absorbed,
        "same_guardians": [pair],
        "same_children": [],
        "differences": {
            "family": [
                {"key": "family.name", "label": "Nom", "kept": "Sureau", "absorbed": "Sureaux"}
            ],
            f"guardian.{GUARDIAN_ID}": [],
        },
    }


async def test_two_files_are_compared_and_reunited(house, reader):
    house.answers |= {
        "/v1/staff/duplicates": {
            "items": [
                {
                    "one": {"family_id": FAMILY_ID, "name": "Sureau", "reference": "A"},
                    "other": {"family_id": OTHER_ID, "name": "Sureaux", "reference": "B"},
                    "reasons": ["child", "phone"],
                }
            ],
            "page": 1,
            "pages": 1,
            "total": 1,
        },
        f"{PATH}/merges/{OTHER_ID}": preview(),
        f"POST {PATH}/merges": family(),
    }
    listed = await reader().open("/console/familles/doublons")
    assert f'href="{MERGE}"' in listed.text
    assert "un enfant de mêmes nom et date de naissance, le même téléphone" in words(listed)
    shown = await reader().open(MERGE)
    tags = Tags(shown.text).found
    ticked = [g["value"] for tag, g in tags if g.get("name") == "same_guardian" and "checked" in g]
    assert ticked == [f"{GUARDIAN_ID}:{GUARDIAN_ID}"]
    assert "Karim Sureau" in words(shown)
    sent = {"version": "3", "absorbed_version": "3", "taken": "family.name"}
    done = await reader().send(MERGE, **sent, same_guardian=ticked[0])
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?fait=1")
    body = house.sent[-1][2]
    assert body["taken"] == ["family.name"]
    assert body["same_guardians"] == [{"kept": GUARDIAN_ID, "absorbed": GUARDIAN_ID}]


async def test_a_merge_that_cannot_be_is_told_on_its_page(house, reader):
    house.answers[f"{PATH}/merges/{OTHER_ID}"] = preview()
    sent = {"version": "3", "absorbed_version": "3"}
    for status, detail, said in (
        (422, "Données sanitaires en double.", "Données sanitaires en double."),
        (409, "", "a changé entre-temps"),
    ):
        house.answers[f"POST {PATH}/merges"] = PeerRefused(status, {"detail": detail})
        page = await reader().send(MERGE, **sent)
        assert page.status_code == status
        assert said in words(page)
    assert (await reader().send(MERGE, **{**sent, "version": "x"})).status_code == 422
    assert (await reader().send(MERGE, **sent, same_child="x:y")).status_code == 422
    assert (await reader(Audience.CENTRE).open(MERGE)).status_code == 403


IMPORT_ID = str(uuid4())
IMPORT = f"/v1/staff/imports/{IMPORT_ID}"


def an_import(state: str, **changed: Any) -> dict[str, Any]:
    return {
        "import_id": IMPORT_ID,
        "state": state,
        "families": 40,
        "done": 10,
        "good": 30,
        "known": 1,
        "mistake_count": 0,
        "mistakes": [],
        **changed,
    }


async def sent_table(enrolment: Any, person: Any, content: bytes) -> Any:
    return await enrolment.client.post(
        "/console/familles/import",
        headers={"Authorization": f"Bearer {person.token}"},
        data={"form_token": "x", "import_id": IMPORT_ID},
        files={"file": ("f.csv", content, "text/csv")},
    )


async def test_a_table_is_sent_followed_and_taken(enrolment, house, reader):
    person = reader()
    assert (await person.open("/console/familles/import")).status_code == 200
    house.answers["POST /v1/staff/imports"] = an_import("waiting")
    sent = await sent_table(enrolment, person, b"reference;famille")
    page = f"/console/familles/import/{IMPORT_ID}"
    assert (sent.status_code, sent.headers["location"]) == (303, page)
    assert house.sent[-1][2] == ({"import_id": IMPORT_ID}, b"reference;famille")
    house.answers[IMPORT] = an_import("waiting")
    assert "10 sur 40" in words(await person.open(page))
    mistake = {"line": 3, "column": "enfant_naissance", "message": "Une date."}
    house.answers[IMPORT] = an_import("checked", mistake_count=1, mistakes=[mistake])
    shown = await person.open(page)
    assert "enfant_naissance" in words(shown)
    assert 'value="all"' not in shown.text, "with a mistake, all is not offered"
    house.answers[f"POST {IMPORT}/take"] = an_import("applying")
    taken = await person.send(page, mode="good")
    assert taken.status_code == 303
    assert house.sent[-1][2] == {"mode": "good"}
    for state in ("applying", "done", "failed"):
        house.answers[IMPORT] = an_import(state)
        assert (await person.open(page)).status_code == 200, state
    house.answers[f"POST {IMPORT}/take"] = PeerRefused(409, {"detail": "Pas encore vérifié."})
    assert "Pas encore vérifié." in words(await person.send(page, mode="all"))


async def test_a_table_that_is_not_taken_is_explained(enrolment, house, reader):
    person = reader()
    empty = await sent_table(enrolment, person, b"")
    assert empty.status_code == 422
    assert "Choisissez un fichier." in words(empty)
    house.answers["POST /v1/staff/imports"] = PeerRefused(413, {})
    assert "dépasse 12" in words(await sent_table(enrolment, person, b"x"))
    house.answers["POST /v1/staff/imports"] = PeerUnavailable("accounts")
    assert (await sent_table(enrolment, person, b"x")).status_code == 503
    assert (await person.send("/console/familles/import", file="x")).status_code == 422


async def test_an_export_passes_through_under_its_name(house, reader):
    house.answers["/v1/staff/exports/families.csv"] = b"reference;famille\r\n"
    answer = await reader(Audience.CENTRE).open("/console/familles/export.csv")
    assert answer.content == b"reference;famille\r\n"
    assert "familles.csv" in answer.headers["content-disposition"]
    house.answers["/v1/staff/exports/families.csv"] = PeerUnavailable("accounts")
    assert (await reader().open("/console/familles/export.csv")).status_code == 503
    assert (await reader(Audience.AUDITOR).open("/console/familles/export.csv")).status_code == 403


async def test_a_child_leaves_once_what_it_ends_was_read(house, reader, enrolment, wednesdays):
    family = await enrolment.family("2018-05-04", name="Sureau", names=("Nina",))
    child_id = str(family.children[0])
    file = family_of(child_id)
    house.answers |= {PATH: file, f"{PATH}/former-children": []}
    leaving = f"{PAGE}/enfants/{child_id}/depart"
    assert f'href="{leaving}"' in (await reader().open(f"{PAGE}?modifier=child:{child_id}")).text
    slot_id = wednesdays.slots["Journée"]
    await booked(enrolment, family, slot_id, WEDNESDAY, "2026-12-16")
    waiting = asking((family.children[0], slot_id, "2026-12-09"))
    await family.post("/v1/me/requests", waiting)

    seen = await reader().open(leaving)
    assert "Journée\u00a0: 3\u00a0jours, du 02/12/2026 au 16/12/2026" in words(seen)
    assert f"/console/demandes/{waiting['request_id']}" in seen.text
    assert "Retirer du dossier" not in seen.text
    early = await reader().send(leaving, version="7")
    assert (early.status_code, "décidez-les d’abord" in words(early)) == (409, True)

    await family.post(f"/v1/me/requests/{waiting['request_id']}/withdraw")
    door = f"DELETE {PATH}/children/{child_id}"
    house.answers[door] = PeerRefused(409, {"type": "accounts.file-changed"})
    stale = await reader().send(leaving, version="7")
    assert (stale.status_code, "a changé entre-temps" in words(stale)) == (409, True)
    house.answers[door] = file
    done = await reader().send(leaving, version="7")
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?fait=1")
    assert (await reader(Audience.CENTRE).open(leaving)).status_code == 403
    assert (await reader().open(leaving.replace(child_id, str(uuid4())))).status_code == 404

    left = {**file["children"][0], "left_at": "2026-11-24T08:00:00Z"}
    house.answers |= {PATH: {**file, "children": []}, f"{PATH}/former-children": [left]}
    page = await reader().open(PAGE)
    assert "Nina Sureau 8\u00a0ans, depuis le 24/11/2026" in words(page)
    back = f"{PAGE}/enfants/{child_id}/retour"
    assert f'action="{back}"' in page.text
    house.answers[f"POST {PATH}/children/{child_id}/return"] = file
    assert (await reader().send(back)).status_code == 303


def family_of(child_id: str) -> dict[str, Any]:
    file = family()
    file["children"][0]["child_id"] = child_id
    return file
