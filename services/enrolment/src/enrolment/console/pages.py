"""How the console answers: pages of the theme, also for errors."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import jinja2
from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from chassis.auth import STAFF, Audience, Principal
from chassis.correlation import current_trace
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from chassis.settings import Authority
from chassis.web import french
from chassis.web.assets import Assets
from chassis.web.rendering import environment
from chassis.web.shapes import Page, Viewer
from chassis.web.shapes import Problem as ShownProblem

TEMPLATES: Final = Path(__file__).parent / "templates"

_REQUESTS = frozenset({Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR})

_MONEY = frozenset({Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR})

SECTIONS: Final[Mapping[str, frozenset[Audience]]] = {
    "requests": _REQUESTS,
    "reasons": _REQUESTS - {Audience.CENTRE},
    "absence_reasons": _REQUESTS - {Audience.CENTRE},
    "proofs": _REQUESTS,
    "places": _REQUESTS,
    "waiting": _REQUESTS,
    "attendance": _REQUESTS,
    "activities": _REQUESTS,
    "desk": frozenset({Audience.SECRETARIAT}),
    "rules": _REQUESTS - {Audience.CENTRE},
    "teams": _REQUESTS - {Audience.CENTRE},
    "families": frozenset(STAFF),
    "messages": frozenset(STAFF),
    "access": frozenset({Audience.SECRETARIAT, Audience.ADMIN}),
    "staff": frozenset({Audience.ADMIN}),
    "settings": frozenset({Audience.ADMIN, Audience.AUDITOR}),
    "erasures": frozenset({Audience.ADMIN, Audience.AUDITOR}),
    "partners": frozenset({Audience.ADMIN, Audience.AUDITOR}),
    "billing": _MONEY,
    "payments": _MONEY,
    "reminders": _MONEY,
    "rates": _MONEY,
    "exports": _MONEY,
}
"""Entries of the menu that lead somewhere, and for whom: the same people as their routes allow."""


def sections_of(principal: Principal) -> frozenset[str]:
    """What the menu shows to this person."""
    return frozenset(
        section for section, readers in SECTIONS.items() if principal.audiences & readers
    )


@cache
def _environment() -> jinja2.Environment:
    env = environment(TEMPLATES, assets=Assets())
    env.filters["period_title"] = lambda day: french.month_title(date.fromisoformat(day))
    return env


@dataclass(frozen=True)
class Pages:
    """Renders for one request; the gateway makes the token that its forms carry back."""

    authority: Authority
    form_token: str
    is_fragment: bool

    def html(
        self,
        template: str,
        principal: Principal,
        *,
        title: str,
        pending: int,
        messages: int = 0,
        section: str = "requests",
        status: int = 200,
        **given: Any,
    ) -> HTMLResponse:
        page = self._page(title, section)
        content = (
            _environment()
            .get_template(template)
            .render(
                page=page,
                authority=self.authority,
                viewer=Viewer(principal.name, "staff", sections_of(principal)),
                counts={"requests": pending, "messages": messages},
                **given,
            )
        )
        return _private(content, status)

    def fragment(self, template: str, **given: Any) -> HTMLResponse:
        """A part of a page, for a script that puts it in its place."""
        template_ = _environment().get_template(template)
        return _private(template_.render(page=self._page(""), **given), 200)

    def problem(self, problem: ShownProblem) -> HTMLResponse:
        content = (
            _environment()
            .get_template("console_problem.html")
            .render(
                page=self._page(problem.title),
                authority=self.authority,
                viewer=None,
                problem=problem,
            )
        )
        return _private(content, problem.status)

    def _page(self, title: str, section: str = "") -> Page:
        return Page(title, section, self.form_token, current_trace().correlation_id)


def _private(content: str, status: int) -> HTMLResponse:
    # Names of children must not stay in a cache of a shared computer.
    return HTMLResponse(content, status, {"Cache-Control": "no-store"})


def _pages(request: Request, authority: Authority) -> Pages:
    headers = request.headers
    return Pages(authority, headers.get("x-form-token", ""), headers.get("x-fragment") == "detail")


async def _of_request(request: Request, runtime: RuntimeOf) -> Pages:
    return _pages(request, runtime.shared.authority)


PagesOf = Annotated[Pages, Depends(_of_request)]

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


WORDS: Final = {
    403: "Votre compte d’agent ne donne pas accès à cette partie de la console. "
    "L’administration peut modifier vos droits.",
    404: "L’adresse est peut-être ancienne, ou la demande n’existe plus.",
}


class PageRoute(APIRoute):
    """A route whose refusals are pages too. A missing sign-in stays a problem: the gateway
    knows where to send the reader."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def as_page(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                if problem.status == 401:
                    raise
                explanation = problem.detail or WORDS.get(problem.status, "")
                shown = ShownProblem(problem.title, explanation, (), problem.status)
            except RequestValidationError:
                shown = NOT_UNDERSTOOD
            authority = request.app.state.runtime.shared.authority
            return _pages(request, authority).problem(shown)

        return as_page


NOT_UNDERSTOOD: Final = ShownProblem(
    "Cette adresse n’est pas complète",
    "Une partie de l’adresse ou du formulaire manque ou n’a pas la forme attendue.",
    ("Revenez à la liste des demandes et reprenez.",),
    422,
)
