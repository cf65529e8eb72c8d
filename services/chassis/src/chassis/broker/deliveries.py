"""What arrived: a message of the broker, read as an event or recognised as poison."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aio_pika.abc import AbstractIncomingMessage

from portail_contracts.envelope import MAX_BYTES, Envelope, MalformedEvent, UnknownEvent
from portail_contracts.event import Event

from .topology import KEY

ATTEMPT = "x-portail-attempt"
REASON = "x-portail-reason"
PARKED_FROM = "x-portail-parked-from"


class Poison(ValueError):
    """No number of tries will make this message readable; `reason` is fit for a header."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class Delivery:
    """One message with the event inside it."""

    message: AbstractIncomingMessage
    envelope: Envelope
    event: Event

    @property
    def attempt(self) -> int:
        """How many times a handler has already failed on it."""
        return header_number(self.message, ATTEMPT)


def header_number(message: AbstractIncomingMessage, name: str) -> int:
    value: Any = (message.headers or {}).get(name)
    return value if isinstance(value, int) and value > 0 else 0


def key_header(headers: Mapping[str, Any] | None, body: bytes) -> dict[str, Any]:
    """The header by which a parted queue keeps a key's facts together; a stranger's has none."""
    if headers and headers.get(KEY):
        return {KEY: headers[KEY]}
    try:
        return {KEY: Envelope.from_bytes(body).partitionkey}
    except MalformedEvent:
        return {}


def read(message: AbstractIncomingMessage) -> Delivery:
    """Raises Poison when the message can never be handled by this release."""
    if len(message.body) > MAX_BYTES:
        raise Poison("oversized", f"{len(message.body)} bytes of {MAX_BYTES}")
    try:
        envelope = Envelope.from_bytes(message.body)
        return Delivery(message, envelope, envelope.event())
    except MalformedEvent as error:
        raise Poison("malformed", str(error)) from None
    except UnknownEvent as error:
        raise Poison("unknown-type", str(error)) from None
