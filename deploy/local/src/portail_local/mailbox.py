"""A mail server that delivers to nobody: it takes every e-mail and lets people read it.

`python -m portail_local.mailbox <smtp port> <http port>`. It listens on the loopback interface
only, and keeps the latest few hundred e-mails in memory.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from html import escape
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
KEPT = 500
LARGEST = 1024 * 1024

HEAD = """<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Courriels de la démonstration</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:56em;padding:1em}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4em .6em;
border-bottom:1px solid #ddd;overflow-wrap:anywhere}pre{white-space:pre-wrap}</style></head><body>
"""


@dataclass(frozen=True)
class Kept:
    """One e-mail that arrived."""

    number: int
    recipients: tuple[str, ...]
    message: EmailMessage
    sender: str
    """Where it would come back to."""
    raw: bytes
    """As it travelled."""

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    def as_json(self) -> dict[str, Any]:
        page = self.message.get_body(("html",))
        return {
            "number": self.number,
            "to": list(self.recipients),
            "headers": {name.lower(): str(value) for name, value in self.message.items()},
            "subject": str(self.message["subject"]),
            "text": self.text,
            "html": str(page.get_content()) if page else "",
            "parts": [_part(one) for one in self.message.walk() if not one.is_multipart()],
        }


def _part(part: Message) -> dict[str, str]:
    """What a mail program would save of it, whatever it travelled as."""
    content = part.get_payload(decode=True)
    return {
        "type": part.get_content_type(),
        "name": part.get_filename() or "",
        "content": content.decode("utf-8", "replace") if isinstance(content, bytes) else "",
    }


class Mailbox:
    """What arrived. `answer` decides what a recipient's name is answered; 250 by default."""

    def __init__(self) -> None:
        self.kept: deque[Kept] = deque(maxlen=KEPT)
        self.answer: Callable[[str], str] = lambda _: "250 OK"
        self._parser = BytesParser(policy=policy.default)
        self._count = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = self.answer(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self._count += 1
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = self._parser.parsebytes(content)
        sender = envelope.mail_from or ""
        kept = Kept(self._count, tuple(envelope.rcpt_tos), message, sender, content)
        self.kept.append(kept)
        return "250 OK"


async def serve_smtp(mailbox: Mailbox, port: int) -> asyncio.Server:
    """Until the returned server is closed."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(mailbox, hostname=HOST, data_size_limit=LARGEST), HOST, port
    )


def pages(mailbox: Mailbox) -> web.Application:
    """The list, one e-mail as text, and both as JSON for programs."""

    async def listing(_: web.Request) -> web.Response:
        rows = "".join(
            f"<tr><td><a href='/{one.number}'>{escape(str(one.message['subject']))}</a></td>"
            f"<td>{escape(', '.join(one.recipients))}</td>"
            f"<td>{escape(_when(one.message))}</td></tr>"
            for one in reversed(mailbox.kept)
        )
        empty = "" if rows else "<p>Aucun courriel pour le moment.</p>"
        return _page(
            "<h1>Courriels envoyés</h1><table><thead><tr><th>Objet</th><th>À</th><th>Date</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>{empty}"
        )

    async def one(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        found = next((one for one in mailbox.kept if one.number == number), None)
        if found is None:
            raise web.HTTPNotFound
        return _page(
            f"<p><a href='/'>Tous les courriels</a></p><h1>{escape(str(found.message['subject']))}"
            f"</h1><p>À {escape(', '.join(found.recipients))}, {escape(_when(found.message))}</p>"
            f"<pre>{_linked(escape(found.text))}</pre>"
        )

    async def as_json(_: web.Request) -> web.Response:
        return web.Response(
            text=json.dumps([one.as_json() for one in mailbox.kept], ensure_ascii=False),
            content_type="application/json",
        )

    application = web.Application()
    application.router.add_get("/", listing)
    application.router.add_get("/mails.json", as_json)
    application.router.add_get("/health/ready", lambda _: _well())
    application.router.add_get("/metrics", lambda _: _well())
    application.router.add_get(r"/{number:\d{1,9}}", one)
    return application


async def _well() -> web.Response:
    return web.Response(text="")


def _page(body: str) -> web.Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return web.Response(
        text=f"{HEAD}{body}</body></html>", content_type="text/html", headers=headers
    )


def _when(message: EmailMessage) -> str:
    when = message["date"]
    at: datetime | None = getattr(when, "datetime", None)
    return at.astimezone().strftime("%d/%m/%Y %H:%M") if at else ""


def _linked(text: str) -> str:
    words = (
        f"<a href='{word}'>{word}</a>" if word.startswith(("http://", "https://")) else word
        for word in text.split(" ")
    )
    return " ".join(words)


async def run(smtp_port: int, http_port: int) -> None:
    """Until SIGTERM."""
    mailbox = Mailbox()
    smtp = await serve_smtp(mailbox, smtp_port)
    runner = web.AppRunner(pages(mailbox), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, http_port).start()
    asked = asyncio.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, asked.set)
    await asked.wait()
    smtp.close()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))
