"""Absence by right click (guide, section 7), several days at once, an offer that is taken."""

import re
from typing import Any

from playwright.async_api import expect

from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

from . import booking
from .days import Cell
from .people import JOURNEY, People

pytestmark = JOURNEY

MONTHS = ("2026-12", "2027-01")


async def test_an_absence_is_declared_by_right_click_and_stands_in_its_cell(
    people: People,
) -> None:
    family = await people.calls("meleze")
    cell = await _cell(family, lambda one: "absence.declare" in one["actions"])
    page = await people.signed_in("meleze")
    await page.goto(cell.month_page)
    await expect(cell.on(page)).to_have_attribute("data-state", "booked")
    await (await booking.reach(page, cell)).click(button="right")
    await booking.menu(page).get_by_role("menuitem", name="Déclarer une absence").click()
    dialog = booking.dialog(page)
    await dialog.get_by_label("Motif de l’absence").select_option(label="Sortie ou séjour scolaire")
    await expect(dialog.get_by_role("status")).to_contain_text("ne sera pas facturé")
    await booking.confirm(page)
    await expect(cell.on(page)).to_have_attribute("data-state", "absence_declared")
    await expect(cell.chip(page)).to_have_accessible_name(re.compile("Absence déclarée"))


async def test_several_days_go_in_one_submission_with_an_answer_for_each(people: People) -> None:
    family = await people.calls("fougere")
    page = await people.signed_in("fougere")
    await page.goto("/agenda/plusieurs-jours")
    await page.get_by_role("group", name="Pour qui").get_by_role("checkbox").first.check()
    await page.get_by_label("Accueil du matin, Matin").check()
    await page.get_by_label("lundi").check()
    await page.get_by_label("À partir du").fill("2027-01-04")
    await page.get_by_label("Jusqu’au").fill("2027-02-15")
    await page.get_by_role("button", name="Voir la réponse pour chaque jour").click()
    answers = page.get_by_role("region", name="Réponse pour chaque jour")
    await expect(answers).to_contain_text("Lundi 4 janvier 2027")
    # 15 February is in the winter holidays.
    await expect(answers).to_contain_text("Cette activité n’a pas lieu ce jour-là.")
    await answers.get_by_role("button", name="Envoyer la demande").click()
    await page.wait_for_url(re.compile("/demandes/"))
    await expect(page.get_by_role("list", name="Réponse pour chaque jour")).to_contain_text(
        "En attente"
    )
    made = (await family.get(Context.ENROLMENT, "/v1/me/requests"))["items"][0]
    assert len(made["days"]) == 7


async def test_a_place_that_was_waited_for_is_offered_and_taken(people: People) -> None:
    family = await people.calls("noisetier")
    cell = await _cell(family, lambda one: "offer.accept" in one["actions"])
    page = await people.signed_in("noisetier")
    await page.goto(cell.month_page)
    await expect(cell.chip(page)).to_have_accessible_name(
        re.compile("place proposée", re.IGNORECASE)
    )
    await (await booking.reach(page, cell)).click(button="right")
    await booking.menu(page).get_by_role("menuitem", name="Accepter la place").click()
    await booking.confirm(page)
    await expect(cell.on(page)).to_have_attribute("data-state", "booked")


async def _cell(parent: Caller, wanted: Any) -> Cell:
    """The last cell of these months that is as wanted: other tests take the first."""
    found = []
    for month in MONTHS:
        agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=month)
        found += [one for day in agenda["days"] for one in day["cells"] if wanted(one)]
    last = max(found, key=lambda one: one["day"])
    return Cell(last["child_id"], "", last["slot_id"], last["day"])
