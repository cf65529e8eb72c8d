"""Staff open a file and change one: the fields of accounts, its words beside what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from chassis.web.shapes import FieldError
from portail_contracts.catalogue import Context

from .families import Visit, away, family_form, show_file
from .family_fields import Declared, drawn, typed
from .family_links import files_alike
from .family_sheet import FAMILIES, Form, Typed, is_part
from .forms import broken, form_fields, identifier, one, version_in
from .pages import PageRoute, PagesOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Editor = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]

MOST_FIELDS = 60
SECTIONS = ("family", "guardian", "child")
CHANGED = (
    "Quelqu’un a modifié ce dossier entre-temps. Ce que vous avez tapé est gardé ci-dessous, avec "
    "ce que dit maintenant le dossier\u00a0: vérifiez, puis enregistrez de nouveau."
)


@dataclass(frozen=True)
class Opening:
    """A new file as it was typed."""

    family_id: str
    reference: str = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str | None = None
    alike: str | None = None
    """Which family it is perhaps already, and by what."""

    files: Sequence[tuple[str, str]] = ()
    """Those files: what each is called, and its address."""


@router.get("/familles/nouvelle")
async def new_family(
    request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    form = await family_form(visit.asking)
    # Most families who come to the counter live here.
    return await _opening(
        visit, form, Opening(str(new_id()), values={"family": {"resident": True}})
    )


@router.post("/familles/nouvelle")
async def open_family(
    request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    fields = await form_fields(request, MOST_FIELDS)
    form = await family_form(visit.asking)
    asked = Opening(
        str(identifier(fields, "family_id") or new_id()),
        one(fields, "reference").strip(),
        {section: typed(form[section], fields, section) for section in SECTIONS},
    )
    body = {
        "family_id": asked.family_id,
        "reference": asked.reference or None,
        "despite_alike": bool(one(fields, "despite_alike")),
        **asked.values,
    }
    try:
        await visit.asking.send(
            "POST", Context.ACCOUNTS, "/v1/staff/families/openings", json=_child_or_none(body)
        )
    except PeerRefused as refused:
        return await _opening(visit, form, _opening_again(asked, refused))
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{FAMILIES}/{asked.family_id}?fait=1", 303)


@router.post("/familles/{family_id}/modifier")
async def change(
    family_id: UUID, request: Request, principal: Editor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    fields = await form_fields(request, MOST_FIELDS)
    subject, subject_id = one(fields, "subject"), identifier(fields, "subject_id")
    if not is_part(subject, str(subject_id or subject)):
        raise broken()
    form = await family_form(visit.asking)
    part = Typed(subject, str(subject_id) if subject_id else None, typed(form[subject], fields))
    body = {
        "version": version_in(fields),
        "subject": subject,
        "subject_id": part.subject_id,
        "values": part.values,
    }
    try:
        await visit.asking.send(
            "PATCH", Context.ACCOUNTS, f"/v1/staff/families/{family_id}", json=body
        )
    except PeerRefused as refused:
        again, status = _again(part, refused)
        return await show_file(visit, family_id, again, status=status)
    except PeerUnavailable:
        raise away() from None
    anchor = f"{subject}-{subject_id}" if subject_id else subject
    return RedirectResponse(f"{FAMILIES}/{family_id}?fait=1#{anchor}", 303)


@router.post("/familles/{family_id}/contacts/{contact_id}/retirer")
async def remove_contact(
    family_id: UUID,
    contact_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    fields = await form_fields(request)
    return await _remove(visit, family_id, Typed("contact", str(contact_id)), version_in(fields))


@router.post("/familles/{family_id}/responsables/{guardian_id}/retirer")
async def remove_guardian(
    family_id: UUID,
    guardian_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    fields = await form_fields(request)
    return await _remove(visit, family_id, Typed("guardian", str(guardian_id)), version_in(fields))


async def _remove(visit: Visit, family_id: UUID, part: Typed, version: int) -> Response:
    """Out of the file; who is not there any more has been removed already."""
    path = f"/v1/staff/families/{family_id}/{part.subject}s/{part.subject_id}"
    try:
        await visit.asking.send("DELETE", Context.ACCOUNTS, path, params={"version": str(version)})
    except PeerRefused as refused:
        if refused.status != 404:
            trouble = CHANGED if _is(refused, "file-changed") else _mistakes(refused)[1]
            part = replace(part, trouble=trouble)
            return await show_file(visit, family_id, part, status=refused.status)
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{FAMILIES}/{family_id}?fait=1", 303)


async def _opening(visit: Visit, form: Form, asked: Opening) -> Response:
    errors = [FieldError(_place(name), words) for name, words in asked.errors.items()]
    if asked.trouble:
        errors.insert(0, FieldError("nouvelle", asked.trouble))
    return await visit.page(
        "famille_nouvelle.html",
        "Nouvelle famille",
        status=422 if errors else 409 if asked.alike else 200,
        asked=asked,
        errors=errors,
        sections={
            section: drawn(
                _asked(form, section), asked.values.get(section, {}), asked.errors, section
            )
            for section in SECTIONS
        },
    )


def _asked(form: Form, section: str) -> Sequence[Declared]:
    """A child may come later: the browser must not ask for one."""
    if section != "child":
        return form[section]
    return [{**field, "required": False} for field in form[section]]


def _opening_again(asked: Opening, refused: PeerRefused) -> Opening:
    """What was typed, with what stands in its way. Raises Problem."""
    errors, trouble = _mistakes(refused)
    if _is(refused, "looks-alike"):
        return replace(asked, alike=trouble, files=files_alike(refused.problem.get("families")))
    return replace(asked, errors=errors, trouble=trouble)


def _is(refused: PeerRefused, kind: str) -> bool:
    return refused.status == 409 and str(refused.problem.get("type", "")).endswith(kind)


def _place(name: str) -> str:
    return "reference" if name == "reference" else f"champ-{name}".replace(".", "-")


def _child_or_none(body: dict[str, Any]) -> dict[str, Any]:
    """A section of the child that was left empty is no child."""
    return body if any(body["child"].values()) else {**body, "child": {}}


def _again(part: Typed, refused: PeerRefused) -> tuple[Typed, int]:
    """The part with what was typed and what is wrong with it. Raises Problem."""
    if _is(refused, "file-changed"):
        return Typed(part.subject, part.subject_id, part.values, {}, CHANGED, is_stale=True), 409
    errors, trouble = _mistakes(refused)
    return Typed(part.subject, part.subject_id, part.values, errors, trouble), 422


def _mistakes(refused: PeerRefused) -> tuple[dict[str, str], str | None]:
    """What accounts says of each field, or of the whole. Raises Problem for other refusals."""
    problem = refused.problem
    if refused.status not in (409, 422):
        raise Problem(refused.status, "enrolment.refused", "Demande impossible")
    fields = problem.get("fields") or []
    errors = {
        _bare(one["field"]): one.get("message") or "Cette réponse ne convient pas."
        for one in fields
    }
    return errors, None if errors else str(problem.get("detail") or problem.get("title") or "")


def _bare(name: str) -> str:
    return name.removeprefix("values.")
