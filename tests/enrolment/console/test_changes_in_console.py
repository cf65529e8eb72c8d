"""A change to a family's file before staff: each item before and after, accepted one by one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from portail_contracts.accounts import ChangeProposed, ChangeRejected, ProposedItem
from portail_contracts.enrolment import RequestAccepted, RequestKind

from .conftest import HOSTILE, QUEUE, state_of, words

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
async def proposed(enrolment, billing):
    """A change in the queue, and accounts answering its content."""
    family = await enrolment.family(name="Noisetier")
    items = tuple(ProposedItem(item_id=new_id(), label=label) for label in ("École", "Classe"))
    event = ChangeProposed(
        version=1,
        family_id=family.family_id,
        request_id=new_id(),
        number="F-2026-00042",
        kind=RequestKind.CHILD_UPDATE,
        subject="Lou",
        items=items,
        submitted_at=NOW,
        submitted_by="Camille Noisetier",
        channel="portal",
    )
    await enrolment.handle(event)
    billing.price = {
        "items": [
            _content(items[0].item_id, "", "École des Platanes"),
            _content(items[1].item_id, "CE2", HOSTILE),
        ]
    }
    return event


def _content(item_id: Any, old: str, new: str, found: str | None = None) -> dict[str, Any]:
    return {"item_id": str(item_id), "label": "x", "old": old, "new": new, "found": found}


def _form(event, *accepted: int, version: str = "1", **more: str) -> dict[str, Any]:
    return {
        "version": version,
        "request_id": str(event.request_id),
        "item": [str(item.item_id) for item in event.items],
        "accepted": [str(event.items[index].item_id) for index in accepted],
        **more,
    }


def _path(event) -> str:
    return f"{QUEUE}/{event.request_id}/accepter"


async def test_the_pane_shows_before_and_after_asked_from_their_owner(proposed, reader, billing):
    page = await reader().open(QUEUE)
    shown = words(page)
    for said in ("Fiche de l’enfant, Lou, École, Classe", "École des Platanes", "CE2", "Avant"):
        assert said in shown
    assert HOSTILE not in page.text
    assert "Délai de prévenance" not in shown
    assert billing.asked[-1]["path"] == f"/v1/staff/changes/{proposed.request_id}"
    assert billing.asked[-1]["token"].startswith("token-")


async def test_nothing_is_decided_while_the_content_is_away(proposed, reader, billing):
    billing.price = PeerUnavailable("accounts")
    shown = await reader().open(QUEUE)
    assert "Le contenu est indisponible pour le moment" in words(shown)
    assert "École" in words(shown)
    assert "/accepter" not in shown.text.split('id="detail"')[1]


async def test_everything_ticked_is_accepted_whole(proposed, reader, enrolment):
    done = await reader().send(_path(proposed), **_form(proposed, 0, 1))
    assert done.status_code == 303
    (handed,) = [one for one in await enrolment.events() if isinstance(one, RequestAccepted)]
    assert handed.item_ids == ()
    assert "elle s’inscrit au dossier" in words(await reader().open(done.headers["location"]))


async def test_what_is_not_ticked_is_refused_with_its_reason(proposed, reader, enrolment):
    school, class_name = (item.item_id for item in proposed.items)
    form = _form(proposed, 1, **{f"why-{school}": " Hors secteur. "})
    assert (await reader().send(_path(proposed), **form)).status_code == 303
    (handed,) = [one for one in await enrolment.events() if isinstance(one, RequestAccepted)]
    assert handed.item_ids == (class_name,)
    (row,) = await enrolment.rows(
        "SELECT outcome, reason FROM request_items WHERE item_id = :id", id=school
    )
    assert tuple(row) == ("refused", "Hors secteur.")


async def test_a_refused_item_needs_its_reason_and_the_others_are_kept(proposed, reader, enrolment):
    again = await reader().send(_path(proposed), **_form(proposed, 1))
    assert again.status_code == 422
    assert "Écrivez pourquoi chaque élément décoché est refusé." in words(again)
    assert again.text.count("checked") == 1 + again.text.count("data-queue-keys-switch checked")
    assert await state_of(enrolment, {"request_id": proposed.request_id}) == ("pending", None)


async def test_nothing_ticked_is_no_acceptance(proposed, reader, enrolment):
    reasons = {f"why-{item.item_id}": "Non." for item in proposed.items}
    answer = await reader().send(_path(proposed), **_form(proposed, **reasons))
    assert answer.status_code == 422
    assert "refusez la demande entière" in words(answer)


async def test_a_conflict_shows_all_three_values(proposed, reader, enrolment, billing):
    await reader().send(_path(proposed), **_form(proposed, 0, 1))
    await enrolment.handle(
        ChangeRejected(
            version=2,
            family_id=proposed.family_id,
            request_id=proposed.request_id,
            why="version-conflict",
            item_ids=(proposed.items[1].item_id,),
            rejected_at=NOW,
        )
    )
    billing.price["items"][1]["found"] = "CM1"
    shown = words(await reader().open(f"{QUEUE}/{proposed.request_id}"))
    assert "comparez les trois valeurs" in shown
    assert "Au dossier aujourd’hui" in shown
    assert "CM1" in shown
    done = await reader().send(_path(proposed), **_form(proposed, 0, 1, version="3"))
    assert done.status_code == 303


async def test_a_joined_document_is_opened_beside_its_own_item(proposed, reader, billing):
    document = new_id()
    billing.price["items"][0] |= {"path": f"document.{document}"}
    family = new_id()
    alike = [{"family_id": str(family), "said": f"{HOSTILE} (VA-1)"}]
    billing.price["items"][1] |= {"path": "child.class_name", "alike": alike}
    page = await reader().open(f"{QUEUE}/{proposed.request_id}")
    address = f"{QUEUE}/{proposed.request_id}/documents/{document}"
    assert page.text.count("/documents/") == page.text.count(address) > 0
    assert "La famille verra que vous l’avez ouvert." in words(page)
    assert f'href="/console/familles/{family}"' in page.text
    assert HOSTILE not in page.text
