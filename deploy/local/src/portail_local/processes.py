"""One child process: started so that it cannot outlive the runner, and stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portail.errors import OperatorError, explain


@dataclass(frozen=True)
class Account:
    """The unprivileged system account that servers run under when we are root."""

    name: str
    uid: int
    gid: int


def confined(
    command: Sequence[str], account: Account | None, death_signal: str | None = None
) -> list[str]:
    """Wrap a command: own uid, and a signal from the kernel when the runner dies.

    `setpriv` (util-linux, on every Debian and Ubuntu) does both after the fork
    and keeps its pid. The parent-death signal is what makes "leaves nothing
    behind" true when the runner itself is killed with SIGKILL. It has to be
    set after the change of uid, which clears it; `setpriv` does it last.
    """
    options: list[str] = []
    if death_signal is not None:
        options += ["--pdeathsig", death_signal]
    if account is not None:
        options += [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    return ["setpriv", *options, "--", *command] if options else list(command)


class Process:
    """A supervised child. Start it from a thread that lives as long as it should.

    The kernel sends the parent-death signal when the *thread* that forked ends,
    so call `start` from the main thread's event loop.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        account: Account | None = None,
        death_signal: str = "TERM",
    ) -> None:
        self.name = name
        self.command = list(command)
        self.env = dict(env)
        self.log = log
        self._cwd = cwd
        self._account = account
        self._death_signal = death_signal
        self._child: subprocess.Popen[bytes] | None = None
        self._end_expected = False

    def start(self, env_extra: Mapping[str, str] | None = None) -> None:
        """Fork. The log is appended to, the terminal's Ctrl-C does not reach it."""
        if self.running:
            raise RuntimeError(f"{self.name} runs already")
        self._end_expected = False
        command = confined(self.command, self._account, self._death_signal)
        try:
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(
                    command,
                    cwd=self._cwd,
                    env={**self.env, **(env_extra or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except FileNotFoundError as error:
            raise OperatorError(
                f"Le programme « {error.filename} » est introuvable : relancez « make demo » "
                "sur une Debian ou une Ubuntu à jour (paquet util-linux)."
            ) from error
        except OSError as error:
            raise explain(error) from error

    @property
    def pid(self) -> int:
        """The process id of the last start."""
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._child.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs or before it was started; negative after a signal."""
        return None if self._child is None else self._child.poll()

    @property
    def running(self) -> bool:
        """Whether the child is there."""
        return self._child is not None and self._child.poll() is None

    @property
    def ended_by_itself(self) -> bool:
        """Whether it is gone although nobody asked for it."""
        return self.returncode is not None and not self._end_expected

    def expect_end(self) -> None:
        """Say that its end, by whatever way, will be no accident."""
        self._end_expected = True

    async def wait(self, patience: float | None = None) -> int | None:
        """Wait for the end; None when `patience` seconds passed first."""
        deadline = None if patience is None else time.monotonic() + patience
        while self.running:
            if deadline is not None and time.monotonic() > deadline:
                return None
            await asyncio.sleep(0.03)
        return self.returncode

    def send(self, which: signal.Signals) -> None:
        """Send a signal if it still runs."""
        if self._child is not None:
            self._child.send_signal(which)

    async def stop(
        self, patience: float = 15.0, first: signal.Signals = signal.SIGTERM
    ) -> int | None:
        """Ask to end, wait `patience` seconds, then kill its whole group."""
        self.expect_end()
        self.send(first)
        if self.running and await self.wait(patience) is None:
            await self.kill()
        return self.returncode

    async def kill(self) -> None:
        """SIGKILL to the process and whatever it started in its group."""
        self.expect_end()
        if self._child is None:
            return
        if self.running:
            os.killpg(self._child.pid, signal.SIGKILL)
        await self.wait()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, to show with an error."""
        if not self.log.exists():
            return ""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-count:])

    def epitaph(self) -> str:
        """What to tell the operator about a process that ended by itself."""
        return (
            f"« {self.name} » s'est arrêté tout seul (code {self.returncode}) ; "
            f"son journal ({self.log}) finit ainsi :\n{self.last_lines()}"
        )
