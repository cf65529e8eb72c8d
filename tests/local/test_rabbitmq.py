"""A private RabbitMQ takes definitions, survives a crash, and leaves nothing behind."""

from pathlib import Path
from typing import Any

import aio_pika
import pytest

from portail.errors import OperatorError
from portail_local.servers import PrivateRabbitMQ
from portail_local.servers.rabbitmq_files import password_hash

from .conftest import left_in

PASSWORD = "a-word"


def definitions(vhost: str) -> dict[str, Any]:
    """A user with a word of its own, a vhost, a quorum queue."""
    user = {
        "name": f"user-{vhost}",
        "password_hash": password_hash(PASSWORD, b"salt"),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }
    rights = {"user": user["name"], "vhost": vhost, "configure": "^$", "write": ".*", "read": ".*"}
    queue = {
        "name": "kept",
        "vhost": vhost,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum"},
    }
    return {
        "users": [user],
        "vhosts": [{"name": vhost}],
        "permissions": [rights],
        "queues": [queue],
    }


def url(server: PrivateRabbitMQ, vhost: str) -> str:
    return f"amqp://user-{vhost}:{PASSWORD}@{server.host}:{server.port}/{vhost}"


async def publish(server: PrivateRabbitMQ, vhost: str) -> None:
    async with await aio_pika.connect(url(server, vhost)) as connection:
        channel = await connection.channel(publisher_confirms=True)
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key="kept")


async def received(server: PrivateRabbitMQ, vhost: str) -> bytes:
    async with await aio_pika.connect(url(server, vhost)) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("kept")
        message = await queue.get(timeout=10)
        return message.body


@pytest.mark.asyncio(loop_scope="session")
async def test_a_confirmed_message_survives_a_crash_and_nothing_is_left(
    rabbitmq: PrivateRabbitMQ,
) -> None:
    await rabbitmq.import_definitions(definitions("crashing"))
    await publish(rabbitmq, "crashing")
    await rabbitmq.kill()
    assert left_in(rabbitmq.home) == []
    await rabbitmq.start()
    assert await received(rabbitmq, "crashing") == b"kept"


@pytest.mark.asyncio(loop_scope="session")
async def test_vhosts_come_and_go_while_it_runs(rabbitmq: PrivateRabbitMQ) -> None:
    await rabbitmq.import_definitions(definitions("later"))
    await publish(rabbitmq, "later")
    assert await received(rabbitmq, "later") == b"kept"
    await rabbitmq.delete_vhost("later")
    with pytest.raises(OperatorError, match="delete_vhost"):
        await rabbitmq.delete_vhost("later")


@pytest.mark.asyncio(loop_scope="session")
async def test_the_well_known_guest_does_not_exist(rabbitmq: PrivateRabbitMQ) -> None:
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(f"amqp://guest:guest@{rabbitmq.host}:{rabbitmq.port}/")
    async with await aio_pika.connect(rabbitmq.admin_url):
        pass


@pytest.mark.asyncio(loop_scope="session")
async def test_a_port_in_use_is_told_in_a_sentence(rabbitmq: PrivateRabbitMQ, folder: Path) -> None:
    server = PrivateRabbitMQ(folder / "unlucky-broker", "unlucky", rabbitmq.port)
    with pytest.raises(OperatorError, match=rf"Le port {rabbitmq.port} .* déjà pris"):
        await server.start()
    assert left_in(server.home) == []
