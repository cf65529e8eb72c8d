"""« Accès » and « Agents », in front of an accounts played by a function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chassis.auth import Audience
from chassis.peers import PeerRefused, PeerUnavailable

from .conftest import words

NOBODY = "0199e2b0-0000-7000-8000-00000000dead"
FAMILY = "0199e2b0-0000-7000-8000-0000000000f1"
HOSTILE = "<script>alert(1)</script>"
ACCESS = {
    "account_id": NOBODY,
    "identifier": "noisetier",
    "family_id": FAMILY,
    "family_name": "Noisetier",
    "family_reference": "VA-1",
    "guardian_id": None,
    "guardian_name": None,
    "email": "n@example.test",
    "created_at": "2026-11-01T06:00:00Z",
    "password_changed_at": None,
    "disabled_at": None,
    "has_second_factor": False,
    "last_sign_in": None,
    "link_expires_at": "2026-12-09T06:00:00Z",
}
AGENT = {
    "staff_id": NOBODY,
    "version": 3,
    "name": "Paul Mercier",
    "roles": ["cash_office"],
    "active": True,
    "created_at": "2026-11-01T06:00:00Z",
    "identifier": "regie",
    "has_second_factor": True,
    "last_sign_in": "2026-11-23T20:14:00Z",
}
LISTED = {"page": 1, "pages": 2, "total": 21}
GUARDIAN = {"guardian_id": NOBODY, "given_name": "Camille", "family_name": "Noisetier"}


@dataclass
class FakeAccounts:
    """Accounts as the console asks it: by method and path, an answer or what is raised."""

    answers: dict[str, Any]
    asked: list[tuple[str, Any]] = field(default_factory=list)

    async def call(self, method: str, _peer: object, path: str, **options: Any) -> Any:
        self.asked.append((f"{method} {path}", options.get("json", options.get("params"))))
        answer = self.answers[f"{method} {path}"]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        pass


def refused(status: int, kind: str, detail: str = "", *fields: str) -> PeerRefused:
    problem: dict[str, Any] = {"type": f"urn:portail:problem:{kind}", "detail": detail}
    if fields:
        problem["fields"] = [{"field": name, "rule": "x"} for name in fields]
    return PeerRefused(status, problem)


@pytest.fixture
def accounts(enrolment: Any, reader: Callable[..., Any]) -> FakeAccounts:
    sheet = {
        "access": ACCESS,
        "actions": [{"at": "2026-11-23T20:14:00Z", "what": "issued", "by_name": HOSTILE}],
    }
    log = {
        "items": [{"at": "2026-11-23T20:14:00Z", "outcome": "opened", "browser": "Firefox, Linux"}],
        **LISTED,
    }
    path = f"/v1/staff/accesses/{NOBODY}"
    member = "/v1/staff/staff-members"
    fake = FakeAccounts(
        {
            "GET /v1/staff/accesses": {"items": [ACCESS], **LISTED},
            "GET /v1/staff/families": {
                "items": [{"family_id": FAMILY, "name": HOSTILE, "reference": "VA-1"}]
            },
            f"GET /v1/staff/families/{FAMILY}": {
                "name": "Noisetier",
                "family_id": FAMILY,
                "reference": "VA-1",
                "guardians": [GUARDIAN],
            },
            f"GET /v1/staff/families/{FAMILY}/accesses": [ACCESS],
            f"POST /v1/staff/families/{FAMILY}/credentials": {"account_id": NOBODY},
            f"GET {path}": sheet,
            f"GET {path}/sign-ins": log,
            f"POST {path}/links": {"link_id": FAMILY},
            f"POST {path}/address": None,
            f"POST {path}/disable": None,
            f"POST {path}/enable": None,
            f"GET {member}": {"items": [AGENT], **LISTED},
            f"POST {member}": {"staff_id": NOBODY, "link_id": FAMILY},
            f"POST {member}/{NOBODY}/links": {"link_id": FAMILY},
            f"GET {member}/{NOBODY}": {"agent": AGENT, "actions": sheet["actions"]},
            f"POST {member}/{NOBODY}/roles": AGENT,
            f"POST {member}/{NOBODY}/disable": AGENT,
            f"POST {member}/{NOBODY}/enable": AGENT,
            f"POST {member}/{NOBODY}/second-factor/reset": None,
        }
    )
    enrolment.runtime.peers = fake
    return fake


PAGES = {
    "/console/acces": ["noisetier", "Lien en cours", "Page 1 sur 2"],
    "/console/acces?q=noi": ["Familles trouvées", "&lt;script&gt;"],
    f"/console/acces/familles/{FAMILY}": [
        "Créer un accès",
        "Camille Noisetier",
        "Toute la famille",
    ],
    f"/console/acces/{NOBODY}": ["Connexion réussie", "Firefox, Linux", "Accès créé", "&lt;script"],
    f"/console/acces/{NOBODY}?courrier={FAMILY}": [f"/console/acces/courriers/{FAMILY}"],
    f"/console/acces/{NOBODY}?fait=lien": ["Un lien à usage unique part"],
    "/console/agents": ["Paul Mercier", "Régie", "second facteur"],
    f"/console/agents/{NOBODY}": ["Fermer l’accès tout de suite", "Retirer le second facteur"],
}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_shows_what_accounts_says(accounts: Any, reader: Any, path: str) -> None:
    answer = await reader(Audience.ADMIN).open(path)

    assert answer.status_code == 200, answer.text
    for said in PAGES[path]:
        assert said in answer.text
    assert HOSTILE not in answer.text


ACTS = [
    (
        f"/console/acces/familles/{FAMILY}",
        {"email": "a@example.test"},
        f"/acces/{NOBODY}?fait=cree",
    ),
    (f"/console/acces/{NOBODY}/lien", {}, "?fait=lien"),
    (f"/console/acces/{NOBODY}/courrier", {}, f"?courrier={FAMILY}"),
    (f"/console/acces/{NOBODY}/adresse", {"email": " a@example.test "}, "?fait=adresse"),
    (f"/console/acces/{NOBODY}/fermer", {}, "?fait=ferme"),
    (f"/console/acces/{NOBODY}/rouvrir", {}, "?fait=ouvert"),
    (
        "/console/agents",
        {"name": "D", "identifier": "dominique", "roles": "centre"},
        f"?fait=cree&courrier={FAMILY}",
    ),
    (f"/console/agents/{NOBODY}/roles", {"version": "3", "roles": "centre"}, "?fait=roles"),
    (f"/console/agents/{NOBODY}/fermer", {"version": "3"}, "?fait=ferme"),
    (f"/console/agents/{NOBODY}/rouvrir", {"version": "3"}, "?fait=ouvert"),
    (f"/console/agents/{NOBODY}/second-facteur", {}, "?fait=facteur"),
]


@pytest.mark.parametrize(("path", "fields", "to"), ACTS, ids=lambda value: str(value)[-30:])
async def test_an_act_is_done_by_accounts_and_leads_back(
    accounts: Any, reader: Any, path: str, fields: dict[str, str], to: str
) -> None:
    answer = await reader(Audience.ADMIN).send(path, **fields)

    assert answer.status_code == 303
    assert answer.headers["location"].endswith(to)
    assert accounts.asked[-1][0].startswith("POST")


@pytest.mark.parametrize(("path", "fields", "_to"), ACTS, ids=lambda value: str(value)[-30:])
async def test_while_accounts_is_away_nothing_is_lost_in_silence(
    accounts: Any, reader: Any, path: str, fields: dict[str, str], _to: str
) -> None:
    accounts.answers = dict.fromkeys(accounts.answers, PeerUnavailable("accounts: away"))

    answer = await reader(Audience.ADMIN).send(path, **fields)

    assert answer.status_code == 503
    assert "momentanément indisponibles" in answer.text


@pytest.mark.parametrize("path", PAGES)
async def test_what_accounts_does_not_know_is_not_found(
    accounts: Any, reader: Any, path: str
) -> None:
    accounts.answers = dict.fromkeys(accounts.answers, refused(404, "portail.not-found"))

    assert (await reader(Audience.ADMIN).open(path)).status_code == 404


async def test_mistakes_are_told_beside_their_fields_and_words_are_kept(
    accounts: Any, reader: Any
) -> None:
    staff = reader(Audience.ADMIN)
    cases = [
        (
            f"/console/acces/familles/{FAMILY}",
            f"POST /v1/staff/families/{FAMILY}/credentials",
            "email",
        ),
        (f"/console/acces/{NOBODY}/adresse", f"POST /v1/staff/accesses/{NOBODY}/address", "email"),
        ("/console/agents", "POST /v1/staff/staff-members", "identifier"),
        ("/console/agents", "POST /v1/staff/staff-members", "roles"),
    ]
    for path, asked, name in cases:
        accounts.answers[asked] = refused(422, "portail.invalid-input", "", f"{name}.0")
        answer = await staff.send(path, **{name: "pas bon <b>"})
        assert answer.status_code == 422, path
        assert f'id="{name}-error"' in answer.text
        assert name == "roles" or "pas bon &lt;b&gt;" in answer.text
    assert 'name="password"' not in (await staff.open("/console/agents")).text


WAITING = {
    "erasure_id": NOBODY,
    "family_id": FAMILY,
    "reference": "VA-<b>2",
    "asked_at": "2026-11-20T09:00:00Z",
    "answer_by": "2026-12-20T09:00:00Z",
    "started_at": None,
    "started_by": None,
    "answers": [],
    "waiting": [],
    "is_done": False,
    "is_late": False,
}
STARTED = {
    **WAITING,
    "reference": "VA-3",
    "started_at": "2026-11-22T09:00:00Z",
    "started_by": "Claire",
    "answers": [
        {"service": "billing", "kept": ["Factures : dix ans."], "answered_at": WAITING["asked_at"]},
        {"service": "messaging", "kept": [], "answered_at": WAITING["asked_at"]},
    ],
    "waiting": ["enrolment"],
    "is_late": True,
}


async def test_erasures_say_who_answered_what_is_kept_and_are_not_pressed_by_mistake(
    accounts: Any, reader: Any
) -> None:
    accounts.answers["GET /v1/staff/erasures"] = {"items": [WAITING, STARTED], **LISTED}
    accounts.answers[f"POST /v1/staff/families/{FAMILY}/erasure"] = STARTED
    shown = words(await reader(Audience.AUDITOR).open("/console/effacements"))
    shown = " ".join(shown.split())
    for said in (
        "VA-<b>2",
        "À traiter",
        "dimanche 20 décembre",
        "en retard",
        "Inscriptions et demandes : Pas encore de réponse",
        "Gardé : Factures : dix ans.",
        "Rien n’est gardé.",
    ):
        assert said in shown, said
    admin = reader(Audience.ADMIN)
    path = f"/console/effacements/{FAMILY}"
    unsure = await admin.send(path)
    assert (unsure.status_code, "Cochez la case" in unsure.text) == (422, True)
    assert not [asked for asked, _ in accounts.asked if asked.startswith("POST")]
    assert (await admin.send(path, sure="yes")).status_code == 303
    assert accounts.asked[-1][0] == f"POST /v1/staff/families/{FAMILY}/erasure"
    for role in (Audience.AUDITOR, Audience.SECRETARIAT, Audience.CENTRE):
        assert (await reader(role).send(path, sure="yes")).status_code == 403


async def test_what_accounts_says_no_to_is_told(accounts: Any, reader: Any) -> None:
    staff = reader(Audience.ADMIN)
    accounts.answers[f"POST /v1/staff/accesses/{NOBODY}/links"] = refused(
        409, "accounts.no-address", "Aucune adresse électronique n’est connue."
    )
    answer = await staff.send(f"/console/acces/{NOBODY}/lien")
    assert (answer.status_code, "Aucune adresse électronique" in answer.text) == (409, True)
    accounts.answers[f"POST /v1/staff/staff-members/{NOBODY}/disable"] = refused(
        409, "accounts.last-administrator", "Il faut au moins une personne qui administre."
    )
    for version in ("3", "", "x", "²", "9" * 20):
        answer = await staff.send(f"/console/agents/{NOBODY}/fermer", version=version)
        assert (answer.status_code, "au moins une personne" in answer.text) == (409, True)


@pytest.mark.parametrize(
    ("role", "access", "agents"),
    [
        (Audience.SECRETARIAT, 200, 403),
        (Audience.ADMIN, 200, 200),
        (Audience.CENTRE, 403, 403),
        (Audience.CASH_OFFICE, 403, 403),
        (Audience.AUDITOR, 403, 403),
    ],
)
async def test_each_section_is_for_its_roles(
    accounts: Any, reader: Any, role: Audience, access: int, agents: int
) -> None:
    staff = reader(role)
    assert (await staff.open("/console/acces")).status_code == access
    assert (await staff.open("/console/agents")).status_code == agents
    assert (await staff.send(f"/console/acces/{NOBODY}/fermer")).status_code == (
        303 if access == 200 else 403
    )
