"""The one place where billing is put together."""

from pathlib import Path

from billing.api import family, internal, rates, staff
from billing.domain.pricing import FaultyBands, NoRate
from billing.settings import Settings
from billing.store.tables import metadata
from billing.subscriptions.events import handlers
from billing.use_cases.create_rate_grid import DaysAlreadyPriced
from billing.use_cases.import_invoice import NumberTaken
from billing.use_cases.know_family import UnknownFamily
from chassis.problems import ProblemKind
from chassis.runtime import Service
from chassis.settings import SharedSettings
from portail_contracts.catalogue import Context

PROBLEMS: dict[type[Exception], ProblemKind] = {
    NoRate: ProblemKind(404, "billing.no-rate", "Aucun tarif pour cette journée"),
    UnknownFamily: ProblemKind(404, "billing.unknown-family", "Famille introuvable"),
    FaultyBands: ProblemKind(422, "billing.faulty-bands", "Tranches incomplètes"),
    DaysAlreadyPriced: ProblemKind(409, "billing.days-already-priced", "Jours déjà tarifés"),
    NumberTaken: ProblemKind(409, "billing.invoice-number-taken", "Numéro de facture déjà pris"),
}


def service() -> Service:
    return Service(
        context=Context.BILLING,
        settings=Settings(),
        shared=SharedSettings(),
        metadata=metadata,
        migrations=Path(__file__).parent / "store" / "migrations",
        routers=(family.router, staff.router, rates.router, internal.router),
        handlers=handlers,
        problems=PROBLEMS,
    )
