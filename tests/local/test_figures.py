"""The supervision page's figures, from the text a service really gives."""

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from portail_local import figures


def test_depths_are_told_apart_by_what_they_mean() -> None:
    registry = CollectorRegistry()
    depth = Gauge("portail_queue_depth", "", ("queue",), registry=registry)
    depth.labels("billing.events").set(3)
    depth.labels("billing.retry.0").set(1)
    depth.labels("billing.retry.4").set(2)
    depth.labels("billing.dead").set(4)
    Gauge("portail_outbox_waiting", "", registry=registry).set(5)
    Gauge("portail_outbox_oldest_seconds", "", registry=registry).set(12.4)
    handler = Histogram("portail_handler_seconds", "", ("type", "outcome"), registry=registry)
    handler.labels("a", "done").observe(0.010)
    handler.labels("b", "done").observe(0.030)
    seen = figures.read(generate_latest(registry).decode())
    assert list(figures.cells(seen)) == ["5 (depuis 12 s)", "3", "3", "4", "20,0 ms"]


def test_a_service_that_does_not_answer_has_none() -> None:
    assert figures.read("# ne répond pas\n") is None
    assert list(figures.cells(None)) == ["–"] * 5
