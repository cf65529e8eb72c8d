"""What belongs to one family exists for nobody else, and nothing said by staff is ever code."""

import re
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from portail_contracts.catalogue import Context

from . import booking
from .days import free_day, is_asked_for, requests_for
from .people import JOURNEY, People

pytestmark = JOURNEY

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"'&amp; {{ 7*7 }} 🎈🧒🏽 fin."


@pytest_asyncio.fixture(loop_scope="session")
async def ids(people: People) -> dict[str, str]:
    """What noisetier has: a child, a slot on a day, a request, a message."""
    family = await people.calls("noisetier")
    cell = await free_day(family)
    requests = await family.get(Context.ENROLMENT, "/v1/me/requests")
    messages = await family.get(Context.MESSAGING, "/v1/me/messages")
    return {
        **cell.line,
        "child": cell.child_id,
        "request": requests["items"][0]["request_id"],
        "message": messages["items"][0]["message_id"],
        "thread": messages["items"][0]["thread_id"],
    }


PAGES = [
    "/enfants/{child}",
    "/enfants/{child}/agenda",
    "/enfants/{child}/agenda?mois=2026-12",
    "/enfants/{child}/agenda/{day}",
    "/agenda/cellule?cle={child}_{slot_id}_{day}",
    "/demandes/{request}",
    "/messages/{thread}",
]
ACTIONS = [
    "/enfants/{child}/demandes",
    "/enfants/{child}/agenda/{day}/confirmer",
    "/demandes/{request}/retirer",
    "/messages/{thread}/non-lu",
    "/messages/{thread}/archiver",
]


async def test_a_page_of_another_family_does_not_exist(people: People, ids: dict[str, str]) -> None:
    theirs, ours = await people.signed_in("noisetier"), await people.signed_in("sureau")
    answered: dict[str, tuple[int, int]] = {}
    for path in PAGES:
        owned, foreign = [await page.goto(path.format(**ids)) for page in (theirs, ours)]
        assert owned is not None
        assert foreign is not None
        answered[path] = (owned.status, foreign.status)
        said = await foreign.text()
        assert not [word for word in ("Noisetier", "Lou", "Noé") if word in said], path
    assert answered == dict.fromkeys(PAGES, (200, 404))


async def test_nothing_can_be_done_to_what_is_another_family_s(
    people: People, ids: dict[str, str]
) -> None:
    page = await people.signed_in("sureau")
    await page.goto("/mon-compte/mot-de-passe")
    answered: dict[str, int] = {}
    for path in ACTIONS:
        fields = {"slot_id": ids["slot_id"], "day": ids["day"], "request_id": str(new_id())}
        answered[path], text = await _post(page, path.format(**ids), fields)
        assert "Noisetier" not in text
    assert answered == dict.fromkeys(ACTIONS, 404)


CALLS: list[tuple[Context, str, dict[str, str]]] = [
    (Context.ACCOUNTS, "/v1/me/children/{child}", {}),
    (Context.ENROLMENT, "/v1/me/agenda", {"month": "2026-12", "child_id": "{child}"}),
    (
        Context.ENROLMENT,
        "/v1/me/agenda/cell",
        {"child_id": "{child}", "slot_id": "{slot_id}", "day": "{day}"},
    ),
    (Context.ENROLMENT, "/v1/me/requests/{request}", {}),
    (Context.MESSAGING, "/v1/me/messages/{message}", {}),
    (Context.MESSAGING, "/v1/me/threads/{thread}", {}),
]


@pytest.mark.parametrize(("service", "path", "query"), CALLS, ids=[call[1] for call in CALLS])
async def test_a_service_does_not_know_another_family_s_things(
    people: People, ids: dict[str, str], service: Context, path: str, query: dict[str, str]
) -> None:
    asked = {name: value.format(**ids) for name, value in query.items()}
    owner, stranger = await people.calls("noisetier"), await people.calls("sureau")
    await owner.get(service, path.format(**ids), **asked)
    with pytest.raises(PeerRefused) as refusal:
        await stranger.get(service, path.format(**ids), **asked)
    assert refusal.value.status == 404


ORDERS: list[tuple[Context, str]] = [
    (Context.ENROLMENT, "/v1/me/requests"),
    (Context.ENROLMENT, "/v1/me/requests/{request}/withdraw"),
    (Context.MESSAGING, "/v1/me/messages/{message}/read"),
    (Context.MESSAGING, "/v1/me/messages/{message}/unread"),
    (Context.MESSAGING, "/v1/me/threads/{thread}/read"),
    (Context.MESSAGING, "/v1/me/threads/{thread}/unread"),
    (Context.MESSAGING, "/v1/me/threads/{thread}/archive"),
    (Context.MESSAGING, "/v1/me/threads/{thread}/unarchive"),
]


@pytest.mark.parametrize(("service", "path"), ORDERS, ids=[order[1] for order in ORDERS])
async def test_a_service_does_nothing_to_another_family_s_things(
    people: People, ids: dict[str, str], service: Context, path: str
) -> None:
    stranger = await people.calls("sureau")
    line = {name: ids[name] for name in ("child_id", "slot_id", "day")}
    body = {"request_id": str(new_id()), "kind": "booking.request", "lines": [line]}
    with pytest.raises(PeerRefused) as refusal:
        await stranger.post(service, path.format(**ids), body if path.endswith("requests") else {})
    assert refusal.value.status == 404


async def test_the_lists_of_two_families_have_nothing_in_common(people: People) -> None:
    lists: list[tuple[Context, str, str, dict[str, str]]] = [
        (Context.ENROLMENT, "/v1/me/requests", "request_id", {}),
        (Context.MESSAGING, "/v1/me/messages", "message_id", {}),
        (Context.BILLING, "/v1/me/charge-lines", "charge_line_id", {"month": "2026-11"}),
    ]
    callers = [await people.calls(name) for name in ("noisetier", "sureau")]
    for service, path, key, query in lists:
        ours, theirs = [
            {item[key] for item in (await caller.get(service, path, **query))["items"]}
            for caller in callers
        ]
        assert ours
        assert theirs
        assert not ours & theirs


async def test_what_staff_write_is_shown_as_written_and_never_runs(people: People) -> None:
    family = await people.calls("noisetier")
    cell = await free_day(family)
    parent, agent = await people.signed_in("noisetier"), await people.signed_in("secretariat")
    await booking.open_month(parent, cell)
    await booking.ask_by_right_click(parent, cell)
    await is_asked_for(parent, cell)
    (asked,) = await requests_for(family, cell)

    await agent.goto("/console")
    await booking.refuse(agent, asked["number"], HOSTILE)

    await expect(cell.on(parent)).to_have_attribute("data-state", "refused")
    await (await booking.reach(parent, cell)).click()
    await _written(parent.locator("#agenda-menu"))
    await parent.goto("/demandes")
    await _written(parent.locator("main li").filter(has_text=asked["number"]))
    await parent.goto(f"/demandes/{asked['request_id']}")
    await _written(parent.get_by_role("main"))
    await parent.get_by_role("link", name="Messages").first.click()
    await parent.locator("main li").filter(has_text=asked["number"]).get_by_role("link").click()
    await _written(parent.get_by_role("main"))
    await agent.goto(f"/console/demandes/{asked['request_id']}")
    await _written(agent.get_by_role("main"))


async def _written(place: Any) -> None:
    """As text, emoji included; no element was made of it."""
    shown = re.sub(r"\s+", " ", await place.text_content())
    assert HOSTILE in shown
    assert await place.locator("script, img[src=x]").count() == 0


async def _post(page: Page, path: str, fields: dict[str, str]) -> tuple[int, str]:
    """As a script of the page would: same origin, with the page's form token."""
    status, text = await page.evaluate(
        """async ([path, fields]) => {
            const token = document.querySelector('[name=form_token]').value;
            const body = new URLSearchParams({ form_token: token, ...fields });
            const answer = await fetch(path, { method: 'POST', body, redirect: 'manual' });
            return [answer.status, await answer.text()];
        }""",
        [path, fields],
    )
    return status, text
