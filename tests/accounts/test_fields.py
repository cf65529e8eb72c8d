"""Every field of a file meets what people type: right, wrong, hostile, out of range."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain import fields
from accounts.domain.fields import Field, Widget
from accounts.domain.quotient import QuotientPeriod, with_quotient
from accounts.domain.texts import WrongValue

pytestmark = pytest.mark.disable_socket

TODAY = date(2026, 11, 24)
FORMS = {
    "family": fields.FAMILY,
    "guardian": fields.GUARDIAN,
    "contact": fields.CONTACT,
    "quotient": fields.QUOTIENT,
    "child": fields.CHILD,
    "leaving alone": fields.LEAVING_ALONE,
}
EVERY = [(form, one) for form, declared in FORMS.items() for one in declared]
GOOD = {
    "benefit_number": "1234567",
    "postcode": "38110",
    "mobile_phone": "06 12 34 56 78",
    "home_phone": "0474334455",
    "work_phone": "+33 4 74 33 44 55",
    "phone": "06.12.34.56.78",
    "doctor_phone": "+41 79 123 45 67",
    "email": "camille.noisetier@Example.org",
    "value": "540",
    "from_age": "9",
    "from_time": "17h30",
    "born_on": "2019-03-02",
    "valid_from": "2026-01-01",
    "insurance_until": "2027-08-31",
}
HOSTILE = [
    "\x00",
    "Lou\x00",
    "Lou\x1b[31m",
    "Lou\u202egnp.exe",
    "Lou\u200b",
    "Lou 😀",
    "❤",
    "<script>alert(1)</script>",
    "\ud800",
    "a" * 5000,
    ["Lou"],
    {"a": "b"},
    1.5,
]


def _id(value: object) -> str:
    return value.name if isinstance(value, Field) else repr(value)[:20]


def good(one: Field) -> object:
    if one.widget is Widget.FLAG:
        return "true"
    if one.choices:
        return next(iter(one.choices))
    return GOOD.get(one.name, "Élodie")


@pytest.mark.parametrize(("form", "one"), EVERY, ids=_id)
def test_what_is_right_is_kept_and_shown(form, one):
    value = one.read(good(one), TODAY)
    assert value is not None
    assert one.shown(value)
    assert one.read(value, TODAY) == value, "what is kept can be sent again"


@pytest.mark.parametrize("typed", HOSTILE, ids=_id)
@pytest.mark.parametrize(("form", "one"), EVERY, ids=_id)
def test_what_is_hostile_is_refused_in_french(form, one, typed):
    with pytest.raises(WrongValue) as refused:
        one.read(typed, TODAY)
    words = str(refused.value)
    assert words.endswith(".")
    assert words[0].isupper() or words[0].isdigit()
    assert "Lou" not in words


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0", None], ids=_id)
@pytest.mark.parametrize(("form", "one"), EVERY, ids=_id)
def test_what_is_empty_is_nothing_unless_it_is_needed(form, one, typed):
    if one.widget is Widget.FLAG:
        assert typed in ("   ", "\u00a0") or one.read(typed, TODAY) is False
    elif one.required:
        with pytest.raises(WrongValue, match="obligatoire"):
            one.read(typed, TODAY)
    else:
        assert one.read(typed, TODAY) is None


@pytest.mark.parametrize("typed", ["Նարեկ", "李雷", "محمد", "Ελένη", "Zoé-Anaïs d’Ô"], ids=_id)
def test_names_of_every_script_are_names(typed):
    for one in fields.CHILD_IDENTITY[:2]:
        assert one.read(typed, TODAY) == typed


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("born_on", "2026-11-25", "futur"),
        ("born_on", "1989-12-31", "à partir du 01/01/1990"),
        ("born_on", "02/03/2019", "Une date comme"),
        ("born_on", "2019-02-30", "Une date comme"),
        ("born_on", "٢٠١٩-٠٣-٠٢", "Une date"),
        ("insurance_until", "2099-01-01", "avant le"),
        ("doctor_phone", "12", "dix chiffres"),
        ("doctor_phone", "06 12 34 56 7", "dix chiffres"),
        ("doctor_phone", "٠٦١٢٣٤٥٦٧٨", "dix chiffres"),
        ("school", "a" * 121, "120 caractères"),
        ("given_name", "1234", "au moins une lettre"),
        ("diet", "halal", "réponses proposées"),
    ],
)
def test_a_childs_field_says_what_is_wrong(name, typed, words):
    one = next(one for one in fields.CHILD if one.name == name)
    with pytest.raises(WrongValue, match=words):
        one.read(typed, TODAY)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("postcode", "3811"),
        ("postcode", "٣٨١١٠"),
        ("email", "camille"),
        ("email", "camille@localhost"),
        ("email", "a@b.fr, c@d.fr"),
        ("email", "camille@exemple..fr"),
        ("email", "x" * 250 + "@exemple.fr"),
    ],
)
def test_a_guardians_field_says_what_is_wrong(name, typed):
    one = next(one for one in fields.GUARDIAN if one.name == name)
    with pytest.raises(WrongValue):
        one.read(typed, TODAY)


@pytest.mark.parametrize("typed", ["25:00", "17:60", "midi", "17:30:00", "-1:00", "1７:30"])
def test_an_hour_is_an_hour(typed):
    with pytest.raises(WrongValue, match="heure"):
        fields.LEAVING_ALONE[2].read(typed, TODAY)


@pytest.mark.parametrize("typed", ["-1", "100001", "12,5", "1e3", "٥٤٠", "five"])
def test_a_quotient_is_whole_euros(typed):
    with pytest.raises(WrongValue, match="nombre entier"):
        fields.QUOTIENT[0].read(typed, TODAY)


@given(st.text(max_size=300) | st.integers() | st.booleans() | st.none())
def test_no_text_does_more_than_be_kept_or_refused(typed):
    for _, one in EVERY:
        try:
            value = one.read(typed, TODAY)
        except WrongValue:
            continue
        assert value is None or isinstance(value, str | bool | int)
        assert "\x00" not in str(value)


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(DAYS, st.integers(0, 2000)), min_size=1, max_size=6), DAYS)
def test_a_new_quotient_never_changes_an_earlier_day(added, day):
    periods: tuple[QuotientPeriod, ...] = ()
    for starts, value in added[:-1]:
        periods = with_quotient(periods, starts, value)
    starts, value = added[-1]
    after = with_quotient(periods, starts, value)

    def on(known, asked):
        return next((one.value for one in known if one.holds_on(asked)), None)

    if day < starts:
        assert on(after, day) == on(periods, day)
    assert on(after, starts) == value
    assert on(after, starts + timedelta(days=4000)) is not None
