"""One of the house's own processes: `python -m <service> serve` and its other verbs."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

from portail.errors import OperatorError
from portail_local.processes import Process, confined

LABELS = {
    "accounts": "Comptes",
    "enrolment": "Inscriptions",
    "billing": "Facturation",
    "messaging": "Messagerie",
    "gateway": "Portail",
    "mail": "Courriels",
}


class ServiceProcess(Process):
    """A service that answers `GET /health/ready` on its port."""

    asked = "/health/ready"
    """What is waited for; a release of before may only say that it lives."""

    def __init__(
        self,
        name: str,
        port: int,
        *,
        env: Mapping[str, str],
        folder: Path,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            name,
            command or [sys.executable, "-m", name, "serve"],
            env=env,
            cwd=folder,
            log=folder / "logs" / f"{name}.log",
        )
        self.port = port
        self.label = LABELS.get(name, name)

    async def is_ready(self) -> bool:
        """Whether it says now that it can work."""
        address = f"http://127.0.0.1:{self.port}{self.asked}"
        patience = aiohttp.ClientTimeout(total=3)
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.get(address) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def ready(self, patience: float = 60.0) -> None:
        """Wait until it is ready.

        Raises `OperatorError` with the end of its log when it ends or takes
        more than `patience` seconds.
        """
        deadline = time.monotonic() + patience
        while not await self.is_ready():
            if not self.running:
                raise OperatorError(self.epitaph())
            if time.monotonic() > deadline:
                raise OperatorError(
                    f"Le service « {self.name} » n'est pas prêt après {patience:.0f} s ; "
                    f"son journal ({self.log}) finit ainsi :\n{self.last_lines()}"
                )
            await asyncio.sleep(0.1)

    async def restart(
        self, env_extra: Mapping[str, str] | None = None, patience: float = 60.0
    ) -> None:
        """Stop if it runs, start with `env_extra` on top, wait until ready."""
        await self.stop()
        self.start(env_extra)
        await self.ready(patience)

    async def run_verb(self, *arguments: str, stdin: str = "") -> str:
        """Run `python -m <service> <arguments>` to its end; its output.

        Raises `OperatorError` with the end of the output when it fails.
        """
        command = confined([sys.executable, "-m", self.name, *arguments], None, "KILL")
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.log.parent,
            env=self.env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await child.communicate(stdin.encode())
        text = output.decode(errors="replace")
        with self.log.with_suffix(f".{arguments[0]}.log").open("a", encoding="utf-8") as log:
            log.write(text)
        if child.returncode != 0:
            end = "\n".join(text.splitlines()[-15:])
            raise OperatorError(f"« {self.name} {arguments[0]} » a échoué :\n{end}")
        return text
