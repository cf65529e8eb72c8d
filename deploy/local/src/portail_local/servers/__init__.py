"""Private PostgreSQL and RabbitMQ servers, for the demo and for tests."""

from portail_local.servers import postgres, rabbitmq
from portail_local.servers.ports import free_port
from portail_local.servers.postgres import PrivatePostgres
from portail_local.servers.rabbitmq import PrivateRabbitMQ

SERVER_NAMES = postgres.PROCESS_NAMES | rabbitmq.PROCESS_NAMES

__all__ = ["SERVER_NAMES", "PrivatePostgres", "PrivateRabbitMQ", "free_port"]
