"""What mail servers send back when a mailbox refused after all (RFC 3464), read without trust."""

import email
import re
from collections.abc import Iterator
from email.message import Message
from email.policy import compat32
from uuid import UUID

from messaging.domain.delivery import Bounce

MOST_BYTES = 1024 * 1024
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_PERMANENT = re.compile(r"5\.(\d{1,3})\.(\d{1,3})")


def bounce_in(report: bytes) -> Bounce | None:
    """None for what is no final failure of an e-mail of ours: a delay, an absence, a stranger."""
    parts = list(email.message_from_bytes(report[:MOST_BYTES], policy=compat32).walk())
    code = next(_final_codes(parts), None)
    delivery_id = next(_deliveries(parts), None)
    return Bounce(delivery_id, code) if code and delivery_id else None


def _final_codes(parts: list[Message]) -> Iterator[int]:
    """`walk` also goes into the groups of fields of which such a part is made."""
    for fields in parts:
        if str(fields.get("Action", "")).strip().lower() == "failed":
            found = _PERMANENT.search(str(fields.get("Status", "")))
            if found is not None:
                yield _three_digits(found[1], found[2])


def _three_digits(subject: str, detail: str) -> int:
    return int(f"5{subject}{detail}") if len(subject) == len(detail) == 1 else 500


def _deliveries(parts: list[Message]) -> Iterator[UUID]:
    """By the Message-ID of the e-mail that came back, whole or its headers alone."""
    for part in parts:
        kind = part.get_content_type()
        returned = part.get("Message-ID") if part is not parts[0] else None
        if kind == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            if isinstance(headers, bytes):
                returned = email.message_from_bytes(headers, policy=compat32).get("Message-ID")
        found = _OURS.search(str(returned or ""))
        if found is not None:
            yield UUID(found[1])
