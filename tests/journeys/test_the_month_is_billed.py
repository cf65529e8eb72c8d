"""The cash office bills a month in the console; the family reads its invoice and keeps the paper.

After the first story, whose balance it would change: files run in the order of their names.
"""

import asyncio
import hashlib
import io
import re

import pypdf
from playwright.async_api import expect

from portail_contracts.catalogue import Context
from support.house import House
from support.treasury import open_treasury

from .people import JOURNEY, People

pytestmark = JOURNEY


async def test_from_the_draft_to_the_paper_in_the_parents_hands(people: People) -> None:
    console = await people.signed_in("regie")
    await console.goto("/console/facturation")
    await console.get_by_label("Mois à facturer").fill("2026-11")
    await console.get_by_role("button", name="Préparer le brouillon").click()
    await expect(console.get_by_role("heading", level=1)).to_have_text("Facturation, novembre 2026")
    row = console.get_by_role("row").filter(has_text="Noisetier")
    await expect(row).to_be_visible()
    await console.get_by_role("button", name="Émettre les factures").click()
    await expect(console.get_by_role("heading", name="Émis")).to_be_visible()
    number = re.search(r"RE-2026-\d{6}", await row.inner_text())
    assert number

    parent = await people.signed_in("noisetier")
    await parent.goto("/factures")
    await parent.get_by_role("link", name=f"Facture {number[0]}").first.click()
    await expect(parent.get_by_role("heading", level=1)).to_have_text(f"Facture {number[0]}")
    await expect(parent.get_by_text("Solde antérieur, hors facture")).to_be_visible()
    await expect(parent.get_by_text("Paiement en ligne : non disponible.")).to_be_visible()
    total = await parent.locator(".big-amount").first.inner_text()
    async with parent.expect_download() as coming:
        await parent.get_by_role("link", name="Archiver").click()
    kept = await (await coming.value).path()
    paper = kept.read_bytes()
    words = " ".join(pypdf.PdfReader(io.BytesIO(paper)).pages[-1].extract_text().split())
    assert " ".join(total.split()) in words
    again = await parent.request.get(f"{parent.url}/document")
    assert again.headers["etag"] == f'"{hashlib.sha256(paper).hexdigest()}"'
    stranger = await people.signed_in("bleuet")
    assert (await stranger.request.get(parent.url)).status == 404
    assert (await stranger.request.get(f"{parent.url}/document")).status == 404


async def test_a_family_pays_online_once_the_town_has_a_contract(
    people: People, house: House, socket_enabled: None
) -> None:
    """The whole trip, against a server that plays the treasury; then without a contract again."""
    billing = house.system.processes["billing"]
    async with open_treasury() as treasury:
        contract = {
            "BILLING_PAYFIP__NUMCLI": "012345",
            "BILLING_PAYFIP__SERVICE_URL": treasury.url,
            "BILLING_PAYFIP__PAYMENT_URL": f"{treasury.url}/pay",
            "BILLING_PUBLIC_URL": house.portal,
        }
        await asyncio.to_thread(house.wait, billing.restart(contract))
        parent = await people.signed_in("noisetier")
        await parent.goto("/factures")
        await parent.get_by_role("link", name="Facture RE-2026-").first.click()
        invoice = parent.url
        await parent.get_by_label("Adresse électronique").fill("camille@exemple.fr")
        await parent.get_by_role("button", name="Payer").click()
        await parent.get_by_role("link", name="Continuer vers la page de paiement").click()
        await expect(parent).to_have_title("PayFiP")
        (id_op,) = treasury.operations
        treasury.results[id_op] = "P"
        for _ in range(2):
            heard = await parent.request.post(
                f"{house.portal}/paiement/notification", form={"idop": id_op}
            )
            assert heard.status == 200
        await parent.get_by_role("link", name="Retour").click()
        await expect(parent.get_by_text("Votre paiement est enregistré")).to_be_visible()
        await parent.goto(invoice)
        await expect(parent.get_by_text("Cette facture est réglée.")).to_be_visible()
    await asyncio.to_thread(house.wait, billing.restart())


async def test_the_accounts_of_the_whole_house_hold(people: People) -> None:
    auditor = await people.calls("audit")
    verified = await auditor.get(Context.BILLING, "/v1/staff/billing-verification")
    assert verified["sound"], verified
