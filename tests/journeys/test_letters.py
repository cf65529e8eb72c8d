"""A parent writes with a file, staff answer from the console, the open page hears of it."""

import io

import pytest
from PIL import Image
from playwright.async_api import expect

from .people import JOURNEY, ON_A_PHONE, People

pytestmark = JOURNEY

SUBJECT = "Allergie au soleil"


def a_photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (12, 12), "orange").save(made, "PNG")
    return made.getvalue()


@pytest.mark.guide("1.8")
async def test_a_parent_writes_and_hears_the_answer_on_the_open_page(people: People) -> None:
    parent = await people.signed_in("genet", **ON_A_PHONE)
    await parent.goto("/messages/nouveau")
    await parent.get_by_label("Objet").fill(SUBJECT)
    await parent.get_by_label("Votre message").fill("Bonjour,\n\n<b>Quelle crème</b> choisir ?")
    await parent.get_by_label("Pièces jointes").set_input_files(
        {"name": "crème.png", "mimeType": "image/png", "buffer": a_photo()}
    )
    await parent.get_by_role("button", name="Envoyer", exact=True).click()
    await expect(parent.get_by_text("Votre message est envoyé")).to_be_visible()
    # What was typed is shown as it was typed, never as a page.
    await expect(parent.get_by_text("<b>Quelle crème</b>")).to_be_visible()
    async with parent.expect_download() as download:
        await parent.get_by_role("link", name="crème.png").click()
    assert (await download.value).suggested_filename == "crème.png"
    thread = parent.url
    await parent.goto("/demandes")
    unread = parent.locator("[data-count=messages]").first
    before = int(await unread.text_content() or 0)

    agent = await people.signed_in("secretariat")
    await agent.goto("/console/messages")
    await agent.get_by_role("link", name=SUBJECT).click()
    await expect(agent.get_by_role("link", name="crème.png")).to_be_visible()
    await agent.get_by_label("Votre réponse").fill("Bonjour, celle que vous voulez.")
    await agent.get_by_role("button", name="Envoyer", exact=True).click()
    await expect(agent.get_by_text("Suivi par Dominique Roy")).to_be_visible()

    await expect(unread).to_have_text(str(before + 1))
    await parent.goto(thread)
    await expect(parent.get_by_text("celle que vous voulez")).to_be_visible()
    await expect(parent.get_by_text("ouvert par le service")).to_be_visible()
    # What is said while the thread is open appears in it, and is read.
    await agent.get_by_label("Votre réponse").fill("La bleue.")
    await agent.get_by_role("button", name="Envoyer et clore").click()
    await expect(parent.get_by_text("La bleue.")).to_be_visible()
