"""Every way of failing, as a page for people and as a problem for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.peers import PeerBusy, PeerRefused, PeerUnavailable
from chassis.problems import Problem, respond
from chassis.telemetry import logger
from chassis.web import shapes

from . import keeping, links
from .checks import SAFE_METHODS
from .gateway import gateway_of
from .headers import FOR_PROGRAMS
from .pages.rendering import render
from .pages.sign_in import FAMILY, STAFF, Shown, sign_in_page
from .session import Door
from .visit import Visit

RETRY_SECONDS = "5"

log = logger(__name__)


@dataclass(frozen=True)
class Words:
    """A way of failing, said to people."""

    title: str
    explanation: str
    advice: tuple[str, ...] = ()


TRY_AGAIN = "Réessayez dans quelques instants."
CALL_US = "Si cela dure, appelez le service : ses coordonnées sont en bas de la page."
KEPT = (
    "Votre session était terminée. Connectez-vous : ce que vous aviez saisi est gardé, "
    "et rien n’a encore été envoyé."
)
LOST = (
    "Votre session était terminée et rien n’a été enregistré. Ce que vous aviez saisi est trop "
    "long pour être gardé : revenez à la page précédente pour le copier avant de vous connecter."
)
BY_STATUS = {
    400: Words("Cette demande n’a pas pu être comprise", "Rien n’a été enregistré."),
    403: Words(
        "Cette page n’est pas accessible avec votre compte",
        "Elle est réservée à d’autres personnes.",
    ),
    404: Words(
        "Page introuvable",
        "L’adresse est incomplète, ou la page n’existe plus.",
        ("Vérifiez l’adresse.", "Repartez de l’accueil : tout y est accessible."),
    ),
    405: Words("Cette action n’est pas possible ici", "Rien n’a été enregistré."),
    413: Words("Envoi trop volumineux", "Ce qui a été envoyé dépasse la taille permise."),
    422: Words(
        "Saisie incomplète ou incorrecte",
        "Rien n’a été enregistré.",
        ("Revenez à la page précédente et vérifiez ce que vous avez saisi.",),
    ),
    429: Words("Trop de tentatives", "Par sécurité, patientez un peu.", (TRY_AGAIN,)),
    500: Words(
        "Une erreur est survenue de notre côté",
        "Rien n’a été perdu de ce qui était enregistré.",
        (TRY_AGAIN, CALL_US),
    ),
    503: Words(
        "Cette page est momentanément indisponible",
        "Le service qui la prépare ne répond pas. Rien n’a été perdu.",
        (TRY_AGAIN, CALL_US),
    ),
}


def install(app: FastAPI) -> None:
    for kind in (Problem, RequestValidationError, HTTPException, PeerUnavailable, PeerRefused):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    return answer(request, as_problem(error))


def as_problem(error: Exception) -> Problem:
    """Nothing of the inside is shown; what a service said in French is kept."""
    match error:
        case Problem():
            return error
        case PeerBusy():
            return _passed_on(503, error.problem)
        case PeerUnavailable():
            log.warning("gateway.peer_unavailable", cause=str(error))
            return Problem(503, "portail.peer-unavailable", BY_STATUS[503].title)
        case PeerRefused():
            return _passed_on(error.status, error.problem)
        case RequestValidationError() if _is_of_the_address(error):
            return Problem(404, "portail.http-404", BY_STATUS[404].title)
        case RequestValidationError():
            return Problem(422, "portail.invalid-input", BY_STATUS[422].title)
        case HTTPException() if error.status_code in BY_STATUS:
            status = error.status_code
            return Problem(status, f"portail.http-{status}", BY_STATUS[status].title)
    log.error("http.unexpected", error=type(error).__name__, exc_info=error)
    return Problem(500, "portail.unexpected", BY_STATUS[500].title)


def _is_of_the_address(error: RequestValidationError) -> bool:
    """What cannot be an identifier in a path leads to no page."""
    return any(one["loc"][0] == "path" for one in error.errors())


def _passed_on(status: int, problem: Mapping[str, Any]) -> Problem:
    kind = str(problem.get("type", "")).removeprefix("urn:portail:problem:")
    wait = problem.get("retry_after")
    return Problem(
        status,
        kind or f"portail.http-{status}",
        str(problem.get("title", "")),
        str(problem.get("detail", "")),
        **({"retry_after": wait} if isinstance(wait, int) else {}),
    )


def answer(request: Request, problem: Problem) -> Response:
    """A sign-in page's address, a page, or a problem document: what the client can use."""
    visit: Visit | None = request.scope.get("state", {}).get("visit")
    if problem.status == 401 and visit is not None:
        visit.end()
    if visit is None or not wants_page(request):
        return respond(problem)
    if problem.status == 401 and (page := _sign_in_again(request, visit)) is not None:
        return page
    if problem.status == 401 or _is_other_door(problem, request, visit):
        return RedirectResponse(_sign_in(request, visit), 303)
    return _page(request, visit, problem)


def wants_page(request: Request) -> bool:
    """Programs ask for JSON or for a stream; whoever asks for nothing special gets a page."""
    if request.url.path.startswith(FOR_PROGRAMS):
        return False
    accepted = request.headers.get("accept", "*/*")
    return "text/html" in accepted or "*/*" in accepted.split(";")[0]


def _is_other_door(problem: Problem, request: Request, visit: Visit) -> bool:
    return (
        problem.type == "portail.forbidden"
        and visit.session is not None
        and (visit.session.door is Door.STAFF) != _is_console(request)
    )


def _is_console(request: Request) -> bool:
    path = request.url.path
    return path == "/console" or path.startswith("/console/")


def _sign_in(request: Request, visit: Visit) -> str:
    if visit.session is not None and request.url.path == "/":
        return "/console"
    path = STAFF.url if _is_console(request) else FAMILY.url
    return links.sign_in(path, _way_back(request))


def _sign_in_again(request: Request, visit: Visit) -> Response | None:
    """The sign-in page, with what was typed sealed inside, for a form whose session is over."""
    if request.method in SAFE_METHODS:
        return None
    gateway, back = gateway_of(request), _way_back(request)
    kept = keeping.kept_form(request, visit, back)
    if kept is None:
        return None
    sealed = keeping.sealed(gateway.seal, kept, gateway.clock.now())
    entry = STAFF if _is_console(request) else FAMILY
    shown = Shown(suite=back or "", status=401, notice=KEPT if sealed else LOST, kept=sealed)
    return sign_in_page(gateway, visit, entry, shown)


def _way_back(request: Request) -> str | None:
    """A form cannot be sent again by a link: its page is where to come back to."""
    if request.method in SAFE_METHODS:
        query = f"?{request.url.query}" if request.url.query else ""
        return request.url.path + query
    public_url = gateway_of(request).settings.public_url
    return links.local_part(request.headers.get("referer"), public_url)


def _page(request: Request, visit: Visit, problem: Problem) -> Response:
    words = BY_STATUS.get(problem.status, BY_STATUS[500])
    # What a problem of ours or of a service says beats the general words.
    own = not problem.type.startswith("portail.http-")
    shown = shapes.Problem(
        title=(problem.title if own else "") or words.title,
        explanation=problem.detail or words.explanation,
        advice=words.advice,
        status=problem.status,
    )
    page = render(
        gateway_of(request),
        visit,
        "problem.html" if not _is_console(request) else "console_problem.html",
        title=shown.title,
        status=problem.status,
        problem=shown,
    )
    if problem.status in (429, 503):
        page.headers["Retry-After"] = str(problem.extra.get("retry_after", RETRY_SECONDS))
    return page


class Failsafe:
    """Catches what no route and no inner wall answered, so that even a fault has the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if started:
                # Half an answer must not look like a whole one: the server cuts the connection.
                log.error("http.cut", error=type(error).__name__, exc_info=error)
                raise
            await _last_word(Request(scope), error)(scope, receive, send)


def _last_word(request: Request, error: Exception) -> Response:
    problem = as_problem(error)
    try:
        page = answer(request, problem)
        # Raised by a wall, it went past the one that writes the cookies.
        visit: Visit | None = request.scope.get("state", {}).get("visit")
        for cookie in visit.outgoing.values() if visit else ():
            page.headers.append("Set-Cookie", cookie)
        return page
    except Exception as second:
        log.error("http.page_failed", error=type(second).__name__, exc_info=second)
        return respond(problem)


def extra_of(problem: Any, name: str) -> Any:
    """A member of a problem document beyond those that all have."""
    return problem.get(name) if isinstance(problem, dict) else None
