"""Values known as strings find their words."""

from recto.document.box import Box
from recto.document.page import Word
from recto.training.align import align, bare, same
from recto.training.totals import amount, total_words


def texts(line: str) -> list[str]:
    return line.split()


def words(*lines: str) -> tuple[Word, ...]:
    return tuple(
        Word(text, Box(0.1 * at, 0.1 * row, 0.1 * at + 0.08, 0.1 * row + 0.05), line=row)
        for row, line in enumerate(lines)
        for at, text in enumerate(line.split())
    )


def test_a_value_over_two_lines_is_found_whole():
    given = texts("ABC MART 12, JALAN BESAR 81100 JOHOR BAHRU TEL 07-123")
    found = align("12, JALAN BESAR, 81100 JOHOR BAHRU", given)
    assert found is not None
    assert [given[i] for i in found.words] == texts("12, JALAN BESAR 81100 JOHOR BAHRU")
    assert found.exact


def test_a_typing_error_does_not_hide_a_value():
    found = align("BOOK TAK SDN BHD", texts("TAN WOON BOOK TAK SDN BND 789417-W"))
    assert found is not None
    assert found.words == (2, 3, 4, 5)
    assert not found.exact


def test_a_registration_number_between_the_parts_is_left_out():
    given = texts("AEON CO. (M) (126926-H) BHD JALAN")
    found = align("AEON CO. (M) BHD", given)
    assert found is not None
    assert [given[i] for i in found.words] == texts("AEON CO. (M) BHD")


def test_what_is_not_there_is_not_found():
    assert align("PASAR MINI", texts("TAN WOON YANN 9.00")) is None
    assert align("", texts("TAN")) is None


def test_only_letters_and_digits_are_compared():
    assert bare("No. 53, Jln-Sagu") == "NO53JLNSAGU"
    assert same("25/12/2018", "25-12-2018")


def test_the_total_is_taken_beside_its_caption_and_not_beside_cash():
    paper = words("SUBTOTAL 9.00", "TOTAL 9.00", "CASH 9.00", "CHANGE 0.00")
    assert total_words("9.00", paper) == [(3,)]


def test_the_currency_before_a_total_belongs_to_it():
    assert total_words("$42.90", words("TOTAL RM 42.90")) == [(1, 2)]


def test_amounts_are_read_with_commas_and_currency():
    assert amount("RM1,007.50") == 1007.5
    assert amount("TOTAL") is None
