"""`rabbitmqctl`, wherever the operator says it is."""

import json
import shlex
import subprocess
from typing import Any

from .telling import Refused

WITHIN_SECONDS = 60


class BrokerControl:
    """One broker by its own command line: `rabbitmqctl`, `kubectl exec -i … -- rabbitmqctl`."""

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)

    def load(self, definitions: dict[str, Any]) -> None:
        """Make what is missing; what is there stays."""
        self.run("import_definitions", given=json.dumps(definitions))

    def definitions(self) -> dict[str, Any]:
        """Users with their digests, rights, exchanges, queues, bindings: all but messages."""
        return dict(json.loads(self.run("export_definitions", "-", "--format", "json")))

    def run(self, *arguments: str, given: str = "") -> str:
        """What it printed; raises Refused with what it said when it failed."""
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
