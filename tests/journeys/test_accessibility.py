"""Every page of the story, on a desk and on a phone: no violation, one title, nothing overflows.

With PORTAIL_PICTURES set to a folder (`make screenshots`) each page is also pictured there, and
seen on a tablet as well.
"""

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader

from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller
from support.story import ask_for, submit

from . import booking
from .days import free_day
from .looking import faults, is_accessible, large_text_faults
from .people import DESKTOP, JOURNEY, ON_A_PHONE, PHONE, People

pytestmark = JOURNEY

PICTURES = os.environ.get("PORTAIL_PICTURES")
TABLET = {"viewport": {"width": 768, "height": 1000}}
DEVICES = [
    pytest.param({"viewport": DESKTOP}, id="1280"),
    *([pytest.param(TABLET, id="768")] if PICTURES else []),
    pytest.param(ON_A_PHONE, id="360"),
]
SIGNED_OUT = [
    "/connexion",
    "/console/connexion",
    "/mot-de-passe-oublie",
    "/activation",
    "/preinscription",
    "/activation/ABCDE-FGHIJ-KLMNO-PQRST",
    "/accessibilite",
    "/mentions-legales",
    "/confidentialite",
    "/perdu",
    "/contact",
    "/aide",
    "/aide/reserver",
    "/aide/sur-un-telephone",
    "/hors-connexion",
]
FAMILY = [
    "/",
    "/enfants",
    "/enfants/{child}",
    "/enfants/{child}/sante",
    "/enfants/{child}/sante/modifier",
    "/enfants/{child}/photo",
    "/documents",
    "/documents/nouveau?enfant={child}",
    "/mes-donnees",
    "/enfants/{child}/agenda",
    "/agenda?mois=2026-12",
    "/enfants/{child}/agenda/{day}",
    "/agenda/semaine/2026-12-02",
    "/agenda/plusieurs-jours",
    "/agenda/abonnement",
    "/absences/nouvelle",
    "/enfants/{child}/inscriptions/nouvelle",
    "/enfants/{child}/inscriptions/scolaire",
    "/demandes",
    "/demandes/{waiting}",
    "/demandes/{refused}",
    "/messages",
    "/messages?vue=archives&q=place",
    "/messages/{message}",
    "/messages/nouveau?sujet=enfant:{child}",
    "/mon-compte/notifications",
    "/mon-compte",
    "/mon-compte?modifier=benefits",
    "/mon-compte?modifier=payer",
    "/mon-compte?modifier=contact-new",
    "/enfants/nouveau",
    "/enfants/{child}?modifier=identity",
    "/enfants/{child}?modifier=authorisations",
    "/demandes/{change}",
    "/mon-compte/mot-de-passe",
    "/mon-compte/connexions",
    "/releve",
    "/releve?mois=2027-08",
    "/releve?nature=reglements",
    "/factures",
    "/factures/{invoice}",
    "/enfants/{nobody}",
]
STAFF = [
    "/console/demandes",
    "/console/demandes?etat=refusees",
    "/console/demandes?recherche=personne&suivi=moi",
    "/console/messages?pile=ouverts",
    "/console/messages/{message}",
    "/console/messages/nouveau?famille={family}",
    "/console/messages/reponses",
    "/console/messages/courriels",
    "/console/messages/envois",
    "/console/messages/envois/nouveau",
    "/console/motifs",
    "/console/motifs-absence",
    "/console/justificatifs",
    "/console/regles",
    "/console/equipes",
    "/console/familles?q=noisetir",
    "/console/familles/nouvelle",
    "/console/familles/doublons",
    "/console/familles/import",
    "/console/familles/{family}?modifier=quotient:quotient",
    "/console/familles/{family}?modifier=child:{child}",
    "/console/familles/{family}/enfants/{child}/depart",
    "/console/familles/{family}/historique",
    "/console/guichet?recherche=noisetier",
    "/console/pointage",
    "/console/pointage?ajout=lou",
    "/console/places",
    "/console/attente",
    "/console/activites",
    "/console/calendrier",
    "/console/guichet/{family}?mois=2026-12",
    "/console/acces?q=noisetier",
    "/console/mon-acces",
    "/console/mon-acces/connexions",
    "/console/demandes/{waiting}",
    "/console/demandes/{change}",
    "/console/demandes/{refused}",
    "/console/demandes/{nobody}",
]
CASH_OFFICE = [
    "/console/facturation",
    "/console/facturation/{run}",
    "/console/reglements?cherche=sureau",
    "/console/reglements?famille={family}&jour=2026-11-18",
    "/console/relances",
    "/console/tarifs?cherche=noisetier",
    "/console/tarifs?famille={family}&code=canteen&jour=2026-12-03",
    "/console/tarifs/{grid}",
    "/console/exports",
]
LARGE_TEXT = {
    "/",
    "/agenda?mois=2026-12",
    "/enfants/{child}",
    "/factures/{invoice}",
    "/releve",
    "/messages",
    "/contact",
    "/confidentialite",
    "/console/demandes",
    "/console/pointage",
    "/console/places",
    "/console/facturation/{run}",
}
"""Pages that a phone also shows with letters twice as large."""
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("device", DEVICES)
async def test_pages_open_to_all(people: People, device: dict[str, Any]) -> None:
    await _look_at(await people.stranger(**device), SIGNED_OUT)


@pytest.mark.parametrize("device", DEVICES)
async def test_pages_of_a_family(people: People, device: dict[str, Any]) -> None:
    page = await people.signed_in("noisetier", **device)
    await _look_at(page, FAMILY, **await _ids(people))


@pytest.mark.parametrize("device", DEVICES)
async def test_pages_of_staff(people: People, device: dict[str, Any]) -> None:
    page = await people.signed_in("secretariat", **device)
    await _look_at(page, STAFF, **await _ids(people))


@pytest.mark.parametrize("device", DEVICES)
async def test_pages_of_the_cash_office(people: People, device: dict[str, Any]) -> None:
    cashier = await people.calls("regie")
    runs = await cashier.get(Context.BILLING, "/v1/staff/runs")
    grids = await cashier.get(Context.BILLING, "/v1/staff/rate-grids")
    page = await people.signed_in("regie", **device)
    ids = await _ids(people)
    ids |= {"run": runs["items"][0]["run_id"], "grid": grids["items"][0]["grid_id"]}
    await _look_at(page, CASH_OFFICE, **ids)


@pytest.mark.parametrize("device", DEVICES)
async def test_pages_of_an_administrator_and_a_link_that_is_good(
    people: People, device: dict[str, Any]
) -> None:
    system = people.house.system
    page = await people.stranger(**device)
    await page.goto("/console/connexion")
    await page.get_by_label("Identifiant").fill(system.admin_identifier)
    await page.get_by_label("Mot de passe", exact=True).fill(system.admin_password)
    await page.get_by_role("button", name="Se connecter").click()
    await page.wait_for_url("**/console/demandes**")
    await page.goto("/console/agents")
    await page.get_by_role("link", name="Claire Fontaine").click()
    await page.get_by_role("button", name="Préparer un courrier").click()
    letter = page.get_by_role("link", name="Ouvrir le courrier")
    await expect(letter).to_be_visible()
    await is_accessible(page)
    printed = await page.request.get(str(await letter.get_attribute("href")))
    words = PdfReader(BytesIO(await printed.body())).pages[0].extract_text()
    code = re.search(r"([A-Z2-7]{5}-){3}[A-Z2-7]{5}", words)
    assert code is not None
    await _look_at(page, ["/console/agents", "/console/effacements", "/console/partenaires"])
    await _look_at(await people.stranger(**device), [f"/activation/{code[0]}"])


@pytest.mark.parametrize("device", DEVICES)
async def test_what_opens_over_the_agenda(people: People, device: dict[str, Any]) -> None:
    """The menu, the dialog, the bottom sheet of a phone."""
    cell = await free_day(await people.calls("noisetier"))
    page = await people.signed_in("noisetier", **device)
    await booking.open_month(page, cell)
    await (await booking.reach(page, cell)).click()
    await expect(booking.menu(page)).to_be_visible()
    await is_accessible(page)
    await booking.choose_request(page)
    await is_accessible(page)
    await booking.dialog(page).get_by_role("button", name="Annuler").click()
    more = page.locator(".tabs summary")
    if await more.is_visible():
        await more.click()
        await is_accessible(page)


@pytest.mark.parametrize("device", DEVICES)
async def test_forms_with_their_mistakes(people: People, device: dict[str, Any]) -> None:
    page = await people.stranger(**device)
    await page.goto("/connexion")
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await is_accessible(page)
    # Everything that is missing, and a document that is none.
    await page.goto("/preinscription")
    broken = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}
    await page.get_by_label("Fichier").set_input_files([broken])
    await page.get_by_label("Type de document").select_option("address")
    await page.get_by_label("Date du document").fill("2026-11-02")
    await page.get_by_role("button", name="Joindre ce document").click()
    await expect(page.get_by_text("n’est pas un PDF, un JPEG ou un PNG").first).to_be_visible()
    await is_accessible(page)


@pytest.mark.parametrize("device", DEVICES)
async def test_the_refusal_of_a_request(people: People, device: dict[str, Any]) -> None:
    """The form unfolded, then with its mistake: spaces are no reason."""
    page = await people.signed_in("secretariat", **device)
    await page.goto(f"/console/demandes/{(await _ids(people))['waiting']}")
    await page.get_by_text("Refuser…").click()
    await page.get_by_label("Motif du refus").fill("   ")
    await is_accessible(page)
    await page.get_by_role("button", name="Refuser la demande").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await is_accessible(page)


async def test_the_page_of_confirmation_without_script_is_the_same_for_all(people: People) -> None:
    cell = await free_day(await people.calls("noisetier"))
    page = await people.signed_in("noisetier", **ON_A_PHONE)
    await page.goto(cell.day_page)
    slot = page.locator(f"#cellule-{cell.key}")
    await slot.get_by_role("button", name=booking.REQUEST).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Confirmer la demande")
    await is_accessible(page)


async def _ids(people: People) -> dict[str, str]:
    """A request of the family that waits, and one that was refused."""
    family, agent = await people.calls("noisetier"), await people.calls("secretariat")
    await submit(family, ask_for((await free_day(family)).line))
    messages = (await family.get(Context.MESSAGING, "/v1/me/messages"))["items"]
    household = await family.get(Context.ACCOUNTS, "/v1/me/family")
    invoices = (await family.get(Context.BILLING, "/v1/me/invoices"))["items"]
    by_state = {state: await _one_that_is(agent, state) for state in ("pending", "refused")}
    return {
        "child": household["children"][0]["child_id"],
        "day": "2026-12-03",
        "family": household["family_id"],
        "waiting": by_state["pending"],
        "refused": by_state["refused"],
        "change": (await family.get(Context.ACCOUNTS, "/v1/me/changes"))["items"][0]["request_id"],
        "message": messages[0]["thread_id"],
        "invoice": next(one["invoice_id"] for one in invoices if one["has_document"]),
        "nobody": NOBODY,
    }


async def _one_that_is(agent: Caller, state: str) -> str:
    listed = await agent.get(Context.ENROLMENT, "/v1/staff/requests", state=state)
    return next(one["request_id"] for one in listed["items"] if one["family_name"] == "Noisetier")


async def _look_at(page: Page, paths: list[str], **ids: str) -> None:
    wrong: dict[str, list[str]] = {}
    for path in paths:
        await page.goto(path.format(**ids))
        if PICTURES:
            await _picture(page, path, Path(PICTURES))
        found = await faults(page)
        if path in LARGE_TEXT and page.viewport_size == PHONE:
            found += await large_text_faults(page)
        if found:
            wrong[path] = found
    assert wrong == {}


async def _picture(page: Page, path: str, folder: Path) -> None:
    """Under its address and width, letters and figures only."""
    name = re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "accueil"
    width = page.viewport_size["width"] if page.viewport_size else 0
    await page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
