"""What every page is held to: axe finds nothing, one heading, a title, nothing overflows."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page


async def is_accessible(page: Page) -> None:
    assert await faults(page) == []


async def faults(page: Page) -> list[str]:
    results = await Axe().run(page)
    found = [
        f"{violation['id']}: {[node['html'][:160] for node in violation['nodes']][:3]}"
        for violation in results.response["violations"]
    ]
    return found + await _faults_of_the_page(page)


async def _faults_of_the_page(page: Page) -> list[str]:
    facts = await page.evaluate(
        """() => ({
            lang: document.documentElement.lang,
            title: document.title.trim(),
            headings: document.querySelectorAll('h1').length,
            over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        })"""
    )
    wrong = {
        f"lang is {facts['lang']}": facts["lang"] != "fr",
        "no title": not facts["title"],
        f"{facts['headings']} h1": facts["headings"] != 1,
        f"wider than the screen by {facts['over']} px": facts["over"] > 0,
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]
