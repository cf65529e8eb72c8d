"""Prices: pure rules on the table of domain.md, section 6."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.family import FamilyFacts, QuotientPeriod
from billing.domain.pricing import (
    Band,
    Effort,
    FaultyBands,
    NoRate,
    Rule,
    check_bands,
    price,
    prices,
)

from .examples import DAY, DAY_PRICES, MEAL, STARTS, WEDNESDAY, bands, grid

GRIDS = (DAY, MEAL)


def family(quotient: int | None, *, resident: bool = True) -> FamilyFacts:
    if quotient is None:
        return FamilyFacts(resident)
    return FamilyFacts(resident, (QuotientPeriod(date(2026, 1, 1), None, quotient),))


@pytest.mark.parametrize(
    ("quotient", "label", "cents"),
    [
        (0, "T1", 600),
        (399, "T1", 600),
        (400, "T2", 750),
        (599, "T2", 750),
        (600, "T3", 920),
        (1249, "T5", 1320),
        (1250, "T6", 1540),
        (1800, "T8", 1980),
        (99_999, "T8", 1980),
        (None, "T8", 1980),
    ],
)
def test_the_band_holds_its_lower_bound_and_not_its_upper_one(quotient, label, cents):
    found = price(GRIDS, family(quotient), "wednesday_day", WEDNESDAY)
    assert (found.band_label, found.unit_cents, found.quotient) == (label, cents, quotient)


@given(st.integers(0, 3000), st.booleans())
def test_every_quotient_has_one_price_that_rises_with_it(quotient, resident):
    lower = price(GRIDS, family(quotient, resident=resident), "wednesday_day", WEDNESDAY)
    higher = price(GRIDS, family(quotient + 1, resident=resident), "wednesday_day", WEDNESDAY)
    expected = DAY_PRICES[sum(start <= quotient for start in STARTS) - 1]
    assert lower.unit_cents == expected + (0 if resident else 400)
    assert higher.unit_cents >= lower.unit_cents
    assert lower.care_cents + lower.food_cents == lower.unit_cents


def test_a_family_from_outside_pays_the_supplement_as_care_and_its_meal_costs_the_same():
    inside = price(GRIDS, family(640), "canteen", WEDNESDAY)
    outside = price(GRIDS, family(640, resident=False), "canteen", WEDNESDAY)
    assert (inside.care_cents, inside.food_cents, inside.supplement_cents) == (120, 200, 0)
    assert (outside.unit_cents, outside.care_cents, outside.food_cents) == (370, 170, 200)
    assert outside.supplement_cents == 50


def test_the_quotient_is_that_of_the_day_of_service():
    rising = FamilyFacts(
        resident=True,
        quotients=(
            QuotientPeriod(date(2026, 1, 1), date(2027, 1, 1), 399),
            QuotientPeriod(date(2027, 1, 1), None, 400),
        ),
    )
    before = price(GRIDS, rising, "canteen", date(2026, 12, 31))
    after = price(GRIDS, rising, "canteen", date(2027, 1, 1))
    assert (before.band_label, before.quotient_since) == ("T1", date(2026, 1, 1))
    assert (after.band_label, after.quotient_since) == ("T2", date(2027, 1, 1))


def test_a_quotient_that_has_run_out_is_not_known():
    ended = FamilyFacts(True, (QuotientPeriod(date(2025, 1, 1), WEDNESDAY, 300),))
    assert price(GRIDS, ended, "canteen", WEDNESDAY).band_label == "T8"


def test_the_grid_is_that_of_the_day_of_service():
    old = replace(MEAL, valid_to=date(2027, 9, 1))
    new = grid("canteen", tuple(p + 10 for p in DAY_PRICES), 0, valid_from=date(2027, 9, 1))
    assert price((old, new), family(0), "canteen", date(2027, 8, 31)).unit_cents == 200
    assert price((old, new), family(0), "canteen", date(2027, 9, 1)).unit_cents == 610


def test_a_day_or_a_code_without_grid_has_no_price():
    with pytest.raises(NoRate):
        price(GRIDS, family(0), "canteen", date(2026, 8, 31))
    with pytest.raises(NoRate):
        price(GRIDS, family(0), "piano", WEDNESDAY)
    assert prices(GRIDS, family(0), date(2026, 8, 31)) == ()


def test_applied_rates_are_the_same_prices():
    known = family(540, resident=False)
    assert prices(GRIDS, known, WEDNESDAY) == tuple(
        price(GRIDS, known, code, WEDNESDAY) for code in ("wednesday_day", "canteen")
    )


def test_the_bands_of_the_table_leave_no_gap():
    check_bands(bands(DAY_PRICES))


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        ((Band(1, None, "T1", 100, 100),), "quotient 0"),
        ((Band(0, 400, "T1", 100, 100),), "400 et au-delà"),
        ((Band(0, 400, "T1", 1, 1), Band(401, None, "T2", 2, 2)), "quotient 400"),
        ((Band(0, 401, "T1", 1, 1), Band(400, None, "T2", 2, 2)), "T2 chevauche"),
        ((Band(0, None, "T1", 1, 1), Band(400, None, "T2", 2, 2)), "T2 chevauche"),
        ((Band(0, 0, "T1", 1, 1), Band(0, None, "T2", 2, 2)), "T1 est vide"),
        ((Band(0, 4, "T1", 1, 1), Band(4, None, "T1", 2, 2)), "même nom"),
        ((Band(0, None, "T1", 100, 101),), "dépasse"),
        ((), "quotient 0"),
    ],
)
def test_faulty_bands_are_refused_with_the_reason(faulty, words):
    with pytest.raises(FaultyBands, match=words):
        check_bands(faulty)


@given(st.lists(st.integers(1, 5000), unique=True, max_size=12))
def test_any_cut_of_the_quotients_into_adjacent_bands_is_accepted(cuts):
    edges = [0, *sorted(cuts), None]
    check_bands([Band(low, end, str(low), 1, 1) for low, end in pairwise(edges)])


EFFORT = grid(
    "wednesday_day",
    DAY_PRICES,
    400,
    bands=(Band(0, None, "TE", 1980, 1680, effort=Effort(110, 600)),),
)


@given(st.integers(0, 5000), st.booleans())
def test_an_effort_rate_is_a_share_of_the_quotient_between_floor_and_cap(quotient, resident):
    found = price((EFFORT,), family(quotient, resident=resident), "wednesday_day", WEDNESDAY)
    exact = quotient * 110 / 100
    expected = min(max(exact, 600), 1980) + (0 if resident else 400)
    assert abs(found.unit_cents - expected) <= 0.5
    assert found.food_cents == 300
    assert found.care_cents + found.food_cents == found.unit_cents
    assert found.rule is Rule.EFFORT


def test_without_a_quotient_the_cap_is_paid():
    assert price((EFFORT,), family(None), "wednesday_day", WEDNESDAY).unit_cents == 1980


def test_large_families_have_their_own_bands():
    tiers = (*bands(DAY_PRICES), Band(0, None, "T1", 600, 600, children_from=3))
    check_bands(tiers)
    large = grid("wednesday_day", DAY_PRICES, 0, bands=tiers)
    for children, cents in ((1, 1980), (2, 1980), (3, 600), (7, 600)):
        found = price(
            (large,), replace(family(1800), children=children), "wednesday_day", WEDNESDAY
        )
        assert (found.unit_cents, found.children_from) == (cents, 3 if children > 2 else 1)


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        ((Band(0, None, "T1", 1, 1, children_from=2),), "premier enfant"),
        (
            (Band(0, None, "T1", 1, 1), Band(5, None, "T1", 1, 1, children_from=2)),
            "quotient 0",
        ),
        ((Band(0, None, "T1", 500, 200, effort=Effort(110, 299)),), "plancher"),
        ((Band(0, None, "T1", 500, 200, effort=Effort(110, 501)),), "plancher"),
    ],
)
def test_faulty_tiers_and_efforts_are_refused_with_the_reason(faulty, words):
    with pytest.raises(FaultyBands, match=words):
        check_bands(faulty)
