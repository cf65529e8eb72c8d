"""From a letter to an e-mail: text and HTML, with the headers that good mail carries."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chassis.settings import Authority
from messaging.domain.french import NBSP
from messaging.domain.letters import Letter

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True)
class Sender:
    """In whose name mail goes out, and where its links lead."""

    address: str
    authority: Authority
    portal_url: str
    return_path: str
    """Where mail servers send back what they could not deliver."""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Envelope:
    """To whom a letter goes; `stop_token` when its category may be stopped."""

    delivery_id: UUID
    email: str
    greeting: str
    stop_token: UUID | None


class Unwritable(ValueError):
    """The address is none that an e-mail can carry."""


def compose(sender: Sender, envelope: Envelope, letter: Letter, now: datetime) -> EmailMessage:
    """Raises Unwritable."""
    stop = f"{sender.portal_url}/courriels/arret/{envelope.stop_token}"
    stop_url = stop if envelope.stop_token else None
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=envelope.email)
    except (ValueError, IndexError) as error:
        raise Unwritable from error
    message["From"] = Address(sender.authority.service_name, addr_spec=sender.address)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    # The same at every try: a mailbox that gets it twice can tell.
    message["Message-ID"] = f"<{envelope.delivery_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if stop_url:
        _let_mailboxes_stop(message, stop_url)
    url = sender.portal_url + letter.path
    message.set_content(_text(sender, envelope, letter, url, stop_url))
    page = _templates.get_template("letter.html").render(
        letter=letter,
        greeting=envelope.greeting,
        authority=sender.authority,
        url=url,
        stop_url=stop_url,
        nbsp=NBSP,
    )
    message.add_alternative(page, subtype="html")
    return message


def _let_mailboxes_stop(message: EmailMessage, stop_url: str) -> None:
    """By a button of their own (RFC 8058), which needs a portal that speaks TLS."""
    if stop_url.startswith("https://"):
        message["List-Unsubscribe"] = f"<{stop_url}/un-clic>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        message["List-Unsubscribe"] = f"<{stop_url}>"


def _text(
    sender: Sender, envelope: Envelope, letter: Letter, url: str, stop_url: str | None
) -> str:
    authority = sender.authority
    parts = [
        envelope.greeting,
        *letter.paragraphs,
        f"{letter.verb}{NBSP}: {url}",
        f"{authority.service_name}, {authority.name}\n{authority.phone}",
        f"-- \nCe courriel est envoyé par un automate{NBSP}: n’y répondez pas.",
    ]
    if stop_url:
        parts.append(f"Ne plus recevoir ces courriels{NBSP}: {stop_url}")
    return "\n\n".join(parts) + "\n"
