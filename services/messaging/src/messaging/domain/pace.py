"""How often somebody may ask: so many at once, and so many each second after that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass
class Pace:
    """One asker's; full at first."""

    at_once: int
    each_second: float
    left: float
    since: datetime

    def wait(self, now: datetime) -> int:
        """Seconds to wait before asking again; 0 when this time is granted, and counted."""
        elapsed = max((now - self.since) / timedelta(seconds=1), 0)
        self.left = min(self.left + elapsed * self.each_second, self.at_once)
        self.since = now
        if self.left < 1:
            return ceil((1 - self.left) / self.each_second)
        self.left -= 1
        return 0
