"""Bookings become charge lines through the real handlers, on a real database."""

import asyncio
from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.accounts import asking
from billing.domain.pricing import NoRate
from billing.use_cases.know_family import UnknownFamily
from billing.use_cases.reprice_family import reprice_family
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from portail_contracts.enrolment import AbsenceReversed, Presence

from .examples import NOON, WEDNESDAY, Booking, family

SINCE_SEPTEMBER = (date(2026, 9, 1), None, 540)


@pytest.fixture
async def known_family(priced):
    """One for all examples of a test: each has a booking of its own child."""
    family_id = new_id()
    await priced.handle(family(family_id, SINCE_SEPTEMBER))
    return family_id


async def lines_of(billing, booking):
    return await billing.rows(
        "SELECT * FROM charge_lines WHERE booking_id = :booking ORDER BY charge_line_id",
        booking=booking.id,
    )


async def net(billing, booking):
    """Lines that nothing reverses, as what matters of them."""
    return await billing.rows(
        "SELECT day, rate_code, amount_cents FROM charge_lines l WHERE booking_id = :booking"
        " AND reverses IS NULL AND NOT EXISTS"
        " (SELECT FROM charge_lines r WHERE r.reverses = l.charge_line_id)",
        booking=booking.id,
    )


async def test_a_confirmed_booking_is_priced_and_the_line_keeps_why(priced):
    family_id = new_id()
    booking = Booking(family_id)
    await priced.handle(family(family_id, SINCE_SEPTEMBER), booking.confirmed(1))
    (line,) = await lines_of(priced, booking)
    assert (line.amount_cents, line.unit_cents, line.band_label) == (750, 750, "T2")
    assert (line.quotient, line.quotient_since) == (540, date(2026, 9, 1))
    assert (line.resident, line.supplement_cents, line.kind) == (True, 0, "charge")
    recorded = await priced.rows("SELECT type, ordering_key FROM outbox ORDER BY position")
    assert recorded == [("billing.charge-line.recorded.v1", family_id)]


async def test_a_cancellation_in_notice_reverses_the_same_amount_and_rewrites_nothing(priced):
    family_id = new_id()
    booking = Booking(family_id)
    await priced.handle(family(family_id, SINCE_SEPTEMBER), booking.confirmed(1))
    (before,) = await lines_of(priced, booking)
    # The quotient changes in between: the reversal is of what was charged, not of today's price.
    await priced.handle(
        family(family_id, (date(2026, 9, 1), None, 1500), version=2), booking.cancelled(2)
    )
    charge, reversal = await lines_of(priced, booking)
    assert charge == before
    assert (reversal.amount_cents, reversal.reverses) == (-750, charge.charge_line_id)
    assert reversal.quotient == 540


async def test_a_cancellation_out_of_notice_stays_billed_in_either_order(priced):
    family_id = new_id()
    await priced.handle(family(family_id, SINCE_SEPTEMBER))
    first, second = Booking(family_id), Booking(family_id)
    await priced.handle(first.confirmed(1), first.cancelled(2, in_notice=False))
    await priced.handle(second.cancelled(2, in_notice=False), second.confirmed(1))
    assert await net(priced, first) == await net(priced, second)
    assert len(await net(priced, first)) == 1


async def test_a_cancellation_that_arrives_first_leaves_nothing_to_pay(priced):
    family_id = new_id()
    booking = Booking(family_id)
    await priced.handle(
        family(family_id, SINCE_SEPTEMBER), booking.cancelled(2), booking.confirmed(1)
    )
    assert await lines_of(priced, booking) == []


PRICES = {"canteen": 260, "wednesday_day": 750}
"""At a quotient of 540, in cents."""

KINDS = st.lists(
    st.sampled_from(["canteen", "wednesday_day", "in_notice", "late"]), min_size=1, max_size=6
)


@st.composite
def histories(draw):
    """What happened, and a delivery of it: doubled, shuffled and cut into transactions.

    A booking begins with its confirmation; every fact is delivered at least once.
    """
    kinds = ["canteen", *draw(KINDS)]
    versions = list(range(1, len(kinds) + 1))
    extra = draw(st.lists(st.sampled_from(versions), max_size=6))
    return kinds, draw(st.permutations(versions + extra))


def fact(booking, kinds, version):
    kind = kinds[version - 1]
    if kind in ("in_notice", "late"):
        return booking.cancelled(version, in_notice=kind == "in_notice")
    return booking.confirmed(version, rate_code=kind)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories())
async def test_any_duplication_and_order_of_facts_ends_in_the_same_net_lines(
    priced, known_family, history
):
    kinds, delivery = history
    booking = Booking(known_family)
    await priced.handle(*(fact(booking, kinds, v) for v in delivery))
    ended = await net(priced, booking)
    # The last word: owed unless the newest notice comes after the newest confirmation.
    owed = [kind for kind in kinds if kind != "late"][-1]
    assert ended == ([] if owed == "in_notice" else [(WEDNESDAY, owed, PRICES[owed])])
    # Reversed lines cancel out exactly, so that the sum is what remains open.
    total = sum(line.amount_cents for line in await lines_of(priced, booking))
    assert total == sum(line.amount_cents for line in ended)


async def test_simultaneous_deliveries_of_one_booking_make_one_line(priced):
    family_id = new_id()
    booking = Booking(family_id)
    await priced.handle(family(family_id, SINCE_SEPTEMBER))
    await asyncio.gather(*(priced.handle(booking.confirmed(1)) for _ in range(8)))
    assert len(await lines_of(priced, booking)) == 1


async def test_families_that_were_never_heard_of_are_asked_for_once(priced):
    family_id = new_id()
    known = family(family_id, SINCE_SEPTEMBER, version=3)
    priced.accounts.families[family_id] = known.model_dump(mode="json") | {"children": []}
    bookings = [Booking(family_id) for _ in range(3)]
    await priced.handle(*(booking.confirmed(1) for booking in bookings))
    assert priced.accounts.asked == 1
    assert [(await lines_of(priced, b))[0].band_label for b in bookings] == ["T2"] * 3
    # Older news by the slower way changes nothing.
    await priced.handle(family(family_id, (date(2026, 9, 1), None, 1500), version=2))
    assert await priced.rows("SELECT value FROM quotient_periods") == [(540,)]


async def test_a_day_without_quotient_is_asked_about_once_for_what_happened_since(priced):
    family_id = new_id()
    known = family(family_id, SINCE_SEPTEMBER, version=2)
    await priced.handle(family(family_id, version=1))
    priced.accounts.families[family_id] = known.model_dump(mode="json")
    booking = Booking(family_id)
    await priced.handle(booking.confirmed(1))
    assert (await lines_of(priced, booking))[0].quotient == 540

    unknown = new_id()
    await priced.handle(family(unknown))
    priced.accounts.families[unknown] = family(unknown).model_dump(mode="json")
    priced.runtime.clock.advance(timedelta(hours=8))
    asked = priced.accounts.asked
    first, second = Booking(unknown), Booking(unknown)
    await priced.handle(first.confirmed(1), second.confirmed(1))
    assert priced.accounts.asked == asked + 1
    assert (await lines_of(priced, second))[0].band_label == "T8"


async def test_when_accounts_is_away_the_event_fails_whole_and_succeeds_later(priced):
    family_id = new_id()
    booking = Booking(family_id)
    priced.accounts.away = True
    with pytest.raises(PeerUnavailable):
        await priced.handle(booking.confirmed(1))
    assert await priced.rows("SELECT * FROM booking_facts") == []
    priced.accounts.away = False
    with pytest.raises(UnknownFamily):
        await priced.handle(booking.confirmed(1))
    known = family(family_id, SINCE_SEPTEMBER)
    priced.accounts.families[family_id] = known.model_dump(mode="json")
    await priced.handle(booking.confirmed(1))
    assert len(await lines_of(priced, booking)) == 1


async def test_a_day_that_nobody_has_priced_waits_for_its_grid(priced):
    family_id = new_id()
    booking = Booking(family_id, date(2026, 8, 31))
    await priced.handle(family(family_id, (date(2026, 1, 1), None, 540)))
    with pytest.raises(NoRate):
        await priced.handle(booking.confirmed(1))
    assert await priced.rows("SELECT * FROM booking_facts") == []


CHANGES = list(
    chain.from_iterable(
        (
            f"UPDATE {table} SET amount_cents = 0",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        )
        for table in ("charge_lines", "ledger_entries")
    )
)


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_service_itself_has_no_right_to_change_a_line(priced, statement):
    with pytest.raises(DBAPIError, match="permission denied"):
        async with priced.runtime.database.transaction() as transaction:
            await transaction.connection.execute(text(statement))


@pytest.mark.parametrize("statement", CHANGES)
async def test_even_the_owner_of_the_tables_is_stopped(priced, statement):
    from sqlalchemy.ext.asyncio import create_async_engine

    family_id = new_id()
    booking = Booking(family_id, WEDNESDAY)
    await priced.handle(family(family_id, SINCE_SEPTEMBER), booking.confirmed(1))
    engine = create_async_engine(priced.runtime.settings.migration_database_url)
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    await engine.dispose()


async def test_the_database_refuses_a_posting_with_one_side(priced):
    with pytest.raises(DBAPIError, match="two sides"):
        async with priced.runtime.database.transaction() as transaction:
            await transaction.connection.execute(
                text(
                    "INSERT INTO ledger_entries VALUES (gen_random_uuid(), gen_random_uuid(),"
                    " gen_random_uuid(), 'payment', 'receivable', 100, NULL, now(), now())"
                )
            )


TWIN_KINDS = st.lists(
    st.sampled_from(
        ["in_notice", "late", "freed", "waiting", "refused", "came", "missing", "rebooked"]
    ),
    unique=True,
    max_size=8,
)


def facts_of_a_day(booking, twin, kinds):
    """Each fact once, with the versions of its own aggregate in the order of `kinds`."""
    versions = {"booking": 1, "absence": 0, "attendance": 0}
    facts = [booking.confirmed(1)]
    for at, kind in enumerate(kinds):
        about = KIND_OF[kind]
        versions[about] = version = versions.get(about, 0) + 1
        facts.append(
            {
                "in_notice": lambda v=version: booking.cancelled(v),
                "late": lambda v=version: booking.cancelled(v, in_notice=False),
                "freed": lambda v=version, at=at: booking.absent(v, at=at),
                "waiting": lambda v=version, at=at: booking.absent(
                    v, billable=True, waiting=True, at=at
                ),
                "refused": lambda v=version, at=at: booking.absence_refused(v, at=at),
                "came": lambda v=version: booking.attendance(v),
                "missing": lambda v=version: booking.attendance(v, Presence.ABSENT),
                "rebooked": lambda v=version: twin.confirmed(v),
            }[kind]()
        )
    return facts


KIND_OF = {
    **dict.fromkeys(("in_notice", "late"), "booking"),
    **dict.fromkeys(("freed", "waiting", "refused"), "absence"),
    **dict.fromkeys(("came", "missing"), "attendance"),
    "rebooked": "twin",
}


async def open_lines(billing, family_id):
    return await billing.rows(
        "SELECT rate_code, amount_cents, basis FROM charge_lines l JOIN charged_days d"
        " ON d.open_line_id = l.charge_line_id WHERE family_id = :family",
        family=family_id,
    )


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TWIN_KINDS, st.randoms(use_true_random=False))
async def test_a_day_ends_in_one_line_or_none_however_its_facts_arrive(priced, kinds, random):
    ended = []
    for shuffled in (False, True):
        family_id = new_id()
        booking, twin = Booking(family_id), Booking(family_id)
        twin.fields = {**booking.fields, "booking_id": new_id()}
        facts = facts_of_a_day(booking, twin, kinds)
        if shuffled:
            facts += random.sample(facts, len(facts) // 2)
            random.shuffle(facts)
        await priced.handle(family(family_id, SINCE_SEPTEMBER), *facts)
        ended.append([line[:2] for line in await open_lines(priced, family_id)])
        totals = await priced.rows(
            "SELECT coalesce(sum(amount_cents), 0) FROM charge_lines WHERE family_id = :family",
            family=family_id,
        )
        assert totals[0][0] == sum(line[1] for line in ended[-1])
    assert ended[0] == ended[1]
    assert len(ended[0]) <= 1


async def test_absence_attendance_and_late_news_settle_the_day(priced):
    family_id = new_id()
    booking = Booking(family_id)
    await priced.handle(family(family_id, SINCE_SEPTEMBER), booking.absent(1), booking.confirmed(1))
    assert await open_lines(priced, family_id) == []
    await priced.handle(booking.absence_refused(2))
    assert await open_lines(priced, family_id) == [("wednesday_day", 750, "booked")]
    # Taken back by staff: the day is owed again, whichever of the two facts is heard first.
    mistaken = Booking(family_id)
    taken_back = AbsenceReversed(
        **mistaken.absence_refused(2).model_dump(exclude={"decided_at"}), reversed_at=NOON
    )
    await priced.handle(mistaken.confirmed(1), taken_back, mistaken.absent(1))
    assert len(await open_lines(priced, family_id)) == 2
    unbooked = Booking(family_id)
    await priced.handle(unbooked.attendance(1, booked=False))
    assert ("wednesday_day", 750, "unbooked_attendance") in await open_lines(priced, family_id)
    await priced.handle(unbooked.attendance(2, Presence.ABSENT, booked=False))
    assert len(await open_lines(priced, family_id)) == 2


async def test_a_late_quotient_is_applied_to_billed_days_only_when_staff_say_so(priced):
    family_id = new_id()
    booking = Booking(family_id)
    priced.accounts.families[family_id] = family(family_id).model_dump(mode="json")
    await priced.handle(family(family_id), booking.confirmed(1))
    await priced.handle(family(family_id, SINCE_SEPTEMBER, version=2))
    assert await open_lines(priced, family_id) == [("wednesday_day", 1980, "booked")]
    async with priced.runtime.database.transaction() as transaction:
        done = await reprice_family(
            transaction, family_id, WEDNESDAY, asking(priced.runtime.peers), NOON
        )
    assert done == (1, 750 - 1980)
    assert await open_lines(priced, family_id) == [("wednesday_day", 750, "booked")]
    # A later fact of the same day finds the line as it is.
    await priced.handle(booking.cancelled(2))
    assert await open_lines(priced, family_id) == []


async def test_the_database_itself_refuses_bands_that_leave_a_quotient_out(priced):
    with pytest.raises(DBAPIError, match="without price"):
        async with priced.runtime.database.transaction() as transaction:
            await transaction.connection.execute(
                text(
                    "INSERT INTO rate_grids VALUES (gen_random_uuid(), 'holes', 'x',"
                    " daterange('2026-01-01', NULL), 0, now(), 'x')"
                )
            )
    with pytest.raises(DBAPIError, match="without price"):
        async with priced.runtime.database.transaction() as transaction:
            await transaction.connection.execute(
                text(
                    "INSERT INTO rate_bands (grid_id, label, quotient, unit_cents, care_cents,"
                    " children_from) SELECT grid_id, 'T9', '[0, 400)', 1, 1, 3 FROM rate_grids"
                )
            )
