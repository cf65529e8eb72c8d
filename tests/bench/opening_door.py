"""Enrolment alone behind a real HTTP door, for the storm: a token is the family's identifier.

`python -m bench.opening_door PORT`, with enrolment's settings in the environment.
"""

import sys
from uuid import UUID

import uvicorn

from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal
from chassis.telemetry import configure_logging
from enrolment import bootstrap


async def _authenticate(token: str) -> Principal:
    return Principal(token, "Famille", frozenset({Audience.FAMILY}), UUID(token))


def main() -> None:
    service = bootstrap.service()
    configure_logging(service.context, "ERROR")
    runtime = build_runtime(service)
    runtime.authenticate = _authenticate
    uvicorn.run(
        create_app(service, runtime),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
