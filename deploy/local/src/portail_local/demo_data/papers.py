"""Supporting documents of two families: one that ends soon, and one that waits for a decision."""

from datetime import date, timedelta
from typing import Any

from chassis.identifiers import new_id
from portail_contracts.catalogue import Context

from .doors import Caller, Doors
from .families import PASSWORD

_OBJECTS = (
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    "/Resources<</Font<</F1 5 0 R>>>>>>",
    "<</Length {length}>>stream\n{content}\nendstream",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
)
"""One page with a line of words: the demo needs no library for that."""


async def record(doors: Doors, secretariat: Caller, families: dict[str, Any], today: date) -> None:
    meleze = families["Mélèze"]
    await secretariat.send_file(
        Context.ACCOUNTS,
        f"/v1/staff/families/{meleze['family_id']}/documents",
        _form("insurance", today, meleze["children"][0]["child_id"]),
        *_paper("Attestation d'assurance, famille Mélèze, exemple"),
    )
    parent = await doors.sign_in("noisetier", PASSWORD, "family")
    await parent.send_file(
        Context.ACCOUNTS,
        "/v1/me/documents",
        _form("address", today - timedelta(days=12)),
        *_paper("Facture d'énergie, famille Noisetier, exemple"),
    )


def _form(kind: str, dated_on: date, child_id: str = "") -> dict[str, str]:
    return {
        "document_id": str(new_id()),
        "kind": kind,
        "child_id": child_id,
        "dated_on": dated_on.isoformat(),
    }


def _paper(words: str) -> tuple[str, bytes]:
    content = f"BT /F1 16 Tf 72 760 Td ({words}) Tj ET".encode("cp1252")
    made, offsets = b"%PDF-1.4\n", []
    for number, template in enumerate(_OBJECTS, start=1):
        filled = template.replace("{length}", str(len(content)))
        filled = filled.replace("{content}", content.decode("cp1252"))
        offsets.append(len(made))
        made += f"{number} 0 obj{filled}endobj\n".encode("cp1252")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(_OBJECTS) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {size}>>\n"
    return "justificatif.pdf", made + f"{end}startxref\n{len(made)}\n%%EOF\n".encode()
