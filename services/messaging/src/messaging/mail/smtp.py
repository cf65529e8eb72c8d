"""One conversation with the mail server, and what each answer of it means."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Self

import aiosmtplib

from messaging.domain.delivery import Outcome

TIMEOUT = 20.0
PERMANENT = 500
UNFOLDED = SMTP.clone(max_line_length=998, cte_type="7bit")
"""As long as RFC 5322 allows: folded earlier, an address without blanks becomes encoded words,
which no mailbox reads in List-Unsubscribe."""

AWAY = (
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPTimeoutError,
    aiosmtplib.SMTPServerDisconnected,
    aiosmtplib.SMTPHeloError,
    aiosmtplib.SMTPAuthenticationError,
    OSError,
)


class ServerAway(Exception):
    """No conversation could begin: nothing was said about any e-mail."""


@dataclass(frozen=True)
class Server:
    """Where and how to speak: `tls` is `none`, `starttls` or `tls`."""

    host: str
    port: int
    tls: str
    username: str | None = None
    password: str | None = None


@dataclass(frozen=True)
class Told:
    """How a try ended, with the server's code when it gave one."""

    outcome: Outcome
    code: int | None = None


class Conversation:
    """`async with Conversation(server) as conversation`; raises ServerAway at its beginning."""

    def __init__(self, server: Server) -> None:
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            username=server.username,
            password=server.password,
            timeout=TIMEOUT,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ServerAway(type(error).__name__) from error
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self._client.close()

    async def send(self, message: EmailMessage, return_path: str) -> Told:
        """What cannot be delivered later comes back to the return path.

        Raises ServerAway when the conversation broke before the e-mail was spoken of.
        """
        if not self._client.is_connected:
            await self.__aenter__()
        try:
            await self._hand_over(message, return_path)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _meaning(refused.recipients[0].code, Outcome.REFUSED)
        except aiosmtplib.SMTPResponseException as refused:
            return _meaning(refused.code, Outcome.IMPOSSIBLE)
        except AWAY:
            # It may have been taken: the next try carries the same Message-ID.
            return Told(Outcome.LATER)
        return Told(Outcome.SENT, 250)

    async def _hand_over(self, message: EmailMessage, return_path: str) -> None:
        """An address beyond ASCII needs SMTPUTF8, which the library asks of the server."""
        to = message["To"].addresses[0].addr_spec
        if to.isascii():
            await self._client.sendmail(return_path, [to], message.as_bytes(policy=UNFOLDED))
        else:
            await self._client.send_message(message, sender=return_path)


def _meaning(code: int, permanent: Outcome) -> Told:
    return Told(permanent if code >= PERMANENT else Outcome.LATER, code)
