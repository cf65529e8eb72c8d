"""One id from the click to the last effect; figures at an address; no person in the logs."""

import asyncio
import json
import re

import aiohttp
import pytest
from playwright.async_api import Page, Response, expect

from portail_contracts.catalogue import Context
from portail_local.demo_data.families import FAMILIES, PASSWORD
from support.house import House
from support.waiting import eventually

from . import booking
from .days import Cell, free_day, is_asked_for, requests_for
from .people import JOURNEY, People

pytestmark = JOURNEY

SERVICES = [str(context) for context in Context]
PROCESSES = [*SERVICES, "gateway"]
REASON = "Girouette zinzoline : plus de place à la ludothèque."
WRONG_PASSWORD = "Ornithorynque1998"
SERIES = ["portail_outbox_oldest_seconds", "portail_queue_depth", "portail_handler_seconds"]


async def test_one_id_from_the_click_to_the_last_effect(people: People) -> None:
    house = people.house
    family = await people.calls("noisetier")
    cell = await free_day(family)
    parent, agent = await people.signed_in("noisetier"), await people.signed_in("secretariat")
    await booking.open_month(parent, cell)
    async with parent.expect_response(_is_post) as submitting:
        await booking.ask_by_right_click(parent, cell)
    (asked,) = await requests_for(family, cell)
    await agent.goto("/console")
    async with agent.expect_response(_is_post) as accepting:
        await booking.accept(agent, asked["number"])

    submitted, accepted = [
        (await (await answer.value).all_headers())["x-correlation-id"]
        for answer in (submitting, accepting)
    ]
    assert submitted != accepted
    await _is_in_the_logs_of(house, submitted, ["gateway", "enrolment", "messaging"])
    await _is_in_the_logs_of(house, accepted, ["gateway", "enrolment", "billing", "messaging"])
    handled = _lines(house, "billing", accepted)
    assert "enrolment.booking.confirmed.v1" in {line.get("type") for line in handled}
    _, figures = await _read(f"{house.system.urls['billing']}/metrics")
    counted = r'^portail_handler_seconds_count\{outcome="\w+",type="enrolment\.booking\.confirmed'
    assert re.search(counted, figures, re.MULTILINE)


async def test_the_reference_on_an_error_page_is_that_of_the_logs(people: People) -> None:
    page = await people.signed_in("noisetier")
    answer = await page.goto("/enfants/00000000-0000-7000-8000-000000000000/agenda/2026-12-01x")
    assert answer is not None
    shown = await page.locator(".reference").text_content()
    assert shown == (await answer.all_headers())["x-correlation-id"]
    assert _lines(people.house, "gateway", shown)


async def test_every_line_is_an_object_and_none_names_a_person(people: People) -> None:
    await _a_day_with_everything_that_must_not_be_written_down(people)
    for process in PROCESSES:
        log = people.house.log(process)
        assert log.strip(), f"{process} says nothing"
        _each_is_an_object(process, log)
        for name, pattern in _personal().items():
            found = pattern.search(log)
            assert found is None, f"{process}: {name} in {_line_around(log, found.start())}"


@pytest.mark.parametrize("service", PROCESSES)
async def test_a_process_says_that_it_lives_and_is_ready(house: House, service: str) -> None:
    for question in ("live", "ready"):
        status, _ = await _read(f"{house.system.urls[service]}/health/{question}")
        assert status == 200


@pytest.mark.parametrize("service", SERVICES)
async def test_the_figures_of_a_service_can_be_read(house: House, service: str) -> None:
    async def figures() -> str:
        status, text = await _read(f"{house.system.urls[service]}/metrics")
        assert status == 200
        return text

    text = await eventually(figures, lambda seen: "portail_queue_depth{" in seen)
    for series in SERIES:
        assert f"# HELP {series}" in text
    age = re.search(r"^portail_outbox_oldest_seconds (\S+)$", text, re.MULTILINE)
    assert age is not None
    assert 0 <= float(age[1]) < 30
    dead = re.findall(r'^portail_queue_depth\{queue="[^"]*dead[^"]*"\} (\S+)$', text, re.MULTILINE)
    assert dead
    assert {float(depth) for depth in dead} == {0.0}


async def test_the_portal_does_not_show_the_services_figures(people: People) -> None:
    """The gateway forwards neither health nor figures of what stands behind it."""
    status, text = await _read(f"{people.house.portal}/console/metrics")
    assert "portail_" not in text
    assert status != 200 or "Console des agents" in text


async def _a_day_with_everything_that_must_not_be_written_down(people: People) -> None:
    family = await people.calls("noisetier")
    cell = await free_day(family)
    parent, agent = await people.signed_in("noisetier"), await people.signed_in("secretariat")
    await _refused_with_the_reason(people, parent, agent, cell)
    await parent.goto(f"/enfants/{cell.child_id}?nom=Noisetier")
    await parent.goto("/releve?mois=Noisetier")
    stranger = await people.stranger()
    await stranger.goto("/connexion")
    await stranger.get_by_label("Identifiant").fill("noisetier@famille.example")
    await stranger.get_by_label("Mot de passe", exact=True).fill(WRONG_PASSWORD)
    await stranger.get_by_role("button", name="Se connecter").click()
    await expect(stranger.get_by_role("alert")).to_be_visible()


async def _refused_with_the_reason(people: People, parent: Page, agent: Page, cell: Cell) -> None:
    await booking.open_month(parent, cell)
    await booking.ask_by_right_click(parent, cell)
    await is_asked_for(parent, cell)
    (asked,) = await requests_for(await people.calls("noisetier"), cell)
    await agent.goto("/console")
    await booking.refuse(agent, asked["number"], REASON)
    await expect(cell.on(parent)).to_have_attribute("data-state", "refused")


def _personal() -> dict[str, re.Pattern[str]]:
    names = {family.name for family in FAMILIES} | {family.identifier for family in FAMILIES}
    given = {child.given_name for family in FAMILIES for child in family.children}
    parents = {parent for family in FAMILIES for parent in family.parents}
    secrets = {PASSWORD, WRONG_PASSWORD, *REASON.split(" : ")}
    groups = {"a family": names, "a child": given, "a parent": parents, "what was typed": secrets}
    return {
        "an e-mail": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
        **{
            group: re.compile(rf"\b({'|'.join(map(re.escape, words))})", re.IGNORECASE)
            if group == "what was typed"
            else re.compile(rf"\b({'|'.join(words)})\b", re.IGNORECASE)
            for group, words in groups.items()
        },
    }


def _each_is_an_object(process: str, log: str) -> None:
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            pytest.fail(f"{process} writes something else than JSON: {line[:200]}")
        assert isinstance(entry, dict), line[:200]
        assert {"event", "level", "timestamp", "correlation_id"} <= entry.keys(), line[:200]


def _line_around(log: str, place: int) -> str:
    return log[log.rfind("\n", 0, place) + 1 :].split("\n", 1)[0][:300]


def _is_post(answer: Response) -> bool:
    return answer.request.method == "POST"


def _lines(house: House, process: str, correlation_id: str) -> list[dict[str, str]]:
    entries = [
        json.loads(line) for line in house.log(process).splitlines() if correlation_id in line
    ]
    return [entry for entry in entries if entry["correlation_id"] == correlation_id]


async def _is_in_the_logs_of(house: House, correlation_id: str, processes: list[str]) -> None:
    async def silent() -> list[str]:
        found = [await asyncio.to_thread(_lines, house, name, correlation_id) for name in processes]
        return [name for name, lines in zip(processes, found, strict=True) if not lines]

    await eventually(silent, lambda names: not names)


async def _read(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()
