"""Errors as RFC 9457 problems: a stable type for programs, a French sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from .correlation import current_trace
from .telemetry import logger

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
"""When to try again, where nobody knows better (`retry_after` of the problem)."""

log = logger(__name__)


class Problem(Exception):
    """What a door answers when it cannot do what was asked.

    `type` is `<context>.<what>` in kebab case and never changes; `detail` is French and is shown.
    `retry_after`, among the extra members, is a number of seconds and the header of that name.
    """

    def __init__(self, status: int, type: str, title: str, detail: str = "", **extra: Any) -> None:
        super().__init__(type)
        self.status, self.type, self.title, self.detail = status, type, title, detail
        self.extra = extra


@dataclass(frozen=True)
class ProblemKind:
    """How a domain's own exception is answered; its text becomes the detail."""

    status: int
    type: str
    title: str


ProblemKinds = Mapping[type[Exception], ProblemKind]

NOT_FOUND = ProblemKind(404, "portail.not-found", "Page ou élément introuvable")


def respond(problem: Problem) -> Response:
    body = {
        "type": f"urn:portail:problem:{problem.type}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "correlation_id": current_trace().correlation_id,
        **problem.extra,
    }
    waits = problem.extra.get("retry_after", RETRY_SECONDS)
    headers = {"Retry-After": str(waits)} if problem.status in (429, 503) else None
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


async def unexpected(_: Request, error: Exception) -> Response:
    """Whatever nobody foresaw: logged with its place, told without its words."""
    log.error("http.unexpected", error=type(error).__name__, exc_info=error)
    return respond(
        Problem(
            500,
            "portail.unexpected",
            "Une erreur est survenue de notre côté",
            "Rien n’a été perdu de ce qui était enregistré. Réessayez dans un instant.",
        )
    )


def install(app: FastAPI, kinds: ProblemKinds) -> None:
    """Make every way of failing answer with a problem; nothing of the inside is shown."""

    async def problem(_: Request, error: Exception) -> Response:
        return respond(cast(Problem, error))

    async def validation(_: Request, error: Exception) -> Response:
        invalid = cast(RequestValidationError, error)
        # Pydantic's own words may quote what was typed: keep the places and the rule broken.
        fields = [
            {"field": ".".join(map(str, e["loc"][1:])), "rule": e["type"]} for e in invalid.errors()
        ]
        return respond(
            Problem(
                422,
                "portail.invalid-input",
                "Saisie incomplète ou incorrecte",
                "Vérifiez les champs signalés.",
                fields=fields,
            )
        )

    async def http(_: Request, error: Exception) -> Response:
        status = cast(HTTPException, error).status_code
        if status == NOT_FOUND.status:
            return respond(Problem(NOT_FOUND.status, NOT_FOUND.type, NOT_FOUND.title))
        return respond(Problem(status, f"portail.http-{status}", "Demande impossible"))

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)
    for kind_of_error, kind in kinds.items():
        app.add_exception_handler(kind_of_error, _answering(kind))


def _answering(kind: ProblemKind) -> Any:
    async def answer(_: Request, error: Exception) -> Response:
        # An exception may say more to programs, such as the field that it is about.
        extra = getattr(error, "extra", {})
        return respond(Problem(kind.status, kind.type, kind.title, str(error), **extra))

    return answer
