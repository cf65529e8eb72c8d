"""From a template and its data to an answer; every page gets the same frame."""

from pathlib import Path
from typing import Any
from uuid import UUID

import jinja2
from fastapi.responses import HTMLResponse

from chassis.correlation import current_trace
from chassis.settings import SharedSettings
from chassis.web import shapes
from chassis.web.assets import Assets
from chassis.web.rendering import environment
from gateway import timings
from gateway.gateway import Gateway
from gateway.session import Door
from gateway.sheet_answers import Choice
from gateway.visit import Visit

from . import documents, wording
from .editing import edit_url
from .shelf import Shelf

PACKAGE = Path(__file__).parents[1]
FAMILY = "Famille"
NO_COUNTS = {"requests": 0, "messages": 0}


def theme() -> tuple[Assets, jinja2.Environment]:
    """The shared theme, and templates of our own before it."""
    assets = Assets()
    templates = environment(PACKAGE / "templates", assets=assets)
    templates.filters.update(edit_url=_edit_url, as_options=_as_options)
    templates.filters.update(period=wording.period, request_object=wording.object_of)
    templates.filters.update(document_state=documents.state_of, weight=documents.weight)
    templates.globals.update(
        drawn=Shelf().drawn,
        line_outcomes=wording.LINE_OUTCOMES,
        request_states=wording.REQUEST_STATES,
    )
    return assets, templates


def _edit_url(section: str, base: str, corrects: UUID | None = None) -> str:
    """As a filter of the section: `section.key|edit_url("/mon-compte")`."""
    return edit_url(base, section, corrects)


def _as_options(choices: tuple[Choice, ...]) -> list[shapes.Choice]:
    return [shapes.Choice(one.code, one.label) for one in choices]


def authority_of(shared: SharedSettings) -> shapes.Authority:
    authority = shared.authority
    return shapes.Authority(
        authority.name,
        authority.service_name,
        authority.phone,
        authority.email,
        authority.address,
        authority.opening_hours,
        authority.logo,
    )


def viewer_of(visit: Visit) -> shapes.Viewer | None:
    if visit.session is None:
        return None
    name = visit.session.principal.name
    if visit.session.door is Door.STAFF:
        return shapes.Viewer(name, "staff")
    if visit.session.principal.guardian_id is not None:
        return shapes.Viewer(name, "family")
    return shapes.Viewer(name if name.startswith(FAMILY) else f"{FAMILY} {name}", "family")


def frame(gateway: Gateway, visit: Visit, title: str, section: str) -> dict[str, Any]:
    """What every template expects, whatever the page."""
    return {
        "authority": authority_of(gateway.shared),
        "page": shapes.Page(title, section, visit.form_token, current_trace().correlation_id),
        "viewer": viewer_of(visit),
        "counts": NO_COUNTS,
        # The browser takes the worker anew when the style changed: a release of ours.
        "worker_url": f"/service-worker.js?{gateway.assets.url('portal.css')}",
        "now": gateway.clock.now(),
    }


def render(
    gateway: Gateway,
    visit: Visit,
    template: str,
    *,
    title: str,
    section: str = "",
    status: int = 200,
    **data: Any,
) -> HTMLResponse:
    context = {**frame(gateway, visit, title, section), **data}
    page = HTMLResponse(gateway.templates.get_template(template).render(context), status)
    # For whoever looks into a slow page: the browser's tools show it beside the network's time.
    page.headers["Server-Timing"] = f"render;dur={timings.since_last_answer_ms():.1f}"
    return page
