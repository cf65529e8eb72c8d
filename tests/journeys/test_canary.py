"""A canary in everything said of a child's health is found nowhere but where its family reads it.

It is planted in every field, in a document and its name and in a photo's metadata; proposed,
accepted, opened, printed and copied; then looked for in everything that left accounts and in
everything that lies on the disk.
"""

import asyncio
import base64
import io
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import aiohttp
import pytest
from playwright.async_api import Page
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.broker import topology
from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller
from portail_local.mailbox import Kept
from support import files
from support.house import House
from support.story import Asked, accept
from support.waiting import eventually

from .people import JOURNEY, People

pytestmark = JOURNEY

CANARY = f"canari{uuid4().hex[:12]}"
ENCODED = {
    CANARY.encode(),
    CANARY.upper().encode(),
    CANARY.encode().hex().encode(),
    # In base64 the middle is the same wherever it starts, three ways.
    *(base64.b64encode(b"x" * shift + CANARY.encode())[4:20] for shift in range(3)),
}
FIELDS = {
    "allergies-0-substance": f"{CANARY}-a",
    "allergies-0-measures": f"{CANARY}-b",
    "care_plan-instructions": f"{CANARY}-c",
    "vaccinations-0-vaccine": f"{CANARY}-d",
    "vaccinations-0-given_on": "2024-01-02",
    "treatments-0-name": f"{CANARY}-e",
    "treatments-0-instructions": f"{CANARY}-f",
    "notes-0-text": f"{CANARY}-g",
}


async def test_health_data_never_leaves_accounts(people: People) -> None:
    house = people.house
    async with _everything_on_the_bus(house) as heard:
        family, agent = await people.calls("bleuet"), await people.calls("secretariat")
        household = await family.get(Context.ACCOUNTS, "/v1/me/family")
        child = household["children"][0]["child_id"]
        page = await people.signed_in("bleuet")
        before = len(await _mails(house))
        sent = [
            await _propose(page, child),
            await _send_document(family, child),
            await _send_photo(family, child),
        ]
        for request_id in sent:
            await _is_queued(agent, request_id)
        await _is_opened_in_the_console(await people.signed_in("secretariat"), *sent)
        for request_id in sent:
            await _decide(agent, request_id)
        await _is_read_where_it_may_be(family, agent, child)
        copy = await _copied(house, family)
        assert CANARY.encode() in copy.read("enfants/Iris/sante.json")
        assert f"documents/{CANARY}.pdf" in copy.namelist()
        # What was decided is told by e-mail: these are among those that are looked at.
        await eventually(lambda: _mails(house), lambda mails: len(mails) > before, within=60)
        await _quiet(heard)
    assert any(b"child.health" in body for body in heard)
    assert _holding({f"message {n}": body for n, body in enumerate(heard)}) == []
    for log in (topology.PUBLIC_LOG, topology.KEPT_LOG):
        assert _holding(await _in_the_stream(house, log)) == []
    assert _holding(await _in_other_databases(house)) == []
    assert _holding(await _in_mails(house)) == []
    assert _on_the_disk(house) == []


async def test_the_search_itself_finds_what_is_there() -> None:
    """A guard that finds nothing proves nothing until it has found something."""
    for shift in range(3):
        hidden = base64.b64encode(b"y" * shift + CANARY.encode() + b"zzz")
        assert _holding({"here": b"before" + hidden}) == ["here"]
    assert _holding({"a": f"…{CANARY}…".encode(), "b": b"nothing"}) == ["a"]
    mail = EmailMessage()
    mail.set_content("Rien ici.")
    mail.add_attachment(f"é {CANARY}", filename="b.txt", cte="base64")
    kept = Kept(1, (), message_from_bytes(bytes(mail), policy=policy.default), "", b"")
    assert _holding(_searchable([kept.as_json()])) == ["mail 1"]


async def _propose(page: Page, child: str) -> str:
    await page.goto(f"/enfants/{child}/sante/modifier")
    for name, value in FIELDS.items():
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name="Envoyer la demande").click()
    await page.wait_for_url("**/sante?envoyee=1")
    link = await page.get_by_role("link", name="Voir la demande").get_attribute("href")
    return str(link).rsplit("/", 1)[-1]


async def _send_document(family: Caller, child: str) -> str:
    request_id = str(new_id())
    fields = {
        "document_id": request_id,
        "kind": "care_plan",
        "child_id": child,
        "dated_on": "2026-11-02",
    }
    content = files.pdf() + f"\n% {CANARY}\n".encode()
    await family.send_file(Context.ACCOUNTS, "/v1/me/documents", fields, f"{CANARY}.pdf", content)
    return request_id


async def _send_photo(family: Caller, child: str) -> str:
    request_id = str(new_id())
    path = f"/v1/me/children/{child}/photo"
    picture = files.picture(words=CANARY)
    await family.send_file(
        Context.ACCOUNTS, path, {"photo_id": request_id}, f"{CANARY}.jpg", picture
    )
    return request_id


async def _is_queued(agent: Caller, request_id: str) -> None:
    async def state() -> str | None:
        try:
            found = await agent.get(Context.ENROLMENT, f"/v1/staff/requests/{request_id}")
        except PeerRefused:
            return None
        return str(found["state"])

    await eventually(state, lambda seen: seen == "pending")


async def _is_opened_in_the_console(page: Page, health: str, document: str, photo: str) -> None:
    """The queue says nothing of the content; each is opened on purpose."""
    await page.goto(f"/console/demandes/{health}")
    assert CANARY not in await page.content()
    await page.get_by_role("link", name="Ouvrir les données sanitaires").click()
    await page.wait_for_url("**/sante")
    shown = await page.inner_text("main")
    assert all(value in shown for name, value in FIELDS.items() if "_on" not in name)
    for request_id, kind in ((document, "application/pdf"), (photo, "image/jpeg")):
        answer = await page.request.get(f"/console/demandes/{request_id}/fichier")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["x-content-type-options"] == "nosniff"


async def _decide(agent: Caller, request_id: str) -> None:
    await accept(agent, Asked(request_id, {}))

    async def state() -> str:
        path = f"/v1/staff/requests/{request_id}"
        return str((await agent.get(Context.ENROLMENT, path))["state"])

    await eventually(state, lambda seen: seen == "applied")


async def _is_read_where_it_may_be(family: Caller, agent: Caller, child: str) -> None:
    """By its family and by the secretariat, on a page of data and on paper."""
    for caller, side in ((family, "me"), (agent, "staff")):
        health = await caller.get(Context.ACCOUNTS, f"/v1/{side}/children/{child}/health")
        said = str(health["record"])
        assert all(value in said for name, value in FIELDS.items() if "_on" not in name)
        path = f"/v1/{side}/children/{child}/complete-sheet.pdf"
        sheet = await _bytes(caller, path)
        assert CANARY in "".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet)).pages)


async def _copied(house: House, family: Caller) -> zipfile.ZipFile:
    asked = await family.post(Context.ACCOUNTS, "/v1/me/exports", {"export_id": str(new_id())})

    async def state() -> Any:
        listed = await family.get(Context.ACCOUNTS, "/v1/me/exports")
        return next(one for one in listed["items"] if one["export_id"] == asked["export_id"])

    await eventually(state, lambda seen: seen["state"] == "ready", within=60)
    content = await _bytes(family, f"/v1/me/exports/{asked['export_id']}/content")
    return zipfile.ZipFile(io.BytesIO(content))


async def _bytes(caller: Caller, path: str) -> bytes:
    peers = caller.peers
    headers = {"Authorization": f"Bearer {caller.token}"}
    timeout = aiohttp.ClientTimeout(total=30)
    address = peers.address(Context.ACCOUNTS) + path
    async with peers.session.get(address, headers=headers, timeout=timeout) as answer:
        assert answer.status == 200, path
        return await answer.read()


@asynccontextmanager
async def _everything_on_the_bus(house: House) -> AsyncIterator[list[bytes]]:
    """The body and the properties of each message while the block runs."""
    heard: list[bytes] = []
    connection = await aio_pika.connect(house.system.operator_broker_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        for exchange in (topology.INTERNAL, topology.PUBLIC):
            await queue.bind(await channel.get_exchange(exchange), "#")

        async def keep(message: Any) -> None:
            heard.append(message.body + repr(message.info()).encode())

        await queue.consume(keep, no_ack=True)
        yield heard


async def _quiet(heard: list[bytes]) -> None:
    """Until a second passes without news."""
    before = -1
    while before != len(heard):
        before = len(heard)
        await asyncio.sleep(1)


async def _in_the_stream(house: House, log: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    connection = await aio_pika.connect(house.system.operator_broker_url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=100)
        queue = await channel.get_queue(log, ensure=False)

        async def keep(message: Any) -> None:
            found[f"stream {len(found)}"] = message.body
            await message.ack()

        await queue.consume(keep, arguments={"x-stream-offset": "first"})
        before = -1
        while before != len(found):
            before = len(found)
            await asyncio.sleep(0.5)
    assert found
    return found


async def _in_other_databases(house: House) -> dict[str, bytes]:
    """Every row of every table, those of accounts too: there it lies sealed."""
    found: dict[str, bytes] = {}
    for name, access in house.system.databases.items():
        url = access.owner_url.replace("postgresql://", "postgresql+asyncpg://", 1)
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            tables = await connection.execute(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
            for table in tables.scalars().all():
                rows = await connection.execute(text(f'SELECT t::text FROM "{table}" t'))
                found[f"{name}.{table}"] = "\n".join(rows.scalars()).encode()
        await engine.dispose()
    assert len(found) > 60
    return found


async def _in_mails(house: House) -> dict[str, bytes]:
    """Every e-mail that the SMTP server took: its headers, its words, each part decoded."""
    return _searchable(await _mails(house))


def _searchable(mails: Sequence[dict[str, Any]]) -> dict[str, bytes]:
    return {
        f"mail {mail['number']}": json.dumps(mail, ensure_ascii=False).encode() for mail in mails
    }


async def _mails(house: House) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{house.system.urls['mail']}/mails.json") as answer,
    ):
        assert answer.status == 200
        found: list[dict[str, Any]] = await answer.json()
        return found


def _on_the_disk(house: House) -> list[str]:
    """Logs, and what PostgreSQL and RabbitMQ wrote, journals included, file by file."""
    looked_at, holding = [], []
    for path in Path(house.system.folder).rglob("*"):
        if path.is_file():
            looked_at.append(path.name)
            holding += _holding({str(path): path.read_bytes()})
    assert "gateway.log" in looked_at
    assert len(looked_at) > 1000
    return holding


def _holding(places: dict[str, bytes]) -> list[str]:
    return [name for name, content in places.items() if any(one in content for one in ENCODED)]


@pytest.fixture(autouse=True)
def _says_what_it_looks_for() -> None:
    assert all(len(one) >= 15 for one in ENCODED)
