"""Which problem answers each thing that the domain says no to."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from accounts.centre_sight import OtherCentre
from accounts.domain.access import (
    IdentifierTaken,
    NoRole,
    SessionOver,
    SignInRefused,
    UnknownAccess,
    WrongPassword,
)
from accounts.domain.access_link import LinkOver
from accounts.domain.amending import (
    CannotLeave,
    CannotReturn,
    FileChanged,
    UnknownPart,
    WrongFields,
)
from accounts.domain.change import (
    AlreadyPending,
    NothingChanged,
    RequestIdReused,
    UnknownChange,
)
from accounts.domain.credential import WeakPassword
from accounts.domain.document import DocumentIdReused, TooManyDocuments, UnknownDocument
from accounts.domain.family import (
    FamilyConflict,
    IncompleteFamily,
    LooksAlike,
    UnknownChild,
    UnknownFamily,
)
from accounts.domain.health import HealthChanged
from accounts.domain.merging import CannotMerge
from accounts.domain.newcomer_document import AlreadySent, NoRoomLeft, TooMuchJoined
from accounts.domain.photo import UnknownPhoto
from accounts.domain.quotient import WrongQuotients
from accounts.domain.rights import UnknownErasure, UnknownExport
from accounts.hashing import HashingBusy
from accounts.sealing import BrokenSeal, SealedWithAnotherKey
from accounts.use_cases.administer_access import AccessDisabled
from accounts.use_cases.administer_staff import (
    LastAdministrator,
    StaffChanged,
    UnknownStaffMember,
)
from accounts.use_cases.admit_attempt import TooManyAttempts
from accounts.use_cases.import_families import NotReady, UnknownImport
from accounts.use_cases.issue_credentials import UnknownGuardian
from accounts.use_cases.keep_second_factor import HasSecondFactor, WrongCode
from accounts.use_cases.make_link import NoAddress
from chassis.problems import NOT_FOUND, Problem, ProblemKind, ProblemKinds

SEALED = ProblemKind(
    503, "accounts.sealed", "Ces données protégées ne peuvent pas être ouvertes pour le moment"
)

PROBLEMS: ProblemKinds = {
    SignInRefused: ProblemKind(
        401, "accounts.sign-in-refused", "L’identifiant ou le mot de passe n’est pas le bon"
    ),
    SessionOver: ProblemKind(401, "accounts.session-over", "Votre session est terminée"),
    OtherCentre: ProblemKind(
        403, "accounts.other-centre", "Cet enfant n’est pas inscrit dans vos centres"
    ),
    WrongPassword: ProblemKind(
        422, "accounts.wrong-password", "Le mot de passe actuel n’est pas le bon"
    ),
    WeakPassword: ProblemKind(422, "accounts.weak-password", "Ce mot de passe ne convient pas"),
    HashingBusy: ProblemKind(
        503, "accounts.busy", "Trop de personnes se connectent en même temps, réessayez"
    ),
    IdentifierTaken: ProblemKind(
        409, "accounts.identifier-taken", "Cet identifiant est déjà utilisé"
    ),
    LinkOver: ProblemKind(
        410, "accounts.link-over", "Ce lien n’est plus valable, ou ne l’a jamais été"
    ),
    NoAddress: ProblemKind(409, "accounts.no-address", "Aucune adresse électronique"),
    WrongCode: ProblemKind(422, "accounts.wrong-code", "Ce code n’est pas le bon"),
    HasSecondFactor: ProblemKind(
        409, "accounts.has-second-factor", "Un second facteur est déjà en place"
    ),
    UnknownStaffMember: NOT_FOUND,
    StaffChanged: ProblemKind(409, "accounts.staff-changed", "Cet agent a été modifié entre-temps"),
    LastAdministrator: ProblemKind(
        409, "accounts.last-administrator", "C’est la dernière personne qui administre"
    ),
    AccessDisabled: ProblemKind(409, "accounts.access-disabled", "Cet accès est fermé"),
    UnknownAccess: NOT_FOUND,
    UnknownGuardian: NOT_FOUND,
    NoRole: ProblemKind(422, "accounts.no-role", "Aucun rôle"),
    IncompleteFamily: ProblemKind(422, "accounts.incomplete-family", "Dossier incomplet"),
    WrongQuotients: ProblemKind(
        422, "accounts.wrong-quotients", "Périodes de quotient familial incorrectes"
    ),
    FileChanged: ProblemKind(409, "accounts.file-changed", "Le dossier a changé entre-temps"),
    UnknownPart: NOT_FOUND,
    UnknownImport: NOT_FOUND,
    NotReady: ProblemKind(409, "accounts.import-not-ready", "Cet import n’en est pas là"),
    CannotMerge: ProblemKind(
        422, "accounts.cannot-merge", "Ces dossiers ne peuvent pas être réunis"
    ),
    FamilyConflict: ProblemKind(409, "accounts.family-conflict", "Cette famille existe déjà"),
    CannotLeave: ProblemKind(
        409, "accounts.cannot-leave", "Cette personne ne peut pas quitter le dossier"
    ),
    CannotReturn: ProblemKind(
        409, "accounts.cannot-return", "Cet enfant ne peut pas revenir au dossier"
    ),
    HealthChanged: ProblemKind(
        409, "accounts.health-changed", "Les données sanitaires ont changé entre-temps"
    ),
    DocumentIdReused: ProblemKind(409, "accounts.document-conflict", "Ce document existe déjà"),
    TooManyDocuments: ProblemKind(
        422, "accounts.too-many-documents", "Trop de documents dans le dossier"
    ),
    TooMuchJoined: ProblemKind(422, "accounts.too-much-joined", "Trop de documents"),
    NoRoomLeft: ProblemKind(
        503, "portail.busy", "Trop de documents arrivent en même temps, réessayez"
    ),
    AlreadySent: ProblemKind(409, "accounts.already-sent", "Cette demande est déjà partie"),
    UnknownDocument: NOT_FOUND,
    UnknownExport: NOT_FOUND,
    UnknownErasure: NOT_FOUND,
    UnknownPhoto: NOT_FOUND,
    SealedWithAnotherKey: SEALED,
    BrokenSeal: SEALED,
    NothingChanged: ProblemKind(422, "accounts.nothing-changed", "Rien à modifier"),
    AlreadyPending: ProblemKind(
        409, "accounts.already-pending", "Une demande attend déjà une réponse"
    ),
    RequestIdReused: ProblemKind(
        409, "accounts.request-id-reused", "Cette demande a déjà été envoyée avec un autre contenu"
    ),
    UnknownChange: NOT_FOUND,
    UnknownFamily: NOT_FOUND,
    UnknownChild: NOT_FOUND,
}


@contextmanager
def waits_told() -> Iterator[None]:
    """A refusal for too many attempts says how long to wait, in whole seconds."""
    try:
        yield
    except TooManyAttempts as refused:
        seconds = math.ceil(refused.wait.total_seconds())
        raise Problem(
            429,
            "accounts.too-many-attempts",
            "Trop d’essais",
            f"Réessayez dans {_spoken(seconds)}.",
            retry_after=seconds,
        ) from None


@contextmanager
def alike_told() -> Iterator[None]:
    """The files that look like a new one, so that they can be opened before it is made."""
    try:
        yield
    except LooksAlike as alike:
        raise Problem(
            409,
            "accounts.looks-alike",
            "Cette famille est peut-être déjà connue",
            str(alike),
            families=[{"family_id": str(one.family_id), "said": one.said} for one in alike.files],
        ) from None


@contextmanager
def fields_told() -> Iterator[None]:
    """What is wrong with what was typed, field by field, in the words that stand beside it."""
    try:
        yield
    except WrongFields as wrong:
        raise Problem(
            422,
            "accounts.wrong-fields",
            "Saisie incomplète ou incorrecte",
            str(wrong),
            fields=[{"field": name, "message": words} for name, words in wrong.errors.items()],
        ) from None


def _spoken(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} seconde{'s' if seconds > 1 else ''}"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
