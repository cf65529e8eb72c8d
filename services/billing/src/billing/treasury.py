"""Files for the public accountant: tables, and a revenue roll in XML of a schema of ours.

The official PES V2 schemas are the DGFiP's and are not at hand: this roll says the same things
(debtor, piece, lines by nature, dates) in names of ours, is validated against `treasury.xsd` before
it leaves, and must be mapped by the accountant's own software. It is not PES V2.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from chassis.spreadsheets import Cents

SCHEMA = Path(__file__).with_name("treasury.xsd")
NAMESPACE = "urn:portail-familles:role-de-recettes:1"

RUN_HEADINGS = (
    *("Numéro", "Émise le", "Échéance", "Période", "Référence famille", "Débiteur"),
    *("Total", "dont garde", "dont repas"),
)
LEDGER_HEADINGS = ("Date", "Écriture", "Nature", "Compte", "Pièce", "Famille", "Débit", "Crédit")


def run_table(rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [
        (
            *(row.number, row.issued_on, row.due_on, row.period),
            *(row.debtor.get("reference", ""), row.debtor.get("name") or ""),
            *(Cents(row.total_cents), Cents(row.care_cents), Cents(row.food_cents)),
        )
        for row in rows
    ]


def ledger_table(rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [
        (
            *(row.occurred_on, str(row.posting_id), row.kind, row.account, row.piece),
            row.reference,
            Cents(max(row.amount_cents, 0)),
            Cents(max(-row.amount_cents, 0)),
        )
        for row in rows
    ]


class NotValid(RuntimeError):
    """The roll that was made does not follow its schema: it must not leave."""


def roll(office: str, label: str, period: str, rows: Sequence[Any]) -> bytes:
    """The revenue roll of a run. Raises NotValid."""
    root = etree.Element(
        _name("role"), {"regie": office, "periode": period}, nsmap={None: NAMESPACE}
    )
    _text(root, "libelle", label)
    for row in rows:
        _piece(root, row)
    total = sum(row.total_cents for row in rows)
    etree.SubElement(root, _name("total"), {"pieces": str(len(rows)), "centimes": str(total)})
    if not _schema().validate(root):
        raise NotValid(str(_schema().error_log.last_error))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _piece(root: "etree._Element", row: Any) -> None:
    piece = etree.SubElement(
        root,
        _name("piece"),
        {
            "numero": row.number,
            "emission": row.issued_on.isoformat(),
            "echeance": row.due_on.isoformat(),
            "centimes": str(row.total_cents),
        },
    )
    debtor = etree.SubElement(
        piece, _name("debiteur"), {"reference": row.debtor.get("reference") or "-"}
    )
    _text(debtor, "nom", row.debtor.get("name") or "-")
    for line in row.debtor.get("address") or ():
        _text(debtor, "adresse", line)
    for nature, cents in (("garde", row.care_cents), ("repas", row.food_cents)):
        if cents:
            attributes = {"nature": nature, "centimes": str(cents)}
            etree.SubElement(piece, _name("ligne"), attributes)


def _text(parent: "etree._Element", tag: str, words: str) -> None:
    etree.SubElement(parent, _name(tag)).text = words


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))
