"""`billing.run`, `billing.pdf`, `billing.statement_p95_ms`: billing on a durable database.

The run's limit is the same month written as one set-based script over the same rows, with no
draft, no warnings, no carry-over and no archive list. The PDF's limit is a naive warm xhtml2pdf
process times the cores: the library called as its documentation shows, fonts and styles each time.
"""

import asyncio
import io
import multiprocessing
import os
import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from xhtml2pdf import pisa

from bench.figures import Figure
from billing.settings import REGIE
from billing.store.sight import Sight
from billing.store.statement import Wanted, page_of_movements
from billing.use_cases.advance_run import advance_run
from billing.use_cases.draft_run import Order, begin_draft
from billing.use_cases.issue_run import begin_issue
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.documents import Documents, documents_environment
from chassis.documents.fonts import find_fonts
from chassis.settings import Authority
from portail_contracts.catalogue import Context
from support.databases import Databases, ServiceDatabase
from support.servers import Servers

FAMILIES, LINES = 1_500, 27
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
SETTINGS = SimpleNamespace(
    cash_offices=(REGIE,),
    cash_office=lambda _code: REGIE,
    due_after_days=30,
    carry_over_below_cents=0,
)

FILL = """
INSERT INTO rate_grids VALUES ('{grid}', 'canteen', 'Restauration', '[2026-01-01,)', 0, now(), 'x');
INSERT INTO rate_bands (grid_id, label, quotient, unit_cents, care_cents, children_from)
VALUES ('{grid}', 'T1', '[0,)', 260, 100, 1);
INSERT INTO families (family_id, version, resident, name, reference, guardians, payers)
SELECT md5('f' || n)::uuid, 1, true, 'Famille ' || n, 'F-' || lpad(n::text, 6, '0'),
    '[{{"guardian_id": "{grid}", "civility": "Mme", "given_name": "Anne", "family_name": "X",
       "is_payer": true, "address": ["1 rue A", "38110 B"]}}]', '[]'
FROM generate_series(1, {families}) n;
INSERT INTO charge_lines (charge_line_id, family_id, booking_id, booking_version, kind, child_id,
    day, rate_code, label, grid_id, band_label, unit_cents, care_cents, food_cents,
    supplement_cents, resident, quotient, quotient_since, amount_cents, recorded_at, activity_id,
    slot_id, revision, basis, rule, children_from)
SELECT md5('l' || n || '-' || d)::uuid, md5('f' || n)::uuid, md5('l' || n || '-' || d)::uuid, 1,
    'charge', md5('c' || n)::uuid, date '2026-11-01' + d, 'canteen', 'Restauration', '{grid}', 'T1',
    260, 100, 160, 0, true, 540, date '2026-09-01', 260, now(), '{grid}', '{grid}', 1, 'booked',
    'band', 1
FROM generate_series(1, {families}) n, generate_series(0, {last}) d;
ANALYZE;
"""

# The same month by hand: number, invoices, lines, ledger.
SCRIPT = """
CREATE TEMP TABLE numbered ON COMMIT DROP AS
SELECT gen_random_uuid() AS invoice_id, f.family_id, f.reference, f.guardians,
       row_number() OVER (ORDER BY f.reference) AS sequence,
       sum(l.amount_cents) AS total, sum(l.care_cents) AS care, sum(l.food_cents) AS food
FROM charge_lines l JOIN families f USING (family_id)
WHERE l.day < '2026-12-01' GROUP BY f.family_id, f.reference, f.guardians;
INSERT INTO runs VALUES ('{run}', 'RE', '2026-11', '{{}}', 'issued', '2026-12-01', '2026-12-31',
    now(), 'x', now(), 'x');
INSERT INTO invoices SELECT invoice_id, family_id, 'RE-2026-' || lpad(sequence::text, 6, '0'),
    '2026-11', '2026-12-01', '2026-12-31', total, 0, now(), '{run}', 'RE', 2026, sequence, NULL,
    jsonb_build_object('reference', reference, 'guardians', guardians), care, food, 0
FROM numbered;
INSERT INTO invoice_lines SELECT n.invoice_id, l.charge_line_id, l.amount_cents, l.care_cents,
    l.food_cents FROM numbered n JOIN charge_lines l USING (family_id);
INSERT INTO ledger_entries SELECT gen_random_uuid(), n.invoice_id, n.family_id, 'invoice',
    e.account, e.cents, n.invoice_id, '2026-12-01', now(), NULL, n.invoice_id
FROM numbered n CROSS JOIN LATERAL
    (VALUES ('receivable', total), ('care', -care), ('food', -food)) AS e(account, cents);
"""


async def measure(servers: Servers) -> list[Figure]:
    databases = Databases(servers.postgres.admin_url)
    return [
        await _run(databases),
        *await _growth(databases),
        await _pdf(),
        await _statement(databases),
    ]


async def _filled(databases: Databases, families: int) -> ServiceDatabase:
    made = await databases.fresh("billing")
    owner = await asyncpg.connect(_plain(made.owner_url))
    grid, last = uuid4(), LINES - 1
    await owner.execute(FILL.format(grid=grid, families=families, last=last))
    await owner.close()
    return made


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def _issued(databases: Databases, families: int) -> tuple[float, float]:
    """Seconds from the order to the last invoice, papers apart, and our process's peak in MB."""
    made = await _filled(databases, families)
    database = Database(made.runtime_url, Context.BILLING, SystemClock())
    run_id = uuid4()

    async def bill() -> None:
        order = Order(run_id, "RE", "2026-11", date(2026, 12, 1), "bench")
        settings: Any = SETTINGS
        async with database.transaction() as transaction:
            await begin_draft(transaction, order, settings, NOW)
        await advance_run(database, run_id, settings, NOW, patience=None)
        async with database.transaction() as transaction:
            await begin_issue(transaction, run_id, "bench", NOW)
        await advance_run(database, run_id, settings, NOW, patience=None)

    tracemalloc.start()
    took = await _timed(bill)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await database.close()
    return took, peak / 1024**2


async def _by_hand(databases: Databases) -> float:
    made = await _filled(databases, FAMILIES)
    owner = await asyncpg.connect(_plain(made.owner_url))

    async def script() -> None:
        async with owner.transaction():
            await owner.execute(SCRIPT.format(run=uuid4()))

    took = await _timed(script)
    await owner.close()
    return took


async def _run(databases: Databases) -> Figure:
    ours, _ = min([await _issued(databases, FAMILIES) for _ in range(2)])
    limit = min([await _by_hand(databases) for _ in range(2)])
    return Figure("billing.run", ours, limit, "s", "<= 3x", "the same month as one SQL script")


async def _growth(databases: Databases) -> list[Figure]:
    """Ten times the families, in the time of ten runs; the process holds a slice of them."""
    small, little = await _issued(databases, FAMILIES)
    large, much = await _issued(databases, 10 * FAMILIES)
    ten = "ten times 1,500 families"
    return [
        Figure("billing.run_x10", large, small * 10, "s", "<= 1.2x", ten),
        Figure("billing.run_x10_memory", much, little, "MB", "<= 1.2x", "1,500 families"),
    ]


ROWS = [(f"Restauration : {n}, {n + 1}", 260 * n) for n in range(1, 13)]
PAPER = """{% extends "letterhead.html" %}{% block title %}Facture{% endblock %}
{% block footer %}Facture {{ n }}{% endblock %}{% block content %}<h1>Facture {{ n }}</h1>
<table repeat="1"><thead><tr><th>Prestation</th><th class="right">Montant</th></tr></thead>
{% for label, cents in rows %}<tr><td>{{ label }}</td><td class="right">{{ cents|euros }}</td></tr>
{% endfor %}</table><p>Paiement en ligne : non disponible.</p>{% endblock %}"""


NUMBERS = '<td width="25%" class="right small">Page <pdf:pagenumber> / <pdf:pagecount></td>'


def _papers(count: int) -> list[str]:
    template = documents_environment(authority=Authority()).from_string(PAPER)
    return [template.render(n=n, rows=ROWS) for n in range(count)]


def _naively(papers: list[str]) -> float:
    """PDFs a second of one warm process that calls the library as it comes."""
    fonts = find_fonts()
    faces = "".join(
        f"<style>@font-face {{font-family: dejavu; src: url('{path}'); font-weight: {weight}}}"
        "</style>"
        for path, weight in ((fonts.regular, "normal"), (fonts.bold, "bold"))
    )

    def one(html: str) -> None:
        # Page x of y as the library itself does it.
        html = html.replace('<td width="25%"></td>', NUMBERS)
        pisa.CreatePDF(faces + html, dest=io.BytesIO(), path=str(fonts.folder / "x.html"))

    one(papers[0])
    started = time.perf_counter()
    for html in papers:
        one(html)
    return len(papers) / (time.perf_counter() - started)


def _naively_on(cores: int) -> float:
    """One such process on each core, at the same time and as nice to others as ours are."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, spawn, os.nice, (5,)) as pool:
        return sum(pool.map(_naively, [_papers(30)] * cores))


async def _pdf() -> Figure:
    cores = len(os.sched_getaffinity(0))
    naive = await asyncio.to_thread(_naively_on, cores)
    documents = Documents(workers=cores)
    await documents.warm()
    papers = _papers(60)
    took = await _timed(lambda: documents.render_all(papers))
    await documents.close()
    aim = f">= 1.8x on {cores}"
    return Figure("billing.pdf", len(papers) / took, naive, "PDF/s", aim, "a naive one x cores")


YEARS = """
INSERT INTO ledger_entries
SELECT gen_random_uuid(), md5('p' || n || '-' || m || '-' || k)::uuid, md5('f' || n)::uuid, k,
    a.account, a.sign * (2000 + m), NULL, (date '2017-01-01' + m * 30), now(), NULL,
    md5('s' || n || '-' || m || '-' || k)::uuid
FROM generate_series(1, 200) n, generate_series(1, 120) m,
    (VALUES ('invoice', 1), ('payment', -1)) AS kinds(k, way),
    LATERAL (VALUES ('receivable', way), ('bank', -way)) AS a(account, sign);
ANALYZE;
"""


async def _statement(databases: Databases) -> Figure:
    """A page of a family's statement after ten years of monthly invoices and payments."""
    made = await databases.fresh("billing")
    owner = await asyncpg.connect(_plain(made.owner_url))
    await owner.execute(YEARS)
    ids: list[UUID] = [
        row[0] for row in await owner.fetch("SELECT DISTINCT family_id FROM ledger_entries")
    ]
    await owner.close()
    database = Database(made.runtime_url, Context.BILLING, SystemClock())

    async def read(family_id: UUID) -> None:
        async with database.reading() as connection:
            await page_of_movements(connection, Wanted(Sight(family_id)), 1, 20)

    for family_id in ids[:20]:
        await read(family_id)
    times = [await _timed(lambda who=family_id: read(who)) for family_id in ids]
    await database.close()
    p95 = statistics.quantiles(times, n=20)[-1] * 1000
    return Figure("billing.statement_p95_ms", p95, 50.0, "ms", "< 50", "the aim")
