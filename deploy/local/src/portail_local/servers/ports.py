"""Finding ports that nobody uses."""

from __future__ import annotations

import random
import socket

from portail.errors import OperatorError

# Below the range from which Linux takes the ports of outgoing connections, so
# that a port remembered from the first start is still free at the next ones.
_LOWEST, _HIGHEST = 20_000, 32_000
_STANDARD = frozenset({25_672, 27_017, 28_017})
_given: set[int] = set()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        # As servers do: a connection in TIME_WAIT does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port of 127.0.0.1 that this process was not given before."""
    for _ in range(2_000):
        port = random.SystemRandom().randint(_LOWEST, _HIGHEST)
        if port not in _given and port not in _STANDARD and is_free(port):
            _given.add(port)
            return port
    raise OperatorError(
        f"Aucun port libre entre {_LOWEST} et {_HIGHEST} : arrêtez des programmes, puis relancez."
    )


def require_free(port: int, what: str) -> None:
    """Refuse with a sentence when something else listens on `port`."""
    if not is_free(port):
        raise OperatorError(
            f"Le port {port} ({what}) est déjà pris par un autre programme : "
            "arrêtez ce programme ou choisissez un autre port, puis relancez."
        )
