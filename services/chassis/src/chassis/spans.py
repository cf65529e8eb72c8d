"""Spans of OpenTelemetry, for whoever collects them; without the setting nothing is made.

The ids are those of our own traces (`correlation`), so that a span, a log line and an event of one
action carry the same. A span says which route or type of event, never a path, a body or a name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from .correlation import Trace, current_trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_tracer: Tracer | None = None


def send_to(endpoint: str | None, service: str, ratio: float = 1.0) -> "TracerProvider | None":
    """From now on; None stops. What is left is sent when the process ends."""
    global _tracer
    if endpoint is None:
        _tracer = None
        return None
    # Not imported by processes that send nothing: it costs them memory and half a second.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import IdGenerator
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

    class OurIds(IdGenerator):
        def generate_trace_id(self) -> int:
            return int(current_trace().correlation_id, 16)

        def generate_span_id(self) -> int:
            return int(current_trace().span_id, 16)

    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.namespace": "portail"}),
        sampler=TraceIdRatioBased(ratio),
        id_generator=OurIds(),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _tracer = provider.get_tracer("portail")
    return provider


@contextmanager
def span(trace: Trace, kind: SpanKind, name: str) -> Iterator[Span | None]:
    """The span of `trace`, which is the current one; its parent is the caller's."""
    if _tracer is None:
        yield None
        return
    parent = None
    if trace.parent_id is not None:
        caller = SpanContext(
            int(trace.correlation_id, 16), int(trace.parent_id, 16), True, TraceFlags(1)
        )
        parent = set_span_in_context(NonRecordingSpan(caller))
    started = _tracer.start_span(name, context=parent, kind=kind)
    try:
        yield started
    except BaseException as error:
        # The class only: a message may quote the data of people.
        started.set_status(StatusCode.ERROR, type(error).__qualname__)
        raise
    finally:
        started.end()


def answered(span: Span | None, method: str, route: str, status: int) -> None:
    if span is None:
        return
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
