"""Names of firms and dates as they are printed."""

import pytest

from recto.schemas.values.dates import date_of, date_text
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.names import name_text


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("KEDAI BESI MUAR SON, BHD.", "KEDAI BESI MUAR SDN, BHD."),
        ("Kedai Besi Muar Sdn Bnd", "Kedai Besi Muar Sdn Bhd"),
        ("KEDAI BESI MUAR SD BHD", "KEDAI BESI MUAR SDN BHD"),
        ("Kedai Besi Muar Sdn Bhd(728384-M)", "Kedai Besi Muar Sdn Bhd"),
    ],
)
def test_the_form_of_a_firm_is_spelled_as_the_law_spells_it(raw: str, name: str):
    assert name_text(raw) == name


@pytest.mark.parametrize("name", ["The Sun Bhd", "Smith & Son Ltd", "Hai-O Raya Bhd", "Foo Pte Ltd", "MUAR SDN. BHD."])
def test_another_form_of_a_firm_is_left_as_it_is(name: str):
    assert name_text(name) == name


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Date:11/03/18", "11/03/18"),
        ("21/05/2018Time:", "21/05/2018"),
        ("NO/DATE:K074-001096(06/12/2016)", "06/12/2016"),
        ("27 Mar 2018", "27 Mar 2018"),
        ("Mon, 27 Mar 2018", "Mon, 27 Mar 2018"),
    ],
)
def test_what_is_glued_to_a_date_is_no_part_of_it(raw: str, text: str):
    assert date_text(raw) == text


def test_a_day_run_together_is_open_where_two_readings_are_days():
    nothing = Evidence.of(())
    assert str(date_of("25032018", nothing).value) == "2018-03-25"
    assert date_of("05032018", nothing).value is None
