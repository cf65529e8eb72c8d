"""An access is issued by a link, activated, used; the password is forgotten, and reset by staff."""

import asyncio
import re

import aiohttp
import pyotp
import pytest
from playwright.async_api import Page, expect

from chassis.clock import clock_from
from portail_contracts.catalogue import Context
from portail_local.demo_data.families import PASSWORD

from .looking import is_accessible
from .people import JOURNEY, ON_A_PHONE, People, sign_in

pytestmark = JOURNEY

ADDRESS = "rene.sorbier@example.test"
FIRST, SECOND = "Premierchoix2026", "Secondchoix2026"
LINK = re.compile(r"https?://[^\s<>\"]+/activation/[A-Z0-9-]+")


@pytest.mark.guide("0.1", "9.1")
async def test_an_access_from_the_link_to_the_forgotten_password(people: People) -> None:
    staff = await people.signed_in("secretariat")
    await staff.goto("/console/acces?q=sorbier")
    await staff.get_by_role("link", name="Famille Sorbier").click()
    await staff.get_by_label("Adresse électronique").fill(ADDRESS)
    await staff.get_by_role("button", name="Créer l’accès").click()
    await staff.get_by_role("button", name="Envoyer un lien par e-mail").click()
    await expect(staff.get_by_text("Un lien à usage unique part")).to_be_visible()
    access = staff.url.partition("?")[0]

    parent = await people.stranger()
    await _choose(parent, await _link(people, 1), FIRST)
    await _enter(parent, FIRST)
    await parent.goto("/mon-compte/connexions")
    await expect(parent.get_by_text("Connexion réussie")).to_have_count(1)
    await expect(parent.get_by_text("cette connexion-ci")).to_be_visible()

    forgetful = await people.stranger()
    await _ask_for_help(forgetful)
    await _accept_reset(people, staff)
    await _choose(forgetful, await _link(people, 2), SECOND)
    # Whoever was in by the old password is out.
    await _enter(forgetful, SECOND)
    await forgetful.goto("/mon-compte/connexions")
    await expect(forgetful.get_by_text("Connexion réussie")).to_have_count(2)
    await expect(forgetful.get_by_text("Aucune autre connexion n’est ouverte")).to_be_visible()
    await staff.goto(access)
    await expect(staff.get_by_text("Connexion réussie")).to_have_count(2)


async def _ask_for_help(page: Page) -> None:
    await page.goto("/connexion")
    await page.get_by_role("link", name="Identifiant ou mot de passe oublié").click()
    await page.get_by_label("Votre nom").fill("René Sorbier")
    await page.get_by_label("Votre adresse électronique").fill(ADDRESS)
    await page.get_by_label("Votre identifiant").fill("sorbier")
    await page.get_by_label("Votre message").fill("Je n’ai plus mon mot de passe, merci.")
    await page.get_by_role("button", name="Envoyer au service").click()
    await expect(page.get_by_role("heading", name="Votre message est envoyé")).to_be_visible()


async def _accept_reset(people: People, staff: Page) -> None:
    secretariat = await people.calls("secretariat")
    for _ in range(100):
        found = await secretariat.get(
            Context.ENROLMENT, "/v1/staff/requests", kind="credentials.reset"
        )
        if found["items"]:
            break
        await asyncio.sleep(0.1)
    await staff.goto(f"/console/demandes/{found['items'][0]['request_id']}")
    await staff.get_by_role("button", name="Accepter").first.click()
    await expect(staff.get_by_text(re.compile(r"Demande F-\d+-\d+ acceptée"))).to_be_visible()


async def _choose(page: Page, link: str, password: str) -> None:
    await page.goto(link)
    await page.get_by_label("Mot de passe", exact=True).fill(password)
    await page.get_by_label("Mot de passe, encore une fois").fill(password)
    await page.get_by_role("button", name="Choisir ce mot de passe").click()
    await expect(page.get_by_text("Votre mot de passe est choisi")).to_be_visible()
    over = await page.context.request.get(link)
    assert over.status == 410


async def _enter(page: Page, password: str) -> None:
    await page.get_by_label("Identifiant").fill("sorbier")
    await page.get_by_label("Mot de passe", exact=True).fill(password)
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("heading", name="Bonjour")).to_be_visible()


async def _link(people: People, expected: int) -> str:
    """The address in the latest of so many e-mails with a link that went to the family."""
    url = f"{people.house.system.urls['mail']}/mails.json"
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            async with session.get(url) as answer:
                mails = await answer.json()
            theirs = [mail for mail in mails if ADDRESS in mail["to"]]
            links = {mail["number"]: LINK.search(mail["text"]) for mail in theirs}
            found = [links[number] for number in sorted(links) if links[number]]
            if len(found) >= expected:
                return str(found[-1][0])
            await asyncio.sleep(0.1)
    raise AssertionError(f"{len(found)} e-mails with a link")


async def _agent(people: People) -> str:
    """A new member of staff: a second factor must not stay on one that other tests use."""
    doors, system = people.house.doors(), people.house.system
    admin = await doors.sign_in(system.admin_identifier, system.admin_password, "staff")
    body = {
        "name": "Nour Perrin",
        "identifier": "nour.perrin",
        "roles": ["auditor"],
    }
    await admin.post(Context.ACCOUNTS, "/v1/staff/staff-members", body)
    await doors.close()
    people.house.wait(system.access().give_passwords([body["identifier"]], PASSWORD))
    return body["identifier"]


async def test_a_member_of_staff_takes_a_second_factor(people: People) -> None:
    identifier = await _agent(people)
    page = await people.stranger()
    await sign_in(page, identifier)
    await page.goto("/console/mon-acces")
    await page.get_by_role("button", name="Ajouter un second facteur").click()
    await expect(page.get_by_role("img", name="Dessin à scanner")).to_be_visible()
    await is_accessible(page)
    secret = (await page.locator(".reference").inner_text()).replace(" ", "")
    now = clock_from(people.house.system.clock_shift).now()
    await page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).at(now))
    await page.get_by_role("button", name="Confirmer").click()
    recovery = await page.locator(".recovery-codes .reference").first.inner_text()
    await is_accessible(page)
    again = await people.stranger(**ON_A_PHONE)
    await again.goto("/console")
    await again.get_by_label("Identifiant").fill(identifier)
    await again.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await again.get_by_role("button", name="Se connecter").click()
    await again.get_by_label("Code à six chiffres").fill("000000")
    await again.get_by_role("button", name="Continuer").click()
    await expect(again.get_by_role("alert")).to_be_visible()
    await is_accessible(again)
    await again.get_by_label("Code à six chiffres").fill(recovery)
    await again.get_by_role("button", name="Continuer").click()
    await expect(again.get_by_role("heading", name="Demandes")).to_be_visible()
    await page.goto("/console/mon-acces")
    await page.get_by_label("Code du téléphone, ou code de secours").fill(recovery)
    await page.get_by_role("button", name="Retirer le second facteur").click()
    await expect(page.get_by_text("n’est pas le bon")).to_have_count(2)
    await is_accessible(page)
