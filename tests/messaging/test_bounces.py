"""E-mails that come back after their server had taken them."""

import asyncio
import subprocess
import sys

from messaging.mail.bounces import bounce_in

from .examples import Request
from .test_desk import Agent
from .test_mail import family_id, post  # noqa: F401 - fixtures


def a_report(message_id, action="failed", status="5.1.1", whole=True):
    """What a mail server sends back, in the two forms that RFC 3464 and its relatives allow."""
    original = f"From: <enfance@exemple.fr>\nMessage-ID: {message_id}\nSubject: Bonjour\n\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return (
        "From: Mail Delivery System <mailer-daemon@relais.example>\n"
        "To: <retours@exemple.fr>\nMessage-ID: <a-report@relais.example>\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;"
        ' boundary="parts"\n\n'
        "--parts\nContent-Type: text/plain\n\nIt could not be delivered.\n\n"
        "--parts\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; relais.example\n\n"
        f"Final-Recipient: rfc822; camille@exemple.fr\nAction: {action}\nStatus: {status}\n\n"
        f"--parts\nContent-Type: {kind}\n\n{original}\n--parts--\n"
    ).encode()


async def test_what_comes_back_later_is_told_to_staff_once(
    post,  # noqa: F811
    messaging,
    family_id,  # noqa: F811
):
    post.accounts.knows(family_id, "camille@exemple.fr")
    await messaging.handle(Request(family_id).decided())
    await post.work()
    (mail,) = post.mailbox.kept
    assert mail.sender == "retours@exemple.fr", "where undeliverable mail comes back to"
    message_id = mail.as_json()["headers"]["message-id"]
    assert bounce_in(a_report(message_id, action="delayed", status="4.4.1")) is None
    assert bounce_in(a_report("<somebody-elses@exemple.fr>")) is None
    assert bounce_in(mail.raw) is None
    assert bounce_in(b"\xff\x00 no message at all") is None
    found = [bounce_in(a_report(message_id, whole=whole)) for whole in (True, False)]
    assert found[0] == found[1]
    assert found[0].code == 511
    for _ in range(2):
        told = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "messaging", "bounced", stdin=subprocess.PIPE
        )
        await told.communicate(a_report(message_id))
        assert told.returncode == 0
    (row,) = await messaging.rows("SELECT state, last_code FROM deliveries")
    assert tuple(row) == ("refused", 511)
    types = [row.type for row in await messaging.rows("SELECT type FROM outbox")]
    assert types.count("messaging.email.failed.v1") == 1
    agent = Agent(messaging)
    assert (await agent.ask("GET", "/deliveries")).json()["total"] == 1
