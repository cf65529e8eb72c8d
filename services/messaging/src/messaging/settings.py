"""What messaging is told from outside (`MESSAGING_…`)."""

from typing import Literal

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="MESSAGING_")

    smtp_host: str | None = None
    """Without a server e-mails wait in the queue, and the log says so."""
    smtp_port: int = 587
    """The mail server's port."""
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    """How the way to the mail server is encrypted: `starttls`, `tls` from the start, `none`."""
    smtp_username: str | None = None
    """Who we are to the mail server; without it we do not sign in."""
    smtp_password: SecretStr | None = None
    """The password of that user."""
    mail_sender: str | None = None
    """The address that mail comes from; the authority's own when not given."""
    return_path: str | None = None
    """Where undeliverable mail comes back to, to be read by `python -m messaging bounced`; the
    sender's address when not given."""
    webhooks_to_loopback: bool = False
    """For tests and demos: events may be sent to this machine, without TLS."""
    portal_url: str = "http://localhost"
    """Where the links of e-mails lead."""
