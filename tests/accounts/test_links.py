"""Links that let their holder choose a password, and what staff do with accesses."""

import asyncio
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from accounts.domain.access_link import secret_from
from accounts.store.tables import access_links
from accounts.use_cases.make_link import secret_of
from chassis.auth import Audience

NEW = "grandnavire2026"
PASSWORD = "petitnavire2026"
STAFF_ID = str(uuid4())


async def staff_call(accounts, method, path, body=None):
    token = await accounts.token(Audience.SECRETARIAT)
    return await accounts.call(method, path, body, token=token)


async def issued(accounts, **body):
    """A family's new access without a password: (family, account id)."""
    family = await accounts.add_family()
    given = {"identifier": "attente", "email": "noisetier@example.test", **body}
    made = await staff_call(
        accounts, "POST", f"/v1/staff/families/{family['family_id']}/credentials", given
    )
    assert made.status_code == 201, made.text
    return family, made.json()["account_id"]


async def link(accounts, account_id, delivery="email"):
    made = await staff_call(
        accounts, "POST", f"/v1/staff/accesses/{account_id}/links", {"delivery": delivery}
    )
    assert made.status_code == 201, made.text
    return secret_of(accounts.own.master_key, made.json()["link_id"])


def opening(secret, **more):
    return {"secret": secret, "address": "192.0.2.1", **more}


async def opened(accounts, secret, **more):
    return await accounts.as_service("POST", "/v1/access-links/open", opening(secret, **more))


async def redeemed(accounts, secret, password=NEW):
    body = opening(secret, password=password)
    return await accounts.as_service("POST", "/v1/access-links/redeem", body)


async def test_a_family_chooses_its_password_by_a_link(accounts):
    family, account_id = await issued(accounts)
    secret = await link(accounts, account_id)
    shown = (await opened(accounts, secret)).json()
    assert (shown["purpose"], shown["identifier"], shown["door"]) == (
        "activation",
        "attente",
        "family",
    )
    assert "De 12 à 20 caractères" in shown["policy"]["rule"]
    done = await redeemed(accounts, secret)
    assert (done.status_code, done.json()) == (200, {"door": "family"})
    assert (await accounts.sign_in("attente", NEW)).status_code == 200
    told = [one.data for one in await accounts.recorded() if "password" in one.type]
    assert told == [
        {
            "version": 1,
            "family_id": family["family_id"],
            "account_id": account_id,
            "guardian_id": None,
            "changed_at": "2026-11-24T06:00:00Z",
        }
    ]


async def test_looking_at_a_link_does_not_use_it(accounts):
    _, account_id = await issued(accounts)
    secret = await link(accounts, account_id)
    for _ in range(3):
        assert (await opened(accounts, secret)).status_code == 200
    typed = secret.lower().replace("-", " ")
    assert (await redeemed(accounts, typed)).status_code == 200


async def test_a_link_pressed_twice_serves_once(accounts, problem_of):
    _, account_id = await issued(accounts)
    secret = await link(accounts, account_id)
    answers = await asyncio.gather(*(redeemed(accounts, secret, f"{NEW}{n}") for n in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410]
    assert problem_of(await opened(accounts, secret)) == "accounts.link-over"


async def test_a_reset_lasts_half_an_hour_and_an_activation_some_days(accounts):
    _, account_id = await issued(accounts)
    activation = await link(accounts, account_id)
    accounts.clock.advance(timedelta(days=14))
    assert (await redeemed(accounts, activation)).status_code == 200
    reset = await link(accounts, account_id)
    assert (await opened(accounts, reset)).json()["purpose"] == "reset"
    accounts.clock.advance(timedelta(minutes=30))
    assert (await redeemed(accounts, reset)).status_code == 410
    letter = await link(accounts, account_id, "letter")
    accounts.clock.advance(timedelta(days=3))
    assert (await opened(accounts, letter)).json()["purpose"] == "activation"


async def test_a_weak_password_leaves_the_link_usable(accounts, problem_of):
    _, account_id = await issued(accounts)
    secret = await link(accounts, account_id)
    for weak in ("court1", "sanschiffres", "é" * 12 + "1", "x" * 21):
        refused = await redeemed(accounts, secret, weak)
        assert (refused.status_code, problem_of(refused)) == (422, "accounts.weak-password")
    assert (await redeemed(accounts, secret)).status_code == 200


async def test_a_reset_ends_every_session_and_forgives_the_guesses_of_others(accounts):
    family = await accounts.add_family()
    signed_in = (await accounts.sign_in()).json()
    for _ in range(6):
        await accounts.sign_in(password="faux1faux1faux")
    account_id = signed_in["principal"]["id"]
    email = {"email": "noisetier@example.test"}
    await staff_call(accounts, "POST", f"/v1/staff/accesses/{account_id}/address", email)
    secret = await link(accounts, account_id)
    assert (await redeemed(accounts, secret)).status_code == 200
    over = await accounts.as_service(
        "POST", "/v1/sessions/refresh", {"session": signed_in["session"]}
    )
    assert over.status_code == 401
    assert (await accounts.sign_in(password=NEW)).status_code == 200
    assert family["name"] == "Noisetier"


async def test_an_address_that_tries_secrets_waits(accounts):
    statuses = {
        (await opened(accounts, secret_from(bytes([n]) * 32))).status_code for n in range(40)
    }
    assert statuses == {410}
    assert (await opened(accounts, secret_from(b"x" * 32))).status_code == 429


async def test_a_link_by_mail_asks_messaging_and_tells_no_secret(accounts):
    family, account_id = await issued(accounts)
    secret = await link(accounts, account_id)
    (event,) = [one for one in await accounts.recorded() if "link" in one.type]
    assert event.data["family_id"] == family["family_id"]
    assert event.data["purpose"] == "activation"
    assert secret not in event.to_bytes().decode()
    by_letter = await link(accounts, account_id, "letter")
    assert by_letter != secret
    assert len([one for one in await accounts.recorded() if "link" in one.type]) == 1


async def test_without_an_address_nothing_is_sent(accounts, problem_of):
    _, account_id = await issued(accounts, email=None)
    path = f"/v1/staff/accesses/{account_id}/links"
    refused = await staff_call(accounts, "POST", path, {"delivery": "email"})
    assert (refused.status_code, problem_of(refused)) == (409, "accounts.no-address")
    async with accounts.runtime.database.reading() as connection:
        assert (await connection.execute(select(access_links))).all() == []


async def test_another_address_kills_the_links_sent_before(accounts):
    _, account_id = await issued(accounts)
    secret = await link(accounts, account_id)
    body = {"email": "autre@example.test"}
    changed = await staff_call(accounts, "POST", f"/v1/staff/accesses/{account_id}/address", body)
    assert changed.status_code == 204
    assert (await opened(accounts, secret)).status_code == 410


async def test_a_closed_access_lets_nobody_in_until_it_is_opened(accounts, problem_of):
    await accounts.add_family()
    signed_in = (await accounts.sign_in()).json()
    path = f"/v1/staff/accesses/{signed_in['principal']['id']}"
    secret = await link(accounts, signed_in["principal"]["id"], "letter")
    assert (await staff_call(accounts, "POST", f"{path}/disable")).status_code == 204
    assert (await accounts.sign_in()).status_code == 401
    assert (await opened(accounts, secret)).status_code == 410
    over = await accounts.as_service(
        "POST", "/v1/sessions/refresh", {"session": signed_in["session"]}
    )
    assert over.status_code == 401
    refused = await staff_call(accounts, "POST", f"{path}/links", {"delivery": "letter"})
    assert problem_of(refused) == "accounts.access-disabled"
    assert (await staff_call(accounts, "POST", f"{path}/enable")).status_code == 204
    assert (await accounts.sign_in()).status_code == 200
    sheet = (await staff_call(accounts, "GET", path)).json()
    assert [one["what"] for one in sheet["actions"]] == [
        "enabled",
        "disabled",
        "letter-made",
        "issued",
    ]


async def test_staff_find_an_access_by_any_of_its_names(accounts):
    family = await accounts.add_family("erable")
    sacha = family["guardians"][1]["guardian_id"]
    await staff_call(
        accounts,
        "POST",
        f"/v1/staff/families/{family['family_id']}/credentials",
        {"guardian_id": sacha, "identifier": "sacha", "email": "s@example.test"},
    )
    await accounts.add_family("bleuet", name="Bleuet")
    cases = {
        "ERABLE": ["erable", "sacha"],
        "sacha d’érable": ["sacha"],
        "noisetier": ["erable", "sacha"],
        "bleu": ["bleuet"],
        "s@example": ["sacha"],
        family["reference"]: ["erable", "sacha"],
        "%": [],
        "_": [],
        "\x00": ["bleuet", "erable", "sacha"],
        "' OR 1=1 --": [],
        "": ["bleuet", "erable", "sacha"],
    }
    for words, expected in cases.items():
        token = await accounts.token(Audience.SECRETARIAT)
        found = await accounts.call("GET", "/v1/staff/accesses", token=token, params={"q": words})
        assert [one["identifier"] for one in found.json()["items"]] == expected, words
    of_family = await staff_call(
        accounts, "GET", f"/v1/staff/families/{family['family_id']}/accesses"
    )
    assert [one["guardian_name"] for one in of_family.json()] == [None, "Sacha D’Érable"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/sign-ins", None),
        ("POST", "/links", {"delivery": "letter"}),
        ("POST", "/address", {"email": None}),
        ("POST", "/disable", None),
        ("POST", "/enable", None),
    ],
)
async def test_an_access_that_is_no_familys_is_not_found(accounts, method, path, body):
    made = await accounts.as_staff(
        "POST",
        "/v1/staff/staff-members",
        {"name": "D", "identifier": "agent", "roles": ["centre"]},
    )
    assert made.status_code == 201
    listed = (await accounts.as_staff("GET", "/v1/staff/staff-members")).json()["items"]
    for account_id in (uuid4(), listed[0]["staff_id"]):
        answer = await staff_call(accounts, method, f"/v1/staff/accesses/{account_id}{path}", body)
        assert answer.status_code == 404


HOSTILE = ["", "\x00", "😀", "a" * 65, "ABCDE-FGHIJ-KLMNO-PQRS", "' OR 1=1", None, 7, ["x"]]


@pytest.mark.parametrize("secret", HOSTILE, ids=lambda value: repr(value)[:16])
async def test_what_cannot_be_a_secret_opens_nothing(accounts, secret):
    for path in ("open", "redeem"):
        body = {"secret": secret, "address": "192.0.2.1", "password": NEW}
        answer = await accounts.as_service("POST", f"/v1/access-links/{path}", body)
        assert answer.status_code in {410, 422}, answer.text


async def test_the_letter_has_the_identifier_and_the_code_and_no_password(accounts):
    family, account_id = await issued(accounts)
    made = await staff_call(
        accounts, "POST", f"/v1/staff/accesses/{account_id}/links", {"delivery": "letter"}
    )
    path = f"/v1/staff/access-links/{made.json()['link_id']}/letter"
    answer = await staff_call(accounts, "GET", path)
    assert answer.headers["content-type"] == "application/pdf"
    (page,) = PdfReader(BytesIO(answer.content)).pages
    words = page.extract_text()
    secret = secret_of(accounts.own.master_key, made.json()["link_id"])
    assert "attente" in words
    assert secret in words
    assert f"Famille {family['name']}" in words
    assert len(page.images) == 1, "the drawing of the address"
    accounts.clock.advance(timedelta(days=15))
    assert (await staff_call(accounts, "GET", path)).status_code == 410


async def test_a_reset_has_no_letter(accounts):
    await accounts.add_family()
    account_id = (await accounts.sign_in()).json()["principal"]["id"]
    body = {"email": "noisetier@example.test"}
    await staff_call(accounts, "POST", f"/v1/staff/accesses/{account_id}/address", body)
    made = await staff_call(
        accounts, "POST", f"/v1/staff/accesses/{account_id}/links", {"delivery": "email"}
    )
    path = f"/v1/staff/access-links/{made.json()['link_id']}/letter"
    assert (await staff_call(accounts, "GET", path)).status_code == 410


async def test_the_page_and_the_check_follow_the_policy(start):
    accounts = await start(credential_policy="anssi")
    _, account_id = await issued(accounts, password="une phrase à moi")
    secret = await link(accounts, account_id)
    shown = (await opened(accounts, secret)).json()
    assert "De 12 à 128 caractères, tous permis" in shown["policy"]["rule"]
    assert (await redeemed(accounts, secret, "trop court")).status_code == 422
    assert (await redeemed(accounts, secret, "Élan, forêt & rivière 🌿")).status_code == 200
