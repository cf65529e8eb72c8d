"""What an operator looks at first, read from a service's Prometheus figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families


@dataclass
class Figures:
    """Messages of one service, as it measured them last."""

    waiting: int = 0
    """Events in the outbox, not yet published."""
    oldest_s: float = 0.0
    """Age of the oldest of them, in seconds."""
    queued: int = 0
    parked: int = 0
    dead: int = 0
    handled: int = 0
    handling_s: float = 0.0
    """Seconds spent by handlers in all."""
    seen: set[str] = field(default_factory=set)

    @property
    def mean_ms(self) -> float | None:
        return 1000 * self.handling_s / self.handled if self.handled else None


def read(text: str) -> Figures | None:
    """None when the service does not answer, or has no events of its own."""
    figures = Figures()
    for name, labels, value in _samples(text):
        figures.seen.add(name)
        match name:
            case "portail_outbox_waiting":
                figures.waiting = int(value)
            case "portail_outbox_oldest_seconds":
                figures.oldest_s = value
            case "portail_queue_depth":
                _queue(figures, labels["queue"], int(value))
            case "portail_handler_seconds_count":
                figures.handled += int(value)
            case "portail_handler_seconds_sum":
                figures.handling_s += value
    return figures if "portail_queue_depth" in figures.seen else None


def _queue(figures: Figures, name: str, depth: int) -> None:
    if name.endswith(".dead"):
        figures.dead += depth
    elif ".retry." in name:
        figures.parked += depth
    else:
        figures.queued += depth


def _samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def cells(figures: Figures | None) -> Iterable[str]:
    """For the columns of the supervision page."""
    if figures is None:
        return ("–",) * 5
    waiting = str(figures.waiting)
    if figures.waiting:
        waiting += f" (depuis {figures.oldest_s:.0f} s)"
    mean = "–" if figures.mean_ms is None else f"{figures.mean_ms:.1f}".replace(".", ",") + " ms"
    return waiting, str(figures.queued), str(figures.parked), str(figures.dead), mean
