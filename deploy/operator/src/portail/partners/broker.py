"""The broker's side of a partner: users by the broker's administrator, queues by AMQP."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from aio_pika.exceptions import ChannelNotFoundEntity

from chassis.broker import partners
from chassis.broker.connection import open_link
from chassis.broker.partners import Partner
from portail.control import control_of


class Broker:
    """One virtual host, administered."""

    def __init__(self, url: str, control: str) -> None:
        """`url` is the operator's AMQP address; `control` the command that runs rabbitmqctl."""
        self.url = url
        self._control = control_of(control)

    def address_for(self, partner: Partner, password: str) -> str:
        """What the partner connects with."""
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{partner.user}:{quote(password, safe='')}@{host}{parts.path}"

    def let_in(self, partner: Partner, password_hash: str) -> None:
        """Its user, its queue and what feeds it; doing it again changes nothing."""
        vhost = unquote(urlsplit(self.url).path.removeprefix("/")) or "/"
        self._import(partners.definitions(vhost, partner, password_hash))

    def change_password(self, partner: Partner, password_hash: str) -> None:
        """The old one lets nobody in any more; who is in stays until it leaves."""
        self._import(partners.login(partner, password_hash))

    async def put_out(self, partner: Partner) -> None:
        """The user first, which ends its connections; then its queue with what waits in it."""
        self._control.delete_user(partner.user)
        link = await open_link(self.url, "portail.operator")
        try:
            await link.channel.queue_delete(partner.queue)
            for exchange in (partner.sieve, partner.again):
                await link.channel.exchange_delete(exchange)
        finally:
            await link.close()

    async def waiting(self, partner: Partner) -> tuple[int, int] | None:
        """Events that wait and readers that are connected; None when the queue is missing."""
        link = await open_link(self.url, "portail.operator")
        try:
            with suppress(ChannelNotFoundEntity):
                queue = await link.channel.declare_queue(partner.queue, passive=True)
                found = queue.declaration_result
                return found.message_count or 0, found.consumer_count or 0
            return None
        finally:
            await link.close()

    def _import(self, definitions: dict[str, Any]) -> None:
        self._control.load(definitions)
