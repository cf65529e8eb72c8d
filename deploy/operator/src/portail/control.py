"""The broker administered: by `rabbitmqctl`, wherever it is, or by its management address."""

import base64
import json
import shlex
import subprocess
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from .telling import Refused, Unusable
from .told_settings import told_settings

WITHIN_SECONDS = 60
MANAGEMENT = "PORTAIL_RABBITMQ_MANAGEMENT_URL"


class BrokerControl(Protocol):
    """What only an administrator of the broker may do; each raises Refused with its words."""

    def load(self, definitions: dict[str, Any]) -> None:
        """Make what is missing; what is there stays."""
        ...

    def definitions(self) -> dict[str, Any]:
        """Users with their digests, rights, exchanges, queues, bindings: all but messages."""
        ...

    def delete_user(self, name: str) -> None:
        """Its connections end with it; one that does not exist is none the worse."""
        ...


def control_of(command: str) -> BrokerControl:
    """By the management address when this command was given one, or else by `rabbitmqctl`."""
    management = told_settings().get(MANAGEMENT)
    return Management(management) if management else CommandLine(command)


class CommandLine:
    """`rabbitmqctl`, `kubectl exec -i … -- rabbitmqctl`."""

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)

    def load(self, definitions: dict[str, Any]) -> None:
        self._run("import_definitions", given=json.dumps(definitions))

    def definitions(self) -> dict[str, Any]:
        return dict(json.loads(self._run("export_definitions", "-", "--format", "json")))

    def delete_user(self, name: str) -> None:
        try:
            self._run("delete_user", name)
        except Refused as refused:
            if "does not exist" not in str(refused):
                raise

    def _run(self, *arguments: str, given: str = "") -> str:
        command = [*self._command, "--quiet", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command
                command,
                input=given,
                capture_output=True,
                text=True,
                timeout=WITHIN_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"« {command[0]} » : {type(error).__name__}") from error
        if done.returncode != 0:
            raise Refused((done.stderr or done.stdout).strip())
        return done.stdout


class Management:
    """The management plugin's address, with an administrator's name and password in it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.username:
            raise Unusable(f"{MANAGEMENT} : donnez http(s)://utilisateur:mot-de-passe@hôte:port.")
        host = parts.netloc.rpartition("@")[2]
        self._api = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        self._login = f"Basic {base64.b64encode(login.encode()).decode()}"

    def load(self, definitions: dict[str, Any]) -> None:
        self._call("POST", "/api/definitions", definitions)

    def definitions(self) -> dict[str, Any]:
        return dict(json.loads(self._call("GET", "/api/definitions")))

    def delete_user(self, name: str) -> None:
        self._call("DELETE", f"/api/users/{quote(name, safe='')}", accepted=404)

    def _call(self, method: str, path: str, body: Any = None, accepted: int = 0) -> bytes:
        request = Request(  # noqa: S310 - http or https, checked above
            self._api + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._login, "Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=WITHIN_SECONDS) as answer:  # noqa: S310 - the same
                return bytes(answer.read())
        except HTTPError as refusal:
            if refusal.code == accepted:
                return b""
            words = refusal.read(300).decode(errors="replace")
            raise Refused(
                f"RabbitMQ a répondu {refusal.code} à {method} {path} : {words}"
            ) from None
        except (URLError, TimeoutError, ConnectionError) as error:
            raise Refused(f"gestion de RabbitMQ injoignable ({self._api}) : {error}.") from None
