"""The one place where billing is put together."""

from pathlib import Path

from billing.api import (
    export,
    family,
    internal,
    invoices,
    online,
    payments,
    plans,
    rates,
    runs,
    staff,
    statement,
    treasury,
    unpaid,
)
from billing.archivist import archive_for_ever
from billing.bank_files import UnreadableFile
from billing.domain.payments import BadAllocation
from billing.domain.pricing import FaultyBands, NoRate
from billing.paying import NotPayable, PaymentUnavailable
from billing.settings import Settings, UnknownOffice
from billing.store.runs import DraftExists
from billing.store.tables import metadata
from billing.subscriptions.events import handlers
from billing.use_cases.agree_plan import NothingOwed, PlanKnown
from billing.use_cases.archive_invoice import NoPaper
from billing.use_cases.close_day import CannotClose, NothingToDeposit
from billing.use_cases.create_rate_grid import DaysAlreadyPriced
from billing.use_cases.import_invoice import NumberTaken
from billing.use_cases.issue_credit_note import NothingToCredit, UnknownInvoice
from billing.use_cases.issue_run import NotReady, RunCancelled, UnknownRun
from billing.use_cases.know_family import UnknownFamily
from billing.use_cases.print_papers import NoSuchPaper
from billing.use_cases.record_payment import DayClosed, NotEnoughCredit, UnknownPayment
from billing.verification import verify_command
from chassis.problems import ProblemKind
from chassis.runtime import Service
from chassis.settings import SharedSettings
from portail_contracts.catalogue import Context

PROBLEMS: dict[type[Exception], ProblemKind] = {
    NoRate: ProblemKind(404, "billing.no-rate", "Aucun tarif pour cette journée"),
    UnknownFamily: ProblemKind(404, "billing.unknown-family", "Famille introuvable"),
    FaultyBands: ProblemKind(422, "billing.faulty-bands", "Tranches incomplètes"),
    DaysAlreadyPriced: ProblemKind(409, "billing.days-already-priced", "Jours déjà tarifés"),
    DraftExists: ProblemKind(409, "billing.draft-exists", "Lancement déjà en préparation"),
    UnknownRun: ProblemKind(404, "billing.unknown-run", "Lancement introuvable"),
    NotReady: ProblemKind(409, "billing.run-not-ready", "Lancement en préparation"),
    RunCancelled: ProblemKind(409, "billing.run-cancelled", "Lancement annulé"),
    UnknownInvoice: ProblemKind(404, "billing.unknown-invoice", "Facture introuvable"),
    NoPaper: ProblemKind(404, "billing.no-document", "Document introuvable"),
    NothingToCredit: ProblemKind(422, "billing.nothing-to-credit", "Avoir impossible"),
    UnknownOffice: ProblemKind(422, "billing.unknown-cash-office", "Régie inconnue"),
    DayClosed: ProblemKind(409, "billing.day-closed", "Journée clôturée"),
    CannotClose: ProblemKind(409, "billing.cannot-close", "Clôture impossible"),
    NothingToDeposit: ProblemKind(409, "billing.nothing-to-deposit", "Rien à déposer"),
    UnknownPayment: ProblemKind(404, "billing.unknown-payment", "Règlement introuvable"),
    NoSuchPaper: ProblemKind(404, "billing.no-document", "Document introuvable"),
    BadAllocation: ProblemKind(422, "billing.bad-allocation", "Répartition impossible"),
    NotEnoughCredit: ProblemKind(422, "billing.not-enough-credit", "Remboursement impossible"),
    NothingOwed: ProblemKind(422, "billing.nothing-owed", "Échéancier impossible"),
    PlanKnown: ProblemKind(409, "billing.plan-known", "Échéancier déjà accordé"),
    UnreadableFile: ProblemKind(422, "billing.unreadable-file", "Fichier illisible"),
    NotPayable: ProblemKind(422, "billing.not-payable", "Paiement en ligne impossible"),
    PaymentUnavailable: ProblemKind(
        503, "billing.no-online-payment", "Paiement en ligne non disponible"
    ),
    NumberTaken: ProblemKind(409, "billing.invoice-number-taken", "Numéro de facture déjà pris"),
}


def service() -> Service:
    return Service(
        context=Context.BILLING,
        settings=Settings(),
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(
            family.router,
            statement.router,
            invoices.router,
            online.router,
            staff.router,
            rates.router,
            runs.router,
            payments.router,
            plans.router,
            treasury.router,
            internal.router,
            export.router,
            unpaid.router,
        ),
        handlers=handlers,
        background=(archive_for_ever,),
        prints=True,
        commands={"verify": verify_command},
        problems=PROBLEMS,
    )
