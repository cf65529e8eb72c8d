"""Files that staff join to an answer, and what the team of a centre reads."""

import base64
import json
from uuid import UUID

import pytest
from aiohttp import web

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from messaging.domain.attachments import MOST_PER_MESSAGE
from portail_contracts.accounts import FamilyErased

from .examples import NOON, Request
from .peers import played
from .test_desk import Agent, recorded
from .test_drafts import PDF, PNG, a_draft, attach
from .test_threads import Access


@pytest.fixture
def parent(messaging):
    return Access(messaging, new_id())


@pytest.fixture
def agent(messaging):
    return Agent(messaging)


async def begun(agent, thread_id, body="Ci-joint"):
    draft_id = str(new_id())
    kept = await agent.ask(
        "PUT", f"/drafts/{draft_id}", json={"thread_id": thread_id, "body": body}
    )
    assert kept.status_code == 204, kept.text
    return draft_id


async def test_an_answer_goes_with_its_files_and_only_that_family_gets_them(
    parent, agent, messaging
):
    thread_id = await parent.begin()
    draft_id = await begun(agent, thread_id)
    hung = await attach(agent, draft_id, PDF, name="../attestation.exe")
    assert (hung.status_code, hung.json()["name"]) == (201, "attestation.pdf")
    file_id = hung.json()["attachment_id"]
    waiting = (await agent.ask("GET", f"/threads/{thread_id}/draft")).json()
    assert (waiting["draft_id"], waiting["body"]) == (draft_id, "Ci-joint")
    assert (await parent.ask("GET", f"/attachments/{file_id}")).status_code == 404
    sent = await agent.answer(thread_id, "Voici l’attestation.", message_id=draft_id)
    assert sent.status_code == 201
    assert (await agent.ask("GET", f"/threads/{thread_id}/draft")).json() is None
    (answer, _) = (await parent.thread(thread_id))["items"]
    assert [one["name"] for one in answer["attachments"]] == ["attestation.pdf"]
    got = await parent.ask("GET", f"/attachments/{file_id}")
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in got.headers["content-security-policy"]
    stranger = Access(messaging, new_id())
    assert (await stranger.ask("GET", f"/attachments/{file_id}")).status_code == 404


async def test_files_of_staff_have_the_limits_that_families_have(parent, agent, messaging):
    draft_id = await begun(agent, await parent.begin())
    refused = await attach(agent, draft_id, b"<script>alert(1)</script>", name="page.html")
    assert refused.status_code == 422
    for _ in range(MOST_PER_MESSAGE):
        assert (await attach(agent, draft_id, PNG)).status_code == 201
    assert (await attach(agent, draft_id, PNG)).status_code == 422
    # What somebody is writing is nobody else's, not even a colleague's.
    other = Agent(messaging, name="Aïcha Benali")
    (file, *_) = (await messaging.rows("SELECT attachment_id FROM attachments"))[0]
    asked = [
        await attach(other, draft_id, PNG),
        await other.ask("GET", f"/attachments/{file}"),
        await other.ask("DELETE", f"/drafts/{draft_id}/attachments/{file}"),
        await Agent(messaging, Audience.AUDITOR).ask("DELETE", f"/drafts/{draft_id}"),
    ]
    assert [one.status_code for one in asked] == [404, 404, 404, 403]
    await agent.ask("DELETE", f"/drafts/{draft_id}/attachments/{file}")
    assert len(await messaging.rows("SELECT 1 FROM attachments")) == MOST_PER_MESSAGE - 1
    erased = FamilyErased(
        version=9, family_id=parent.family_id, erasure_id=new_id(), erased_at=NOON
    )
    await messaging.handle(erased)
    for table in ("drafts", "attachments", "attachment_contents"):
        assert await messaging.rows(f"SELECT 1 FROM {table}") == [], table


async def test_the_team_of_a_centre_deals_with_what_is_written_to_it_and_nothing_else(
    parent, messaging
):
    mill, meadow = (str(new_id()) for _ in range(2))
    teams: dict[UUID, list[str]] = {}
    down = False

    async def answer(request: web.Request) -> web.Response:
        assert request.path.startswith("/v1/internal/agents/")
        staff_id = UUID(request.path.split("/")[-2])
        return web.json_response(
            {"centre_ids": teams.get(staff_id, [])}, status=503 if down else 200
        )

    await messaging.handle(recorded(parent.family_id), Request(parent.family_id).decided())
    to_mill = {"centre": {"centre_id": mill, "name": "Le Moulin Bleu"}}
    theirs = await parent.begin("Sieste", **to_mill)
    invoice = {"about": {"kind": "invoice", "id": str(new_id())}}
    others = [
        await parent.begin("Ailleurs", centre={"centre_id": meadow, "name": "La Clairière"}),
        await parent.begin("À tous"),
        await parent.begin("Facture", **invoice, **to_mill),
    ]
    agent = Agent(messaging, Audience.CENTRE)
    async with played(messaging, answer):
        assert (await agent.queue())["total"] == 0, "nobody has put the agent in a team"
        teams[agent.staff_id] = [mill]
        found = await agent.queue(pile="open")
        assert [one["thread_id"] for one in found["items"]] == [theirs]
        assert found["counts"] == {"waiting": 1, "mine": 0}
        assert (await agent.queue(centre_id=meadow))["total"] == 0
        for other in others:
            asked = [
                await agent.ask("GET", f"/threads/{other}"),
                await agent.answer(other),
                await agent.ask("POST", f"/threads/{other}/seen"),
                await agent.ask("PUT", f"/drafts/{new_id()}", json={"thread_id": other}),
            ]
            assert {one.status_code for one in asked} == {404}
        assert (await agent.answer(theirs)).status_code == 201
        opening = {
            "thread_id": str(new_id()),
            "message_id": str(new_id()),
            "family_id": str(parent.family_id),
            "subject": "Bonjour",
            "body": "Bonjour",
        }
        refused = [
            await agent.ask("POST", "/threads", json=opening),
            await agent.ask("GET", "/broadcasts"),
            await agent.ask("GET", "/deliveries"),
        ]
        assert [one.status_code for one in refused] == [403] * 3
        teams.clear()
        assert (await agent.ask("GET", f"/threads/{theirs}")).status_code == 404
        down = True
        assert (await agent.ask("GET", "/threads")).status_code == 503
        assert (await Agent(messaging).queue(pile="open"))["total"] == 4


async def test_a_copy_of_ones_data_holds_the_files_and_nothing_for_the_other_guardian_alone(
    parent, agent, messaging
):
    ana, ben = new_id(), new_id()
    thread_id = await parent.begin("Pour tous")
    draft_id = await begun(agent, thread_id)
    await attach(agent, draft_id, PDF)
    await agent.answer(thread_id, "Ci-joint", message_id=draft_id)
    hers = Access(messaging, parent.family_id, ana)
    private = await hers.begin("Pour moi", "Secret de Ana", only_me=True)
    answer = await begun(agent, private, "Brouillon du service")
    await attach(agent, answer, PNG)
    await agent.answer(private, "Réponse secrète", message_id=answer)
    await attach(hers, await a_draft(hers, body="Brouillon de Ana"), PNG)

    async def copied(**viewer):
        service = messaging.signed_in(Principal("x", "accounts", frozenset({Audience.SERVICE})))
        path = f"/v1/internal/families/{parent.family_id}/export"
        lines = (await messaging.client.get(path, headers=service, params=viewer)).text
        return [json.loads(line) for line in lines.splitlines()]

    def files(lines):
        return [base64.b64decode(one["base64"]) for one in lines if "file" in one]

    for viewer in ({}, {"guardian_id": str(ben)}, {"guardian_id": str(ben), "apart": True}):
        lines = await copied(**viewer)
        said = json.dumps(lines, ensure_ascii=False)
        assert "Ci-joint" in said
        for secret in ("Secret de Ana", "secrète", "Brouillon", str(private)):
            assert secret not in said, viewer
        assert files(lines) == ([] if "apart" in viewer else [PDF])
    lines = await copied(guardian_id=str(ana))
    assert "Réponse secrète" in json.dumps(lines, ensure_ascii=False)
    assert sorted(files(lines)) == sorted([PDF, PNG, PNG])
