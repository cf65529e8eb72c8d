"""Two files that are one family: what looks so, both side by side, and the merge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from chassis.web.shapes import Pagination
from portail_contracts.catalogue import Context

from .families import Visit, away, needed
from .family_sheet import FAMILIES
from .forms import Fields, broken, form_fields, one
from .pages import PageRoute, PagesOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Editor = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]

MOST_FIELDS = 600
DUPLICATES = f"{FAMILIES}/doublons"
REASONS = {
    "child": "un enfant de mêmes nom et date de naissance",
    "email": "la même adresse e-mail",
    "phone": "le même téléphone",
}
CHANGED = "Un des deux dossiers a changé entre-temps\u00a0: relisez-les, puis recommencez."


@dataclass(frozen=True)
class Twin:
    """A person who seems to stand in both files, with what each file says."""

    kind: str
    name: str
    other_name: str
    value: str
    differences: Sequence[Mapping[str, Any]]


@router.get("/familles/doublons")
async def listed(
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
    famille: UUID | None = None,
    page: PageNumber = 1,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    asked = {"page": str(page), **({"family_id": str(famille)} if famille else {})}
    answer = await visit.asking.card(Context.ACCOUNTS, "/v1/staff/duplicates", **asked)
    found = answer.value or {"items": [], "page": page, "pages": 1}
    address = f"{DUPLICATES}?" + (f"famille={famille}&" if famille else "")
    return await visit.page(
        "doublons.html",
        "Doublons",
        is_away=answer.state == "away",
        items=[_suggestion(one) for one in found["items"]],
        pagination=Pagination(
            label=f"Page {found['page']} sur {found['pages']}",
            previous=f"{address}page={page - 1}" if page > 1 else None,
            next=f"{address}page={page + 1}" if page < found["pages"] else None,
        ),
    )


@router.get("/familles/{family_id}/reunir/{absorbed_id}")
async def side_by_side(
    family_id: UUID,
    absorbed_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    return await _preview(visit, family_id, absorbed_id)


@router.post("/familles/{family_id}/reunir/{absorbed_id}")
async def merge(
    family_id: UUID,
    absorbed_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    fields = await form_fields(request, MOST_FIELDS)
    body = {
        "absorbed_family_id": str(absorbed_id),
        "version": _number(fields, "version"),
        "absorbed_version": _number(fields, "absorbed_version"),
        "same_guardians": _pairs(fields, "guardian"),
        "same_children": _pairs(fields, "child"),
        "taken": fields.get("taken", []),
    }
    try:
        path = f"/v1/staff/families/{family_id}/merges"
        await visit.asking.send("POST", Context.ACCOUNTS, path, json=body)
    except PeerRefused as refused:
        return await _refused(visit, family_id, absorbed_id, refused)
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{FAMILIES}/{family_id}?fait=1", 303)


async def _refused(
    visit: Visit, family_id: UUID, absorbed_id: UUID, refused: PeerRefused
) -> Response:
    if refused.status == 409:
        return await _preview(visit, family_id, absorbed_id, CHANGED, 409)
    if refused.status == 422:
        words = str(refused.problem.get("detail") or "Ces dossiers ne peuvent pas être réunis.")
        return await _preview(visit, family_id, absorbed_id, words, 422)
    raise Problem(refused.status, "enrolment.refused", "Demande impossible")


async def _preview(
    visit: Visit, family_id: UUID, absorbed_id: UUID, trouble: str | None = None, status: int = 200
) -> Response:
    found = await needed(visit.asking, f"/v1/staff/families/{family_id}/merges/{absorbed_id}")
    kept, absorbed = found["kept"], found["absorbed"]
    return await visit.page(
        "reunir.html",
        f"Réunir deux dossiers {kept['name']}",
        status=status,
        trouble=trouble,
        kept=kept,
        absorbed=absorbed,
        url=f"{FAMILIES}/{family_id}/reunir/{absorbed_id}",
        other_way=f"{FAMILIES}/{absorbed_id}/reunir/{family_id}",
        family_differences=found["differences"]["family"],
        twins=_twins(found),
        moved=_moved(found),
    )


def _twins(found: Mapping[str, Any]) -> list[Twin]:
    twins = []
    for kind, pairs, people in (
        ("guardian", found["same_guardians"], "guardians"),
        ("child", found["same_children"], "children"),
    ):
        names = {
            one[f"{kind}_id"]: f"{one['given_name']} {one['family_name']}"
            for file in (found["kept"], found["absorbed"])
            for one in file[people]
        }
        twins += [
            Twin(
                kind,
                names[pair["kept"]],
                names[pair["absorbed"]],
                f"{pair['kept']}:{pair['absorbed']}",
                found["differences"][f"{kind}.{pair['kept']}"],
            )
            for pair in pairs
        ]
    return twins


def _moved(found: Mapping[str, Any]) -> list[str]:
    """Those whom only the absorbed file knows: they join the other as they are."""
    paired = {pair["absorbed"] for pair in found["same_guardians"] + found["same_children"]}
    absorbed = found["absorbed"]
    people = [(one["guardian_id"], one) for one in absorbed["guardians"]]
    people += [(one["child_id"], one) for one in absorbed["children"]]
    people += [(one["contact_id"], one) for one in absorbed["contacts"]]
    return [f"{one['given_name']} {one['family_name']}" for key, one in people if key not in paired]


def _suggestion(found: Mapping[str, Any]) -> dict[str, Any]:
    one, other = found["one"], found["other"]
    return {
        "one": one,
        "other": other,
        "reasons": ", ".join(REASONS.get(why, why) for why in found["reasons"]),
        "url": f"{FAMILIES}/{one['family_id']}/reunir/{other['family_id']}",
    }


def _pairs(fields: Fields, kind: str) -> list[dict[str, str]]:
    """The pairs that were left ticked. Raises Problem 422."""
    found = []
    for value in fields.get(f"same_{kind}", []):
        kept, _, absorbed = value.partition(":")
        try:
            found.append({"kept": str(UUID(kept)), "absorbed": str(UUID(absorbed))})
        except ValueError:
            raise broken() from None
    return found


def _number(fields: Fields, name: str) -> int:
    typed = one(fields, name)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise broken()
    return int(typed)
