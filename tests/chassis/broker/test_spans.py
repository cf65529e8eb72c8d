"""Spans sent to a collector's door: one trace over HTTP and the broker, and no word of people."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import SpanKind

from chassis import spans
from chassis.app import Observed
from chassis.correlation import new_trace
from chassis.identifiers import new_id
from support.ledger_service import everything_heard, say
from support.waiting import eventually, running

from .test_pipeline import confirmed

CALLER = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"


class Collector(HTTPServer):
    """Takes what OTLP exporters post."""

    def __init__(self) -> None:
        self.spans = {}
        self.bodies = b""
        super().__init__(("127.0.0.1", 0), Door)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class Door(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans.update({one.name: one for one in scope.spans})
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector():
    server = Collector()
    yield server
    spans.send_to(None, "")
    server.shutdown()
    server.server_close()


async def test_one_trace_leads_from_the_caller_through_the_request_to_the_event(
    pair, collector
) -> None:
    app = FastAPI()

    @app.post("/families/{name}")
    async def act(name: str):
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, confirmed(new_id(), new_id()))
        return len(name)

    provider = spans.send_to(collector.endpoint, "enrolment")
    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        transport = httpx.ASGITransport(app=Observed(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.post("/families/Noisetier", headers={"traceparent": CALLER})
        await eventually(lambda: everything_heard(pair.listener.database), bool)
    provider.shutdown()

    handled = next(one for name, one in collector.spans.items() if name.startswith("enrolment."))
    answered = collector.spans["POST /families/{name}"]
    assert {one.trace_id.hex() for one in (handled, answered)} == {"ab" * 16}
    assert answered.parent_span_id.hex() == "cd" * 8
    assert handled.parent_span_id == answered.span_id
    assert {one.key: one.value.int_value for one in answered.attributes}[
        "http.response.status_code"
    ] == 200
    assert b"Noisetier" not in collector.bodies


def test_without_the_setting_nothing_is_made() -> None:
    with spans.span(new_trace(), SpanKind.SERVER, "nothing") as made:
        assert made is None
