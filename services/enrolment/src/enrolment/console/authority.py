"""« Collectivité »: who we are for families, and what a new town still has to enter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import Runtime, RuntimeOf
from chassis.settings import Authority
from chassis.web.shapes import Choice, FieldError
from enrolment.domain.authority import LONGEST, SCHOOL_ZONES, AuthorityRecord, mistakes_in
from enrolment.settings import Settings
from enrolment.store.authority import Progress, find_authority, keep_authority, progress_of
from enrolment.store.request_lists import count_pending
from enrolment.zone import use_zone
from portail_contracts.catalogue import Context

from .desk import token_of
from .forms import Fields, form_fields, one
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, SettingsReader

router = APIRouter(route_class=PageRoute)

HERE: Final = "/console/collectivite"
ZONES: Final = tuple(Choice(zone, f"Zone {zone}") for zone in SCHOOL_ZONES)


@dataclass(frozen=True)
class Step:
    """One thing that a town enters before it opens; `is_done` None when nobody could say."""

    label: str
    why: str
    url: str
    is_done: bool | None


@router.get("/collectivite")
async def authority(
    request: Request,
    principal: SettingsReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    enregistre: bool = False,
) -> Response:
    record = await standing_record(runtime)
    return await authority_page(request, principal, runtime, pages, record, saved=enregistre)


@router.post("/collectivite")
async def describe(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    record = _record(await form_fields(request))
    if wrong := mistakes_in(record):
        return await authority_page(request, principal, runtime, pages, record, wrong)
    async with runtime.database.transaction() as transaction:
        now = runtime.clock.now()
        await keep_authority(transaction.connection, record, principal.name, now)
    # This process at once; the others ask for it every half minute.
    logo = runtime.shared.authority.logo
    runtime.shared.authority = Authority.model_validate({**vars(record), "logo": logo})
    use_zone(runtime, record.school_zone)
    return RedirectResponse(f"{HERE}?enregistre=1", 303)


def _record(fields: Fields) -> AuthorityRecord:
    texts = {name: " ".join(one(fields, name).split()) for name in LONGEST}
    lines = [line.strip() for line in one(fields, "opening_hours").splitlines()]
    texts["opening_hours"] = "\n".join(line for line in lines if line)
    return AuthorityRecord(**texts, school_zone=one(fields, "school_zone"))


async def standing_record(runtime: Runtime) -> AuthorityRecord:
    async with runtime.database.reading() as connection:
        return await find_authority(connection) or _of_settings(runtime)


def _of_settings(runtime: Runtime) -> AuthorityRecord:
    """What stands until the administration has written its own."""
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - `service` made it so
    said = runtime.shared.authority.model_dump(exclude={"logo"})
    return AuthorityRecord(**said, school_zone=settings.school_zone)


async def authority_page(
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    record: AuthorityRecord,
    wrong: Mapping[str, str] = {},
    *,
    saved: bool = False,
) -> Response:
    async with runtime.database.reading() as connection:
        pending = await count_pending(connection)
        is_described = await find_authority(connection) is not None
        progress = await progress_of(connection, local_date(runtime.clock.now()))
    has_rates = await _has_rates(runtime, token_of(request))
    return pages.html(
        "collectivite.html",
        principal,
        title="Collectivité",
        section="settings",
        pending=pending,
        status=422 if wrong else 200,
        record=record,
        longest=LONGEST,
        zones=ZONES,
        wrong=wrong,
        errors=[FieldError(field, message) for field, message in wrong.items()],
        may_edit=Audience.ADMIN in principal.audiences,
        saved=saved,
        steps=_steps(is_described, progress, has_rates),
    )


async def _has_rates(runtime: Runtime, token: str) -> bool | None:
    """None when billing does not answer."""
    try:
        found: Any = await runtime.peers.get(Context.BILLING, "/v1/staff/rate-grids", token=token)
        return bool(found["items"])
    except (PeerUnavailable, PeerRefused, LookupError, TypeError):
        return None


def _steps(is_described: bool, progress: Progress, has_rates: bool | None) -> list[Step]:
    """In the order in which each makes the next one possible."""
    return [
        Step(
            "Présenter la collectivité",
            "Son nom et ses coordonnées sont sur chaque page, courrier et facture.",
            "#coordonnees",
            is_described,
        ),
        Step(
            "Créer les centres",
            "Avec leur capacité par âge, leur téléphone et leurs heures.",
            "/console/activites",
            progress.has_centres,
        ),
        Step(
            "Créer les activités",
            "Avec leurs créneaux, leurs places et leurs délais.",
            "/console/activites",
            progress.has_activities,
        ),
        Step(
            "Ouvrir les jours de l’année scolaire",
            "Depuis chaque activité\u00a0: les vacances et les jours fériés sont déjà connus.",
            "/console/activites",
            progress.has_open_days,
        ),
        Step(
            "Entrer les tarifs",
            "Par tranche de quotient, au taux d’effort ou fixes.",
            "/console/tarifs",
            has_rates,
        ),
        Step(
            "Donner leur accès aux agents",
            "Chacun reçoit un lien à usage unique et choisit son mot de passe.",
            "/console/agents",
            None,
        ),
        Step(
            "Importer les familles",
            "D’un fichier CSV, vérifié avant d’être enregistré.",
            "/console/familles/import",
            progress.has_families,
        ),
    ]
