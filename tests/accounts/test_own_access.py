"""An access of each guardian's own beside the family's common one, and links that work once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, update

from accounts.api.words import EmailAddress
from accounts.domain.access_link import LinkPurpose, plain_secret
from accounts.domain.identifier import candidates
from accounts.store.tables import access_links, credentials
from accounts.use_cases.make_link import make_link
from chassis.tokens import TokenVerifier
from portail_contracts.catalogue import Context

PASSWORD = "petitnavire2026"


async def issue(accounts, family, **body):
    path = f"/v1/staff/families/{family['family_id']}/credentials"
    return await accounts.as_staff("POST", path, body)


async def own_access(accounts, family, guardian_id):
    """Issued, and its password chosen."""
    made = await issue(accounts, family, guardian_id=guardian_id, identifier="sacha")
    assert made.status_code == 201
    await accounts.choose_password(UUID(made.json()["account_id"]), PASSWORD)


async def link_for(accounts, account_id, purpose=LinkPurpose.ACTIVATION):
    async with accounts.runtime.database.transaction() as transaction:
        return await make_link(
            transaction,
            accounts.own.master_key,
            UUID(account_id),
            purpose,
            accounts.clock.now(),
        )


async def test_a_guardian_has_an_access_beside_the_familys(accounts):
    family = await accounts.add_family()
    sacha = family["guardians"][1]["guardian_id"]
    await own_access(accounts, family, sacha)
    common, own = (await accounts.sign_in()).json(), (await accounts.sign_in("sacha")).json()
    assert (own["principal"]["name"], own["principal"]["guardian_id"]) == ("Sacha D’Érable", sacha)
    assert (common["principal"]["name"], common["principal"]["guardian_id"]) == ("Noisetier", None)

    async def keys():
        return (await accounts.call("GET", "/.well-known/jwks.json")).json()

    verifier = TokenVerifier(Context.BILLING, keys, accounts.clock)
    for signed_in, guardian in ((common, None), (own, UUID(sacha))):
        principal = await verifier.authenticate(signed_in["token"])
        assert principal.own_family == UUID(family["family_id"])
        assert principal.guardian_id == guardian
        answer = await accounts.as_service(
            "POST", "/v1/sessions/refresh", {"session": signed_in["session"]}
        )
        assert answer.json()["principal"]["guardian_id"] == (str(guardian) if guardian else None)


async def test_a_changed_password_is_told_of_the_access_whose_it_was(accounts):
    family = await accounts.add_family()
    sacha = family["guardians"][1]["guardian_id"]
    await own_access(accounts, family, sacha)
    own = (await accounts.sign_in("sacha")).json()
    body = {"current": PASSWORD, "new": "grandnavire2026"}
    changed = await accounts.call("POST", "/v1/me/password", body, token=own["token"])
    assert changed.status_code == 204
    (told,) = [
        envelope.data for envelope in await accounts.recorded() if "password" in envelope.type
    ]
    assert told["guardian_id"] == sacha


async def test_an_access_is_for_a_guardian_of_that_family_only(accounts, problem_of):
    family, other = await accounts.add_family(), await accounts.add_family("bleuet")
    for guardian in (other["guardians"][0]["guardian_id"], str(uuid4())):
        refused = await issue(accounts, family, guardian_id=guardian)
        assert (refused.status_code, problem_of(refused)) == (404, "portail.not-found")


async def test_identifiers_are_made_when_none_is_given(accounts):
    family = await accounts.add_family()
    sacha = family["guardians"][1]["guardian_id"]
    given = [
        (await issue(accounts, family)).json()["identifier"],
        (await issue(accounts, family)).json()["identifier"],
        (await issue(accounts, family, guardian_id=sacha)).json()["identifier"],
    ]
    assert given == ["noisetier2", "noisetier3", "sacha.d.erable"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Érable", "erable"),
        ("Nguyễn Văn", "nguyen.van"),
        ("Œ", "famille"),
        ("李", "famille"),
        ("Le Goff / D’Arc (2)", "le.goff.d.arc.2"),
        ("x" * 120, "x" * 40),
    ],
)
def test_a_made_identifier_can_be_typed_on_any_keyboard(name, first):
    made = candidates(name)
    assert (next(made), next(made)) == (first, f"{first}2")


async def test_an_access_without_a_password_lets_nobody_in(accounts):
    family = await accounts.add_family()
    made = (await issue(accounts, family, identifier="attente")).json()
    for password in ("", "None", PASSWORD):
        assert (await accounts.sign_in("attente", password or "x")).status_code == 401
    await _disable(accounts, made["account_id"])
    assert (await accounts.sign_in("attente")).status_code == 401


async def test_a_disabled_access_is_refused_and_its_session_ends(accounts):
    await accounts.add_family()
    signed_in = (await accounts.sign_in()).json()
    await _disable(accounts, signed_in["principal"]["id"])
    assert (await accounts.sign_in()).status_code == 401
    over = await accounts.as_service(
        "POST", "/v1/sessions/refresh", {"session": signed_in["session"]}
    )
    assert over.status_code == 401


async def _disable(accounts, account_id):
    async with accounts.runtime.database.transaction() as transaction:
        await transaction.connection.execute(
            update(credentials)
            .where(credentials.c.account_id == UUID(account_id))
            .values(disabled_at=accounts.clock.now())
        )


async def test_messaging_learns_whom_to_write_to(accounts):
    family = await accounts.add_family()
    path = f"/v1/internal/families/{family['family_id']}/mail-recipients"
    assert (await accounts.as_service("GET", path)).json() == []
    own = (
        await issue(
            accounts,
            family,
            guardian_id=family["guardians"][1]["guardian_id"],
            email="Sacha@Example.TEST",
        )
    ).json()
    common = (await issue(accounts, family, email="noisetier@example.test")).json()
    assert (await accounts.as_service("GET", path)).json() == [
        {
            "account_id": common["account_id"],
            "greeting": "Famille Noisetier",
            "email": "noisetier@example.test",
            "guardian_id": None,
        },
        {
            "account_id": own["account_id"],
            "greeting": "Sacha D’Érable",
            "email": "Sacha@example.test",
            "guardian_id": family["guardians"][1]["guardian_id"],
        },
    ]
    await _disable(accounts, common["account_id"])
    assert len((await accounts.as_service("GET", path)).json()) == 1
    nobody = await accounts.as_service("GET", f"/v1/internal/families/{uuid4()}/mail-recipients")
    assert nobody.json() == []


async def test_messaging_is_told_a_links_address_while_it_can_be_used(accounts, problem_of):
    family = await accounts.add_family()
    made = (await issue(accounts, family, email="noisetier@example.test")).json()
    link = await link_for(accounts, made["account_id"])
    path = f"/v1/internal/access-links/{link.link_id}"
    told = (await accounts.as_service("GET", path)).json()
    assert told["email"] == "noisetier@example.test"
    assert told["greeting"] == "Famille Noisetier"
    assert told["url_path"] == f"/activation/{link.secret}"
    assert told["purpose"] == "activation"
    assert told["expires_at"] == "2026-12-09T06:00:00Z"
    accounts.clock.advance(timedelta(days=15))
    over = await accounts.as_service("GET", path)
    assert (over.status_code, problem_of(over)) == (410, "accounts.link-over")
    unknown = await accounts.as_service("GET", f"/v1/internal/access-links/{uuid4()}")
    assert unknown.json()["type"] == over.json()["type"]


async def test_a_new_link_replaces_the_earlier_ones(accounts):
    family = await accounts.add_family()
    made = (await issue(accounts, family, email="noisetier@example.test")).json()
    first = await link_for(accounts, made["account_id"])
    second = await link_for(accounts, made["account_id"], LinkPurpose.RESET)
    statuses = [
        (await accounts.as_service("GET", f"/v1/internal/access-links/{one.link_id}")).status_code
        for one in (first, second)
    ]
    assert statuses == [410, 200]
    assert first.secret != second.secret


async def test_only_the_digest_of_a_link_is_stored(accounts):
    family = await accounts.add_family()
    made = (await issue(accounts, family, email="noisetier@example.test")).json()
    link = await link_for(accounts, made["account_id"])
    async with accounts.runtime.database.reading() as connection:
        row = (await connection.execute(select(access_links))).one()
    plain = plain_secret(link.secret)
    assert len(row.secret_digest) == 32
    assert plain is not None
    assert plain not in repr(row)
    assert link.secret not in repr(link)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ABCDE-FGHIJ-KLMNO-PQRST", "ABCDEFGHIJKLMNOPQRST"),
        (" abcde fghij klmno pqrst ", "ABCDEFGHIJKLMNOPQRST"),
        ("0BCDE-FGH1J-KLMNO-PQRS8", "OBCDEFGHIJKLMNOPQRSB"),
        ("ABCDE", None),
        ("", None),
        ("ABCDE-FGHIJ-KLMNO-PQRS😀", None),
        ("A" * 10_000, None),
        ("ABCDEFGHIJKLMNOPQRS\x00", None),
    ],
)
def test_a_secret_is_read_as_people_type_it(typed, plain):
    assert plain_secret(typed) == plain


WRONG_ADDRESSES = [
    "",
    "noisetier",
    "@example.test",
    "a@b",
    "a@@example.test",
    "a b@example.test",
    "a@example.test,b@example.test",
    "a@example.test\nBcc: b@example.test",
    "<a@example.test>",
    "a@example..test",
    "a@-example.test",
    "a@example.test.",
    ".a@example.test",
    "a..b@example.test",
    "é@example.test",
    "a@exämple.test",
    "😀@example.test",
    "a\u200b@example.test",
    "a@example.test\x00",
    "a" * 65 + "@example.test",
    "a@" + "b" * 64 + ".test",
    "a@" + "b." * 130 + "test",
    7,
    ["a@example.test"],
]


@pytest.mark.parametrize("address", WRONG_ADDRESSES, ids=lambda value: repr(value)[:24])
def test_what_is_not_one_address_is_refused(address):
    with pytest.raises(ValidationError):
        TypeAdapter(EmailAddress).validate_python(address)


async def test_a_wrong_address_is_told_by_its_field(accounts, problem_of):
    refused = await issue(accounts, await accounts.add_family(), email="noisetier")
    assert (refused.status_code, problem_of(refused)) == (422, "portail.invalid-input")
    assert refused.json()["fields"][0]["field"] == "email"
