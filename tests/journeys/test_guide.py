"""The families' guide, sentence by sentence, by every hand; see `docs/guide-coverage.md`."""

import re

import pytest
from playwright.async_api import Locator, expect

from .days import day_for, free_day
from .hands import HANDS, Mouse
from .people import JOURNEY, People

pytestmark = [*JOURNEY, HANDS]

FAMILY = "noisetier"
CHANGING = "aubepine"
"""A family whose file no other journey reads."""

REASON = "Rendez-vous de famille à Lyon."


@pytest.mark.guide("1.1", "1.2", "5.6")
async def test_home_answers_in_one_look(people: People, hand: type[Mouse]) -> None:
    at = await _before(people, hand, FAMILY)
    guardians = at.page.get_by_role("region", name="Responsables")
    await expect(guardians).to_contain_text("Camille Noisetier, responsable payeur")
    balance = at.page.get_by_role("region", name="Solde de la famille")
    await expect(balance.locator(".big-amount")).to_contain_text("€")
    await expect(balance).to_contain_text(re.compile(r"Facture .*échéance", re.DOTALL))
    children = at.page.get_by_role("region", name="Mes enfants, cette semaine")
    await expect(children).to_contain_text("Lou Noisetier")
    await at.press(guardians.get_by_role("link", name="Changer le mot de passe"))
    await at.page.get_by_label("Mot de passe actuel").fill("Libellule2026")
    for again in ("Nouveau mot de passe", "Nouveau mot de passe, encore une fois"):
        await at.page.get_by_label(again, exact=True).fill("Vingt-et-un caractères !")
    await at.press(at.page.get_by_role("button", name="Changer le mot de passe"))
    await expect(at.page.get_by_role("alert")).to_contain_text("lettres")
    await expect(at.page.get_by_role("main")).to_contain_text("20 caractères")


@pytest.mark.guide("1.3", "2.1", "4.1")
async def test_what_is_on_file_is_changed_by_a_request(people: People, hand: type[Mouse]) -> None:
    at = await _before(people, hand, CHANGING)
    await at.go("Mon compte")
    await expect(
        at.page.get_by_role("region", name="Enfants").get_by_role("link")
    ).not_to_have_count(0)
    cards = at.page.get_by_role("region").filter(has=at.page.get_by_text("Téléphone mobile"))
    title = await cards.first.get_by_role("heading").inner_text()
    card = at.page.get_by_role("region", name=title)
    change = card.get_by_role("link", name=re.compile("Modifier|Corriger")).last
    await at.press(change)
    await at.page.get_by_label("Employeur").fill(f"Mairie, par {hand.__name__}")
    await at.press(at.page.get_by_role("button", name=re.compile("(Envoyer|Corriger) la demande")))
    await expect(card).to_contain_text(f"Demandé Mairie, par {hand.__name__}")
    await at.press(card.get_by_role("link", name=re.compile("Demande F-")))
    await expect(at.page.get_by_role("main")).to_contain_text("En attente")


@pytest.mark.guide("1.4", "4.1")
async def test_a_child_is_added(people: People, hand: type[Mouse]) -> None:
    at = await _before(people, hand, CHANGING)
    await at.go("enfants")
    await at.press(at.page.get_by_role("link", name="Ajouter un enfant"))
    await at.page.get_by_label("Prénom").fill(f"Zoé {hand.__name__}")
    await at.page.get_by_label("Nom", exact=True).fill("Aubépine")
    await at.page.get_by_label("Date de naissance").fill("2021-05-04")
    await at.press(at.page.get_by_role("button", name="Envoyer la demande"))
    await expect(at.page.get_by_role("main")).to_contain_text(f"Zoé {hand.__name__}")
    await expect(at.page.get_by_role("status").first).to_contain_text("considérée comme acceptée")


@pytest.mark.guide("1.5", "1.6", "5.4")
async def test_all_of_a_child_is_on_its_page(people: People, hand: type[Mouse]) -> None:
    at = await _before(people, hand, FAMILY)
    await at.press(at.page.get_by_role("link", name="Fiche de Lou"))
    for title in ("Autorisations", "Vie quotidienne", "Inscriptions en cours", "Tarifs appliqués"):
        await expect(at.page.get_by_role("region", name=title)).to_be_visible()
    rates = at.page.get_by_role("region", name="Tarifs appliqués")
    await expect(rates.locator("li").first).to_contain_text("€")
    for sheet in ("Fiche simple", "Fiche complète"):
        await _downloads_a_pdf(at, at.page.get_by_role("link", name=sheet))
    for link, heading in (
        ("Ouvrir les données sanitaires", "Données sanitaires de Lou"),
        ("Voir ou changer la photo", "Photo de Lou"),
        ("Nouvelle inscription", "Nouvelle inscription, Lou"),
        ("Nouvelle inscription scolaire", "Nouvelle inscription scolaire, Lou"),
        ("Déclarer une absence", "Déclarer une absence"),
    ):
        child = at.page.url
        await at.press(at.page.get_by_role("link", name=link, exact=True))
        await expect(at.page.get_by_role("heading", level=1)).to_contain_text(heading)
        await at.page.goto(child)


@pytest.mark.guide("1.7", "5.1", "5.2", "5.3")
async def test_an_invoice_is_read_printed_and_archived(people: People, hand: type[Mouse]) -> None:
    at = await _before(people, hand, FAMILY)
    await at.go("Relevé de compte")
    entries = at.page.get_by_role("region", name="Factures et règlements")
    await expect(entries).to_contain_text("Règlement par chèque")
    await at.press(entries.get_by_role("link", name=re.compile("Facture RE-")).last)
    await expect(at.page.get_by_text("Solde antérieur, hors facture")).to_be_visible()
    await expect(at.page.get_by_text("Paiement en ligne : non disponible.")).to_be_visible()
    await _downloads_a_pdf(at, at.page.get_by_role("link", name="Archiver"))
    printed = await at.page.get_by_role("link", name="Imprimer").get_attribute("href")
    paper = await at.page.request.get(str(printed))
    assert paper.headers["content-disposition"].startswith("inline")


@pytest.mark.guide("1.8", "5.7")
async def test_the_authority_is_written_to(people: People, hand: type[Mouse]) -> None:
    at = await _before(people, hand, CHANGING)
    await at.go("Messages")
    await at.press(at.page.get_by_role("link", name="Écrire au service"))
    await at.page.get_by_label("Objet").fill(f"Question ({hand.__name__})")
    await at.page.get_by_label("Votre message").fill("Bonjour, le centre ouvre-t-il lundi ?")
    await at.press(at.page.get_by_role("button", name="Envoyer", exact=True))
    await expect(at.page.get_by_text("Votre message est envoyé")).to_be_visible()


@pytest.mark.guide("3.1", "6.1", "4.1")
async def test_a_day_is_asked_for(people: People, hand: type[Mouse]) -> None:
    cell = await free_day(await people.calls(FAMILY))
    at = await _before(people, hand, FAMILY)
    await at.go("Agenda")
    await at.confirm(await at.choose(cell, "Demande de réservation"))
    await at.sees(cell, "Demande en attente")


@pytest.mark.guide("7.1", "7.2")
async def test_an_absence_is_declared(people: People, hand: type[Mouse]) -> None:
    cell = await day_for(
        await people.calls(FAMILY),
        lambda one: one["state"] == "booked" and "absence.declare" in one["actions"],
        rate_code="canteen",
        months=("2026-12",),
    )
    at = await _before(people, hand, FAMILY)
    asking = await at.choose(cell, "Déclarer une absence")
    reasons = asking.get_by_label("Motif de l’absence")
    assert await reasons.locator("option").count() > 4
    await reasons.select_option(label="Autre (précisez)")
    await asking.get_by_label("Précisions").fill(REASON)
    await at.confirm(asking)
    await at.sees(cell, "Absence déclarée")


@pytest.mark.guide("5.8", "8.1", "8.2")
async def test_requests_are_listed_by_what_they_are_about(
    people: People, hand: type[Mouse]
) -> None:
    at = await _before(people, hand, FAMILY)
    await at.go("demandes")
    lists = at.page.get_by_role("navigation", name="Choix des demandes")
    items = (
        at.page.get_by_role("main")
        .get_by_role("listitem")
        .filter(has_text=re.compile("[DF]-2026-"))
    )
    await at.press(lists.get_by_role("link", name="Mes enfants"))
    await expect(lists.locator("[aria-current]")).to_have_text("Mes enfants")
    await expect(items.filter(has_text="Réservation").first).to_contain_text(
        re.compile("En attente|Acceptée|Refusée")
    )
    await at.press(lists.get_by_role("link", name="Mon compte"))
    await expect(lists.locator("[aria-current]")).to_have_text("Mon compte")
    await expect(items.filter(has_text="Réservation")).to_have_count(0)
    await at.press(at.page.get_by_role("link", name="Voir l’historique"))
    await expect(at.page.get_by_role("main")).to_contain_text("Revenir aux demandes récentes")


@pytest.mark.guide("5.5")
async def test_a_new_family_prints_or_fills_its_form(people: People, hand: type[Mouse]) -> None:
    at = hand(await people.stranger(**hand.options))
    await at.page.goto("/connexion")
    await at.press(at.page.get_by_role("link", name="se préinscrire"))
    await expect(at.page.get_by_role("region", name="Premier responsable")).to_be_visible()
    await _downloads_a_pdf(at, at.page.get_by_role("link", name="Imprimer la fiche vierge"))


async def _before(people: People, hand: type[Mouse], family: str) -> Mouse:
    """That hand, at the home page of the family."""
    page = await people.signed_in(family, **hand.options)
    await page.goto("/")
    return hand(page)


async def _downloads_a_pdf(at: Mouse, link: Locator) -> None:
    await expect(link).to_be_visible()
    paper = await at.page.request.get(str(await link.get_attribute("href")))
    assert (await paper.body()).startswith(b"%PDF-"), paper.status
