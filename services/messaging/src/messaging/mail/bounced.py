"""`python -m messaging bounced`: reads what came back, as a mail server hands it to a program.

One message on the standard input. The exit code is the mail server's (sysexits.h): 75 asks it to
try again later, so that nothing is lost while the database is away.
"""

import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from chassis.runtime import Runtime
from chassis.telemetry import logger
from messaging.use_cases.note_bounce import note_bounce

from .bounces import MOST_BYTES, bounce_in

TRY_LATER = 75

log = logger(__name__)


async def read_bounce(runtime: Runtime, _arguments: Sequence[str]) -> None:
    """Exits with 75 when it could not be noted."""
    bounce = bounce_in(sys.stdin.buffer.read(MOST_BYTES))
    if bounce is None:
        log.info("mail.no_bounce")
        return
    try:
        async with runtime.database.transaction() as transaction:
            noted = await note_bounce(transaction, bounce, runtime.clock.now())
    except (SQLAlchemyError, OSError) as error:
        log.warning("mail.bounce_not_noted", error=type(error).__name__)
        sys.exit(TRY_LATER)
    log.info("mail.bounced", delivery_id=str(bounce.delivery_id), noted=noted)
