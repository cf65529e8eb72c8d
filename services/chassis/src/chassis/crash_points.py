"""Named places where a test may kill the process, to prove that nothing is lost or doubled.

`PORTAIL_CRASH_AT=<name>` arms one point; the process then dies there by SIGKILL, as it would
when the machine loses power. In production the setting is absent and a point costs a comparison.
"""

import os
import signal

BEFORE_COMMIT = "before-commit"
AFTER_COMMIT = "after-commit"
AFTER_PUBLISH = "after-publish-before-mark"
AFTER_RECEIVE = "after-receive"
BEFORE_ACKNOWLEDGE = "after-commit-before-acknowledgement"

ALL = (BEFORE_COMMIT, AFTER_COMMIT, AFTER_PUBLISH, AFTER_RECEIVE, BEFORE_ACKNOWLEDGE)

_armed = os.environ.get("PORTAIL_CRASH_AT")


def reach(point: str) -> None:
    """Die here if a test armed this point."""
    if point == _armed:
        os.kill(os.getpid(), signal.SIGKILL)
