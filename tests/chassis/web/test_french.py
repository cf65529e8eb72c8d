"""French as people write it. In the expectations ~ is a no-break space, _ a narrow one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from markupsafe import Markup

from chassis.web import french

NOW = datetime(2026, 11, 24, 9, 12, tzinfo=french.PARIS)
NAIVE = NOW.replace(tzinfo=None)


def spaced(text: str) -> str:
    return text.replace("~", "\u00a0").replace("_", "\u202f")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=french.PARIS)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (french.day_long(date(2026, 11, 24)), "mardi 24 novembre 2026"),
        (french.day_long(date(2026, 9, 1)), "mardi 1er septembre 2026"),
        (french.day_long(date(2026, 9, 11)), "vendredi 11 septembre 2026"),
        (french.day_name(date(2026, 12, 1)), "mardi 1er décembre"),
        (french.day_short(date(2026, 11, 24)), "mar. 24 nov."),
        (french.day_short(date(2026, 12, 1)), "mar. 1er déc."),
        (french.day_of_week_short(date(2026, 11, 24)), "mar."),
        (french.day_numeric(date(2026, 9, 1)), "01/09/2026"),
        (french.day_number(date(2026, 12, 1)), "1er"),
        (french.day_number(date(2026, 12, 31)), "31"),
        (french.day_compact(date(2027, 1, 23), NOW), "23 janv."),
        (french.day_compact(date(2027, 8, 31), NOW), "31 août 2027"),
        (french.month_title("2026-11"), "Novembre 2026"),
        (french.month_title(date(2026, 8, 4)), "Août 2026"),
        (french.full_moment(at(25, 10)), spaced("mercredi 25 novembre, 10~h")),
    ],
)
def test_days_are_written_as_people_say_them(shown: str, expected: str) -> None:
    assert shown == expected


def test_the_raised_first_of_the_month_is_safe_html() -> None:
    assert french.day_long_html(date(2026, 9, 1)) == Markup("mardi 1<sup>er</sup> septembre 2026")
    assert french.day_name_html(date(2026, 9, 2)) == Markup("mercredi 2 septembre")
    assert french.raised("<b> 1er") == Markup("&lt;b&gt; 1<sup>er</sup>")


def test_an_instant_is_read_on_a_french_clock_on_both_sides_of_the_clock_change() -> None:
    assert french.hour(datetime(2026, 10, 24, 22, 30, tzinfo=UTC)) == spaced("0~h~30")
    assert french.day_numeric(datetime(2026, 10, 24, 22, 30, tzinfo=UTC)) == "25/10/2026"
    assert french.hour(datetime(2026, 10, 25, 9, 0, tzinfo=UTC)) == spaced("10~h")


def test_hours_and_their_ranges_do_not_break() -> None:
    assert french.hour(at(24, 7, 30)) == spaced("7~h~30")
    assert french.hour(at(24, 7, 5)) == spaced("7~h~05")
    assert french.hour_range(at(24, 11, 30), at(24, 13, 30)) == spaced("11~h~30 – 13~h~30")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (at(24, 7, 2), "ce matin, 7~h~02"),
        (at(24, 2), "cette nuit, 2~h"),
        (at(23, 21, 14), "hier, 21~h~14"),
        (at(25, 10), "demain, 10~h"),
        (at(24, 17), "aujourd’hui, 17~h"),
        (at(26, 12), "jeudi 26 novembre, 12~h"),
        (at(27, 8, month=9), "27 sept., 8~h"),
    ],
)
def test_a_moment_is_told_from_now(instant: datetime, expected: str) -> None:
    assert french.moment(instant, NOW) == spaced(expected)


def test_the_evening_looks_back_on_the_afternoon() -> None:
    evening = at(24, 22)
    assert french.moment(at(24, 14, 5), evening) == spaced("cet après-midi, 14~h~05")
    assert french.moment(at(24, 20), evening) == spaced("ce soir, 20~h")


def test_midnight_in_france_divides_the_days_not_24_hours() -> None:
    assert french.moment(at(23, 23, 59), at(24, 0, 1)).startswith("hier")
    assert french.moment(NOW - timedelta(hours=30), NOW).startswith("hier")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), "aujourd’hui"),
        (date(2026, 11, 25), "demain"),
        (date(2026, 11, 23), "hier"),
        (date(2026, 11, 27), "dans 3~jours"),
        (date(2026, 11, 12), "il y a 12~jours"),
    ],
)
def test_the_distance_of_a_day(day: date, expected: str) -> None:
    assert french.day_distance(day, NOW) == spaced(expected)


def test_a_deadline_counts_days_only_when_it_is_near_or_late() -> None:
    assert french.deadline(date(2026, 11, 27), NOW) == spaced("dans 3~jours")
    assert french.deadline(date(2026, 11, 23), NOW) == "hier"
    assert french.deadline(date(2027, 1, 23), NOW) == "23 janv."


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (1250, "12,50~€"),
        (123450, "1_234,50~€"),
        (0, "0,00~€"),
        (5, "0,05~€"),
        (-8460, "−84,60~€"),
        (-5, "−0,05~€"),
        (123456789, "1_234_567,89~€"),
    ],
)
def test_amounts(cents: int, expected: str) -> None:
    assert french.euros(cents) == spaced(expected)


@pytest.mark.parametrize("wrong", [12.5, Decimal("12.5"), True, "1250"])
def test_an_amount_is_an_integer_of_cents(wrong: object) -> None:
    with pytest.raises(TypeError):
        french.euros(wrong)  # type: ignore[arg-type]


def test_numbers() -> None:
    assert french.number(1234) == spaced("1_234")
    assert french.number(-3) == "−3"
    assert french.number(Decimal("1234.5")) == spaced("1_234,5")


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(2019, 11, 24), "7~ans"),
        (date(2019, 11, 25), "6~ans"),
        (date(2025, 11, 1), "1~an"),
        (date(2026, 3, 25), "7~mois"),
        (date(2026, 11, 20), "moins d’un mois"),
        (date(2024, 2, 29), "2~ans"),
    ],
)
def test_ages(birth: date, expected: str) -> None:
    assert french.age(birth, NOW) == spaced(expected)


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="after birth"):
        french.age(date(2027, 1, 1), NOW)


def test_zero_and_one_are_singular() -> None:
    assert french.plural(0, "demande") == spaced("0~demande")
    assert french.plural(1, "demande") == spaced("1~demande")
    assert french.plural(1200, "demande") == spaced("1_200~demandes")
    assert french.plural(2, "cheval", "chevaux") == spaced("2~chevaux")
    assert french.plural_word(2, "avis", "avis") == "avis"


def test_lists_are_joined_as_in_a_sentence() -> None:
    assert french.join(["Camille", "Sacha"]) == "Camille et Sacha"
    assert french.join(["Lou", "Noé", "Ana"]) == "Lou, Noé et Ana"
    assert french.join(["Lou"]) == "Lou"
    assert french.join([]) == ""
    assert french.join(["jeudi", "vendredi"], "ou") == "jeudi ou vendredi"


def test_of_is_elided_before_a_vowel() -> None:
    assert french.of("Lou") == "de Lou"
    assert french.of("Élise") == "d’Élise"
    assert french.of("") == "de "


def test_capitals_at_the_start_only() -> None:
    assert french.sentence("mardi 1er décembre, QF") == "Mardi 1er décembre, QF"
    assert french.sentence("école") == "École"
    assert french.uncapitalise("Modifiable") == "modifiable"
    assert french.uncapitalise("QF inconnu") == "QF inconnu"
    assert isinstance(french.sentence(Markup("a")), Markup)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Quoi ?", "Quoi_?"),
        ("Attention !", "Attention_!"),
        ("oui ; non", "oui_; non"),
        ("Motif : maladie", "Motif~: maladie"),
        ("« Autre »", "«~Autre~»"),
        ("12 €", "12~€"),
        ("https://exemple.fr/?a=1 à 10:30", "https://exemple.fr/?a=1 à 10:30"),
    ],
)
def test_spaces_before_high_punctuation(typed: str, expected: str) -> None:
    assert french.narrow_spaces(typed) == spaced(expected)
    assert french.narrow_spaces(french.narrow_spaces(typed)) == spaced(expected)


def test_spaces_keep_markup_as_markup() -> None:
    assert isinstance(french.narrow_spaces(Markup("<b>Quoi ?</b>")), Markup)


@pytest.mark.parametrize(
    "call",
    [
        lambda: french.in_paris(NAIVE),
        lambda: french.day_long(NAIVE),
        lambda: french.hour(NAIVE),
        lambda: french.moment(NAIVE, NOW),
        lambda: french.moment(NOW, NAIVE),
        lambda: french.deadline(date(2026, 11, 27), NAIVE),
        lambda: french.calendar_day("2026-11-24"),  # type: ignore[arg-type]
        lambda: french.in_paris(date(2026, 11, 24)),  # type: ignore[arg-type]
    ],
)
def test_an_hour_without_its_zone_is_refused(call) -> None:
    with pytest.raises(TypeError):
        call()


def test_a_phone_number_becomes_its_digits() -> None:
    assert french.phone_address("04 76 00 11 22") == "0476001122"
    assert french.phone_address("+33 (4) 76") == "+33476"


def test_every_filter_is_registered_under_its_own_name() -> None:
    assert french.FILTERS["euros"] is french.euros
    assert french.FILTERS["join_french"] is french.join
