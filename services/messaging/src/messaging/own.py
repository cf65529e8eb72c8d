"""What messaging keeps beside its database: who waits at its doors, and what it has seen."""

from dataclasses import dataclass

from chassis.runtime import Runtime
from messaging.live import LiveHub
from messaging.news import News
from messaging.partners.pulls import Pulls
from messaging.partners.recent import RecentEvents
from messaging.partners.watch import PartnerWatch


@dataclass(frozen=True)
class Own:
    """One process's."""

    live: LiveHub
    pulls: Pulls
    partners: PartnerWatch
    recent: RecentEvents
    kept_events: News
    """Told when something was kept for partners, or is to be sent to them."""

    @classmethod
    def of(cls, runtime: Runtime) -> "Own":
        database, clock, stopping = runtime.database, runtime.clock, runtime.stopping
        urls, news = runtime.settings.broker_urls, News()
        return cls(
            LiveHub(database, clock, stopping, news),
            Pulls(database, clock, stopping, news),
            PartnerWatch(database, urls, clock),
            RecentEvents(urls),
            news,
        )


def own_of(runtime: Runtime) -> Own:
    own: Own = runtime.own
    return own
