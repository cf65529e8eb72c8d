"""What messaging keeps beside its database: open pages, and what it has seen of the broker."""

from dataclasses import dataclass

from chassis.runtime import Runtime
from messaging.live import LiveHub
from messaging.partners.recent import RecentEvents
from messaging.partners.watch import PartnerWatch


@dataclass(frozen=True)
class Own:
    """One process's."""

    live: LiveHub
    partners: PartnerWatch
    recent: RecentEvents

    @classmethod
    def of(cls, runtime: Runtime) -> "Own":
        urls = runtime.settings.broker_urls
        return cls(
            LiveHub(runtime.database, runtime.clock, runtime.stopping),
            PartnerWatch(runtime.database, urls, runtime.clock),
            RecentEvents(urls),
        )


def own_of(runtime: Runtime) -> Own:
    own: Own = runtime.own
    return own
