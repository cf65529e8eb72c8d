"""A family changes its file: asked in its place, decided item by item, told in three places."""

import re

from playwright.async_api import Locator, Page, expect

from portail_contracts.catalogue import Context

from . import booking
from .people import JOURNEY, ON_A_PHONE, WITHOUT_SCRIPT, People

pytestmark = JOURNEY

# Érable: a parent alone, whose file no other journey changes.
FAMILY, CHILD = "erable", "Maxence"
PHONE, CLASS = "06 39 98 77 01", "6e"
REASON = "Le collège n’est pas dans le secteur : apportez un certificat de scolarité."


async def test_a_phone_and_a_class_are_asked_and_one_of_them_is_granted(people: People) -> None:
    parent = await people.signed_in(FAMILY, **WITHOUT_SCRIPT)
    await parent.goto("/mon-compte")
    await _edit(parent, "Brigitte Érable")
    await parent.get_by_label("Téléphone mobile").fill(PHONE.replace(" ", ""))
    await parent.get_by_label("Employeur").fill("Mairie d’Arbelle")
    await _send(parent)
    card = _card(parent, "Brigitte Érable")
    await expect(card).to_contain_text(f"Demandé {PHONE}")
    await expect(parent.get_by_role("status").first).to_contain_text("considérée comme acceptée")
    number = await _number(card)

    agent = await people.signed_in("secretariat")
    await agent.goto("/console/demandes?recherche=erable")
    detail = await booking.open_request(agent, number)
    await expect(detail).to_contain_text(
        re.compile(r"Avant\s*06 39 98 10 18\s+Après\s*06 39 98 77 01")
    )
    await detail.get_by_label("Employeur").uncheck()
    await detail.get_by_label("Motif si refusé").last.fill(REASON)
    await detail.get_by_role("button", name="Accepter ce qui est coché").click()
    await expect(agent.get_by_role("status").first).to_contain_text(f"{number} acceptée")

    await _comes_true(parent, "/mon-compte", "Brigitte Érable", PHONE)
    await expect(_card(parent, "Brigitte Érable")).not_to_contain_text("Demandé")
    await expect(_card(parent, "Brigitte Érable")).not_to_contain_text("Mairie")
    await parent.goto("/demandes?liste=mon-compte")
    listed = parent.get_by_role("listitem").filter(has_text=number)
    await expect(listed).to_contain_text("Mon compte")
    await expect(listed).to_contain_text("Acceptée")
    await _receipt_says(parent, listed, "Employeur", REASON)
    await _inbox_says(people, number, "acceptée en partie", REASON)


async def test_on_a_phone_a_class_is_corrected_then_taken_back(people: People) -> None:
    parent = await people.signed_in(FAMILY, **ON_A_PHONE)
    family = await (await people.calls(FAMILY)).get(Context.ACCOUNTS, "/v1/me/family")
    child = f"/enfants/{family['children'][0]['child_id']}"
    await parent.goto(child)
    await _edit(parent, "Identité et scolarité")
    await parent.get_by_label("Classe").fill("😀")
    await _send(parent)
    await expect(parent.get_by_role("alert")).to_contain_text("ponctuation courante")
    await expect(parent.get_by_label("Classe")).to_have_value("😀")
    await parent.get_by_label("Classe").fill("6e")
    await _send(parent)
    card = _card(parent, "Identité et scolarité")
    await expect(card).to_contain_text("Demandé 6e")
    await card.get_by_role("link", name="Corriger").click()
    await expect(parent.get_by_label("Classe")).to_have_value("6e")
    await parent.get_by_label("Classe").fill("6e B")
    await _send(parent)
    await expect(card).to_contain_text("Demandé 6e B")
    await card.get_by_role("button", name="Retirer").click()
    await expect(parent.get_by_role("status").first).to_contain_text("retirée")
    await _until_gone(parent, child)


def _card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title)


async def _edit(page: Page, title: str) -> None:
    await page.get_by_role("link", name=f"Modifier : {title}").click()


async def _send(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("(Envoyer|Corriger) la demande")).click()
    await page.wait_for_load_state()


async def _number(card: Locator) -> str:
    words = await card.get_by_role("link", name=re.compile("Demande F-")).inner_text()
    return words.removeprefix("Demande ")


async def _comes_true(page: Page, path: str, title: str, words: str) -> None:
    """What was accepted travels by events: the page is asked again until it says so."""
    for _ in range(40):
        await page.goto(path)
        shown = await _card(page, title).inner_text()
        if words in shown and "Demandé" not in shown:
            return
        await page.wait_for_timeout(250)
    await expect(_card(page, title)).to_contain_text(words)


async def _until_gone(page: Page, path: str) -> None:
    for _ in range(40):
        await page.goto(path)
        if not await page.get_by_text("Demandé", exact=True).count():
            return
        await page.wait_for_timeout(250)
    await expect(page.get_by_text("Demandé", exact=True)).to_have_count(0)


async def _receipt_says(page: Page, listed: Locator, label: str, reason: str) -> None:
    await listed.get_by_role("link").first.click()
    line = page.get_by_role("listitem").filter(has_text=label)
    await expect(line).to_contain_text("Refusé")
    await expect(line).to_contain_text("certificat de scolarité")
    await expect(page.get_by_role("main")).to_contain_text(reason.split(" : ")[0])


async def _inbox_says(people: People, number: str, outcome: str, reason: str) -> None:
    page = await people.signed_in(FAMILY)
    for _ in range(40):
        await page.goto("/messages")
        newest = page.locator("main li").filter(has_text=number)
        if await newest.count():
            break
        await page.wait_for_timeout(250)
    await newest.first.get_by_role("link").first.click()
    body = page.get_by_role("main")
    await expect(body).to_contain_text(outcome)
    await expect(body).to_contain_text(reason.split(" : ")[0])
