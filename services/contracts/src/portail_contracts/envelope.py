"""CloudEvents 1.0, structured JSON: what travels around an event."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .catalogue import BY_TYPE, Context
from .event import Event

CONTENT_TYPE = "application/cloudevents+json"
MAX_BYTES = 256 * 1024
"""Larger is refused when recorded and parked when received: events carry facts, not files."""


class MalformedEvent(ValueError):
    """The bytes are not a CloudEvent of ours, or its data breaks its own contract."""


class UnknownEvent(ValueError):
    """A CloudEvent of a type, or of a major version, that this release does not know."""


class Envelope(BaseModel):
    """The CloudEvents attributes we use, with its extensions `partitionkey` and `sequence`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    dataschema: str
    sequence: str = Field(description="Version of the aggregate, zero-padded to sort as text.")
    partitionkey: str = Field(description="Events with one key arrive in order.")
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    data: dict[str, Any]

    @classmethod
    def around(
        cls,
        event: Event,
        *,
        id: UUID,
        producer: Context,
        time: datetime,
        correlationid: str,
        causationid: str | None,
        traceparent: str | None,
    ) -> Self:
        return cls(
            id=id,
            source=f"/portail/{producer}",
            type=event.type,
            subject=str(event.aggregate_id),
            time=time,
            dataschema=f"urn:portail:events:{event.type}",
            sequence=f"{event.version:012d}",
            partitionkey=str(event.ordering_key),
            correlationid=correlationid,
            causationid=causationid,
            traceparent=traceparent,
            data=event.model_dump(mode="json"),
        )

    def to_bytes(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Raises MalformedEvent when the bytes are not one of our CloudEvents."""
        try:
            envelope = cls.model_validate_json(body)
        except ValidationError as error:
            # Pydantic's message quotes the input, which may hold names: keep the places only.
            places = ", ".join(
                sorted({".".join(map(str, e["loc"])) or "body" for e in error.errors()})
            )
            raise MalformedEvent(f"not an event of ours: {places}") from None
        if envelope.specversion != "1.0":
            raise MalformedEvent(f"CloudEvents {envelope.specversion} is not 1.0")
        return envelope

    def event(self) -> Event:
        """The typed fact inside; raises UnknownEvent or MalformedEvent."""
        entry = BY_TYPE.get(self.type)
        if entry is None:
            raise UnknownEvent(f"no event of type {self.type} in this release")
        try:
            return entry.event.model_validate(self.data)
        except ValidationError as error:
            places = ", ".join(sorted({".".join(map(str, e["loc"])) for e in error.errors()}))
            raise MalformedEvent(f"{self.type} breaks its contract at: {places}") from None
