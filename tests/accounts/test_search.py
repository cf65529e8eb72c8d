"""Staff find a family by what they remember of it."""

from typing import Any

import pytest

from accounts.domain.searching import Looking, Word, words
from accounts.upkeep import one_round
from chassis.auth import Audience


def people(**changed: Any) -> dict[str, Any]:
    return {
        "guardians": [
            {
                "given_name": "Camille",
                "family_name": "Noisetier",
                "is_payer": True,
                "mobile_phone": "06 12 34 56 78",
                "email": "camille.noisetier@example.org",
                "city": "Val d’Arbelle",
            },
            {
                "given_name": "Jean-Baptiste",
                "family_name": "D’Érable",
                "work_phone": "+41791234567",
            },
        ],
        "reference": "VA-2026-0042",
        **changed,
    }


@pytest.fixture
async def noisetier(accounts, new_family):
    """The family looked for, among others that are nearly called so."""
    others = ["Aubépin", "Aubépine", "Œillet", "Чайка"]
    for name in others:
        guardian = {"given_name": "Ana", "family_name": name, "is_payer": True}
        child = {"given_name": "Iris", "family_name": name, "born_on": "2020-01-01"}
        body = new_family(name=name, guardians=[guardian], children=[child])
        assert (await accounts.as_staff("POST", "/v1/staff/families", body)).status_code == 201
    made = await accounts.as_staff("POST", "/v1/staff/families", new_family(**people()))
    assert made.status_code == 201, made.text
    return made.json()


async def found(
    accounts: Any, q: str, page: int = 1, role: Any = Audience.SECRETARIAT
) -> list[str]:
    token = await accounts.token(role)
    answer = await accounts.call(
        "GET", "/v1/staff/families", token=token, params={"q": q, "page": page}
    )
    assert answer.status_code == 200, answer.text
    return [family["name"] for family in answer.json()["items"]]


FIRST = (
    "noisetier",
    "  NOISETIER ",
    "noisetir",
    "noizetier",
    "Lou Noisetier",
    "noisetier lou camille",
    "camile",
    "jean baptiste",
    "jeanbaptiste",
    "d'erable",
    "derable",
    "Érable",
    "E\u0301rable",
    "06 12 34 56 78",
    "0612345678",
    "+33 6 12 34 56 78",
    "06.12.34.56.78",
    "5678",
    "lou 0612345678",
    "0041791234567"[2:],
    "VA-2026-0042",
    "va20260042",
    "2026-0042",
    "camille.noisetier@example.org",
    "Camille.Noisetier@",
)
BREAKS = (
    "%",
    "_",
    "'",
    "\\",
    "a\x00b",
    "😀",
    "' OR 1=1 --",
    ":word_0",
    "a" * 200,
    "{q}",
    "\u202e",
    "@",
)


async def test_a_family_is_found_first_by_whatever_is_remembered(accounts, noisetier):
    for typed in FIRST:
        assert (await found(accounts, typed))[:1] == ["Noisetier"], typed


async def test_the_very_word_comes_before_what_begins_or_looks_like_it(accounts, noisetier):
    assert await found(accounts, "aubepin") == ["Aubépin", "Aubépine"]
    assert (await found(accounts, "aubepyne"))[0] == "Aubépine"
    assert await found(accounts, "oeillet") == ["Œillet"]
    assert await found(accounts, "чайка") == ["Чайка"]


async def test_every_word_must_be_found(accounts, noisetier):
    assert await found(accounts, "noisetier iris") == []
    assert await found(accounts, "ana") == ["Aubépin", "Aubépine", "Œillet", "Чайка"]


async def test_without_a_word_every_family_is_listed_page_by_page(accounts, noisetier):
    assert len(await found(accounts, "")) == 5
    assert await found(accounts, "  ") == await found(accounts, "")
    assert await found(accounts, "", page=2) == []


async def test_nothing_that_is_typed_breaks_the_search(accounts, noisetier):
    for typed in BREAKS:
        assert "Noisetier" not in await found(accounts, typed), typed


async def test_too_long_a_question_is_refused(accounts):
    answer = await accounts.as_staff("GET", f"/v1/staff/families?q={'a' * 201}")
    assert answer.status_code == 422


async def test_a_changed_name_is_found_and_the_former_is_not(accounts, noisetier):
    path = f"/v1/staff/families/{noisetier['family_id']}"
    guardian = noisetier["guardians"][1]["guardian_id"]
    body = {
        "version": 1,
        "subject": "guardian",
        "subject_id": guardian,
        "values": {"family_name": "Mélèze", "work_phone": ""},
    }
    assert (await accounts.as_staff("PATCH", path, body)).status_code == 200
    assert await found(accounts, "meleze") == ["Noisetier"]
    assert await found(accounts, "derable") == []
    assert await found(accounts, "41791234567") == []


async def test_names_that_nobody_bears_are_forgotten(accounts, noisetier):
    async with accounts.runtime.database.transaction() as transaction:
        from sqlalchemy import delete

        from accounts.store.tables import guardians

        await transaction.connection.execute(
            delete(guardians).where(guardians.c.given_name == "Jean-Baptiste")
        )
    await one_round(accounts.runtime)
    assert await _spellings(accounts, "jeanbaptiste", "lou") == {"lou"}


async def _spellings(accounts: Any, *asked: str) -> set[str]:
    from sqlalchemy import select

    from accounts.store.tables import search_spellings

    query = select(search_spellings.c.word).where(search_spellings.c.word.in_(asked))
    async with accounts.runtime.database.reading() as connection:
        return set((await connection.execute(query)).scalars())


def test_a_number_is_read_whole_and_in_its_national_form():
    assert words("+33 (0)6 12") == (Word(Looking.INSIDE, "0612"),)
    assert words("0033612345678") == (Word(Looking.INSIDE, "0612345678"),)
    assert words("lou lou") == (Word(Looking.NAME, "lou"),)
    assert len(words("a b c d e f g h")) == 6
