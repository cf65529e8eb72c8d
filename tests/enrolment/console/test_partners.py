"""« Partenaires » in the console, with messaging played by a function."""

from typing import Any

import pytest

from chassis.auth import STAFF, Audience
from chassis.peers import PeerRefused, PeerUnavailable
from enrolment.console.partner_words import FACTS
from portail_contracts.catalogue import CATALOGUE
from portail_contracts.event import Reach

from .conftest import HOSTILE, words

LIST = "/console/partenaires"
SHEET = f"{LIST}/cantine"
SENDINGS = f"{SHEET}/envois"
SENDING = "0199e2b0-0000-7000-8000-0000000000d1"
CENTRE = "0199e2b0-0000-7000-8000-0000000000c1"


def a_partner(standing: str = "behind", **lag: Any) -> dict[str, Any]:
    figures = {"waiting": 1200, "readers": 1, "behind_since": "2026-11-23T19:00:00Z", **lag}
    channel = {"kind": "amqp", "standing": standing, "limit": 200_000, "oldest_days": 14}
    return {
        "name": "cantine",
        "patterns": ["enrolment.booking.#"],
        "types": ["enrolment.booking.confirmed.v1", "enrolment.booking.cancelled.v1"],
        "centres": [CENTRE],
        "added_at": "2026-11-02T09:00:00Z",
        "rotated_at": None,
        "revoked_at": None,
        "channels": [{**channel, **figures, "seen_at": "2026-11-24T08:59:00Z"}],
    }


class FakeMessaging:
    """Messaging as this page asks it."""

    def __init__(self) -> None:
        self.partners = [a_partner()]
        self.broker = {"answers": True, "looked_at": "2026-11-24T08:59:00Z"}
        self.recent = [
            {
                "position": 41,
                "event_id": "0199e2b0-0000-7000-8000-0000000000e1",
                "type": "enrolment.booking.confirmed.v1",
                "centre": CENTRE,
                "at": "2026-11-23T19:30:00Z",
            }
        ]
        self.fault: Exception | None = None

        self.asked: list[str] = []
        self.webhook = {"url": "https://crm.example/in", "is_ordered": False, "given_up": 1}
        self.sendings = [
            {
                "sending_id": SENDING,
                "event_id": "0199e2b0-0000-7000-8000-0000000000e1",
                "type": "enrolment.booking.confirmed.v1",
                "state": "given-up",
                "attempts": 14,
                "due_at": "2026-11-23T19:30:00Z",
                "last_tried_at": "2026-11-23T19:30:00Z",
                "last_outcome": "timeout",
            }
        ]

    async def call(self, _method: str, _peer: object, path: str, **_: Any) -> Any:
        if self.fault is not None:
            raise self.fault
        self.asked.append(path)
        if path.endswith("/sendings"):
            listed = {"page": 1, "pages": 1, "total": len(self.sendings)}
            return {"webhook": self.webhook, "items": self.sendings, **listed}
        if path == "/v1/staff/partners":
            listed = {"page": 1, "pages": 1, "total": len(self.partners)}
            gone = {**a_partner(), "name": "ancien", "revoked_at": "2026-11-10T09:00:00Z"}
            return {"items": self.partners, "revoked": [gone], "broker": self.broker, **listed}
        sheet = {"partner": self.partners[0], "recent": self.recent, "looked_through": 2000}
        return {**sheet, "broker": self.broker}

    async def close(self) -> None:
        pass


@pytest.fixture
def messaging(enrolment: Any, reader: Any) -> FakeMessaging:
    enrolment.runtime.peers = FakeMessaging()
    return enrolment.runtime.peers


async def test_who_receives_what_and_how_far_behind(messaging: Any, reader: Any) -> None:
    auditor = reader(Audience.AUDITOR)
    listed = words(await auditor.open(LIST)).replace("\u202f", " ").replace("\u00a0", " ")
    for shown in (
        "cantine depuis le 02/11/2026",
        "Réservations",
        "En retard",
        "1 200 événements attendent, au moins depuis hier, 20 h, 1 lecteur connecté",
        "ancien du 02/11/2026 au 10/11/2026",
    ):
        assert shown in listed
    sheet = words(await auditor.open(SHEET)).replace("\u202f", " ").replace("\u00a0", " ")
    for shown in ("enrolment.booking.*", "1 200 sur 200 000", "20 h 30", "0199e2b0-0000-7000"):
        assert shown in sheet


async def test_what_is_sent_to_an_address_is_seen_by_auditors_and_decided_by_the_administration(
    messaging: Any, reader: Any
) -> None:
    admin, auditor = reader(Audience.ADMIN), reader(Audience.AUDITOR)
    messaging.partners = [a_partner("paused")]
    messaging.partners[0]["channels"][0] |= {"kind": "webhook", "failures": 3}
    assert "Échecs de suite 3" in words(await admin.open(SHEET))
    shown = words(await auditor.open(f"{SENDINGS}?etat=abandonnes")).replace("\u00a0", " ")
    assert "14 essais, pas de réponse en 15 secondes, hier, 20 h 30" in shown
    assert "Renvoyer" not in shown
    assert "Renvoyer tout ce qui est abandonné" in words(await admin.open(SENDINGS))
    door = "/v1/staff/partners/cantine/webhook"
    for act, form, asked, told in (
        ("pause", {}, "/pause", "Les envois sont en pause."),
        ("reprise", {}, "/resume", "Les envois reprennent."),
        ("renvoi", {}, "/sendings/given-up/replay", "part de nouveau"),
        ("renvoi", {"sending_id": SENDING}, f"/sendings/{SENDING}/replay", "part de nouveau"),
    ):
        answer = await admin.send(f"{SENDINGS}/{act}", **form)
        assert answer.status_code == 303
        assert messaging.asked[-1] == door + asked
        assert told in words(await admin.open(answer.headers["location"]))
        assert (await auditor.send(f"{SENDINGS}/{act}", **form)).status_code == 403
    messaging.webhook |= {"pause": "dead", "failures": 9, "failing_since": "2026-11-18T19:30:00Z"}
    messaging.sendings = []
    paused = words(await admin.open(SENDINGS))
    for said in ("Reprendre les envois", "depuis plusieurs jours", "Aucun envoi"):
        assert said in paused
    messaging.fault = PeerUnavailable("messaging")
    assert "indisponible pour le moment" in words(await admin.open(SENDINGS))


@pytest.mark.parametrize("standing", ["nearly_losing", "losing", "missing"])
async def test_a_partner_in_trouble_comes_with_what_to_do(
    messaging: Any, reader: Any, standing: str
) -> None:
    messaging.partners = [a_partner(standing)]
    assert "portail partners replay" in words(await reader(Audience.ADMIN).open(SHEET))


async def test_without_partners_messaging_or_broker_the_page_says_so(
    messaging: Any, reader: Any
) -> None:
    admin = reader(Audience.ADMIN)
    messaging.broker = {"answers": False, "looked_at": "2026-11-24T08:00:00Z"}
    assert "ne répond pas\u00a0: ce qui attend chez chacun a été vu" in words(
        await admin.open(LIST)
    )
    messaging.broker = {"answers": False, "looked_at": None}
    messaging.partners, messaging.recent = [a_partner("unseen", waiting=None)], []
    sheet = words(await admin.open(SHEET))
    assert "n’est pas encore connu" in sheet
    assert "Aucun parmi les derniers publiés" in sheet
    messaging.partners = []
    assert "Aucun partenaire" in words(await admin.open(LIST))
    messaging.fault = PeerUnavailable("messaging")
    for path in (LIST, SHEET):
        answer = await admin.open(path)
        assert answer.status_code == 200
        assert "indisponible pour le moment" in words(answer)
    messaging.fault = PeerRefused(404, {"title": "Partenaire introuvable"})
    assert (await admin.open(SHEET)).status_code == 404


async def test_only_the_administration_and_auditors_see_partners(
    messaging: Any, reader: Any
) -> None:
    messaging.partners = [{**a_partner(), "patterns": [HOSTILE]}]
    for role in STAFF:
        may = role in (Audience.ADMIN, Audience.AUDITOR)
        for path in (LIST, SHEET):
            answer = await reader(role).open(path)
            assert answer.status_code == (200 if may else 403)
            assert HOSTILE not in answer.text
    assert (await reader(Audience.ADMIN).open(f"{LIST}/..%2Fautre")).status_code in (404, 422)
    assert 'href="/console/partenaires"' in (await reader(Audience.ADMIN).open(LIST)).text


def test_every_public_event_has_its_word() -> None:
    public = {entry.type for entry in CATALOGUE if entry.reach is Reach.PUBLIC}
    assert {".".join(type_.split(".")[:2]) for type_ in public} == set(FACTS)
