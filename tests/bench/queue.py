"""`enrolment.queue_p95_ms`: the staff's queue with 10,000 requests, read as agents read it."""

import logging
import os
import time
from unittest import mock

import httpx
import structlog
from fastapi import FastAPI
from sqlalchemy import text

from bench.figures import Figure
from bench.storm import analyse
from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.runtime import Runtime
from enrolment import bootstrap
from support.databases import Databases, ServiceDatabase
from support.servers import Servers

REQUESTS = 10_000
ROUNDS = 15
AIM = 150.0
AGENT = str(new_id())
_CONTEXTS = ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")
ADDRESSES = (
    "/console/demandes",
    "/console/demandes?page=150",
    "/console/demandes?genre=absences",
    "/console/demandes?age=echeance",
    "/console/demandes?centre={centre}&suivi=personne",
    "/console/demandes?recherche=famille%2012",
    "/console/demandes?etat=acceptees",
    "/v1/staff/requests?state=pending",
)

# 1,500 families; 8,000 requests wait, 2,000 are decided; each asks for one day of one slot.
FILL = """
INSERT INTO families SELECT gen_random_uuid(), 1, 'F-' || n, 'Famille ' || n
  FROM generate_series(1, 1500) AS n;
INSERT INTO children SELECT gen_random_uuid(), family_id, 1, 'Lou', name, '2019-05-04'
  FROM families;
INSERT INTO centres (centre_id, name) SELECT gen_random_uuid(), 'Centre ' || n
  FROM generate_series(1, 6) AS n;
INSERT INTO activities (activity_id, centre_id, label, season, weekdays, capacity_under_six,
    capacity_six_and_over)
  SELECT gen_random_uuid(), centre_id, 'Mercredi', 'term', '{3}', 24, 36 FROM centres;
INSERT INTO slots (slot_id, activity_id, label, starts, ends, meal, rate_code)
  SELECT gen_random_uuid(), activity_id, 'Journée', '07:30', '18:00', true, 'day' FROM activities;
INSERT INTO requests (request_id, number, family_id, kind, state, version, submitted_at,
    submitted_by, channel, due_on, decided_at)
  SELECT gen_random_uuid(), 'D-2026-' || lpad(n::text, 5, '0'), family_id,
    (ARRAY['booking.request', 'booking.cancel', 'absence.declare', 'child.update'])[1 + n % 4],
    CASE WHEN n % 5 = 0 THEN 'applied' ELSE 'pending' END, 1,
    now() - n * interval '5 minutes', name, 'portal',
    (now() - n * interval '5 minutes')::date + 61,
    CASE WHEN n % 5 = 0 THEN now() - n * interval '1 minute' END
  FROM generate_series(1, 10000) AS n
  JOIN (SELECT *, row_number() OVER (ORDER BY reference) AS place FROM families) AS f
    ON f.place = 1 + n % 1500;
INSERT INTO request_lines (request_id, position, child_id, slot_id, day, outcome)
  SELECT r.request_id, 0, c.child_id, s.slot_id, '2026-12-02', 'requested'
  FROM (SELECT *, row_number() OVER (ORDER BY number) AS place FROM requests) AS r
  JOIN children AS c USING (family_id)
  JOIN (SELECT *, row_number() OVER (ORDER BY slot_id) AS place FROM slots) AS s
    ON s.place = 1 + r.place % 6;
"""


async def measure(servers: Servers) -> list[Figure]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = await Databases(servers.postgres.admin_url).fresh("enrolment")
    with mock.patch.dict(os.environ, _settings(database)):
        service = bootstrap.service()
        runtime = build_runtime(service)
    runtime.authenticate = _authenticate
    await _fill(runtime)
    await analyse(database)
    try:
        return [await _read(create_app(service, runtime), runtime)]
    finally:
        await runtime.peers.close()
        await runtime.database.close()


def _settings(database: ServiceDatabase) -> dict[str, str]:
    nowhere = {f"PORTAIL_{c}_URL": "http://127.0.0.1:9" for c in _CONTEXTS}
    own = {
        "ENROLMENT_DATABASE_URL": database.runtime_url,
        "ENROLMENT_MIGRATION_DATABASE_URL": database.owner_url,
        "ENROLMENT_PORT": "1",
        "ENROLMENT_BROKER_URLS": "amqp://nowhere",
        "ENROLMENT_SERVICE_SECRET": "secret",
    }
    return {**nowhere, **own}


async def _authenticate(_: str) -> Principal:
    return Principal(AGENT, "Dominique Roy", frozenset({Audience.SECRETARIAT}))


async def _fill(runtime: Runtime) -> None:
    async with runtime.database.transaction() as transaction:
        for statement in FILL.split(";\n"):
            if statement.strip():
                await transaction.connection.execute(text(statement))


async def _read(app: FastAPI, runtime: Runtime) -> Figure:
    """Billing is away, as the worst day has it: the pages say so and do not wait."""
    async with runtime.database.reading() as connection:
        centre = (await connection.execute(text("SELECT centre_id FROM centres LIMIT 1"))).scalar()
    times = []
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://enrolment") as client:
        for _ in range(ROUNDS):
            for address in ADDRESSES:
                started = time.perf_counter()
                answer = await client.get(
                    address.format(centre=centre), headers={"Authorization": "Bearer agent"}
                )
                times.append(1000 * (time.perf_counter() - started))
                assert answer.status_code == 200, answer.text
    times = sorted(times[len(ADDRESSES) :])  # the first round reads the templates
    return Figure(
        "enrolment.queue_p95_ms",
        times[int(len(times) * 0.95)],
        AIM,
        "ms",
        f"< {AIM:.0f} at {REQUESTS:,}",
        "the aim",
    )
