"""Every page, in front of services that answer as agreed."""

import html
import re
from typing import Any

import pytest

from gateway.routes.guide import Chapter

LOU = "0197a000-0000-7000-8000-0000000000a1"
SLOT = "0197a000-0000-7000-8000-0000000000b1"
REQUEST = "0197a000-0000-7000-8000-0000000000c1"
MESSAGE = "0197a000-0000-7000-8000-0000000000d1"

REACH = [
    'href="tel:0474000011"',
    "Lundi et mardi",
    "7\u00a0h\u00a015 – 8\u00a0h\u00a030 et 16\u00a0h\u00a030 – 18\u00a0h\u00a030",
    "Pont, vendredi 7 mai 2027",
]
PAGES = {
    "/": [
        "Bonjour Camille et Sacha",
        "Trois demandes sont à l’étude",
        "84,60\u00a0€",
        "Facture 2026-004812",
        "Le paiement en ligne n’est pas disponible",
        "Lou Noisetier",
    ],
    "/enfants": ["Noé Noisetier", "4\u00a0ans"],
    f"/enfants/{LOU}": ["Tarifs appliqués", "1,50\u00a0€", "02/03/2019", *REACH],
    f"/enfants/{LOU}/agenda?mois=2026-11": [
        "Agenda de Lou",
        "Novembre 2026",
        "Toute la fratrie",
        "Modifiable jusqu’au mercredi 25 novembre",
    ],
    "/agenda": ["Agenda de la fratrie"],
    "/agenda/2026-11-26": ["Jeudi 26 novembre 2026"],
    f"/enfants/{LOU}/agenda/2026-11-26": ["Demande de réservation", "16\u00a0h\u00a030"],
    f"/agenda/cellule?cle={LOU}_{SLOT}_2026-11-26": ["data-cell="],
    "/demandes": ["D-2026-01342", "En attente", "Mon compte", "hier, 21\u00a0h\u00a014"],
    "/demandes?liste=mes-enfants&historique=1": ["Historique des demandes"],
    f"/demandes/{REQUEST}": ["Accusé de réception", "04 74 00 00 00", "Retirer la demande"],
    "/messages": ["acceptée\u202f!", "non lu"],
    f"/messages/{MESSAGE}": [
        "Votre demande est acceptée.",
        "D-2026-01342",
        "planning.pdf",
        "1,4\u00a0Mo",
        "Garder comme brouillon",
    ],
    "/messages?vue=archives&sujet=request&q=place": ["Archives"],
    "/messages/nouveau": ["Objet", "PDF, JPEG ou PNG"],
    f"/messages/nouveau?sujet=demande:{REQUEST}": ["Question sur la demande D-2026-01342"],
    "/mon-compte/notifications": ["Réponses", "Me prévenir par courriel"],
    "/courriels/arret/0197a000-0000-7000-8000-0000000000e1": ["Ne plus recevoir ces courriels"],
    "/contact": ["Votre adresse électronique", *REACH],
    "/mon-compte": ["F-00042", "responsable payeur"],
    "/mon-compte/mot-de-passe": ["Nouveau mot de passe", "De 12 à 20 caractères"],
    "/mon-compte/connexions": [
        "Connexion réussie",
        "Connexion refusée",
        "cette connexion-ci",
        "192.0.2.…",
        "Fermer mes autres sessions",
    ],
    "/releve": [
        "Prestations, novembre 2026",
        "1,50\u00a0€",
        "Facture RE-2026-000123, octobre 2026",
        "34,90\u00a0€",
        "Échéancier accordé",
    ],
    "/releve?nature=reglements": ['aria-current="true">Règlements'],
    "/factures": ["Facture RE-2026-000123", "22,50\u00a0€ à régler avant le 02/12/2026"],
    "/factures/0197a000-0000-7000-8000-0000000000e1": [
        "Total à régler",
        "34,90\u00a0€",
        "Solde antérieur, hors facture",
        "mer. 7 oct.",
        "non disponible",
        "Archiver",
    ],
    "/accessibilite": ["Défenseur des droits"],
    "/mentions-legales": ["Val d’Arbelle", "Ce que le service fait de vos données"],
    "/confidentialite": ["CNIL", "Chaque lecture par un agent est notée", "6 mois"],
    "/aide": ["Réserver un jour", "1 place de la Mairie", *REACH],
    "/hors-connexion": ["rien n’est parti"],
    **{f"/aide/{chapter}": [chapter.heading, "Toute l’aide"] for chapter in Chapter},
}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_says_what_the_services_answered(family: Any, path: str) -> None:
    answer = await family.get(path)

    shown = html.unescape(answer.text)
    assert answer.status_code == 200
    for words in PAGES[path]:
        assert words in shown


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_holds_a_script_or_a_style_of_its_own(family: Any, path: str) -> None:
    page = (await family.get(path)).text

    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


async def test_a_place_that_is_kept_comes_first_of_what_is_to_do(
    family: Any, services: Any
) -> None:
    place = {
        "booking_id": REQUEST,
        "child_id": LOU,
        "child_name": "Lou",
        "slot_label": "Journée",
        "day": "2026-12-02",
        "until": "2026-11-26T11:00:00Z",
    }
    services.enrolment.answers["GET /v1/me/week"]["offers"] = [place]

    page = html.unescape((await family.get("/")).text)

    first_task = re.search(r'<li class="task">(.*?)</li>', page, re.DOTALL)[1]
    assert "à Lou\u00a0: mercredi 2 décembre 2026, Journée" in first_task
    assert "À accepter avant le jeudi 26 novembre, 12 h" in first_task.replace("\u00a0", " ")
    assert f'href="/enfants/{LOU}/agenda/2026-12-02"' in first_task


@pytest.mark.parametrize("path", ["/aide/cuisine", "/factures/x", "/enfants/1/agenda/hier"])
async def test_an_address_that_names_nothing_leads_to_no_page(family: Any, path: str) -> None:
    answer = await family.get(path)

    assert answer.status_code == 404
    assert "Page introuvable" in answer.text


async def test_the_portal_can_be_installed(family: Any) -> None:
    page = (await family.get("/")).text
    manifest = (await family.get("/manifest.webmanifest")).json()
    worker = re.search(r'data-worker="([^"]+)"', page)

    assert manifest["display"] == "standalone"
    assert manifest["name"].startswith("Service Enfance")
    for icon in manifest["icons"]:
        assert (await family.get(icon["src"])).headers["content-type"] == "image/png"
    script = await family.get(worker[1])
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "no-cache"


async def test_static_files_are_kept_for_ever(family: Any) -> None:
    page = (await family.get("/")).text
    address = re.search(r'href="(/static/portal\.[^"]+css)"', page)

    answer = await family.get(address[1])

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert (await family.get("/static/none.css")).status_code == 404


async def test_a_childs_agenda_leads_to_those_of_the_siblings(family: Any, services: Any) -> None:
    agenda = services.enrolment.answers["GET /v1/me/agenda"]
    agenda["children"] = agenda["children"][:1]

    page = html.unescape((await family.get(f"/enfants/{LOU}/agenda?mois=2026-11")).text)

    assert ">Noé</a>" in page
    assert ">Toute la fratrie</a>" in page


async def test_the_header_names_the_family(family: Any, services: Any, browser: Any) -> None:
    assert "Famille Noisetier</strong>" in (await family.get("/")).text
