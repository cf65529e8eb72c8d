"""The rules of accounts, without a socket."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain import credential, session, signing, throttling
from accounts.domain.credential import POLICIES, PolicyName, WeakPassword
from accounts.domain.identifier import address_key, normalised
from accounts.domain.quotient import QuotientPeriod, WrongQuotients, in_order
from accounts.domain.signing import KeyTimes

pytestmark = pytest.mark.disable_socket

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
GUIDE = POLICIES[PolicyName.GUIDE]


@pytest.mark.parametrize("password", ["abcdefghijk1", "1abcdefghijk", "a1" * 10, "A" * 11 + "9"])
def test_letters_and_digits_of_the_right_length_are_accepted(password):
    credential.check(password, GUIDE)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("abcdefghij1", "de 12 à 20"),
        ("a1" * 10 + "b", "de 12 à 20"),
        ("abcdefghijklm", "un chiffre"),
        ("123456789012", "une lettre"),
        ("abcdefghijk 1", "lettres sans accent"),
        ("abcdefghijké1", "lettres sans accent"),
        ("abcdefghij٣٣٣", "lettres sans accent"),
        ("", "de 12 à 20"),
    ],
)
def test_a_password_that_breaks_the_rule_is_told_why(password, words):
    with pytest.raises(WeakPassword, match=words):
        credential.check(password, GUIDE)


def test_the_other_policy_takes_any_characters():
    credential.check("cheval, agrafe – pile!", POLICIES[PolicyName.ANSSI])
    with pytest.raises(WeakPassword):
        credential.check("x" * 129, POLICIES[PolicyName.ANSSI])


def test_identifiers_are_compared_without_case_and_outer_spaces():
    assert normalised("  NOISETIER\u00a0") == normalised("noisetier")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_a_household_is_one_address(one, other, same):
    assert (address_key(one) == address_key(other)) is same


def _failures(count: int, last: timedelta = timedelta(0)) -> list[datetime]:
    return [NOW - last - timedelta(seconds=index) for index in range(count)]


def test_the_first_failures_of_an_account_cost_nothing():
    assert throttling.wait_before(_failures(4), (), NOW) == timedelta(0)


def test_waits_double_and_stop_growing():
    waits = [throttling.wait_before(_failures(count), (), NOW) for count in range(5, 13)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)
    assert throttling.wait_before(_failures(200), (), NOW) == timedelta(minutes=15)


def test_a_wait_runs_from_the_last_failure():
    assert throttling.wait_before(_failures(5, timedelta(seconds=20)), (), NOW) == timedelta(
        seconds=10
    )
    assert not throttling.wait_before(_failures(5, timedelta(seconds=30)), (), NOW)


def test_failures_leave_the_window():
    assert not throttling.wait_before(_failures(50, timedelta(hours=1)), (), NOW)


def test_an_address_may_fail_for_many_families_before_it_waits():
    assert not throttling.wait_before((), _failures(39), NOW)
    assert throttling.wait_before((), _failures(40), NOW) == timedelta(seconds=15)


@given(st.lists(st.integers(0, 7200), max_size=60), st.integers(0, 7200))
def test_a_wait_never_outlives_its_rule_nor_comes_back(ages, later):
    failures = [NOW - timedelta(seconds=age) for age in ages]
    wait = throttling.wait_before(failures, (), NOW)
    assert timedelta(0) <= wait <= throttling.PER_ACCOUNT.longest_wait
    if later >= wait.total_seconds():
        assert not throttling.wait_before(failures, (), NOW + timedelta(seconds=later))


def test_a_session_ends_two_hours_after_the_last_use_and_never_after_twelve():
    assert not session.is_over(NOW, NOW, NOW + timedelta(hours=2) - timedelta(seconds=1))
    assert session.is_over(NOW, NOW, NOW + timedelta(hours=2))
    busy = NOW + timedelta(hours=11, minutes=59)
    assert not session.is_over(NOW, busy, busy)
    assert session.is_over(NOW, busy, NOW + timedelta(hours=12))


def _period(start: str, end: str | None, value: int = 500) -> QuotientPeriod:
    return QuotientPeriod(
        date.fromisoformat(start), date.fromisoformat(end) if end else None, value
    )


def test_periods_that_touch_do_not_overlap():
    later, earlier = _period("2026-07-01", None), _period("2026-01-01", "2026-07-01")
    assert in_order([later, earlier]) == (earlier, later)


@pytest.mark.parametrize(
    "periods",
    [
        [_period("2026-01-01", "2026-07-02"), _period("2026-07-01", None)],
        [_period("2026-01-01", None), _period("2027-01-01", None)],
        [_period("2026-01-01", "2026-01-01")],
        [_period("2026-01-02", "2026-01-01")],
        [_period("2026-01-01", None), _period("2026-01-01", None)],
    ],
)
def test_periods_that_overlap_or_hold_no_day_are_refused(periods):
    with pytest.raises(WrongQuotients):
        in_order(periods)


def test_the_first_key_signs_at_once():
    assert signing.plan([], NOW) == signing.Plan(make_from=NOW)


def test_the_next_key_is_published_two_days_before_it_signs():
    first = KeyTimes("a", NOW)
    assert signing.plan([first], NOW + timedelta(days=27, hours=23)) == signing.Plan()
    assert signing.plan([first], NOW + timedelta(days=28)).make_from == NOW + timedelta(days=30)


def test_a_round_that_comes_late_still_publishes_before_use():
    late = NOW + timedelta(days=90)
    assert signing.plan([KeyTimes("a", NOW)], late).make_from == late + signing.SHORT_NOTICE


def test_a_former_key_is_published_until_its_last_token_expired():
    keys = [KeyTimes("a", NOW), KeyTimes("b", NOW + timedelta(days=30))]
    change = NOW + timedelta(days=30)
    assert signing.current(keys, change - timedelta(seconds=1)).kid == "a"
    assert signing.current(keys, change).kid == "b"
    last = change + signing.KEPT_AFTER
    assert [key.kid for key in signing.published(keys, last - timedelta(seconds=1))] == ["a", "b"]
    assert [key.kid for key in signing.published(keys, last)] == ["b"]
    assert signing.plan(keys, last).drop == ("a",)


def test_an_operator_may_hasten_a_rotation_but_not_skip_its_notice():
    soon = NOW + signing.SHORT_NOTICE
    assert signing.plan([KeyTimes("a", NOW)], NOW, forced=True).make_from == soon
    waiting = [KeyTimes("a", NOW - timedelta(days=29)), KeyTimes("b", NOW + timedelta(days=1))]
    assert signing.plan(waiting, NOW, forced=True).bring_forward == ("b", soon)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_however_rounds_fall_one_key_signs_and_was_published_before(gaps):
    keys: list[KeyTimes] = []
    seen: set[str] = set()
    now = NOW
    for number, gap in enumerate(gaps):
        now += timedelta(hours=gap)
        signing_now = signing.current(keys, now)
        assert signing_now is None or signing_now.kid in seen
        plan = signing.plan(keys, now)
        keys = [key for key in keys if key.kid not in plan.drop]
        if plan.make_from is not None:
            keys.append(KeyTimes(str(number), plan.make_from))
        seen = {key.kid for key in signing.published(keys, now)}
        assert signing.current(keys, now) is not None
        assert len(keys) <= 3
