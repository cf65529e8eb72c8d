"""What is sealed in a change is opened on purpose, at its owner's."""

import pytest

from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from enrolment.console.openings import opening
from enrolment.wording import KINDS

from .conftest import QUEUE, words

COMPARED = {
    "before": [{"title": "Allergies", "lines": []}, {"title": "PAI", "lines": ["Panier <b>"]}],
    "after": [
        {"title": "Allergies", "lines": ["Œuf : stylo"]},
        {"title": "PAI", "lines": ["Panier <b>"]},
    ],
}


async def test_health_data_is_compared_section_by_section(reader, billing):
    request_id = new_id()
    billing.elsewhere = COMPARED
    page = await reader().open(f"{QUEUE}/{request_id}/sante")
    shown = words(page)
    for said in ("Allergies (modifié)", "Œuf : stylo", "La famille voit que vous avez ouvert"):
        assert said in shown
    assert "PAI (modifié)" not in shown
    assert "Panier <b>" not in page.text
    assert billing.asked[-1]["path"] == f"/v1/staff/changes/{request_id}/health"
    billing.elsewhere = {**COMPARED, "after": None}
    assert "déjà décidée" in words(await reader().open(f"{QUEUE}/{request_id}/sante"))


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (PeerRefused(404, {}), 404),
        (PeerRefused(403, {"type": "portail.forbidden"}), 403),
        (PeerUnavailable("accounts"), 503),
    ],
)
async def test_what_cannot_be_opened_says_so(reader, billing, trouble, status):
    billing.elsewhere = trouble
    assert (await reader().open(f"{QUEUE}/{new_id()}/sante")).status_code == status


def test_only_sealed_kinds_are_opened_elsewhere():
    request_id = new_id()
    opened = {kind for kind in KINDS if opening(kind, request_id)[0]}
    assert opened == {"child.health", "child.photo", "document.submit"}
