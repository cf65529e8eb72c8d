"""From a service's description to its running HTTP application."""

import re
import time
from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from opentelemetry.trace import SpanKind
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import spans
from .auth import Audience, allow, undeclared_routes
from .clock import clock_from
from .correlation import trace_from, tracing
from .data_version import DOOR, VersionTold
from .database import STARTING_OR_STOPPING, Database, is_away
from .documents import DocumentFailed, Documents, DocumentsBusy
from .examination import ExaminersBusy
from .migrations import is_fit
from .peers import PeerRefused, Peers, PeerUnavailable
from .problems import Problem, ProblemKind, install, respond, unexpected
from .runtime import Runtime, RuntimeOf, Service
from .telemetry import HTTP_SECONDS, logger
from .tokens import TokenVerifier

MAX_BODY = 1024 * 1024
QUIET = ("/health", "/metrics", DOOR)
"""Routes that are asked all the time and change nothing: no line of the log tells of them."""


log = logger(__name__)


class UndeclaredRoute(RuntimeError):
    """A route says nothing about who may call it: the service must not start."""


def build_runtime(service: Service) -> Runtime:
    clock = clock_from(service.shared.clock_shift)
    settings = service.settings
    peers = Peers(
        service.context, service.shared, settings.service_secret.get_secret_value(), clock
    )
    runtime = Runtime(
        context=service.context,
        settings=settings,
        shared=service.shared,
        clock=clock,
        database=Database(
            settings.database_url, service.context, clock, settings.database_pool_size
        ),
        peers=peers,
        authenticate=TokenVerifier(service.context, peers.published_keys, clock).authenticate,
        documents=Documents(settings.document_workers),
    )
    if service.completing is not None:
        runtime.database.completing = service.completing
    runtime.own = service.own(runtime)
    if service.authenticate is not None:
        runtime.authenticate = service.authenticate(runtime)
    return runtime


def create_app(service: Service, runtime: Runtime, *, with_routes: bool = True) -> FastAPI:
    """Raises UndeclaredRoute when a route declares no audience."""
    app = FastAPI(
        title=f"Portail Familles: {service.context}",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if with_routes else None,
    )
    app.state.runtime = runtime
    app.state.authenticate = runtime.authenticate
    install(app, {**DEFAULT_PROBLEMS, **service.problems})
    for kind in (DBAPIError, *STARTING_OR_STOPPING):
        app.add_exception_handler(kind, _database_failed)
    app.include_router(_sight(service))
    for router in (_version(), *service.routers) if with_routes else ():
        app.include_router(router)
    if forgotten := undeclared_routes(app):
        raise UndeclaredRoute(", ".join(forgotten))
    app.add_middleware(VersionTold, version=runtime.version)
    app.add_middleware(BodyLimit, larger=service.larger_bodies)
    app.add_middleware(Observed)
    return app


DEFAULT_PROBLEMS: dict[type[Exception], ProblemKind] = {
    PeerUnavailable: ProblemKind(
        503, "portail.peer-unavailable", "Service momentanément indisponible"
    ),
    PeerRefused: ProblemKind(502, "portail.peer-refused", "Réponse inattendue d’un autre service"),
    PoolTimeout: ProblemKind(503, "portail.busy", "Trop de demandes en même temps, réessayez"),
    TimeoutError: ProblemKind(503, "portail.busy", "Trop de demandes en même temps, réessayez"),
    ConnectionError: ProblemKind(503, "portail.unavailable", "Service momentanément indisponible"),
    ExaminersBusy: ProblemKind(
        503, "portail.busy", "Trop de fichiers arrivent en même temps, réessayez"
    ),
    DocumentsBusy: ProblemKind(503, "portail.busy", "Trop de documents à la fois, réessayez"),
    DocumentFailed: ProblemKind(503, "portail.document-failed", "Le document n’a pas pu être fait"),
}


async def _database_failed(request: Request, error: Exception) -> Response:
    """The server went away in the middle: nothing was committed, and trying again is right."""
    if is_away(error):
        log.warning("http.database_away", error=type(error).__name__)
        return respond(Problem(503, "portail.unavailable", "Service momentanément indisponible"))
    return await unexpected(request, error)


def _sight(service: Service) -> APIRouter:
    """Health and metrics; the gateway forwards none of these to the outside."""
    router = APIRouter(dependencies=[allow(Audience.ANYONE)], include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/health/ready")
    async def ready(runtime: RuntimeOf) -> Response:
        # Without the broker requests are still accepted: the outbox keeps what must be told.
        migrated = await is_fit(runtime.database, service.migrations)
        return JSONResponse({"database": migrated}, 200 if migrated else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _version() -> APIRouter:
    router = APIRouter(dependencies=[allow(Audience.SERVICE)], include_in_schema=False)

    @router.get(DOOR)
    async def data_version(runtime: RuntimeOf) -> Response:
        """For whoever keeps answers of ours (decision 52)."""
        return JSONResponse({"version": await runtime.version.now()})

    return router


class Observed:
    """Continues the caller's trace, measures, and writes one line per request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        trace = trace_from(_header(scope, b"traceparent"))
        with tracing(trace), spans.span(trace, SpanKind.SERVER, scope["method"]) as span:
            try:
                await self._app(scope, receive, sending)
            finally:
                route = _route(scope)
                self._note(scope["method"], route, status, time.perf_counter() - started)
                spans.answered(span, scope["method"], route, status)

    def _note(self, method: str, route: str, status: int, seconds: float) -> None:
        HTTP_SECONDS.labels(method, route, status).observe(seconds)
        if not route.startswith(QUIET):
            log.info(
                "http.answered",
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )


def _route(scope: Scope) -> str:
    """The route's template, never the path: paths hold identifiers of people."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


class BodyLimit:
    """No body larger than the limit is read, whether or not its length was announced."""

    def __init__(
        self, app: ASGIApp, limit: int = MAX_BODY, larger: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """`larger`: the limits of paths that take files, by the pattern of the whole path."""
        self._app = app
        self._limit = limit
        self._larger = [(re.compile(pattern), size) for pattern, size in larger.items()]

    def _limit_of(self, path: str) -> int:
        found = (size for pattern, size in self._larger if pattern.fullmatch(path))
        return next(found, self._limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = _header(scope, b"content-length") or "0"
        if not announced.isdigit() or int(announced) > limit:
            await self._refuse(limit, scope, receive, send)
            return
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise too_large(limit)
            return message

        async def sending(message: Message) -> None:
            # The framework answers 400 to whatever fails while a body is read: ours replaces it.
            if read <= limit:
                await send(message)

        await self._app(scope, limited, sending)
        if read > limit:
            await self._refuse(limit, scope, receive, send)

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        await respond(too_large(limit))(scope, receive, send)


def too_large(limit: int) -> Problem:
    return Problem(
        413, "portail.too-large", "Envoi trop volumineux", f"{limit // 1024} Ko au plus."
    )


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None
