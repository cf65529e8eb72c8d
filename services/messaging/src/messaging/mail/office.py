"""The post office: takes what waits in the queue, asks for addresses, sends, notes the outcome.

Any number may work at once, in any process: what one has claimed is its own for a lease. Dying
between the server's OK and our commit means that the e-mail goes out again after the lease, with
the same Message-ID (decision 18).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from chassis import crash_points
from chassis.clock import Clock
from chassis.database import Database
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.telemetry import logger
from messaging.domain.delivery import WAITS, Outcome, after
from messaging.domain.letters import Category, Letter, hint_of, link_letter, may_be_stopped
from messaging.domain.threads import Reader
from messaging.store import deliveries, mails
from messaging.store.deliveries import Delivery
from messaging.store.mails import Addressee, Mail
from messaging.use_cases.note_delivery import note_delivery

from .addresses import Addresses, Recipient
from .composing import Envelope, Sender, Unwritable, compose
from .facts import letter_of
from .smtp import Conversation, Server, ServerAway, Told

AT_ONCE = 25
PAUSE = 1.0
AFTER_SENDING = "after-smtp-ok-before-commit"
LINKS = (Category.ACTIVATION, Category.RESET)

log = logger(__name__)


class PostOffice:
    """Sends what is due. `run` is for ever, `work` once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        addresses: Addresses,
        sender: Sender,
        server: Server | None,
    ) -> None:
        self._database, self._clock = database, clock
        self._addresses, self._sender, self._server = addresses, sender, server

    async def run(self) -> None:
        """Until cancelled; survives the loss of the database, of accounts, of the mail server."""
        if self._server is None:
            log.warning("mail.no_server", kept="e-mails wait in the queue")
            # A part that ends by itself would end the process.
            await asyncio.get_running_loop().create_future()
        while True:
            try:
                done = await self.work()
            except Exception as error:  # the queue keeps what was not sent
                log.warning("mail.interrupted", error=type(error).__name__)
                done = 0
            await asyncio.sleep(0 if done == AT_ONCE else PAUSE)

    async def work(self) -> int:
        """One round; how many deliveries it tried."""
        await self._address_what_waits()
        return await self._send_what_is_due()

    # ---- whom to write to ------------------------------------------------------

    async def _address_what_waits(self) -> None:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            waiting = await mails.claim_mails(transaction.connection, AT_ONCE, now)
        for mail in waiting:
            try:
                recipients = await self._recipients(mail)
            except (PeerUnavailable, PeerRefused) as error:
                log.warning("mail.no_addresses", error=type(error).__name__)
                await self._put_off(mail, now)
                continue
            await self._address(mail, recipients, now)

    async def _recipients(self, mail: Mail) -> list[Recipient]:
        reader = Reader(mail.family_id, mail.guardian_id)
        return [
            one
            for one in await self._addresses.of_family(mail.family_id)
            if mail.account_id in (None, one.account_id)
            and (mail.guardian_id is None or one.guardian_id == reader.guardian_id)
        ]

    async def _address(self, mail: Mail, recipients: Sequence[Recipient], now: datetime) -> None:
        async with self._database.transaction() as transaction:
            connection = transaction.connection
            wanting = [
                Addressee(one.account_id, hint_of(one.email))
                for one in recipients
                if not may_be_stopped(mail.category)
                or await mails.wants(connection, one.account_id, mail.category)
            ]
            await mails.address_mail(connection, mail, wanting, now)

    async def _put_off(self, mail: Mail, now: datetime) -> None:
        wait = WAITS[min(mail.attempts, len(WAITS) - 1)]
        async with self._database.transaction() as transaction:
            await mails.put_off(transaction.connection, mail, now + wait)

    # ---- sending ---------------------------------------------------------------

    async def _send_what_is_due(self) -> int:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            due = await deliveries.claim_deliveries(transaction.connection, AT_ONCE, now)
        if not due or self._server is None:
            return 0
        left = list(due)
        try:
            async with Conversation(self._server) as conversation:
                while left:
                    told = await self._try(conversation, left[0])
                    await self._note(left.pop(0), told)
        except ServerAway as error:
            log.warning("mail.server_away", error=str(error), waiting=len(left))
            for delivery in left:
                await self._note(delivery, Told(Outcome.SERVER_AWAY))
        return len(due) - len(left)

    async def _try(self, conversation: Conversation, delivery: Delivery) -> Told:
        """Raises ServerAway."""
        try:
            written = await self._written(delivery)
        except (PeerUnavailable, PeerRefused):
            return Told(Outcome.LATER)
        if written is None:
            return Told(Outcome.IMPOSSIBLE)
        envelope, letter = written
        try:
            message = compose(self._sender, envelope, letter, self._clock.now())
        except Unwritable:
            return Told(Outcome.REFUSED)
        told = await conversation.send(message, self._sender.return_path)
        crash_points.reach(AFTER_SENDING)
        return told

    async def _written(self, delivery: Delivery) -> tuple[Envelope, Letter] | None:
        """None when there is nobody left to write to, or nothing to say any more."""
        if delivery.category in LINKS:
            link = await self._addresses.of_link(delivery.facts["link_id"])
            if link is None:
                return None
            envelope = Envelope(delivery.delivery_id, link.email, link.greeting, None)
            return envelope, link_letter(delivery.category, link.path, link.expires_at)
        if _is_over(delivery, self._clock.now()):
            return None
        for one in await self._addresses.of_family(delivery.family_id):
            if one.account_id == delivery.account_id:
                stop = delivery.stop_token if may_be_stopped(delivery.category) else None
                envelope = Envelope(delivery.delivery_id, one.email, one.greeting, stop)
                return envelope, letter_of(delivery.category, delivery.facts)
        return None

    async def _note(self, delivery: Delivery, told: Told) -> None:
        now = self._clock.now()
        next_ = after(told.outcome, delivery.attempts, delivery.created_at, now)
        async with self._database.transaction() as transaction:
            await note_delivery(transaction, delivery, next_, told.code, now)


def _is_over(delivery: Delivery, now: datetime) -> bool:
    """A reminder that would come too late says nothing any more."""
    until = delivery.facts.get("cut_off")
    return until is not None and datetime.fromisoformat(until) <= now
