"""A form that was sent after the end of its session: kept for whoever signs in again as the same.

It travels sealed inside the sign-in page and comes back with the password: nothing is stored on
our side, and nobody else's sign-in opens it. Passwords, codes and files are never kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from fastapi import Request

from .links import is_local
from .sealing import Seal, TooLarge
from .session import same_token
from .visit import Visit

PURPOSE = "kept-form"
LONGEST = 48 * 1024
"""Characters of what is sealed; a longer form is not kept, and its page says so."""
KEPT_FOR = timedelta(hours=1)
MOST_FIELDS = 500
NEVER = frozenset({"form_token", "password", "current", "new", "again", "code", "secret"})


@dataclass(frozen=True)
class KeptForm:
    """Whose it is, the page that it was on, where it was sent, and what was typed."""

    account: str
    page: str
    action: str
    fields: tuple[tuple[str, str], ...]


def kept_form(request: Request, visit: Visit, page: str | None) -> KeptForm | None:
    """What to keep of this request, None when there is nothing or it is not this browser's own.

    The form must carry the token of the session that it was shown in: a page of somebody else's
    making must not put words into a form of ours.
    """
    former, body = visit.former, visit.typed
    if former is None or body is None or request.headers.get("x-fragment"):
        return None
    pairs = _fields(body)
    tokens = [value for name, value in pairs if name == "form_token"]
    if len(tokens) != 1 or not same_token(former.form_token, tokens[0]):
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    action = request.url.path + query
    fields = tuple((name, value) for name, value in pairs if name not in NEVER and value)
    if not fields or not is_local(action):
        return None
    return KeptForm(former.principal.id, page or request.url.path, action, fields)


def sealed(seal: Seal, kept: KeptForm | None, now: datetime) -> str:
    """Empty when there is nothing to keep, or too much."""
    if kept is None:
        return ""
    content = {
        "account": kept.account,
        "page": kept.page,
        "action": kept.action,
        "fields": kept.fields,
        "until": (now + KEPT_FOR).timestamp(),
    }
    try:
        return seal.close(PURPOSE, content, largest=LONGEST)
    except TooLarge:
        return ""


def opened(seal: Seal, text: str, account: str, now: datetime) -> KeptForm | None:
    """What was kept for this account, and for no other; None when it is too late."""
    content = seal.open(PURPOSE, text) if text and len(text) <= LONGEST else None
    if content is None or content["account"] != account or content["until"] <= now.timestamp():
        return None
    fields = tuple((str(name), str(value)) for name, value in content["fields"])
    return KeptForm(account, content["page"], content["action"], fields)


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError):
        return []
