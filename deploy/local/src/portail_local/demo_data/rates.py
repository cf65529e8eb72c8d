"""The reference authority's prices (invented), in euro cents, by band of quotient familial."""

from datetime import date
from typing import Any

BOUNDS = (0, 400, 600, 800, 1000, 1250, 1500, 1800, None)
"""Lower bound included, upper bound excluded; the last band is also for an unknown quotient."""

GRIDS: dict[str, tuple[str, int, tuple[int, ...], tuple[int, ...]]] = {
    # code: (label, non-resident supplement, price by band, of which care by band)
    "wednesday-day": (
        "Mercredi, journée avec repas",
        400,
        (600, 750, 920, 1100, 1320, 1540, 1760, 1980),
        (480, 590, 720, 860, 1040, 1230, 1420, 1610),
    ),
    "wednesday-half-meal": (
        "Mercredi, demi-journée avec repas",
        200,
        (440, 540, 650, 760, 900, 1030, 1160, 1290),
        (320, 380, 450, 520, 620, 720, 820, 920),
    ),
    "holiday-day": (
        "Vacances, journée avec repas",
        400,
        (600, 750, 920, 1100, 1320, 1540, 1760, 1980),
        (480, 590, 720, 860, 1040, 1230, 1420, 1610),
    ),
    "morning": (
        "Accueil du matin",
        50,
        (60, 80, 100, 120, 140, 160, 180, 200),
        (60, 80, 100, 120, 140, 160, 180, 200),
    ),
    "evening": (
        "Accueil du soir",
        50,
        (120, 150, 180, 210, 250, 290, 330, 370),
        (120, 150, 180, 210, 250, 290, 330, 370),
    ),
    "canteen": (
        "Restauration",
        50,
        (200, 260, 320, 380, 440, 490, 530, 570),
        (80, 100, 120, 140, 160, 180, 190, 200),
    ),
}


def as_bodies(today: date) -> list[dict[str, Any]]:
    """What billing's door for rate grids takes."""
    since = date(today.year - 1, 9, 1).isoformat()
    return [
        {
            "code": code,
            "label": label,
            "valid_from": since,
            "valid_to": None,
            "non_resident_supplement_cents": supplement,
            "bands": [
                {
                    "from": BOUNDS[index],
                    "to": BOUNDS[index + 1],
                    "label": f"T{index + 1}",
                    "unit_cents": price,
                    "care_cents": care[index],
                }
                for index, price in enumerate(prices)
            ],
        }
        for code, (label, supplement, prices, care) in GRIDS.items()
    ]
