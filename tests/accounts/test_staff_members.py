"""Members of staff: roles, closing at once, the second factor."""

import asyncio
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pyotp
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from accounts.store.tables import recovery_codes, second_factors
from accounts.use_cases.make_link import secret_of
from chassis.auth import Audience

PASSWORD = "petitnavire2026"
PATH = "/v1/staff/staff-members"


async def add(accounts, identifier="dominique", roles=("secretariat",)):
    return await accounts.add_staff(identifier, *roles)


async def signed_in(accounts, identifier="dominique"):
    answer = await accounts.sign_in(identifier, door="staff")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_agent_chooses_the_password_by_a_letter_that_serves_once(accounts, problem_of):
    body = {"name": "Alix Péan", "identifier": "alix", "roles": ["secretariat"]}
    made = (await accounts.as_staff("POST", PATH, {**body, "password": PASSWORD})).json()
    assert (await accounts.sign_in("alix", door="staff")).status_code == 401
    own = f"{PATH}/{made['staff_id']}"
    letter = f"links/{made['link_id']}/letter"
    printed = await accounts.as_staff("GET", f"{own}/{letter}")
    words = PdfReader(BytesIO(printed.content)).pages[0].extract_text()
    secret = secret_of(accounts.own.master_key, UUID(made["link_id"]))
    assert secret in words
    assert "Alix Péan" in words
    assert "console des agents" in words
    # Neither by the doors of families' letters, nor as somebody else's, nor by the secretariat.
    for path, role, status in (
        (f"/v1/staff/access-links/{made['link_id']}/letter", Audience.SECRETARIAT, 410),
        (f"{PATH}/{await add(accounts)}/{letter}", Audience.ADMIN, 410),
        (f"{own}/{letter}", Audience.SECRETARIAT, 403),
    ):
        assert (await accounts.as_staff("GET", path, role=role)).status_code == status
    another = (await accounts.as_staff("POST", f"{own}/links")).json()
    wish = {"secret": secret, "password": PASSWORD, "address": "192.0.2.7"}
    over = await accounts.as_service("POST", "/v1/access-links/redeem", wish)
    assert (over.status_code, problem_of(over)) == (410, "accounts.link-over")
    wish["secret"] = secret_of(accounts.own.master_key, UUID(another["link_id"]))
    shown = await accounts.as_service("POST", "/v1/access-links/open", wish)
    assert (shown.json()["door"], shown.json()["name"]) == ("staff", "Alix Péan")
    for status in (200, 410):
        answer = await accounts.as_service("POST", "/v1/access-links/redeem", wish)
        assert answer.status_code == status
    await signed_in(accounts, "alix")
    sheet = (await accounts.as_staff("GET", own)).json()
    assert [one["what"] for one in sheet["actions"]] == ["letter-made", "letter-made"]
    await accounts.as_staff("POST", f"{own}/disable", {"version": 1})
    assert (await accounts.as_staff("POST", f"{own}/links")).status_code == 409


async def refreshed(accounts, session):
    return await accounts.as_service("POST", "/v1/sessions/refresh", {"session": session})


async def test_roles_change_from_the_next_token_on(accounts):
    staff_id = await add(accounts)
    session = (await signed_in(accounts))["session"]
    changed = await accounts.as_staff(
        "POST", f"{PATH}/{staff_id}/roles", {"version": 1, "roles": ["centre", "auditor"]}
    )
    assert (changed.json()["version"], changed.json()["roles"]) == (2, ["auditor", "centre"])
    assert (await refreshed(accounts, session)).json()["principal"]["audiences"] == [
        "auditor",
        "centre",
    ]
    event = (await accounts.recorded())[-1]
    assert event.data["version"] == 2
    assert event.data["roles"] == ["auditor", "centre"]


async def test_a_closed_member_of_staff_is_out_at_the_next_refresh(accounts):
    staff_id = await add(accounts)
    session = (await signed_in(accounts))["session"]
    closed = await accounts.as_staff("POST", f"{PATH}/{staff_id}/disable", {"version": 1})
    assert closed.json()["active"] is False
    assert (await refreshed(accounts, session)).status_code == 401
    assert (await accounts.sign_in("dominique", door="staff")).status_code == 401
    assert (await accounts.recorded())[-1].data["active"] is False
    opened = await accounts.as_staff("POST", f"{PATH}/{staff_id}/enable", {"version": 2})
    assert opened.json()["active"] is True
    assert (await refreshed(accounts, session)).status_code == 401
    await signed_in(accounts)
    sheet = (await accounts.as_staff("GET", f"{PATH}/{staff_id}")).json()
    assert [one["what"] for one in sheet["actions"]] == ["enabled", "disabled", "letter-made"]


async def test_a_page_that_is_out_of_date_changes_nothing(accounts, problem_of):
    staff_id = await add(accounts)
    await accounts.as_staff("POST", f"{PATH}/{staff_id}/disable", {"version": 1})
    late = await accounts.as_staff(
        "POST", f"{PATH}/{staff_id}/roles", {"version": 1, "roles": ["centre"]}
    )
    assert (late.status_code, problem_of(late)) == (409, "accounts.staff-changed")


async def test_somebody_always_administers(accounts, problem_of):
    first, second = (
        await add(accounts, "un.admin", ["admin"]),
        await add(accounts, "b.admin", ["admin"]),
    )
    both = await asyncio.gather(
        *(
            accounts.as_staff("POST", f"{PATH}/{one}/disable", {"version": 1})
            for one in (first, second)
        )
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert problem_of(max(both, key=lambda one: one.status_code)) == "accounts.last-administrator"
    left = first if both[0].status_code == 409 else second
    refused = await accounts.as_staff(
        "POST", f"{PATH}/{left}/roles", {"version": 1, "roles": ["centre"]}
    )
    assert problem_of(refused) == "accounts.last-administrator"


@pytest.mark.parametrize("roles", [[], None, "admin", ["family"], ["service"], ["admin"] * 6])
async def test_roles_that_are_none_are_refused(accounts, roles):
    staff_id = await add(accounts)
    body = {"version": 1, "roles": roles}
    assert (await accounts.as_staff("POST", f"{PATH}/{staff_id}/roles", body)).status_code == 422


async def test_an_unknown_member_of_staff_is_not_found(accounts):
    for path, body in (
        ("roles", {"version": 1, "roles": ["centre"]}),
        ("disable", {"version": 1}),
        ("enable", {"version": 1}),
        ("second-factor/reset", None),
    ):
        answer = await accounts.as_staff("POST", f"{PATH}/{uuid4()}/{path}", body)
        assert answer.status_code == 404
    assert (await accounts.as_staff("GET", f"{PATH}/{uuid4()}")).status_code == 404


async def enrolled(accounts):
    """(the secret, the recovery codes, the staff token) of a member with a second factor."""
    token = (await signed_in(accounts))["token"]
    proposal = (await accounts.call("POST", "/v1/me/second-factor", token=token)).json()
    assert proposal["address"].startswith("otpauth://totp/")
    body = {"code": code_at(accounts, proposal["secret"])}
    done = await accounts.call("POST", "/v1/me/second-factor/confirm", body, token=token)
    assert done.status_code == 200, done.text
    accounts.clock.advance(timedelta(seconds=30))
    return proposal["secret"], done.json()["codes"], token


def code_at(accounts, secret, ahead=0):
    return pyotp.TOTP(secret).at(accounts.clock.now() + timedelta(seconds=ahead))


async def give(accounts, session, code):
    body = {"session": session, "code": code, "address": "192.0.2.1"}
    return await accounts.as_service("POST", "/v1/sign-in/code", body)


async def test_with_a_second_factor_the_password_alone_opens_nothing(accounts, problem_of):
    await add(accounts)
    secret, _, _ = await enrolled(accounts)
    half = await signed_in(accounts)
    assert set(half) == {"session", "code_needed"}
    assert (await refreshed(accounts, half["session"])).status_code == 401
    wrong = await give(accounts, half["session"], "000000")
    assert (wrong.status_code, problem_of(wrong)) == (422, "accounts.wrong-code")
    whole = await give(accounts, half["session"], code_at(accounts, secret))
    assert whole.json()["principal"]["name"] == "Dominique Renoncule"
    assert (await refreshed(accounts, half["session"])).status_code == 200


async def test_a_code_is_taken_once(accounts):
    await add(accounts)
    secret, _, _ = await enrolled(accounts)
    code = code_at(accounts, secret)
    first, second = await signed_in(accounts), await signed_in(accounts)
    answers = await asyncio.gather(
        give(accounts, first["session"], code), give(accounts, second["session"], code)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    # An older one than the last that was taken is refused too, though its time is not over.
    assert (
        await give(accounts, second["session"], code_at(accounts, secret, -30))
    ).status_code == 422
    accounts.clock.advance(timedelta(seconds=30))
    assert (await give(accounts, second["session"], code_at(accounts, secret))).status_code == 200


async def test_wrong_codes_are_slowed_down_with_wrong_passwords(accounts):
    await add(accounts)
    await enrolled(accounts)
    session = (await signed_in(accounts))["session"]
    statuses = [(await give(accounts, session, "000000")).status_code for _ in range(6)]
    assert statuses == [422] * 4 + [429] * 2


async def test_the_code_is_awaited_for_ten_minutes(accounts):
    await add(accounts)
    secret, _, _ = await enrolled(accounts)
    session = (await signed_in(accounts))["session"]
    accounts.clock.advance(timedelta(minutes=11))
    assert (await give(accounts, session, code_at(accounts, secret))).status_code == 401


async def test_a_recovery_code_opens_once(accounts):
    await add(accounts)
    _, codes, _ = await enrolled(accounts)
    assert len(set(codes)) == 10
    for session, status in (
        ((await signed_in(accounts))["session"], 200),
        ((await signed_in(accounts))["session"], 422),
    ):
        assert (await give(accounts, session, codes[0].lower())).status_code == status


async def test_neither_the_secret_nor_the_codes_can_be_read_in_the_database(accounts):
    await add(accounts)
    secret, codes, _ = await enrolled(accounts)
    async with accounts.runtime.database.reading() as connection:
        stored = repr((await connection.execute(select(second_factors))).all())
        stored += repr((await connection.execute(select(recovery_codes))).all())
    assert secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


async def test_the_owner_removes_it_by_a_code_and_an_administrator_when_it_is_lost(accounts):
    staff_id = await add(accounts)
    secret, codes, token = await enrolled(accounts)
    path = "/v1/me/second-factor"
    again = await accounts.call("POST", path, token=token)
    assert again.status_code == 409
    wrong = await accounts.call("POST", f"{path}/remove", {"code": "000000"}, token=token)
    assert wrong.status_code == 422
    body = {"code": code_at(accounts, secret)}
    assert (await accounts.call("POST", f"{path}/remove", body, token=token)).status_code == 204
    assert "token" in await signed_in(accounts)
    await enrolled(accounts)
    assert (await signed_in(accounts))["code_needed"] is True
    reset = await accounts.as_staff("POST", f"{PATH}/{staff_id}/second-factor/reset")
    assert reset.status_code == 204
    assert "token" in await signed_in(accounts)
    assert codes


async def test_a_proposal_asks_for_nothing_until_it_is_confirmed(accounts):
    await add(accounts)
    token = (await signed_in(accounts))["token"]
    secrets = [
        (await accounts.call("POST", "/v1/me/second-factor", token=token)).json()["secret"]
        for _ in range(2)
    ]
    assert secrets[0] != secrets[1]
    assert "token" in await signed_in(accounts)
    for code in (code_at(accounts, secrets[0]), "", "😀", "x" * 41):
        refused = await accounts.call(
            "POST", "/v1/me/second-factor/confirm", {"code": code}, token=token
        )
        assert refused.status_code == 422


async def test_staff_read_their_own_log_and_change_their_own_password(accounts):
    await add(accounts)
    token = (await signed_in(accounts))["token"]
    assert (await accounts.call("GET", "/v1/me/sign-ins", token=token)).json()["total"] == 1
    assert (await accounts.call("GET", "/v1/me/access", token=token)).json()[
        "identifier"
    ] == "dominique"
    body = {"current": PASSWORD, "new": "grandnavire2026"}
    assert (await accounts.call("POST", "/v1/me/password", body, token=token)).status_code == 204
    answer = await accounts.sign_in("dominique", "grandnavire2026", door="staff")
    assert answer.status_code == 200
    assert not [one for one in await accounts.recorded() if "password" in one.type]
