"""The one place where messaging is put together."""

from pathlib import Path

from chassis.runtime import Runtime, Service
from chassis.settings import SharedSettings
from messaging.api import drafts, family, stream, threads
from messaging.api.problems import PROBLEMS
from messaging.api.uploading import LARGEST_UPLOAD
from messaging.live import LiveHub
from messaging.settings import Settings
from messaging.store.tables import metadata
from messaging.subscriptions.events import handlers
from portail_contracts.catalogue import Context

UPLOADS = r"/v1/(me|staff)/drafts/[^/]+/attachments/[^/]+"


def service() -> Service:
    return Service(
        context=Context.MESSAGING,
        settings=Settings(),
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(family.router, threads.router, drafts.router, stream.router),
        handlers=handlers,
        own=lambda runtime: LiveHub(runtime.database, runtime.clock, runtime.stopping),
        background=(_tell_open_pages,),
        problems=PROBLEMS,
        larger_bodies={UPLOADS: LARGEST_UPLOAD},
    )


async def _tell_open_pages(runtime: Runtime) -> None:
    hub: LiveHub = runtime.own
    await hub.run()
