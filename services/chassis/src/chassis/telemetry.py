"""Sight: JSON logs that carry the correlation id, and the figures Prometheus reads."""

import logging
import sys
import traceback
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from .correlation import current_trace

HTTP_SECONDS = Histogram(
    "portail_http_seconds", "Time to answer, by route template.", ("method", "route", "status")
)
PAGES_SENT = Counter(
    "portail_pages_sent_total",
    "Pages of families that may be kept, by whether they were kept or made.",
    ("outcome",),
)
HANDLER_SECONDS = Histogram(
    "portail_handler_seconds",
    "Time a handler spends on one event, before its commit.",
    ("type", "outcome"),
)
EVENTS_PUBLISHED = Counter("portail_events_published_total", "Events the broker confirmed.")
EVENTS_UNROUTABLE = Counter(
    "portail_events_unroutable_total",
    "Events that no queue was bound for; they stay in the outbox.",
)
EVENTS_PARKED = Counter("portail_events_parked_total", "Events set aside to be tried again.")
EVENTS_DEAD = Counter("portail_events_dead_total", "Events given up on.", ("reason",))
OUTBOX_OLDEST_SECONDS = Gauge(
    "portail_outbox_oldest_seconds", "Age of the oldest event not yet published."
)
OUTBOX_WAITING = Gauge("portail_outbox_waiting", "Events not yet published.")
QUEUE_DEPTH = Gauge("portail_queue_depth", "Messages ready in a queue of ours.", ("queue",))
PARTNER_WAITING = Gauge(
    "portail_partner_waiting", "Events that a partner has not read yet.", ("partner",)
)
PARTNER_FULL = Gauge(
    "portail_partner_full_ratio",
    "How full a partner's queue is; at 1 it loses events.",
    ("partner",),
)
PARTNER_READERS = Gauge(
    "portail_partner_readers", "Connected readers of a partner's queue.", ("partner",)
)
PARTNER_BEHIND_SECONDS = Gauge(
    "portail_partner_behind_seconds", "Time since a partner had read everything.", ("partner",)
)
PARTNER_PULL_BEHIND_SECONDS = Gauge(
    "portail_partner_pull_behind_seconds",
    "Age of the oldest event that a partner has not asked for yet.",
    ("partner",),
)
WEBHOOK_TRIES = Counter(
    "portail_webhook_tries_total", "Events sent to partners' addresses.", ("partner", "outcome")
)
WEBHOOK_WAITING = Gauge(
    "portail_webhook_waiting", "Events that a partner's address has not taken yet.", ("partner",)
)
WEBHOOK_BEHIND_SECONDS = Gauge(
    "portail_webhook_behind_seconds", "Age of the oldest of them.", ("partner",)
)
WEBHOOK_PAUSED = Gauge(
    "portail_webhook_paused", "1 while nothing is sent to a partner's address.", ("partner",)
)
PARTNER_PULLS = Counter(
    "portail_partner_pulls_total", "Answers to partners who ask for events.", ("status",)
)


def _with_trace(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    entry.setdefault("correlation_id", current_trace().correlation_id)
    return entry


def _trace_without_words(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Where it failed and the error's class; its message may quote the data of people."""
    error = entry.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        entry["error"] = type(error).__qualname__
        entry["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return entry


def configure_logging(service: str, level: str) -> None:
    """One JSON object a line on standard output, for our own lines and for libraries' alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_trace,
        _trace_without_words,
    ]
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, as_json],
        # Ours go straight to the output: by way of `logging` a line costs six times as much.
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    _redirect_libraries(level, shared, as_json)


def _redirect_libraries(level: str, shared: list[Any], as_json: Any) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # Access lines hold paths and addresses of people: ours replace uvicorn's.
    logging.getLogger("uvicorn.access").disabled = True
    for chatty in ("aio_pika", "aiormq", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel("WARNING")


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return log
