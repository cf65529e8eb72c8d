"""A private RabbitMQ broker: own folder, node, cookie, ports and port mapper."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import signal
import time
from pathlib import Path
from typing import Any

from portail.errors import OperatorError
from portail_local.process_table import end_all, working_in
from portail_local.processes import Process, confined
from portail_local.servers import rabbitmq_files as files
from portail_local.servers.place import Claim, forget, kept_secret, settle, write_private
from portail_local.servers.ports import free_port, is_free, require_free

PROCESS_NAMES = frozenset(
    {"beam.smp", "epmd", "erl_child_setup", "inet_gethost", "rabbitmq-server", "erlexec"}
)
# A node writes the register of its quorum queues with this delay, in seconds:
# a queue younger than that is gone for good after a SIGKILL (measured, 3.10.8).
_REGISTER_DELAY = 3.0
_GREETING = b"AMQP\x00\x00\x09\x01"


class PrivateRabbitMQ:
    """One node under `home`, on 127.0.0.1. Messages are kept between starts.

    `durable=False` leaves out the disk's flush: a killed node still loses
    nothing, a power cut may. For tests.
    """

    def __init__(self, home: Path, name: str, port: int, *, durable: bool = True) -> None:
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise ValueError(f"a node's name is lower-case letters, digits and dashes: {name}")
        place = settle(home)
        self.host = "127.0.0.1"
        self.port = port
        self.node = f"portail-{name}@localhost"
        self.notice = place.notice
        self.home = place.home
        self.log = self.home / "broker.log"
        self._wanted = home
        self._account = place.account
        self._durable = durable
        self._broker: Process | None = None
        self._epmd: Process | None = None
        self._ports: dict[str, int] = {}
        self._declared_at = 0.0
        self._claim = Claim(
            self.home / "lock",
            f"Le serveur RabbitMQ de {self.home} est déjà utilisé par un autre programme : "
            "arrêtez-le (« make stop »), puis relancez.",
        )

    @property
    def admin_url(self) -> str:
        """Address of the administrator on the vhost `/`; the user reaches every vhost."""
        password = kept_secret(self.home / "password", self._account)
        return f"amqp://{files.ADMIN}:{password}@{self.host}:{self.port}/"

    @property
    def process(self) -> Process | None:
        """The broker's process, once started."""
        return self._broker

    @property
    def running(self) -> bool:
        """Whether the broker's process is there."""
        return self._broker is not None and self._broker.running

    async def start(self) -> None:
        """Start and wait until the broker greets a client.

        Ends what a killed runner left in this folder first. Raises
        `OperatorError` when the port is taken or the broker does not start.
        """
        self._claim.take()
        try:
            await end_all(self._ours, signal.SIGTERM, 15.0)
            require_free(self.port, "RabbitMQ")
            self._prepare()
            self._epmd = self._launch("epmd", files.epmd_command(self._ports["epmd"]), "KILL")
            self._broker = self._launch("rabbitmq", [str(files.script("rabbitmq-server"))], "TERM")
            await self._wait_until_ready(self._broker)
            self._definitions.unlink(missing_ok=True)
            self._declared_at = time.monotonic()
        except BaseException:
            await self._end()
            raise

    async def stop(self) -> None:
        """Let the broker write what it holds, then stop it and its port mapper."""
        if self._broker is not None:
            await self._broker.stop(patience=20.0)
        await self._end()

    async def kill(self) -> None:
        """SIGKILL to the broker and its port mapper, as a crash would.

        Waits first until queues that were declared just now are registered, so
        that tests of crashes do not depend on how young their queues are.
        """
        if self.running:
            await asyncio.sleep(self._declared_at + _REGISTER_DELAY - time.monotonic())
        await self._end()

    async def _end(self) -> None:
        processes = [process for process in (self._broker, self._epmd) if process is not None]
        for process in processes:
            process.expect_end()
        await end_all(self._ours, None, 0.0)
        for process in processes:
            await process.wait()
        self._claim.drop()

    async def remove(self) -> None:
        """Stop and delete the data."""
        await self.stop()
        forget(self._wanted)

    async def import_definitions(self, definitions: dict[str, Any]) -> None:
        """Create users, vhosts and topology; what exists already is left as it is.

        Before the first start they are only kept, and the broker reads them as
        it boots: that saves a call of its slow command line.
        """
        if not self.running:
            kept = json.loads(self._definitions.read_text()) if self._definitions.exists() else {}
            self._write(self._definitions, files.merged(kept, definitions))
            return
        file = self.home / f"import-{time.monotonic_ns()}.json"
        try:
            self._write(file, definitions)
            await self._control("import_definitions", str(file))
            self._declared_at = time.monotonic()
        finally:
            file.unlink(missing_ok=True)

    def control_script(self) -> str:
        """A shell script that is `rabbitmqctl` for this node, for the operator's command."""
        inside = [f"{name}={value}" for name, value in self._environment().items()]
        command = [str(files.script("rabbitmqctl")), "--node", self.node]
        words = shlex.join(["env", "-i", *inside, *confined(command, self._account)])
        return f'#!/bin/sh\ncd {shlex.quote(str(self.home))} && exec {words} "$@"\n'

    async def delete_vhost(self, name: str) -> None:
        """Delete a vhost with its queues; an unknown one raises `OperatorError`."""
        await self._control("delete_vhost", name)

    @property
    def _definitions(self) -> Path:
        return self.home / "boot-definitions.json"

    def _write(self, file: Path, definitions: dict[str, Any]) -> None:
        password = kept_secret(self.home / "password", self._account)
        complete = files.with_administrator(definitions, password)
        write_private(file, json.dumps(complete), self._account)

    def _ours(self) -> list[int]:
        return working_in(self.home, PROCESS_NAMES)

    def _prepare(self) -> None:
        self._ports = {name: self._kept_port(name) for name in ("epmd", "dist")}
        if not self._definitions.exists() and not files.data_folder(self.home).exists():
            self._write(self._definitions, {})
        kept_secret(self.home / ".erlang.cookie", self._account)
        load = self._definitions if self._definitions.exists() else None
        for name, text in files.configuration(self.port, load, self._durable).items():
            write_private(self.home / name, text, self._account)

    def _kept_port(self, name: str) -> int:
        # The same at every start if possible: the node's own files name none.
        known = self._ports.get(name)
        return known if known is not None and is_free(known) else free_port()

    def _environment(self) -> dict[str, str]:
        return files.environment(self.home, self.node, self._ports)

    def _launch(self, name: str, command: list[str], death_signal: str) -> Process:
        process = Process(
            name,
            command,
            env=self._environment(),
            cwd=self.home,
            log=self.log,
            account=self._account,
            death_signal=death_signal,
        )
        process.start()
        return process

    async def _control(self, *arguments: str) -> None:
        """One call of the broker's command line, again while the node is still starting up."""
        deadline = time.monotonic() + 30.0
        while True:
            failed, output = await self._control_once(*arguments)
            if not failed:
                return
            # Its listener may answer a little before its applications count as running.
            if "app to be running" not in output or time.monotonic() > deadline:
                raise OperatorError(f"RabbitMQ a refusé « {arguments[0]} » : {output}")
            await asyncio.sleep(0.5)

    async def _control_once(self, *arguments: str) -> tuple[bool, str]:
        command = [str(files.script("rabbitmqctl")), "--node", self.node, "--quiet", *arguments]
        child = await asyncio.create_subprocess_exec(
            *confined(command, self._account, "KILL"),
            cwd=self.home,
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await child.communicate()
        return child.returncode != 0, output.decode(errors="replace").strip()

    async def _wait_until_ready(self, process: Process, patience: float = 90.0) -> None:
        deadline = time.monotonic() + patience
        while process.running and time.monotonic() < deadline:
            if await self._greets():
                return
            await asyncio.sleep(0.1)
        raise OperatorError(f"RabbitMQ n'a pas démarré ; son journal dit :\n{process.last_lines()}")

    async def _greets(self) -> bool:
        # An open port is not enough: the listener opens before the node answers.
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            return False
        try:
            writer.write(_GREETING)
            return await asyncio.wait_for(reader.read(1), 5) == b"\x01"
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
