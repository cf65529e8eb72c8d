"""Families by the table: checked line by line, taken whole or not at all, and given back."""

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import odfdo
import pytest

from accounts.domain.importing import TITLES
from accounts.use_cases.import_families import work_on_imports
from chassis.auth import Audience

GOOD = {
    "reference": "F-1",
    "famille": "Noisetier",
    "habite_le_territoire": "oui",
    "situation": "Mariés",
    "quotient": "540",
    "quotient_depuis": "01/01/2026",
    "responsable1_civilite": "Madame",
    "responsable1_prenom": "Camille",
    "responsable1_nom": "Noisetier",
    "responsable1_mobile": "+41 79 123 45 67",
    "responsable2_prenom": "Sacha",
    "responsable2_nom": "D’Érable",
    "enfant_prenom": "Lou",
    "enfant_nom": "Noisetier",
    "enfant_naissance": "02/03/2019",
    "enfant_sexe": "Fille",
}
SIBLING = {"reference": "F-1", "enfant_prenom": "Noé", "enfant_nom": "Noisetier"}
SIBLING |= {"enfant_naissance": "2022-01-31"}
OTHER = {**GOOD, "reference": "F-2", "famille": "Œillet", "enfant_prenom": "=cmd()"}
OTHER["enfant_prenom"] = "Zoé"


def table(*rows: dict[str, str], separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    titles = list(dict.fromkeys(title for row in rows for title in row))
    page = io.StringIO()
    writer = csv.DictWriter(page, titles, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode(encoding)


async def send(accounts: Any, content: bytes, import_id: str | None = None) -> Any:
    import_id = import_id or str(uuid4())
    return await accounts.call(
        "POST",
        "/v1/staff/imports",
        token=await accounts.token(Audience.SECRETARIAT),
        data={"import_id": import_id},
        files={"file": ("familles.csv", content, "text/csv")},
    )


async def checked(accounts: Any, content: bytes) -> dict[str, Any]:
    sent = await send(accounts, content)
    assert sent.status_code == 202, sent.text
    await work_on_imports(accounts.runtime.database, accounts.clock)
    return await seen(accounts, sent.json()["import_id"])


async def seen(accounts: Any, import_id: str) -> dict[str, Any]:
    answer = await accounts.as_staff("GET", f"/v1/staff/imports/{import_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def take(accounts: Any, import_id: str, mode: str = "all") -> Any:
    answer = await accounts.as_staff("POST", f"/v1/staff/imports/{import_id}/take", {"mode": mode})
    await work_on_imports(accounts.runtime.database, accounts.clock)
    return answer


async def families(accounts: Any) -> list[dict[str, Any]]:
    found = await accounts.as_staff("GET", "/v1/staff/families")
    items: list[dict[str, Any]] = found.json()["items"]
    return items


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "cp1252"), (";", "cp1252")],
)
async def test_a_table_is_checked_then_taken(accounts, separator, encoding):
    found = await checked(
        accounts, table(GOOD, OTHER, SIBLING, separator=separator, encoding=encoding)
    )
    assert (found["state"], found["good"], found["mistake_count"]) == ("checked", 2, 0), found
    assert await families(accounts) == [], "a check takes nothing"
    taken = await take(accounts, found["import_id"])
    assert taken.status_code == 202
    done = await seen(accounts, found["import_id"])
    assert (done["state"], done["good"], done["done"]) == ("done", 2, 2)
    first, second = await families(accounts)
    assert [child["name"] for child in first["children"]] == ["Lou Noisetier", "Noé Noisetier"]
    assert second["name"] == "Œillet"
    whole = (await accounts.as_staff("GET", f"/v1/staff/families/{first['family_id']}")).json()
    assert (whole["situation"], whole["resident"]) == ("married", True)
    assert whole["guardians"][0]["mobile_phone"] == "+41791234567"
    assert whole["guardians"][0]["is_payer"] is True
    assert whole["children"][0]["sex"] == "f"
    assert whole["quotients"][0]["value"] == 540
    told = [envelope.type for envelope in await accounts.recorded()]
    assert told.count("accounts.family.recorded.v1") == 2
    assert told.count("accounts.child.recorded.v1") == 3


async def test_sent_again_nothing_is_doubled_and_nothing_is_written_over(accounts):
    content = table(GOOD)
    first = await checked(accounts, content)
    await take(accounts, first["import_id"])
    again = await checked(accounts, table({**GOOD, "famille": "Changée"}, OTHER))
    assert (again["good"], again["known"]) == (1, 1)
    await take(accounts, again["import_id"])
    assert [one["name"] for one in await families(accounts)] == ["Noisetier", "Œillet"]
    # Taking or working again changes nothing.
    assert (await take(accounts, again["import_id"])).status_code == 202
    assert len(await families(accounts)) == 2


async def test_every_mistake_is_told_with_its_line_and_nothing_is_half_done(accounts, problem_of):
    wrong = {
        **OTHER,
        "responsable1_mobile": "12",
        "enfant_naissance": "31/02/2019",
        "situation": "Heureux",
    }
    found = await checked(
        accounts,
        table(GOOD, wrong, {**SIBLING, "famille": "Autre"}, {**OTHER, "reference": "<F>"}),
    )
    told = {(one["line"], one["column"]) for one in found["mistakes"]}
    assert told == {
        (3, "responsable1_mobile"),
        (3, "enfant_naissance"),
        (3, "situation"),
        (4, "famille"),
        (5, "reference"),
    }
    assert all(one["message"].endswith((".", "étranger.")) for one in found["mistakes"])
    refused = await take(accounts, found["import_id"])
    assert (refused.status_code, problem_of(refused)) == (409, "accounts.import-not-ready")
    assert await families(accounts) == []


async def test_the_good_lines_alone_are_taken_when_staff_say_so(accounts):
    found = await checked(accounts, table(GOOD, {**OTHER, "enfant_naissance": "hier"}))
    assert (found["good"], found["mistake_count"]) == (1, 1)
    await take(accounts, found["import_id"], "good")
    assert [one["name"] for one in await families(accounts)] == ["Noisetier"]


async def test_what_is_no_table_is_told(accounts):
    for content, words in (
        (b"PK\x03\x04zip", "n’est pas du CSV"),
        (b"a\x00b", "n’est pas du texte"),
        (b"\x81\x8d", "ni en UTF-8 ni en Windows-1252"),
        (b"reference;famille\n", "aucune ligne"),
        (b"reference;inconnue\nF;x\n", "« inconnue »".replace(" ", "\u00a0")),
        (b'reference;famille\nF;"x\n', "guillemet"),
        (b"famille;famille\na;b\n", "même titre"),
        (b"reference;famille\na;b;c\n", "plus de cellules"),
    ):
        found = await checked(accounts, content)
        assert found["state"] == "unreadable", content
        assert words in found["mistakes"][0]["message"], found["mistakes"]


async def test_a_sending_is_checked_before_anything(accounts, problem_of):
    import_id = str(uuid4())
    assert (await send(accounts, table(GOOD), import_id)).status_code == 202
    assert (await send(accounts, table(GOOD), import_id)).status_code == 202
    other = await send(accounts, table(OTHER), import_id)
    assert (other.status_code, problem_of(other)) == (409, "accounts.import-not-ready")
    early = await accounts.as_staff("POST", f"/v1/staff/imports/{import_id}/take", {})
    assert (early.status_code, problem_of(early)) == (409, "accounts.import-not-ready")
    assert (await send(accounts, b"")).status_code == 409
    assert (await send(accounts, b"x", "zz")).status_code == 422
    assert (await accounts.as_staff("GET", f"/v1/staff/imports/{uuid4()}")).status_code == 404
    huge = await send(accounts, b"x" * (13 * 1024 * 1024))
    assert huge.status_code == 413


async def export(accounts: Any, kind: str, role: Audience) -> Any:
    return await accounts.as_staff("GET", f"/v1/staff/exports/families.{kind}", role=role)


async def test_what_is_exported_can_be_imported_again(start, accounts):
    found = await checked(accounts, table(GOOD, SIBLING, OTHER))
    await take(accounts, found["import_id"])
    answer = await export(accounts, "csv", Audience.ADMIN)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "'+41791234567" in answer.text, "no cell begins like a formula"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == TITLES
    assert [row["enfant_prenom"] for row in rows] == ["Lou", "Noé", "Zoé"]
    renamed = answer.content.replace(b"F-1", b"F-9").replace(b"F-2", b"F-8")
    again = await checked(accounts, renamed)
    assert (again["good"], again["mistakes"]) == (2, [])


async def test_ods_has_the_same_lines(accounts):
    found = await checked(accounts, table(GOOD, SIBLING))
    await take(accounts, found["import_id"])
    answer = await export(accounts, "ods", Audience.SECRETARIAT)
    sheet = odfdo.Document(io.BytesIO(answer.content)).body.get_table(0)
    values = sheet.get_values()
    assert tuple(values[0]) == TITLES
    assert len(values) == 3


async def test_each_role_gets_the_columns_of_its_work(accounts):
    found = await checked(accounts, table(GOOD))
    await take(accounts, found["import_id"])
    cash = (await export(accounts, "csv", Audience.CASH_OFFICE)).text
    centre = (await export(accounts, "csv", Audience.CENTRE)).text
    assert "quotient" in cash
    assert "enfant_naissance" not in cash
    assert "enfant_naissance" in centre
    assert "quotient" not in centre
    assert "allocataire" not in centre
    assert (await export(accounts, "csv", Audience.AUDITOR)).status_code == 403


async def test_the_template_is_a_table_that_can_be_sent(accounts):
    model = await accounts.as_staff("GET", "/v1/staff/imports/template")
    assert model.status_code == 200
    found = await checked(accounts, model.content)
    assert (found["state"], found["good"]) == ("checked", 1), found["mistakes"]


async def test_an_import_in_the_middle_of_which_a_process_stopped_is_taken_up(accounts):
    found = await checked(accounts, table(GOOD))
    answer = await accounts.as_staff(
        "POST", f"/v1/staff/imports/{found['import_id']}/take", {"mode": "all"}
    )
    assert answer.json()["state"] == "applying"
    assert UUID(answer.json()["import_id"])
    await work_on_imports(accounts.runtime.database, accounts.clock)
    assert (await seen(accounts, found["import_id"]))["state"] == "done"
