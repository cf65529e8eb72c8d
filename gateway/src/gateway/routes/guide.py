"""Help in place: short chapters in the order in which a family needs them, open to all."""

from enum import StrEnum

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from gateway.centres import centres_of
from gateway.gateway import GatewayOf
from gateway.pages.rendering import render
from gateway.visit import VisitOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])


class Chapter(StrEnum):
    """Its address, title and summary; its text is the template of the same name."""

    def __new__(cls, value: str, title: str, summary: str) -> "Chapter":
        chapter = str.__new__(cls, value)
        chapter._value_ = value
        chapter.heading, chapter.summary = title, summary
        return chapter

    heading: str
    summary: str

    SIGNING_IN = ("se-connecter", "Se connecter", "Identifiant, mot de passe, oubli")
    BOOKING = ("reserver", "Réserver un jour", "Demander, annuler, attendre une place")
    ABSENCE = ("absence", "Déclarer une absence", "Motifs, justificatif, effet sur la facture")
    REQUESTS = ("demandes", "Suivre ses demandes", "Où elles en sont, ce que dit chaque état")
    INVOICES = ("factures", "Lire ses factures", "Relevé, solde, tarifs, attestation fiscale")
    FILE = ("dossier", "Tenir son dossier à jour", "Famille, enfants, santé, vos droits")
    PHONE = ("sur-un-telephone", "Sur un téléphone", "Installer le portail, calendrier")


@router.get("/aide")
async def chapters(gateway: GatewayOf, visit: VisitOf) -> Response:
    return render(
        gateway,
        visit,
        "help/index.html",
        title="Aide",
        chapters=list(Chapter),
        centres=await centres_of(gateway.upstream),
    )


@router.get("/aide/{chapter}")
async def chapter(gateway: GatewayOf, visit: VisitOf, chapter: Chapter) -> Response:
    order = list(Chapter)
    following = order[order.index(chapter) + 1 :][:1]
    return render(
        gateway,
        visit,
        "help/chapter.html",
        title=chapter.heading,
        chapter=chapter,
        following=following[0] if following else None,
    )
