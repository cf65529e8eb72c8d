"""What the bank says was received, read once and matched as staff confirm."""

from billing.bank_files import read_bank_file

from .months import an_invoice, invoices_of

CAMT = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-24</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E1</EndToEndId></Refs>
<RmtInf><Ustrd>VIR {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<BookgDt><Dt>2026-11-24</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


async def test_a_bank_file_is_imported_once_and_matched_to_its_invoice(priced, cashier):
    family_id, invoice = await an_invoice(priced, cashier)
    content = CAMT.format(number=invoice["number"])
    seen = await priced.client.post("/v1/staff/bank-files", content=content, headers=cashier)
    (line,) = seen.json()["items"]
    assert (seen.json()["imported"], line["why"], line["number"]) == (
        1,
        "number",
        invoice["number"],
    )
    again = await priced.client.post("/v1/staff/bank-files", content=content, headers=cashier)
    assert (again.json()["imported"], again.json()["known_already"]) == (0, 1)
    address = f"/v1/staff/bank-lines/{line['bank_line_id']}/match"
    body = {"invoice_id": line["invoice_id"]}
    paid = [await priced.client.post(address, json=body, headers=cashier) for _ in range(2)]
    assert paid[0].json() == paid[1].json()
    assert (await invoices_of(priced, family_id))[0]["remaining_cents"] == 0


TOGETHER = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
{entries}</Stmt></BkToCstmrStmt></Document>"""
ENTRY = """<Ntry><Amt Ccy="EUR">{total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>
<BookgDt><Dt>2026-11-24</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"""
DETAIL = """<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">{cents}</Amt></TxAmt></AmtDtls>
<RmtInf><Ustrd>{said}</Ustrd></RmtInf></TxDtls>"""


def test_transfers_booked_together_are_read_one_by_one_and_twins_are_two():
    details = DETAIL.format(cents="20.00", said="VIR A") + DETAIL.format(
        cents="30.00", said="VIR B"
    )
    entries = [
        ENTRY.format(total="50.00", status="BOOK", details=details),
        # What does not add up stays whole; what is not booked yet is not money.
        ENTRY.format(total="51.00", status="BOOK", details=details),
        ENTRY.format(total="9.00", status="PDNG", details=""),
    ]
    lines = read_bank_file(TOGETHER.format(entries="".join(entries)).encode())
    assert [line.amount_cents for line in lines] == [2000, 3000, 5100]
    twins = b"Date;Libelle;Credit\n24/11/2026;VIR SEPA;30,00\n24/11/2026;VIR SEPA;30,00\n"
    first, again = read_bank_file(twins), read_bank_file(twins)
    assert len({line.fingerprint for line in first}) == 2
    assert first == again


async def test_a_french_csv_is_read_and_anything_else_is_told_what_is_wrong(priced, cashier):
    good = (
        "Date;Libellé;Débit;Crédit\r\n"
        "24/11/2026;VIR NOISETIER;;1 234,50\r\n"
        "24/11/2026;FRAIS;2,00;\r\n"
    )
    seen = await priced.client.post(
        "/v1/staff/bank-files", content=good.encode("cp1252"), headers=cashier
    )
    (line,) = seen.json()["items"]
    assert (line["amount_cents"], line["label"]) == (123450, "VIR NOISETIER")
    for bad in (
        b"a;b\r\n1;2\r\n",
        b"Date;Libelle;Credit\r\nhier;x;1\r\n",
        b"<x/>",
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        b"\x00\x01\xff",
        b"",
    ):
        answer = await priced.client.post("/v1/staff/bank-files", content=bad, headers=cashier)
        assert answer.status_code == 422, bad
        assert answer.json()["detail"]
