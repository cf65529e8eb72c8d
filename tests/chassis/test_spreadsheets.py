"""Tables that a French spreadsheet opens, and in which no name is a formula."""

import io
from datetime import date

import odfdo
import pytest

from chassis.spreadsheets import Cents, csv_table, harmless, ods_table

HEAD = ("Nom", "Né le", "Nombre")
ROWS = [["=cmd|' /C calc'!A0", date(2019, 5, 4), 3], ["Zoé; « x »", None, 0]]


def test_csv_has_its_mark_semicolons_and_no_formula() -> None:
    page = csv_table(HEAD, ROWS)
    assert page.startswith(b"\xef\xbb\xbf")
    assert page.decode("utf-8-sig").splitlines() == [
        "Nom;Né le;Nombre",
        "'=cmd|' /C calc'!A0;04/05/2019;3",
        '"Zoé; « x »";;0',
    ]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", " =", "\n+"])
def test_whatever_begins_a_formula_is_made_text(begins: str) -> None:
    assert harmless(f"{begins}1+1").startswith("'")
    assert harmless("Le Guen") == "Le Guen"


def test_ods_keeps_numbers_days_and_text_as_what_they_are() -> None:
    document = odfdo.Document(io.BytesIO(ods_table("Pointage", HEAD, ROWS)))
    sheet = document.body.get_table(0)
    assert sheet.name == "Pointage"
    assert sheet.get_values()[0] == list(HEAD)
    assert sheet.get_cell((0, 1)).type == "string"
    assert sheet.get_cell((0, 1)).formula is None
    assert sheet.get_cell((1, 1)).type == "date"
    assert sheet.get_value((2, 1)) == 3


def test_amounts_are_euros_and_stay_amounts() -> None:
    rows = [[Cents(123450)], [Cents(-5)]]
    assert csv_table(["Montant"], rows).decode("utf-8-sig").split() == [
        "Montant",
        "1234,50",
        "-0,05",
    ]
    sheet = odfdo.Document(io.BytesIO(ods_table("Journal", ["Montant"], rows))).body.get_table(0)
    cell = sheet.get_cell((0, 1))
    assert (cell.type, cell.currency) == ("currency", "EUR")
    assert float(sheet.get_value((0, 2))) == -0.05
