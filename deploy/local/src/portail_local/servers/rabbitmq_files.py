"""What a private RabbitMQ node reads: environment, settings, definitions."""

from __future__ import annotations

import base64
import hashlib
import shutil
from pathlib import Path
from typing import Any

from portail.errors import OperatorError

ADMIN = "portail-admin"
_DEBIAN = Path("/usr/lib/rabbitmq/bin")
_LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"
_LISTS = ("users", "vhosts", "permissions", "topic_permissions", "parameters", "policies")
_TOPOLOGY = ("exchanges", "queues", "bindings")


def script(name: str) -> Path:
    """An inner script of the package.

    The outer one in the path of programs changes to the packaged user and
    refuses to run as anybody else.
    """
    if (_DEBIAN / name).exists():
        return _DEBIAN / name
    found = shutil.which(name)
    if found is None:
        raise OperatorError(
            "RabbitMQ n'est pas installé : installez le paquet rabbitmq-server, puis relancez."
        )
    return Path(found).resolve()


def epmd_command(port: int) -> list[str]:
    """The port mapper in the foreground, so that its pid is ours to stop.

    Erlang would otherwise start one as a daemon, which outlives every node.
    """
    found = shutil.which("epmd")
    if found is None:
        raise OperatorError(
            "Erlang est incomplet (epmd manque) : réinstallez le paquet erlang-base, puis relancez."
        )
    return [found, "-port", str(port), "-address", "127.0.0.1"]


def data_folder(home: Path) -> Path:
    """Where the node keeps its data."""
    return home / "mnesia"


def environment(home: Path, node: str, ports: dict[str, int]) -> dict[str, str]:
    """The whole environment of the node and of its command line."""
    return {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_CRASH_DUMP_BYTES": "0",
        "RABBITMQ_NODENAME": node,
        "RABBITMQ_DIST_PORT": str(ports["dist"]),
        "RABBITMQ_MNESIA_BASE": str(data_folder(home)),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        # The machine's own settings in /etc are for the machine's own broker.
        "RABBITMQ_CONF_ENV_FILE": str(home / "no-environment-file"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"+S 1:1 +SDio 1 +A 1 {_LOOPBACK}",
        "RABBITMQ_CTL_ERL_ARGS": f"+S 1:1 +A 1 {_LOOPBACK}",
        # Makes the script become the node instead of waiting for it: the pid we
        # start is the pid that runs, and the parent-death signal reaches it.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def configuration(port: int, definitions: Path | None, durable: bool) -> dict[str, str]:
    """The node's settings files, by name."""
    lines = [
        f"listeners.tcp.local = 127.0.0.1:{port}",
        "log.console = true",
        "log.console.level = warning",
        "log.file = false",
        "vm_memory_high_watermark.absolute = 512MB",
        "disk_free_limit.absolute = 200MB",
        "raft.wal_max_size_bytes = 64000000",
    ]
    if definitions is not None:
        lines.append(f"load_definitions = {definitions}")
    flush = "" if durable else "{ra, [{wal_sync_method, none}]}"
    return {
        "rabbitmq.conf": "\n".join(lines) + "\n",
        "advanced.config": f"[{flush}].\n",
        "enabled_plugins": "[rabbitmq_consistent_hash_exchange].\n",
    }


def password_hash(password: str, salt: bytes) -> str:
    """RabbitMQ's salted SHA-256: base64 of the salt (4 bytes) and the digest."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def with_administrator(definitions: dict[str, Any], password: str) -> dict[str, Any]:
    """Add an administrator who reaches the vhost `/` and each vhost defined.

    Without any user the broker would make `guest` with its well-known password.
    """
    user = {
        "name": ADMIN,
        "password_hash": password_hash(password, hashlib.sha256(password.encode()).digest()[:4]),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator",
        "limits": {},
    }
    vhosts = ["/", *(v["name"] for v in definitions.get("vhosts", []) if v["name"] != "/")]
    every = {"configure": ".*", "write": ".*", "read": ".*"}
    extra = {
        "users": [user],
        "vhosts": [{"name": "/"}],
        "permissions": [{"user": ADMIN, "vhost": vhost, **every} for vhost in vhosts],
    }
    return merged(extra, definitions)


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Both definitions together; an entry that is in both is taken once."""
    result: dict[str, Any] = {**first, **second}
    for name in (*_LISTS, *_TOPOLOGY):
        both = [*first.get(name, []), *second.get(name, [])]
        unique = [entry for index, entry in enumerate(both) if entry not in both[:index]]
        if unique:
            result[name] = unique
    return result
