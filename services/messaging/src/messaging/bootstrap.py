"""The one place where messaging is put together."""

from pathlib import Path

from chassis.runtime import Runtime, Service
from chassis.settings import SharedSettings
from messaging.api import (
    broadcasts,
    desk,
    desk_drafts,
    desk_settings,
    drafts,
    export,
    family,
    partner_events,
    partners,
    preferences,
    stream,
    threads,
    visitors,
    webhooks,
)
from messaging.api.problems import PROBLEMS
from messaging.api.uploading import LARGEST_UPLOAD
from messaging.crier import Crier
from messaging.last_caller import LastCaller
from messaging.mail.addresses import Addresses
from messaging.mail.bounced import read_bounce
from messaging.mail.composing import Sender
from messaging.mail.office import PostOffice
from messaging.mail.smtp import Server
from messaging.own import Own, own_of
from messaging.partners.keeper import Keeper
from messaging.settings import Settings
from messaging.store.tables import metadata
from messaging.subscriptions.events import handlers
from messaging.webhooks.couriers import Couriers
from messaging.webhooks.posting import Poster
from portail_contracts.catalogue import Context

UPLOADS = r"/v1/(me|staff)/drafts/[^/]+/attachments/[^/]+"


def service() -> Service:
    return Service(
        context=Context.MESSAGING,
        settings=Settings(),
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(
            family.router,
            threads.router,
            drafts.router,
            preferences.router,
            visitors.router,
            desk.router,
            desk_drafts.router,
            desk_settings.router,
            broadcasts.router,
            stream.router,
            export.router,
            partners.router,
            partner_events.router,
            webhooks.router,
        ),
        handlers=handlers,
        own=Own.of,
        background=(
            _tell_open_pages,
            _send_mail,
            _tell_many,
            _remind,
            _watch_partners,
            _follow_log,
            _keep_events,
            _send_to_webhooks,
        ),
        problems=PROBLEMS,
        commands={"bounced": read_bounce},
        larger_bodies={UPLOADS: LARGEST_UPLOAD},
    )


async def _tell_open_pages(runtime: Runtime) -> None:
    await own_of(runtime).live.run()


async def _send_mail(runtime: Runtime) -> None:
    await post_office(runtime).run()


async def _tell_many(runtime: Runtime) -> None:
    await Crier(runtime.database, runtime.clock).run()


async def _remind(runtime: Runtime) -> None:
    await LastCaller(runtime.database, runtime.clock, runtime.peers).run()


async def _watch_partners(runtime: Runtime) -> None:
    await own_of(runtime).partners.run()


async def _follow_log(runtime: Runtime) -> None:
    await own_of(runtime).recent.run()


async def _keep_events(runtime: Runtime) -> None:
    await Keeper(runtime.database, runtime.settings.broker_urls, runtime.clock).run()


async def _send_to_webhooks(runtime: Runtime) -> None:
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - `service` made it so
    poster = Poster(loopback=settings.webhooks_to_loopback)
    news = own_of(runtime).kept_events
    await Couriers(runtime.database, runtime.clock, news, poster).run()


def post_office(runtime: Runtime) -> PostOffice:
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - `service` made it so
    authority = runtime.shared.authority
    address = settings.mail_sender or authority.email
    return_path = settings.return_path or address
    sender = Sender(address, authority, settings.portal_url, return_path)
    return PostOffice(
        runtime.database, runtime.clock, Addresses(runtime.peers), sender, _server(settings)
    )


def _server(settings: Settings) -> Server | None:
    if settings.smtp_host is None:
        return None
    password = settings.smtp_password
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
    )
