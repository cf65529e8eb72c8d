"""The one place where messaging is put together."""

from pathlib import Path

from chassis.problems import ProblemKind
from chassis.runtime import Runtime, Service
from chassis.settings import SharedSettings
from messaging.api import family, stream
from messaging.live import LiveHub, TooManyStreams
from messaging.settings import Settings
from messaging.store.tables import metadata
from messaging.subscriptions.events import handlers
from messaging.use_cases.mark_message import UnknownMessage
from portail_contracts.catalogue import Context

PROBLEMS: dict[type[Exception], ProblemKind] = {
    UnknownMessage: ProblemKind(404, "messaging.unknown-message", "Message introuvable"),
    TooManyStreams: ProblemKind(429, "messaging.too-many-streams", "Trop de pages ouvertes"),
}


def service() -> Service:
    return Service(
        context=Context.MESSAGING,
        settings=Settings(),
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(family.router, stream.router),
        handlers=handlers,
        own=lambda runtime: LiveHub(runtime.database, runtime.clock, runtime.stopping),
        background=(_tell_open_pages,),
        problems=PROBLEMS,
    )


async def _tell_open_pages(runtime: Runtime) -> None:
    hub: LiveHub = runtime.own
    await hub.run()
