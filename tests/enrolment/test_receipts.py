"""The receipt on paper: what it must say by law, for its own family only."""

import html
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id
from chassis.settings import Authority
from enrolment.domain.request import Channel, LineOutcome, RequestState
from enrolment.printing import OUTCOMES, receipt
from enrolment.store.request_records import RequestRecord
from portail_contracts.enrolment import RequestKind

from .conftest import WEDNESDAY, Enrolment, Offer, asking

LOU = "2019-05-04"


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


async def asked(enrolment: Enrolment, offer: Offer) -> tuple[Any, dict[str, Any]]:
    family = await enrolment.family(LOU)
    body = asking((family.children[0], offer.slots["Journée"], WEDNESDAY))
    answer = await family.post("/v1/me/requests", body)
    return family, answer.json()


async def test_it_says_when_who_answers_and_what_silence_means(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family, request = await asked(enrolment, wednesdays)
    address = f"/v1/me/requests/{request['request_id']}/receipt.pdf"
    answer = await family.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    said = text_of(answer.content)
    for expected in (
        "Accusé de réception",
        request["number"],
        "mardi 24 novembre 2026 à 7 h",
        "Service Enfance",
        "04 74 00 00 00",
        "Mercredi 2 décembre 2026",
        "Lou Noisetier",
        "Journée, Les Libellules",
        "Sans réponse de notre part avant le dimanche 24 janvier 2027",
        "considérée comme acceptée",
    ):
        assert expected in said, expected
    stranger = await enrolment.family(LOU, name="Bleuet")
    assert (await stranger.get(address)).status_code == 404


async def test_after_the_decision_it_tells_it_and_the_front_desk_is_named(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    agent = enrolment.staff(Audience.SECRETARIAT)
    line = {
        "child_id": str(family.children[0]),
        "slot_id": str(wednesdays.slots["Journée"]),
        "day": WEDNESDAY,
    }
    body = {"family_id": str(family.family_id), "lines": [line]}
    made = (await agent.post("/v1/staff/front-desk/bookings", body)).json()
    assert (made["channel"], made["submitted_by"]) == ("front_desk", "Dominique Lemoine")
    own = (await family.get("/v1/me/requests")).json()["items"][0]
    assert (own["channel"], own["submitted_by"]) == ("front_desk", "Dominique Lemoine")
    answer = await agent.get(f"/console/demandes/{made['request_id']}/accuse.pdf")
    said = text_of(answer.content)
    assert "Dominique Lemoine, au guichet, par le service" in said
    assert "Sans réponse" not in said
    assert "acceptée" in said
    queue = await agent.get("/console/demandes", etat="acceptees")
    assert "au guichet" in queue.text


@pytest.mark.parametrize(
    "path", ["/v1/me/requests/{}/receipt.pdf", "/console/demandes/{}/accuse.pdf"]
)
async def test_of_no_request_there_is_no_receipt(enrolment: Enrolment, path: str) -> None:
    nobody = "0199e2b0-0000-7000-8000-00000000dead"
    family, agent = await enrolment.family(LOU), enrolment.staff(Audience.SECRETARIAT)
    reader = family if path.startswith("/v1/me") else agent
    assert (await reader.get(path.format(nobody))).status_code == 404


def test_every_kind_of_request_says_what_it_is_about_in_french() -> None:
    now = datetime(2026, 11, 24, 6, tzinfo=UTC)
    authority = Authority()
    for kind in RequestKind:
        record = RequestRecord(
            request_id=new_id(),
            number="D-2026-00042",
            family_id=new_id(),
            family_name="",
            family_reference="",
            kind=kind,
            state=RequestState.PENDING,
            version=1,
            submitted_at=now,
            submitted_by="Awa Tilleul",
            channel=Channel.PORTAL,
            due_on=date(2027, 1, 24),
            decided_at=None,
            reason=None,
            subject="Famille Tilleul",
        )
        said = html.unescape(receipt(record, authority, now)).replace("\u00a0", " ")
        assert "famille Tilleul." in said, "a family that has no file yet has no reference"
        assert re.search(
            r"Objet</th><td>[^<:]+ : Famille Tilleul</td>", said.replace("\u00a0", " ")
        )
        assert "<td>Demande :" not in said, kind
    assert {outcome for outcome in LineOutcome if outcome not in OUTCOMES} == set()
