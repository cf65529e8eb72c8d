"""A bounded pool of warm processes that make PDFs.

Python's own process pools cannot kill one that hangs without ending all; ours are programs on a
pipe, started when first needed, kept warm, and killed and replaced one by one.
"""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import Iterable, Sequence
from contextlib import suppress

from chassis.telemetry import logger

from .fonts import find_fonts
from .frames import LENGTH, Status, frame

log = logger(__name__)

MAX_HTML = 8 * 1024 * 1024
MAX_PDF = 32 * 1024 * 1024
STARTING = 60.0
"""Seconds for a process to be ready: its libraries take two on an idle machine."""


class DocumentRefused(ValueError):
    """The document is too large, or cannot be made of what it says."""


class DocumentFailed(RuntimeError):
    """The process that made it hung or died; it was replaced."""


class DocumentsBusy(RuntimeError):
    """Too many documents are waiting already."""


class _TooLarge(DocumentRefused):
    """The answer was left in the pipe: the process cannot be asked again."""


class _Worker:
    """One process and the pipe to it."""

    def __init__(
        self, process: Process, requests: asyncio.StreamWriter, answers: asyncio.StreamReader
    ) -> None:
        self._process = process
        self._requests = requests
        self._answers = answers

    @classmethod
    async def start(cls, seconds: float) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chassis.documents.worker", str(seconds)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if process.stdin is None or process.stdout is None:
            raise EOFError("no pipe")
        worker = cls(process, process.stdin, process.stdout)
        try:
            async with asyncio.timeout(STARTING):
                await worker._receive()
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def make(self, html: bytes) -> bytes:
        """Raises DocumentRefused, EOFError or OSError when the process died."""
        self._requests.write(frame(Status.HTML, html))
        await self._requests.drain()
        status, payload = await self._receive()
        if status is Status.FAILED:
            raise DocumentRefused(payload.decode())
        return payload

    async def _receive(self) -> tuple[Status, bytes]:
        status, length = LENGTH.unpack(await self._answers.readexactly(LENGTH.size))
        if length > MAX_PDF:
            raise _TooLarge("the PDF is too large")
        return Status(status), await self._answers.readexactly(length)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def end(self) -> None:
        """Its input closes: it finishes what it does and goes."""
        self._requests.close()
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            await self.kill()


class Documents:
    """`await documents.render(html)`; costs nothing until the first document."""

    def __init__(self, workers: int = 1, seconds: float = 30.0, waiting: int = 200) -> None:
        self.workers = workers
        self._seconds = seconds
        self._longest_queue = waiting
        self._waiting = 0
        self._free = asyncio.Semaphore(workers)
        self._idle: list[_Worker] = []
        self._closed = False

    @staticmethod
    def check() -> None:
        """Raises FontsMissing: a service that prints asks before it starts."""
        find_fonts()

    async def warm(self) -> None:
        """Have every process ready before somebody waits for it."""
        await asyncio.gather(*(self.render("<p>.</p>") for _ in range(self.workers)))

    async def render(self, html: str) -> bytes:
        """The PDF of a document.

        Raises DocumentRefused (too large, or not a document), DocumentFailed (hung or died twice),
        DocumentsBusy.
        """
        content = html.encode()
        if len(content) > MAX_HTML:
            raise DocumentRefused("the HTML is too large")
        if self._closed or self._waiting >= self._longest_queue:
            raise DocumentsBusy("documents")
        self._waiting += 1
        try:
            async with self._free:
                return await self._made(content)
        finally:
            self._waiting -= 1

    async def render_all(self, documents: Iterable[str]) -> Sequence[bytes]:
        """In the order given, as many at a time as there are processes."""
        return await asyncio.gather(*(self.render(html) for html in documents))

    async def _made(self, content: bytes) -> bytes:
        for _ in range(2):
            worker = await self._worker()
            if worker is None:
                continue
            try:
                async with asyncio.timeout(self._seconds):
                    pdf = await worker.make(content)
            except TimeoutError:
                # What hung once would hang again.
                await worker.kill()
                break
            except (EOFError, OSError):
                await worker.kill()
            except BaseException as error:
                await self._keep_or_kill(worker, error)
                raise
            else:
                self._idle.append(worker)
                return pdf
        log.warning("documents.failed")
        raise DocumentFailed("the process hung or died")

    async def _keep_or_kill(self, worker: _Worker, error: BaseException) -> None:
        """One that has said no can go on; one whose answer nobody read cannot."""
        if isinstance(error, DocumentRefused) and not isinstance(error, _TooLarge):
            self._idle.append(worker)
        else:
            await worker.kill()

    async def _worker(self) -> _Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
        try:
            return await _Worker.start(self._seconds)
        except (EOFError, OSError) as error:
            log.warning("documents.worker_not_started", error=type(error).__name__)
            return None

    async def close(self) -> None:
        """Let what is being made be finished, then end the processes; again, nothing happens."""
        if self._closed:
            return
        self._closed = True
        for _ in range(self.workers):
            await self._free.acquire()
        await asyncio.gather(*(worker.end() for worker in self._idle))
        self._idle.clear()
