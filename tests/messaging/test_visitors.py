"""Preferences, the link at an e-mail's foot, and the contact form of visitors."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from messaging.domain.visitors import PER_ADDRESS

from .examples import Request
from .test_mail import family_id, post  # noqa: F401 - fixtures
from .test_threads import Access


@pytest.fixture
def gateway(messaging):
    headers = messaging.signed_in(Principal("gateway", "gateway", frozenset({Audience.SERVICE})))

    async def ask(path, **body):
        return await messaging.client.post(f"/v1{path}", json=body, headers=headers)

    return ask


def written(**fields):
    return {
        "message_id": str(new_id()),
        "name": "Camille Noisetier",
        "email": "camille@exemple.fr",
        "subject": "Mot de passe oublié",
        "body": "Bonjour, je n’ai plus mon mot de passe.",
        "address": "192.0.2.7",
    } | fields


async def test_a_visitors_message_waits_for_the_service_once(gateway, messaging):
    body = written()
    answers = await asyncio.gather(*(gateway("/visitor-messages", **body) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    (row,) = await messaging.rows("SELECT family_id, visitor_email, waiting_since FROM threads")
    assert (row.family_id, row.visitor_email) == (None, "camille@exemple.fr")
    assert row.waiting_since is not None
    kept = await messaging.rows("SELECT visitor_sendings::text FROM visitor_sendings")
    assert "192.0.2.7" not in str(kept)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("email", "camille"),
        ("email", "a@b.fr\r\nBcc: c@d.fr"),
        ("email", "<a@b.fr>"),
        ("subject", ""),
        ("body", "\u0000"),
    ],
)
async def test_what_a_visitor_typed_wrongly_is_named(gateway, messaging, field, typed):
    answer = await gateway("/visitor-messages", **written(**{field: typed}))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert await messaging.rows("SELECT 1 FROM threads") == []


async def test_an_address_may_write_a_few_times_an_hour(gateway, clock):
    for _ in range(PER_ADDRESS):
        assert (await gateway("/visitor-messages", **written())).status_code == 204
    assert (await gateway("/visitor-messages", **written())).status_code == 429
    elsewhere = await gateway("/visitor-messages", **written(address="192.0.2.8"))
    assert elsewhere.status_code == 204
    clock.advance(timedelta(minutes=61))
    assert (await gateway("/visitor-messages", **written())).status_code == 204


async def test_a_category_that_is_stopped_reaches_the_inbox_only(
    gateway,
    messaging,
    post,  # noqa: F811
    family_id,  # noqa: F811
):
    account_id = post.accounts.knows(family_id, "camille@exemple.fr")
    await messaging.handle(Request(family_id).decided())
    await post.work()
    (mail,) = post.arrived
    token = mail["headers"]["list-unsubscribe"].strip("<>").split("/")[-2]
    stopped = await gateway("/unsubscriptions", token=token)
    assert stopped.json()["category"] == "decision"
    assert (await gateway("/unsubscriptions", token=str(uuid4()))).status_code == 404
    await messaging.handle(Request(family_id).decided(), Request(family_id).submitted())
    await post.work()
    subjects = [one["subject"] for one in post.arrived]
    assert len(subjects) == 2
    assert subjects[1].startswith("Accusé de réception")
    parent = Access(messaging, family_id)
    assert (await parent.threads())["total"] == 2
    headers = messaging.signed_in(
        Principal(str(account_id), "Noisetier", frozenset({Audience.FAMILY}), UUID(str(family_id)))
    )
    address = "/v1/me/preferences"
    chosen = (await messaging.client.get(address, headers=headers)).json()["items"]
    assert {one["category"] for one in chosen if not one["by_email"]} == {"decision", "cut_off"}
    wishes = {"by_email": {"decision": True, "invoice": False, "password": False}}
    assert (await messaging.client.put(address, json=wishes, headers=headers)).status_code == 204
    chosen = (await messaging.client.get(address, headers=headers)).json()["items"]
    assert {one["category"] for one in chosen if not one["by_email"]} == {"invoice", "cut_off"}
