"""French as people write it: days, hours, amounts, spaces. Pure functions, also Jinja filters.

Instants are aware datetimes and are read in Europe/Paris; a naive one raises
TypeError, because its hour would be a guess. A plain date is a day without hour.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

PARIS: Final = ZoneInfo("Europe/Paris")
NBSP: Final = "\u00a0"
NARROW: Final = "\u202f"
MINUS: Final = "\u2212"
_LOCALE: Final = "fr_FR"
# Further away than this a date without its year could be read as the wrong year.
_YEAR_IS_OBVIOUS: Final = timedelta(days=183)


def in_paris(instant: datetime) -> datetime:
    """The same instant on a French clock. Raises TypeError on anything naive."""
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise TypeError(f"an aware datetime is needed, not {instant!r}")
    return instant.astimezone(PARIS)


def calendar_day(when: date | datetime) -> date:
    """The day in France of an instant; a plain date is itself."""
    if isinstance(when, datetime):
        return in_paris(when).date()
    if not isinstance(when, date):
        raise TypeError(f"a date or an aware datetime is needed, not {when!r}")
    return when


def _pattern(when: date | datetime, pattern: str) -> str:
    return _formatted(calendar_day(when), pattern)


# A month's page writes each of its days some ten times, and Babel reads the pattern every time.
@lru_cache(maxsize=4096)
def _formatted(day: date, pattern: str) -> str:
    """Format with Babel, which writes "1 septembre" where French says "1er"."""
    if day.day == 1:
        pattern = re.sub(r"\bd\b", "d'er'", pattern)
    return format_date(day, pattern, locale=_LOCALE)


def day_long(when: date | datetime) -> str:
    """`mardi 24 novembre 2026`, `mardi 1er septembre 2026`."""
    return _pattern(when, "EEEE d MMMM y")


def day_long_html(when: date | datetime) -> Markup:
    """The same with a raised `er`."""
    return raised(day_long(when))


def day_name(when: date | datetime) -> str:
    """`mardi 24 novembre`, for a day whose year is known from the page."""
    return _pattern(when, "EEEE d MMMM")


def day_name_html(when: date | datetime) -> Markup:
    return raised(day_name(when))


def day_short(when: date | datetime) -> str:
    """`mar. 24 nov.`"""
    return _pattern(when, "EEE d MMM")


def day_of_week_short(when: date | datetime) -> str:
    """`mar.`"""
    return _pattern(when, "EEE")


def day_numeric(when: date | datetime) -> str:
    """`24/11/2026`."""
    return _pattern(when, "dd/MM/y")


def day_number(when: date | datetime) -> str:
    """`24`, `1er`: the number of a day in a calendar."""
    return _pattern(when, "d")


def day_compact(when: date | datetime, now: datetime) -> str:
    """`23 janv.`, with the year when the day is more than half a year away."""
    day = calendar_day(when)
    far = abs(day - calendar_day(now)) > _YEAR_IS_OBVIOUS
    return _pattern(day, "d MMM y" if far else "d MMM")


def raised(text: str) -> Markup:
    """Any text with its `1er` raised; the text itself is escaped."""
    escaped = str(Markup.escape(text))
    return Markup(re.sub(r"\b1er\b", "1<sup>er</sup>", escaped))  # noqa: S704 (escaped above)


def hour(instant: datetime) -> str:
    """`7 h 30`, `10 h`; the spaces do not break."""
    return clock(in_paris(instant).time())


def clock(at: time) -> str:
    """The same for an hour of the wall clock in France."""
    minutes = f"{NBSP}{at.minute:02d}" if at.minute else ""
    return f"{at.hour}{NBSP}h{minutes}"


def clock_range(start: time, end: time) -> str:
    return f"{clock(start)} – {clock(end)}"


def hour_range(start: datetime, end: datetime) -> str:
    """`11 h 30 – 13 h 30`."""
    return f"{hour(start)} – {hour(end)}"


def _part_of_today(instant: datetime, now: datetime) -> str:
    """Parts of the day are for what is past: what is still to come is "aujourd’hui"."""
    if instant > now:
        return "aujourd’hui"
    local = in_paris(instant)
    for end, words in ((5, "cette nuit"), (12, "ce matin"), (18, "cet après-midi")):
        if local.hour < end:
            return words
    return "ce soir"


def moment(instant: datetime, now: datetime) -> str:
    """When something happened or will: `ce matin, 7 h 02`, `hier, 21 h 14`, `demain, 10 h`.

    Within six days the day of the week, further away the compact date.
    """
    distance = _days_between(instant, now)
    near = {-1: "hier", 0: _part_of_today(in_paris(instant), in_paris(now)), 1: "demain"}
    if distance in near:
        return f"{near[distance]}, {hour(instant)}"
    if abs(distance) < 7:
        return f"{day_name(instant)}, {hour(instant)}"
    return f"{day_compact(instant, now)}, {hour(instant)}"


def full_moment(instant: datetime) -> str:
    """`mercredi 25 novembre, 10 h`: a cut-off, said exactly."""
    return f"{day_name(instant)}, {hour(instant)}"


def day_distance(when: date | datetime, now: datetime) -> str:
    """`aujourd’hui`, `demain`, `hier`, `dans 3 jours`, `il y a 12 jours`."""
    distance = _days_between(when, now)
    words = {-1: "hier", 0: "aujourd’hui", 1: "demain"}
    if distance in words:
        return words[distance]
    return f"dans {distance}{NBSP}jours" if distance > 0 else f"il y a {-distance}{NBSP}jours"


def deadline(when: date | datetime, now: datetime) -> str:
    """`dans 3 jours` within a week and when late, else `23 janv.`."""
    return day_distance(when, now) if _days_between(when, now) <= 7 else day_compact(when, now)


def _days_between(when: date | datetime, now: datetime) -> int:
    return (calendar_day(when) - in_paris(now).date()).days


def month_title(month: date | str) -> str:
    """`Novembre 2026`, from a day of that month or from "2026-11"."""
    first = date.fromisoformat(f"{month}-01") if isinstance(month, str) else calendar_day(month)
    return sentence(format_date(first, "MMMM y", locale=_LOCALE))


def file_size(count: int) -> str:
    """Bytes as people say them: `12 Ko`, `1,4 Mo`."""
    if count < 1024 * 1024:
        return f"{number(max(1, round(count / 1024)))}{NBSP}Ko"
    return f"{count / 1024 / 1024:.1f}".replace(".", ",") + f"{NBSP}Mo"


def number(value: int | Decimal) -> str:
    """`1 234`, thousands by a narrow space, minus as a true minus."""
    size: int | Decimal = -value if value < 0 else value
    text = format_decimal(size, locale=_LOCALE).replace(NBSP, NARROW)
    return f"{MINUS}{text}" if value < 0 else text


def euros(cents: int) -> str:
    """`1 234,50 €` from integer cents. Raises TypeError on anything but an int."""
    if not isinstance(cents, int) or isinstance(cents, bool):
        raise TypeError(f"an amount is an integer of cents, not {cents!r}")
    whole, rest = divmod(abs(cents), 100)
    sign = MINUS if cents < 0 else ""
    return f"{sign}{number(whole)},{rest:02d}{NBSP}€"


def age(birth: date, on: date | datetime) -> str:
    """`7 ans`, `1 an`; in months before the first birthday. Raises ValueError before birth."""
    today = calendar_day(on)
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if months < 0:
        raise ValueError("an age needs a day after birth")
    if months < 12:
        return f"{months}{NBSP}mois" if months else "moins d’un mois"
    return plural(months // 12, "an")


def plural(count: int, singular: str, many: str | None = None) -> str:
    """`1 demande`, `3 demandes`; zero is singular in French."""
    return f"{number(count)}{NBSP}{plural_word(count, singular, many)}"


def plural_word(count: int, singular: str, many: str | None = None) -> str:
    """The word alone, for a sentence that says the number itself."""
    return singular if abs(count) < 2 else (many if many is not None else f"{singular}s")


def join(items: Sequence[object], last: str = "et") -> str:
    """`Camille et Sacha`, `Lou, Noé et Ana`."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def of(name: str) -> str:
    """`de Lou`, `d’Ana`, `d’Élise`: elision before a vowel (an h is left alone)."""
    return f"d’{name}" if name[:1].lower() in "aeiouàâäéèêëîïôöùûüœæ" and name else f"de {name}"


def sentence(text: str) -> str:
    """A capital at the start; the rest is kept, unlike Jinja's `capitalize`."""
    return _first(text, str.upper)


def uncapitalise(text: str) -> str:
    """A small letter at the start, to go on with a sentence; initials such as "QF" are kept."""
    return text if text[1:2].isupper() else _first(text, str.lower)


def _first(text: str, change: Callable[[str], str]) -> str:
    changed = change(text[:1]) + text[1:]
    return Markup(changed) if isinstance(text, Markup) else changed  # noqa: S704 (was safe before)


_SPACES: Final = (
    (re.compile(r"[ \u00a0\u202f]+(?=[;!?])"), NARROW),
    (re.compile(r"[ \u00a0\u202f]+(?=[:»])"), NBSP),
    (re.compile(r"(?<=«)[ \u00a0\u202f]*"), NBSP),
    (re.compile(r"(?<=\d)[ \u00a0\u202f]+(?=[€%])"), NBSP),
)
_SPACED: Final = frozenset(";!?:»«€%")


def narrow_spaces(text: str) -> str:
    """Spaces that do not break before ; ! ? : » and after «, where a space was typed.

    None is added where none was: an address or an hour such as 10:30 must not change.
    """
    changed = str(text)
    # Most texts have none of them, and a month's cells are hundreds.
    for pattern, space in () if _SPACED.isdisjoint(changed) else _SPACES:
        changed = pattern.sub(space, changed)
    return Markup(changed) if isinstance(text, Markup) else changed  # noqa: S704 (was safe before)


def phone_address(shown: str) -> str:
    """The digits of a phone number, for a `tel:` link."""
    return re.sub(r"[^0-9+]", "", shown)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    filter_.__name__: filter_
    for filter_ in (
        clock,
        clock_range,
        file_size,
        day_long,
        day_long_html,
        day_name,
        day_name_html,
        day_short,
        day_of_week_short,
        day_numeric,
        day_number,
        raised,
        day_compact,
        day_distance,
        deadline,
        hour,
        moment,
        full_moment,
        month_title,
        number,
        euros,
        age,
        plural,
        plural_word,
        of,
        sentence,
        uncapitalise,
        narrow_spaces,
        phone_address,
    )
} | {"join_french": join}
