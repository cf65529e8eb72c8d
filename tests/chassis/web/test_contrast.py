"""The colours as the style sheet has them: text at least 4.5, edges and icons at least 3."""

import re

import pytest

from chassis.web.assets import STATIC

TOKENS = (STATIC / "portal" / "01-tokens.css").read_text()
LIGHT_BLOCK, REST = TOKENS.split("@media (prefers-color-scheme: dark)")
DARK_BLOCK = REST.split("@media (prefers-contrast")[0]

TEXT = [
    (ink, ground)
    for ground in ("paper", "card")
    for ink in ("ink", "soft", "lagoon", "lagoon-strong", "apricot-ink", "refused", "booked")
] + [
    ("on-lagoon", "lagoon"),
    ("on-lagoon", "lagoon-strong"),
    ("lagoon-strong", "lagoon-tint"),
    ("ink", "lagoon-tint"),
    ("lagoon", "lagoon-tint"),
    ("apricot-ink", "lagoon-tint"),
    ("refused", "lagoon-tint"),
    ("on-header", "header"),
    ("header-soft", "header"),
    ("on-header", "header-tint"),
    ("on-apricot-ink", "apricot-ink"),
    *((s, f"{s}-ground") for s in ("booked", "pending", "refused", "absence", "waiting", "closed")),
]  # fmt: skip
EDGES = [("edge", "card"), ("edge", "paper"), ("apricot-ink", "card"), ("lagoon", "paper")]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


THEMES = {
    "light": colours(LIGHT_BLOCK),
    "dark": colours(LIGHT_BLOCK) | colours(DARK_BLOCK),
}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#1c2a2e", "#faf7f1") == pytest.approx(13.8, abs=0.1)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_what_can_be_pressed_can_be_seen(theme: str, edge: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[edge], tokens[ground]) >= 3


def test_both_themes_name_the_same_colours() -> None:
    assert colours(DARK_BLOCK).keys() == colours(LIGHT_BLOCK).keys()
