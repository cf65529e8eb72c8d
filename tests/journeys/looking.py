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


async def large_text_faults(page: Page) -> list[str]:
    """With letters twice as large nothing is wider than the screen, no tab than its place."""
    over, tabs = await page.evaluate(
        """() => {
            const root = document.documentElement;
            root.style.fontSize = '200%';
            const over = root.scrollWidth - root.clientWidth;
            const words = [...document.querySelectorAll('.tabs-list > li > :is(a, details)')];
            const tabs = words.filter((one) => one.scrollWidth > one.clientWidth + 1).length;
            root.style.fontSize = '';
            return [over, tabs];
        }"""
    )
    wrong = {
        f"in large text wider than the screen by {over} px": over > 0,
        f"in large text {tabs} tabs are wider than their place": tabs > 0,
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


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
