"""Accepting and refusing one request in the console, also two agents at once."""

import asyncio
import re
from uuid import uuid4

import pytest

from .conftest import QUEUE, Tags, state_of, words


async def test_every_form_carries_the_token_and_the_version(ask, reader):
    await ask()
    page = (await reader().open(QUEUE)).text
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL)
    assert len(forms) >= 3
    assert all('name="form_token" value="jeton&lt;&amp;"' in form for form in forms)
    decisions = [form for form in forms if re.search("/(accepter|refuser)[?]etat=", form)]
    one_by_one = [form for form in decisions if 'id="selection"' not in form]
    assert len(one_by_one) == 2
    assert all('name="version" value="1"' in form for form in one_by_one)


async def test_accepting_comes_back_to_the_list_and_says_so(ask, reader, enrolment):
    request = await ask()
    agent = reader()
    address = f"{QUEUE}/{request['request_id']}/accepter?etat=attente&page=1"
    done = await agent.send(address, version="1", request_id=request["request_id"])
    assert done.status_code == 303
    back = await agent.open(done.headers["location"])
    assert f"Demande {request['number']} acceptée" in words(back)
    assert "Rien n’attend de décision." in words(back)
    assert await state_of(enrolment, request) == ("applied", None)
    decided = words(await agent.open(f"{QUEUE}?etat=acceptees"))
    assert "Demande acceptée ce matin, 7\u00a0h, Dominique Lemoine" in decided
    assert "Inscrite au planning" not in decided
    (step,) = await enrolment.rows("SELECT channel FROM request_transitions WHERE step = 'accept'")
    assert step.channel == "console"


async def test_refusing_keeps_the_reason_for_the_family(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser"
    reason = "  Sortie complète :\r\nvoir l’affiche  "
    done = await reader().send(address, version="1", reason=reason)
    assert done.status_code == 303
    back = words(await reader().open(done.headers["location"]))
    assert f"Demande {request['number']} refusée. La famille lira le motif." in back
    assert await state_of(enrolment, request) == (
        "refused",
        "Sortie complète :\nvoir l’affiche",
    )


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("", "Écrivez le motif du refus."),
        (" \n ", "Écrivez le motif du refus."),
        ("é" * 501, "501 caractères\u00a0: 500 au plus"),
        ("Sans\x00nom", "caractères invisibles"),
        ("Un\x1b[2Jdeux", "caractères invisibles"),
    ],
)
async def test_a_refusal_without_a_usable_reason_keeps_what_was_typed(
    ask, reader, enrolment, reason, message
):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser?etat=attente"
    again = await reader().send(address, version="1", reason=reason)
    assert again.status_code == 422
    assert message in words(again)
    textarea = re.search(r"<textarea[^>]*>(.*?)</textarea>", again.text, re.DOTALL)
    assert textarea is not None
    assert 'aria-invalid="true"' in textarea[0]
    assert reason.strip("\n \x00")[:4] in textarea[1]
    ids = [given["id"] for _, given in Tags(again.text).found if "id" in given]
    assert len(ids) == len(set(ids))
    assert await state_of(enrolment, request) == ("pending", None)


async def test_the_slower_of_two_agents_is_told_who_decided_and_when(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}"
    await reader(name="Dominique Lemoine").send(f"{address}/accepter", version="1")
    late = await reader(name="Claude Petit").send(
        f"{address}/refuser", version="1", reason="Déjà complet <ce jour>"
    )
    assert late.status_code == 409
    said = words(late)
    assert "déjà été acceptée par Dominique Lemoine le mardi 24 novembre à 7\u00a0h." in said
    assert "n’a pas été enregistré\u00a0: Déjà complet <ce jour>" in said
    assert "/refuser" not in late.text
    assert await state_of(enrolment, request) == ("applied", None)
    wrong = await reader().send(f"{address}/accepter", version="7")
    assert wrong.status_code == 409


async def test_a_refusal_without_reason_of_a_decided_request_says_that_it_is_decided(ask, reader):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}"
    await reader().send(f"{address}/accepter", version="1")
    late = await reader().send(f"{address}/refuser", version="1", reason=" ")
    assert late.status_code == 409
    assert "décidée entre-temps" in words(late)


async def test_two_agents_at_once_make_one_decision(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}"
    answers = await asyncio.gather(
        *(reader().send(f"{address}/accepter", version="1") for _ in range(4)),
        *(reader().send(f"{address}/refuser", version="1", reason="Non") for _ in range(4)),
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7


@pytest.mark.parametrize(
    "body",
    [b"", b"version=", b"version=-1", b"version=1e3", b"\xff=1", b"version=%ff", b"a=1&" * 50],
)
async def test_forms_that_are_not_ours_change_nothing(ask, reader, enrolment, body):
    request = await ask()
    agent = reader()
    for verb in ("accepter", "refuser"):
        answer = await agent.client.post(
            f"{QUEUE}/{request['request_id']}/{verb}",
            content=body,
            headers={"Authorization": f"Bearer {agent.token}"},
        )
        assert answer.status_code == 422
        assert "Ce formulaire n’est pas complet" in words(answer)
    unknown = await agent.send(f"{QUEUE}/{uuid4()}/accepter", version="1")
    assert unknown.status_code == 404
    assert await state_of(enrolment, request) == ("pending", None)
