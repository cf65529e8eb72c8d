"""What a bank's file says was received: CSV as French banks export it, or ISO 20022 camt.053."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from lxml import etree

MOST_LINES = 5000


class UnreadableFile(ValueError):
    """The file is not what a bank gives; the text is French and says what is wrong."""


@dataclass(frozen=True)
class BankLine:
    """Money that came in, in cents."""

    booked_on: date
    amount_cents: int
    label: str
    reference: str
    twin: int = 0
    """How many lines before it in its file say exactly the same: two may be two payments."""

    @property
    def fingerprint(self) -> str:
        """The same line of another file has the same one."""
        said = f"{self.booked_on}|{self.amount_cents}|{self.label}|{self.reference}"
        return sha256((f"{said}|{self.twin}" if self.twin else said).encode()).hexdigest()


def read_bank_file(content: bytes) -> list[BankLine]:
    """Credits only: what went out is not of families. Raises UnreadableFile."""
    read = _camt if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else _csv
    lines = [line for line in read(content) if line.amount_cents > 0]
    if len(lines) > MOST_LINES:
        raise UnreadableFile(f"Le fichier dépasse {MOST_LINES} lignes : découpez-le.")
    return _told_apart(lines)


def _told_apart(lines: list[BankLine]) -> list[BankLine]:
    met: Counter[BankLine] = Counter()
    found = []
    for line in lines:
        found.append(replace(line, twin=met[line]))
        met[line] += 1
    return found


def _csv(content: bytes) -> Iterator[BankLine]:
    text = _decoded(content)
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    names = {_plain(name): name for name in rows.fieldnames or ()}
    wanted = [
        _column(names, *choices) for choices in (("date",), ("libelle",), ("credit", "montant"))
    ]
    for number, row in enumerate(rows, 2):
        try:
            day = datetime.strptime((row[wanted[0]] or "").strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day
            cents = _cents(row[wanted[2]] or "0")
        except (ValueError, InvalidOperation):
            raise UnreadableFile(f"Ligne {number} : date ou montant illisible.") from None
        yield BankLine(day, cents, " ".join((row[wanted[1]] or "").split())[:300], "")


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("Le fichier n’est pas du texte.")


def _plain(name: str) -> str:
    return name.strip().lower().replace("é", "e").replace("è", "e")


def _column(names: dict[str, str], *choices: str) -> str:
    """The first heading that begins with one of the words."""
    for choice in choices:
        for plain, name in names.items():
            if plain.startswith(choice):
                return name
    raise UnreadableFile(
        f"Aucune colonne « {choices[0]} » : il faut date, libellé, crédit, séparés par « ; »."
    )


def _cents(text: str) -> int:
    number = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    return int((Decimal(number or "0") * 100).to_integral_exact())


def _camt(content: bytes) -> Iterator[BankLine]:
    # No entity, no DTD, nothing fetched: the file comes from outside.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise UnreadableFile("Le fichier XML n’est pas bien formé.") from None
    if "camt.053" not in str(etree.QName(root).namespace):
        raise UnreadableFile("Ce fichier XML n’est pas un relevé camt.053.")
    for entry in root.iterfind(".//{*}Stmt/{*}Ntry"):
        if _is_received(entry):
            yield from _entry(entry)


def _is_received(entry: "etree._Element") -> bool:
    """A credit that is booked and is no reversal of a debit."""
    status = entry.findtext("{*}Sts/{*}Cd") or (entry.findtext("{*}Sts") or "").strip() or "BOOK"
    credit = entry.findtext("{*}CdtDbtInd") == "CRDT"
    return credit and status == "BOOK" and entry.findtext("{*}RvslInd") != "true"


def _entry(entry: "etree._Element") -> Iterator[BankLine]:
    """The transfers that the bank booked together, one by one when it says how much each was."""
    total = _amount(entry.find("{*}Amt"))
    day = entry.findtext("{*}BookgDt/{*}Dt") or (entry.findtext("{*}BookgDt/{*}DtTm") or "")[:10]
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    amounts = [detail.find("{*}AmtDtls/{*}TxAmt/{*}Amt") for detail in details]
    amounts = [
        detail.find("{*}Amt") if amount is None else amount
        for detail, amount in zip(details, amounts, strict=True)
    ]
    if len(details) > 1 and None not in amounts:
        parts = [_amount(amount) for amount in amounts]
        if sum(parts) == total:
            for detail, cents in zip(details, parts, strict=True):
                yield _line(day, cents, detail)
            return
    yield _line(day, total, entry)


def _amount(amount: "etree._Element | None") -> int:
    if amount is None or amount.get("Ccy") != "EUR":
        raise UnreadableFile("Une écriture n’est pas en euros.")
    try:
        return _cents(amount.text or "")
    except InvalidOperation:
        raise UnreadableFile("Une écriture a un montant illisible.") from None


def _line(day: str, cents: int, said_in: "etree._Element") -> BankLine:
    said = [
        *said_in.iterfind(".//{*}RmtInf/{*}Ustrd"),
        *said_in.iterfind(".//{*}RltdPties/{*}Dbtr//{*}Nm"),
    ]
    label = " ".join(" ".join((element.text or "").split()) for element in said)
    reference = (
        said_in.findtext(".//{*}Refs/{*}EndToEndId") or said_in.findtext("{*}AcctSvcrRef") or ""
    )
    try:
        return BankLine(date.fromisoformat(day), cents, label[:300], reference[:60])
    except ValueError:
        raise UnreadableFile("Une écriture a une date illisible.") from None
