"""Changes to a family's file in the one queue: labels only, decided item by item."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id
from chassis.receipts import due_on as receipt_due_on
from chassis.receipts import silence
from enrolment.domain.request import due_on
from enrolment.use_cases.conclude_change import NotQueuedYet
from portail_contracts.accounts import (
    ChangeApplied,
    ChangeProposed,
    ChangeRejected,
    ProposedItem,
)
from portail_contracts.enrolment import (
    DecisionAnnounced,
    Outcome,
    RequestAccepted,
    RequestKind,
    RequestRefused,
    RequestSubmitted,
    RequestWithdrawn,
)

from .conftest import Enrolment, Person

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LABELS = ("École", "Classe")


def _proposed(family_id: UUID, **changed: Any) -> ChangeProposed:
    items = tuple(ProposedItem(item_id=new_id(), label=label) for label in LABELS)
    return ChangeProposed(
        **{
            "version": 1,
            "family_id": family_id,
            "request_id": new_id(),
            "number": f"F-2026-{new_id().hex[-8:]}",
            "kind": RequestKind.CHILD_UPDATE,
            "subject": "Lou",
            "items": items,
            "submitted_at": NOW,
            "submitted_by": "Camille Noisetier",
            "channel": "portal",
            **changed,
        }
    )


def _applied(event: ChangeProposed, *item_ids: UUID) -> ChangeApplied:
    return ChangeApplied(
        version=2,
        family_id=event.family_id,
        request_id=event.request_id,
        item_ids=item_ids,
        applied_at=NOW,
    )


def _rejected(event: ChangeProposed, why: str = "version-conflict") -> ChangeRejected:
    return ChangeRejected(
        version=2,
        family_id=event.family_id,
        request_id=event.request_id,
        why=why,
        item_ids=(event.items[0].item_id,),
        rejected_at=NOW,
    )


async def _accept(
    enrolment: Enrolment, event: ChangeProposed, version: int = 1, **body: Any
) -> Any:
    staff = enrolment.staff(Audience.SECRETARIAT)
    path = f"/v1/staff/requests/{event.request_id}/accept"
    return await staff.post(path, {"version": version, **body})


async def _state(family: Person, event: ChangeProposed) -> Any:
    return (await family.get(f"/v1/me/requests/{event.request_id}")).json()


async def test_a_change_joins_the_queue_once_and_the_list_names_its_fields(
    enrolment: Enrolment,
) -> None:
    family = await enrolment.family("2019-05-04")
    assert family.family_id
    event = _proposed(family.family_id, child_ids=(family.children[0],))
    await enrolment.handle(event, event)
    shown = await _state(family, event)
    assert shown["object"] == "Fiche de l’enfant, Lou, École, Classe"
    assert (shown["state"], shown["due_on"]) == ("pending", "2027-01-24")
    assert [item["label"] for item in shown["items"]] == list(LABELS)
    (told,) = [one for one in await enrolment.events() if isinstance(one, RequestSubmitted)]
    assert (told.number, told.child_ids) == (event.number, (family.children[0],))
    own = _proposed(family.family_id, kind=RequestKind.FAMILY_UPDATE)
    await enrolment.handle(own)
    for scope, number in (("account", own.number), ("children", event.number)):
        listed = (await family.get("/v1/me/requests", scope=scope)).json()
        assert [item["number"] for item in listed["items"]] == [number]


async def test_what_is_accepted_in_part_is_handed_over_then_announced(
    enrolment: Enrolment,
) -> None:
    family = await enrolment.family()
    event = _proposed(family.family_id)  # type: ignore[arg-type]
    await enrolment.handle(event)
    school, class_name = event.items
    refused = [{"item_id": str(school.item_id), "reason": "Hors secteur."}]
    assert (await _accept(enrolment, event, refused_items=refused)).status_code == 200
    (handed,) = [one for one in await enrolment.events() if isinstance(one, RequestAccepted)]
    assert handed.item_ids == (class_name.item_id,)
    assert not [one for one in await enrolment.events() if isinstance(one, DecisionAnnounced)]
    assert (await _state(family, event))["state"] == "accepted"

    await enrolment.handle(_applied(event, class_name.item_id), _applied(event, class_name.item_id))
    shown = await _state(family, event)
    assert shown["state"] == "applied"
    outcomes = {item["label"]: (item["outcome"], item["reason"]) for item in shown["items"]}
    assert outcomes == {"École": ("refused", "Hors secteur."), "Classe": ("accepted", None)}
    (words,) = [one for one in await enrolment.events() if isinstance(one, DecisionAnnounced)]
    assert (words.subject, words.outcome) == ("Lou", Outcome.ACCEPTED)
    assert [(one.label, one.outcome, one.reason) for one in words.items] == [
        ("École", Outcome.REFUSED, "Hors secteur."),
        ("Classe", Outcome.ACCEPTED, None),
    ]


async def test_accepting_everything_names_no_item(enrolment: Enrolment) -> None:
    family = await enrolment.family()
    event = _proposed(family.family_id)  # type: ignore[arg-type]
    await enrolment.handle(event)
    await _accept(enrolment, event)
    (handed,) = [one for one in await enrolment.events() if isinstance(one, RequestAccepted)]
    assert handed.item_ids == ()


async def test_accepting_nothing_is_a_refusal_and_needs_its_reason(enrolment: Enrolment) -> None:
    family = await enrolment.family()
    event = _proposed(family.family_id)  # type: ignore[arg-type]
    await enrolment.handle(event)
    refused = [{"item_id": str(item.item_id), "reason": "Non."} for item in event.items]
    answer = await _accept(enrolment, event, refused_items=refused)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("enrolment.nothing-accepted")
    assert (await _state(family, event))["state"] == "pending"


async def test_a_conflict_comes_back_to_staff_with_the_field_in_the_way(
    enrolment: Enrolment,
) -> None:
    family = await enrolment.family()
    event = _proposed(family.family_id)  # type: ignore[arg-type]
    await enrolment.handle(event)
    await _accept(enrolment, event)
    await enrolment.handle(_rejected(event))
    shown = await _state(family, event)
    assert shown["state"] == "failed"
    assert "École" in shown["reason"]
    assert not [one for one in await enrolment.events() if isinstance(one, DecisionAnnounced)]
    assert (await _accept(enrolment, event, version=3)).status_code == 200
    await enrolment.handle(_applied(event, *(item.item_id for item in event.items)))
    assert (await _state(family, event))["state"] == "applied"


async def test_a_refusal_and_a_withdrawal_reach_the_items(enrolment: Enrolment) -> None:
    family = await enrolment.family()
    refused, withdrawn = _proposed(family.family_id), _proposed(family.family_id)  # type: ignore[arg-type]
    await enrolment.handle(refused, withdrawn)
    staff = enrolment.staff(Audience.SECRETARIAT)
    path = f"/v1/staff/requests/{refused.request_id}/refuse"
    await staff.post(path, {"version": 1, "reason": "Pièce manquante."})
    await family.post(f"/v1/me/requests/{withdrawn.request_id}/withdraw")
    for event, outcome in ((refused, "refused"), (withdrawn, "withdrawn")):
        shown = await _state(family, event)
        assert shown["state"] == outcome
        assert {item["outcome"] for item in shown["items"]} == {outcome}
    kinds = {type(one) for one in await enrolment.events()}
    assert {RequestRefused, RequestWithdrawn} <= kinds


async def test_a_correction_withdraws_what_it_replaces(enrolment: Enrolment) -> None:
    family = await enrolment.family()
    first = _proposed(family.family_id)  # type: ignore[arg-type]
    second = _proposed(family.family_id, replaces=first.request_id)  # type: ignore[arg-type]
    await enrolment.handle(first, second)
    assert (await _state(family, first))["state"] == "withdrawn"
    assert (await _state(family, second))["state"] == "pending"


async def test_a_change_corrected_while_it_was_accepted_ends_withdrawn(
    enrolment: Enrolment,
) -> None:
    family = await enrolment.family()
    event = _proposed(family.family_id)  # type: ignore[arg-type]
    await enrolment.handle(event)
    await _accept(enrolment, event)
    await enrolment.handle(_proposed(family.family_id, replaces=event.request_id))  # type: ignore[arg-type]
    assert (await _state(family, event))["state"] == "accepted"
    await enrolment.handle(_rejected(event, "withdrawn"))
    assert (await _state(family, event))["state"] == "withdrawn"


async def test_an_outcome_that_comes_before_its_change_comes_again(enrolment: Enrolment) -> None:
    event = _proposed(new_id())
    with pytest.raises(NotQueuedYet):
        await enrolment.handle(_applied(event))
    with pytest.raises(NotQueuedYet):
        await enrolment.handle(_rejected(event))


async def test_a_family_may_withdraw_before_the_queue_has_heard_of_it(
    enrolment: Enrolment,
) -> None:
    family = await enrolment.family()
    event = _proposed(family.family_id)  # type: ignore[arg-type]
    enrolment.accounts.families[event.request_id] = event.model_dump(mode="json")
    answer = await family.post(f"/v1/me/requests/{event.request_id}/withdraw")
    assert answer.json()["state"] == "withdrawn"
    await enrolment.handle(event)
    assert (await _state(family, event))["state"] == "withdrawn"
    stranger = await enrolment.family(name="Bleuet")
    other = _proposed(family.family_id)  # type: ignore[arg-type]
    enrolment.accounts.families[other.request_id] = other.model_dump(mode="json")
    answer = await stranger.post(f"/v1/me/requests/{other.request_id}/withdraw")
    assert answer.status_code == 404


@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-31", "2027-12-29", "2028-02-29"])
def test_receipts_of_all_services_count_the_same_deadline(day: str) -> None:
    submitted = datetime.fromisoformat(day).date()
    assert receipt_due_on(submitted) == due_on(submitted)
    assert "considérée comme acceptée" in silence(due_on(submitted))
