"""A small page: is each process well, and what does it measure."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Iterable

import aiohttp
from aiohttp import web

from portail_local import figures
from portail_local.service_process import ServiceProcess
from portail_local.system import System

_STYLE = """body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem;
border-bottom:1px solid #767676}caption{text-align:left;font-weight:bold;padding:.5rem 0}
a{color:#00409a}td,th{white-space:nowrap}main{overflow-x:auto}@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}
a{color:#8ab4ff}}"""

_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Supervision — {state}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10"><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>Supervision</h1><p>{state}</p>
<table><caption>Processus du système « {name} »</caption><thead><tr><th scope="col">Processus</th>
<th scope="col">État</th><th scope="col">Numéro</th><th scope="col">À publier</th>
<th scope="col">En file</th><th scope="col">Mis de côté</th><th scope="col">Abandonnés</th>
<th scope="col">Traitement</th><th scope="col">Mesures</th></tr></thead>
<tbody>{rows}</tbody></table>
<p><a href="/metrics">Toutes les mesures, en texte</a></p></main></body></html>
"""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Supervision:
    """The page's server, on 127.0.0.1 and in the runner's own process."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._system.ports['supervision']}/"

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/style.css", self._style),
                web.get("/metrics", self._all_metrics),
                web.get("/metrics/{name}", self._metrics),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        port = self._system.ports["supervision"]
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _page(self, _request: web.Request) -> web.Response:
        processes = list(self._system.processes.values())
        ready = await asyncio.gather(*(process.is_ready() for process in processes))
        texts = await asyncio.gather(*(_metrics_of(process) for process in processes))
        rows = [
            _row(process, well, figures.cells(figures.read(text)))
            for process, well, text in zip(processes, ready, texts, strict=True)
        ]
        rows += self._server_rows()
        state = "Tout fonctionne." if all(ready) else "Un processus ne répond pas."
        page = _PAGE.format(state=state, name=html.escape(self._system.name), rows="\n".join(rows))
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    def _server_rows(self) -> list[str]:
        servers = {"PostgreSQL": self._system.postgres, "RabbitMQ": self._system.rabbitmq}
        rows = []
        for label, server in servers.items():
            process = server.process if server is not None else None
            state = "serveur donné" if process is None else _state(process.running)
            pid = "" if process is None else str(process.pid)
            rows.append(_cells(label, state, pid, *[""] * 6))
        return rows

    async def _style(self, _request: web.Request) -> web.Response:
        return web.Response(text=_STYLE, content_type="text/css", headers=_HEADERS)

    async def _metrics(self, request: web.Request) -> web.Response:
        process = self._system.processes.get(request.match_info["name"])
        if process is None:
            raise web.HTTPNotFound(text="Processus inconnu.\n")
        return web.Response(text=await _metrics_of(process), headers=_HEADERS)

    async def _all_metrics(self, _request: web.Request) -> web.Response:
        processes = list(self._system.processes.values())
        texts = await asyncio.gather(*(_metrics_of(process) for process in processes))
        parts = [f"# {p.name}\n{text}" for p, text in zip(processes, texts, strict=True)]
        return web.Response(text="\n".join(parts), headers=_HEADERS)


def _state(well: bool) -> str:
    # A sign and a word: colour alone tells nothing to some.
    return "✓ en marche" if well else "✗ ne répond pas"


def _cells(label: str, *cells: str) -> str:
    head = f'<tr><th scope="row">{html.escape(label)}</th>'
    return head + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _row(process: ServiceProcess, well: bool, measured: Iterable[str]) -> str:
    label = html.escape(process.label)
    link = f'<a href="/metrics/{process.name}">Mesures&#160;: {label}</a>'
    return _cells(process.label, _state(well), str(process.pid), *measured, link)


async def _metrics_of(process: ServiceProcess) -> str:
    patience = aiohttp.ClientTimeout(total=3)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.get(f"http://127.0.0.1:{process.port}/metrics") as answer,
        ):
            return await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return "# ne répond pas\n"
