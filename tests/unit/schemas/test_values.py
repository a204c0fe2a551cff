"""Money and dates as twenty locales write them are never read as another value in silence."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from recto.schemas.values import canonical, restored
from recto.schemas.values.dates import date_of, date_within, day_misread, time_of
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.ids import (
    account_of,
    card_of,
    is_card,
    is_ein,
    is_iban,
    is_routing,
    is_ssn,
    phone_of,
    routing_of,
    tin_of,
)
from recto.schemas.values.money import money_of, unit_price_of
from recto.schemas.values.numbers import boolean_of, number_of, percentage_of, quantity_of
from recto.schemas.values.spelled import amount_in_words

LOCALES = (
    *(
        "en_US",
        "en_GB",
        "en_IN",
        "en_CA",
        "en_AU",
        "fr_FR",
        "fr_CA",
        "de_DE",
        "de_CH",
        "de_AT",
        "es_ES",
        "es_MX",
        "it_IT",
    ),
    *(
        "nl_NL",
        "pt_BR",
        "pt_PT",
        "pl_PL",
        "sv_SE",
        "da_DK",
        "nb_NO",
        "fi_FI",
        "cs_CZ",
        "ja_JP",
        "zh_CN",
        "ms_MY",
        "tr_TR",
    ),
    *("hu_HU", "ar_EG"),
)
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "MYR", "KWD", "INR", "CHF", "SEK", "BRL")
SILENT = Evidence()

cents = st.integers(-(10**10), 10**10).map(lambda n: Decimal(n) / 100)
days = st.dates(date(1999, 1, 1), date.today() + timedelta(365))
locales = st.sampled_from(LOCALES)


def honest(parsed, truth):
    """Right, or said to be open with the truth among the readings, or not read at all."""
    if parsed.value is None:
        return not parsed.alternatives or canonical(truth) in parsed.alternatives
    return parsed.value == truth or canonical(truth) in parsed.alternatives


@settings(max_examples=600, deadline=None)
@given(cents, st.sampled_from(CURRENCIES), locales)
def test_money_of_any_locale_alone_is_never_another_amount_in_silence(amount, currency, locale):
    digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
    truth = amount.quantize(Decimal(1).scaleb(-digits))
    parsed = money_of(format_currency(truth, currency, locale=locale), SILENT)
    assert honest(parsed, truth if digits > 2 else truth.quantize(Decimal("0.01")))


@settings(max_examples=300, deadline=None)
@given(st.lists(cents, min_size=3, max_size=8), st.sampled_from(CURRENCIES), locales)
def test_money_on_a_document_of_its_locale_is_never_another_amount_in_silence(amounts, currency, locale):
    digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
    truths = [amount.quantize(Decimal(1).scaleb(-digits)) for amount in amounts]
    texts = [format_currency(truth, currency, locale=locale) for truth in truths]
    evidence = Evidence.of_texts(texts)
    for text, truth in zip(texts, truths, strict=True):
        assert honest(money_of(text, evidence), truth if digits > 2 else truth.quantize(Decimal("0.01")))


@settings(max_examples=300, deadline=None)
@given(st.lists(cents, min_size=1, max_size=6), locales)
def test_bare_amounts_with_their_cents_are_read(amounts, locale):
    texts = [format_decimal(amount, "#,##0.00", locale=locale) for amount in amounts]
    evidence = Evidence.of_texts(texts)
    for text, amount in zip(texts, amounts, strict=True):
        parsed = money_of(text, evidence)
        assert honest(parsed, amount.quantize(Decimal("0.01")))
        assert parsed.value is not None or parsed.alternatives


@settings(max_examples=600, deadline=None)
@given(days, st.sampled_from(("short", "medium", "long")), locales)
def test_a_date_of_any_locale_alone_is_never_another_day_in_silence(day, width, locale):
    assert honest(date_of(format_date(day, width, locale=locale), SILENT), day)


@settings(max_examples=300, deadline=None)
@given(st.lists(days, min_size=2, max_size=6), st.sampled_from(("short", "medium", "long")), locales)
def test_dates_on_a_document_of_their_locale_are_never_other_days_in_silence(written, width, locale):
    texts = [format_date(day, width, locale=locale) for day in written]
    evidence = Evidence.of_texts(texts)
    for text, day in zip(texts, written, strict=True):
        assert honest(date_of(text, evidence), day)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2) | st.dates() | st.times() | st.booleans() | st.text()
)
def test_canonical_text_keeps_every_value(value):
    type_ = {Decimal: "money", bool: "boolean", str: "text"}.get(type(value), type(value).__name__)
    assert restored(type_, canonical(value)) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("RM 9.00", "9.00"),
        ("9. 00", "9.00"),
        ("9,00", "9.00"),
        ("$2.400", "2400.00"),
        ("l2.5O", "12.50"),
        ("$ 5O.00", "50.00"),
        ("$ O", "0.00"),
        ("(1,234.50)", "-1234.50"),
        ("5.00-", "-5.00"),
        ("1'234.50", "1234.50"),
        ("1.234,56 €", "1234.56"),
        ("12,34,567.89", "1234567.89"),
        ("JPY 1,234", "1234.00"),
        ("Rp 10.000", "10000.00"),
        ("TOTAL 9.00", "9.00"),
    ],
)
def test_amounts_and_their_certain_slips_are_mended_in_the_value(raw, value):
    parsed = money_of(raw, SILENT)
    assert (canonical(parsed.value), parsed.alternatives) == (value, ())


@pytest.mark.parametrize("raw", ["1,234", "1.234", "KWD 1.234"])
def test_an_amount_that_could_be_two_has_both_readings_and_no_value(raw):
    parsed = money_of(raw, SILENT)
    assert (parsed.value, set(parsed.alternatives)) == (None, {"1234.00", "1.234"})


@pytest.mark.parametrize("raw", ["ABC", "SOLD", "", "--", "1.2.3.4", "12/34"])
def test_what_is_no_amount_has_no_value(raw):
    parsed = money_of(raw, SILENT)
    assert parsed.value is None or parsed.alternatives


def test_the_document_settles_what_an_amount_leaves_open():
    assert money_of("1.234", Evidence.of_texts(["Summe 12,50", "MwSt 3,90"])).value == Decimal(1234)
    assert unit_price_of("1.459", Evidence.of_texts(["TOTAL 50.00", "12.50"])).value == Decimal("1.459")


@pytest.mark.parametrize("raw", [".07/14/2025", "07./14/2025", "'07/14/2025"])
def test_a_speck_beside_a_date_is_no_part_of_it(raw):
    assert date_of(raw, Evidence()).value == date(2025, 7, 14)


def test_the_other_dates_settle_the_order_of_day_and_month():
    assert date_of("03/04/2018", SILENT).alternatives == ("2018-04-03", "2018-03-04")
    assert date_of("03/04/2018", Evidence.of_texts(["25/12/2018"])).value == date(2018, 4, 3)
    assert date_of("03/04/2018", Evidence.of_texts(["12/25/2018"])).value == date(2018, 3, 4)
    assert date_of("03/04/2018", Evidence.of_texts(["ABC SDN BHD"])).value == date(2018, 4, 3)
    assert date_of("03/04/2018", Evidence.of_texts(["Springfield, IL 62701"])).value == date(2018, 3, 4)


@pytest.mark.parametrize("number", ["1300-13-1300", "11-22-31", "12.31.00", "1-300-80"])
def test_a_telephone_number_or_a_time_says_nothing_of_the_order_of_dates(number):
    assert Evidence.of_texts([number, "KL SDN BHD"]).order == "dmy"
    assert Evidence.of_texts([number]).order is None


def test_a_date_with_its_year_in_front_says_of_others_only_what_the_country_does_not():
    assert Evidence.of_texts(["2018-04-06", "Johor"]).order == "dmy"
    assert Evidence.of_texts(["2018-04-06", "Springfield, IL 62701"]).order == "mdy"
    assert Evidence.of_texts(["2018-04-06"]).order == "ymd"


def test_where_a_tax_is_levied_that_america_does_not_know_the_day_stands_first():
    assert Evidence.of_texts(["GST 6% 1.28"]).order == "dmy"
    assert Evidence.of_texts(["GST 5% 1.28", "PST 7% 1.79"]).order is None
    assert Evidence.of_texts(["TAX 6% 1.28"]).order is None


@pytest.mark.parametrize("raw", ["rm4.00", "RM4.00", "Rm 4.00", "4.00myr", "RP4.00", "eur 4.00", "usd-4.00"])
def test_letters_of_a_currency_are_known_in_any_case_beside_their_amount(raw):
    found = money_of(raw, SILENT)
    assert abs(found.value) == Decimal("4.00") and found.currency in ("MYR", "IDR", "EUR", "USD")


@pytest.mark.parametrize("raw", ["f12.00", "RN12.00", "EM-12.00", "12.00SR", "12.00E", "f12.00T", "R112.00"])
def test_letters_that_are_stuck_to_an_amount_take_no_digit_of_it(raw):
    assert abs(money_of(raw, SILENT).value) in (Decimal("12.00"), Decimal("112.00"))


def test_a_code_that_noughts_lead_is_no_amount():
    assert money_of("009983", SILENT).value is None
    assert [money_of(raw, SILENT).value for raw in ("0", "00", "0012.50", "5")] == [0, 0, Decimal("12.50"), 5]


@pytest.mark.parametrize("word", ["RON 95", "BALL PEN 2.50", "HAIR GEL 9.90", "SDN BHD (123456-X)", "TOP 3"])
def test_a_word_that_is_a_code_of_some_currency_too_does_not_outvote_the_sign_of_the_prices(word):
    assert Evidence.of_texts([word, "TOTAL RM 9.90"]).currency == "MYR"
    assert Evidence.of_texts([word]).currency is None


def test_a_code_that_is_a_word_too_is_a_currency_where_it_stands_beside_the_amounts():
    assert Evidence.of_texts(["Paine 4,50 RON", "TOTAL 4,50 RON"]).currency == "RON"


@pytest.mark.parametrize("raw", ["2S/12/2O18", "25/12/201812:33", "DATE: 25-12-2018", "25 DEC 2018", "2018. 12. 25."])
def test_dates_with_slips_or_company_are_read(raw):
    assert date_of(raw, SILENT).value == date(2018, 12, 25)


@pytest.mark.parametrize("raw", ["31/02/2018", "99/99/9999", "12.50", "2561"])
def test_what_is_no_day_has_no_value(raw):
    assert date_of(raw, SILENT).value is None


def test_a_day_without_its_year_falls_into_the_period():
    start, end = date(2023, 12, 20), date(2024, 1, 19)
    american = Evidence(order="mdy")
    assert date_within("12/28", start, end, american).value == date(2023, 12, 28)
    assert date_within("Jan 5", start, end, american).value == date(2024, 1, 5)


def test_times_are_understood():
    assert [canonical(time_of(raw).value) for raw in ("1:05 PM", "13:05:22", "12.30 am", "5PM")] == [
        "13:05:00",
        "13:05:22",
        "00:30:00",
        "17:00:00",
    ]


def test_quantities_keep_their_unit():
    parsed = quantity_of("1,5 kg", SILENT)
    assert (parsed.value, parsed.unit) == (Decimal("1.5"), "kg")
    assert quantity_of("x2", SILENT).value == Decimal(2)
    assert percentage_of("7,25%", SILENT).value == Decimal("7.25")
    assert number_of("1,234", SILENT).alternatives == ("1234", "1.234")


def test_checksums_hold_or_do_not():
    assert is_routing("121000358")
    assert not is_routing("121000359")
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE89370400440532013001")
    assert is_ssn("123-45-6789")
    assert not is_ssn("000-45-6789")
    assert is_ein("12-3456789")
    assert not is_ein("00-3456789")


def test_numbers_of_identity_take_their_printed_form():
    assert tin_of("12-3456789").value == "12-3456789"
    assert tin_of("123 45 6789").value == "123-45-6789"
    assert routing_of("⑆121000358⑆").value == "121000358"
    assert phone_of("Tel: 03-2078 1234", Evidence(country="MY")).value == "+60320781234"
    assert boolean_of("X").value is True


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("One thousand two hundred thirty-four and 50/100", "1234.50"),
        ("Fifty and no/100 dollars", "50"),
        ("two hundred dollars and five cents", "200.05"),
        ("Ninetv nine & 99/100", "99.99"),
        ("One million three hundred five thousand and 01/100", "1305000.01"),
    ],
)
def test_amounts_in_words(text, amount):
    assert amount_in_words(text) == Decimal(amount)


def test_words_that_are_no_amount_are_none():
    assert amount_in_words("pay the bearer") is None


@pytest.mark.parametrize("text", ["MAR 02'11", "02 MAR '11", "March 2nd, 2011", "2.Mar.2011"])
def test_a_date_with_its_month_in_letters_reads_one_way_however_it_is_set(text):
    assert date_of(text, Evidence.of(())).value == date(2011, 3, 2)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [("XXX00X4983", "XXXXXX4983"), ("*00*0*5269", "******5269"), ("x5388", "x5388"), ("00123456", "00123456")],
)
def test_signs_that_hide_an_account_and_were_read_as_zeros_hide_it_still(raw, meant):
    assert account_of(raw).value == meant


def test_zeros_that_are_shown_behind_what_is_hidden_are_shown():
    assert account_of("XXXX0012").value == "XXXX0012" and account_of("0X12").value == "0X12"
    assert card_of("XXXX XX0X XXXX 0705").value == "************0705"


AMERICAN = Evidence(order="mdy", country="US", currency="USD", decimal=".")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("09/84/26", 4),
        ("00/09/26", 9),
        ("Sep 38", 30),
        ("89/15", 15),
        ("0905", 5),
        ("Sap 05", 5),
        ("99/99", None),
        ("31/31", None),
    ],
)
def test_a_day_that_is_none_is_the_only_one_of_the_period_that_one_figure_or_letter_makes_of_it(raw, day):
    found = day_misread(raw, date(2026, 9, 1), date(2026, 9, 30), AMERICAN).value
    assert found == (None if day is None else date(2026, 9, day))


def test_a_misread_day_that_can_be_two_of_the_period_is_none():
    assert day_misread("Mat 05", date(2026, 3, 1), date(2026, 5, 31), AMERICAN).value is None
    assert day_misread("Mat 05", date(2026, 3, 1), date(2026, 4, 30), AMERICAN).value == date(2026, 3, 5)


@given(day=st.dates(date(2000, 1, 1), date(2040, 12, 31)), start=st.dates(date(2000, 1, 1), date(2040, 12, 1)))
def test_a_day_of_the_calendar_is_never_taken_for_another(day, start):
    for form in ("%m/%d", "%m/%d/%Y", "%m-%d-%y", "%b %d", "%B %d, %Y"):
        assert day_misread(day.strftime(form), start, start + timedelta(40), AMERICAN).value is None
