"""A team with a tablet: one tap a child, and nothing lost when the page is opened again."""

from playwright.async_api import expect

from .people import JOURNEY, WITHOUT_SCRIPT, People

pytestmark = JOURNEY

TABLET = {"viewport": {"width": 768, "height": 1024}, "has_touch": True, "is_mobile": True}


async def test_a_child_is_pointed_with_one_tap_and_corrected_with_another(people: People) -> None:
    team = await people.signed_in("centre", **TABLET)
    await team.goto("/console/pointage")
    line = team.locator("[data-roster-line]").first
    await expect(line.get_by_role("button", name="Présent")).to_be_visible()
    box = await line.get_by_role("button", name="Présent").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await line.get_by_role("button", name="Présent").tap()
    # At once, while the first tap is on its way: the last one counts.
    await line.get_by_role("button", name="Parti").tap()
    await expect(line.locator(".chip-label")).to_have_text("Parti")
    await team.reload()
    await expect(line.locator(".chip-label")).to_have_text("Parti")
    await expect(team.locator("#corrections")).to_contain_text("Aïcha Benali")


async def test_without_script_the_same_tap_comes_back_to_the_child(people: People) -> None:
    team = await people.signed_in("centre", **TABLET, **WITHOUT_SCRIPT)
    await team.goto("/console/pointage")
    line = team.locator("[data-roster-line]").nth(1)
    await line.get_by_role("button", name="Absent").click()
    await expect(line.locator(".chip-label")).to_have_text("Absent")
    assert "#e-" in team.url
