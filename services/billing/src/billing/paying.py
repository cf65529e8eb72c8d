"""The payment port: how a family may pay online, when the authority has a contract for it.

Off by default: the guide that families are handed says « Paiement en ligne : non disponible ». The
adapter speaks PayFiP's shape: an operation is created (`numcli`, `refdet`, cents, `objet`, `mel`,
mode), the family is sent to pay with its `idOp`, the treasury notifies, and only what its own
server answers when asked for the detail (P paid, R refused, A abandoned) counts.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, SecretStr

TIMEOUT = aiohttp.ClientTimeout(total=10)
LEAST_CENTS = 100
"""PayFiP takes nothing under one euro."""


class Outcome(StrEnum):
    """What the treasury says of an operation."""

    PAID = "P"
    REFUSED = "R"
    ABANDONED = "A"


class PaymentUnavailable(Exception):
    """Online payment is not set up, or the treasury's server did not answer."""


class NotPayable(ValueError):
    """The amount, the reference or the address does not fit what the treasury takes."""


@dataclass(frozen=True)
class Operation:
    """What is to be paid."""

    reference: str
    amount_cents: int
    subject: str
    email: str
    return_url: str
    """Where the family comes back to, whatever became of it."""


@dataclass(frozen=True)
class Detail:
    """What the treasury's own server answers about an operation."""

    id_op: str
    outcome: Outcome
    reference: str
    amount_cents: int


def plain_reference(number: str) -> str:
    """An invoice's number as the treasury takes it: letters and digits."""
    return re.sub(r"[^A-Za-z0-9]", "", number)


class PaymentPort(Protocol):
    """An online payment service."""

    async def begin(self, operation: Operation) -> tuple[str, str]:
        """(`idOp`, address to send the family to). Raises NotPayable, PaymentUnavailable."""

    async def detail(self, id_op: str) -> Detail:
        """Raises PaymentUnavailable."""


class PayfipSettings(BaseModel):
    """A contract with the DGFiP (`BILLING_PAYFIP__…`)."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    numcli: str = Field(pattern=r"^\d{6}$")
    """The authority's client number, six digits."""
    service_url: str
    """Where payments are begun and asked about."""
    payment_url: str
    """Where families are sent to pay."""
    mode: str = Field(default="W", pattern=r"^[TXW]$")
    """T test, X activation, W production."""
    token: SecretStr | None = None
    """A bearer token, when the service wants one."""


class Payfip:
    """PayFiP-shaped, over JSON; the authority's contract decides the exact wire."""

    def __init__(self, settings: PayfipSettings, notify_url: str) -> None:
        self._settings = settings
        self._notify_url = notify_url

    async def begin(self, operation: Operation) -> tuple[str, str]:
        answer = await self._call("operations", self._checked(operation))
        id_op = str(answer.get("idOp", ""))
        if not re.fullmatch(r"[A-Za-z0-9-]{8,64}", id_op):
            raise PaymentUnavailable("no idOp")
        return id_op, f"{self._settings.payment_url}?{urlencode({'idop': id_op})}"

    async def detail(self, id_op: str) -> Detail:
        answer = await self._call("operations/detail", {"idOp": id_op})
        try:
            return Detail(
                id_op=str(answer["idOp"]),
                outcome=Outcome(answer["resultrans"]),
                reference=str(answer["refdet"]),
                amount_cents=int(answer["montant"]),
            )
        except (KeyError, ValueError, TypeError):
            raise PaymentUnavailable("an answer that says nothing") from None

    def _checked(self, operation: Operation) -> dict[str, Any]:
        reference = plain_reference(operation.reference)
        if not 6 <= len(reference) <= 30 or operation.amount_cents < LEAST_CENTS:
            raise NotPayable("Cette facture ne peut pas être payée en ligne (1 € au moins).")
        if not 6 <= len(operation.email) <= 80:
            raise NotPayable("Une adresse électronique est nécessaire pour payer en ligne.")
        return {
            "numcli": self._settings.numcli,
            "refdet": reference,
            "montant": operation.amount_cents,
            "objet": re.sub(r"[^A-Za-z0-9 ]", " ", operation.subject)[:99],
            "mel": operation.email,
            "saisie": self._settings.mode,
            "urlnotif": self._notify_url,
            "urlredirect": operation.return_url,
        }

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self._settings.service_url.rstrip('/')}/{path}"
        headers = {}
        if self._settings.token is not None:
            headers["Authorization"] = f"Bearer {self._settings.token.get_secret_value()}"
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as session,
                session.post(url, json=body, headers=headers) as response,
            ):
                answer = await response.json(content_type=None)
                if response.status != 200 or not isinstance(answer, dict):
                    raise PaymentUnavailable(str(response.status))
                return answer
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise PaymentUnavailable(type(error).__name__) from None
