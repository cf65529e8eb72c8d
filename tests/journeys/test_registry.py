"""A family on the phone: found in spite of a typing mistake, its number corrected, and noted."""

from playwright.async_api import expect

from .people import JOURNEY, People

pytestmark = JOURNEY


async def test_a_number_is_corrected_while_the_family_is_on_the_line(people: People) -> None:
    agent = await people.signed_in("secretariat")
    await agent.goto("/console/familles")
    await agent.keyboard.press("/")
    await agent.keyboard.type("sorbié")
    await agent.keyboard.press("Enter")
    await agent.get_by_role("link", name="Sorbier").click()
    rene = agent.locator(".file-part").filter(has_text="René Sorbier").last
    await agent.get_by_role("link", name="Modifier René Sorbier").click()
    await agent.get_by_label("Téléphone mobile").fill("06 12")
    await agent.get_by_role("button", name="Enregistrer").click()
    await expect(agent.get_by_role("alert")).to_contain_text("Un numéro à dix chiffres")
    await expect(agent.get_by_label("Téléphone mobile")).to_have_value("06 12")
    await agent.get_by_label("Téléphone mobile").fill("0612345699")
    await agent.get_by_role("button", name="Enregistrer").click()
    await expect(agent.get_by_role("status").first).to_contain_text("C’est enregistré.")
    await expect(rene).to_contain_text("06 12 34 56 99")
    await agent.get_by_role("link", name="Historique").click()
    newest = agent.locator(".timeline-step").first
    await expect(newest).to_contain_text("René Sorbier, Téléphone mobile")
    await expect(newest).to_contain_text("06 12 34 56 99")
    await expect(newest).to_contain_text("Dominique Roy")
