"""`python -m support.routes <service>`: every route of a service, shown in its schema or not."""

import importlib
import json
import os
import sys

from fastapi.routing import APIRoute, iter_route_contexts

from chassis.app import build_runtime, create_app
from chassis.auth import Audience, guard_of

NOWHERE = {
    "PORT": "1",
    "DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
    "MIGRATION_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
    "BROKER_URLS": "amqp://127.0.0.1:1",
    "SERVICE_SECRET": "none",
    "SERVICE_SECRETS": "{}",
    "MASTER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}
SIGHT = ("/health/", "/metrics")


def _is_open(route: APIRoute) -> bool:
    guard = guard_of(route)
    return guard is not None and Audience.ANYONE in guard.audiences


def main() -> None:
    name = sys.argv[1]
    os.environ |= {f"{name.upper()}_{key}": value for key, value in NOWHERE.items()}
    os.environ |= {
        f"PORTAIL_{peer}_URL": "http://127.0.0.1:1"
        for peer in ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")
    }
    service = importlib.import_module(f"{name}.bootstrap").service()
    app = create_app(service, build_runtime(service))
    routes = [
        # The path as it is asked for: a route inside an included router does not know its prefix.
        (method, found.path, _is_open(found.original_route))
        for found in iter_route_contexts(app.routes)
        if isinstance(found.original_route, APIRoute) and not found.path.startswith(SIGHT)
        for method in sorted(found.original_route.methods or ())
        if method != "HEAD"
    ]
    json.dump(routes, sys.stdout)


if __name__ == "__main__":
    main()
