"""What billing is told from outside (`BILLING_…`)."""

from uuid import UUID

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from billing.domain.invoicing import THRESHOLD_CENTS
from billing.paying import Payfip, PayfipSettings, PaymentPort, PaymentUnavailable
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings


class CashOffice(BaseModel):
    """A régie: it numbers its own invoices and collects them."""

    code: str = Field(pattern=r"^[A-Z0-9]{1,8}$")
    label: str
    rate_codes: tuple[str, ...] = ()
    """Which prices it bills; none: all that no other cash office bills."""


REGIE = CashOffice(code="RE", label="Régie de recettes Enfance")


class UnknownOffice(LookupError):
    """No cash office has this code."""


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="BILLING_", env_nested_delimiter="__")

    cash_offices: tuple[CashOffice, ...] = Field(default=(REGIE,), min_length=1)
    """JSON list of `{"code", "label", "rate_codes"}`; one without `rate_codes` bills what no other
    does."""
    due_after_days: int = Field(default=30, ge=1, le=365)
    """Days from the issue of an invoice to its due date."""
    carry_over_below_cents: int = Field(default=THRESHOLD_CENTS, ge=0)
    """Smaller claims wait for the next run."""
    remind_after_days: int = Field(default=15, ge=1, le=365)
    """Days after the due date, and then between two reminders."""
    payfip: PayfipSettings | None = None
    """A contract for online payment; the guide that families are handed says there is none."""
    public_url: str = "http://127.0.0.1:8080"
    """Where families find the portal: they come back there after paying."""
    how_to_pay: tuple[str, ...] = (
        "Par chèque à l’ordre de « Régie Enfance », avec le talon ou le numéro de la facture.",
        "En espèces, CESU ou chèques-vacances, à la régie, du lundi au vendredi de 9 h à 12 h.",
        "Par virement : IBAN FR76 0000 0000 0000 0000 0000 000, en indiquant le numéro.",
    )
    """JSON list of sentences on invoices and letters."""

    @property
    def online_payment(self) -> bool:
        return self.payfip is not None

    def payment_port(self) -> PaymentPort:
        """Raises PaymentUnavailable when no contract is set."""
        if self.payfip is None:
            raise PaymentUnavailable("Le paiement en ligne n’est pas disponible.")
        return Payfip(self.payfip, f"{self._base}/paiement/notification")

    def return_url(self, invoice_id: UUID) -> str:
        """Where a family comes back to after paying."""
        return f"{self._base}/paiement/retour?facture={invoice_id}"

    @property
    def _base(self) -> str:
        return self.public_url.rstrip("/")

    def cash_office(self, code: str) -> CashOffice:
        """The first when none is named. Raises UnknownOffice."""
        if not code:
            return self.cash_offices[0]
        for office in self.cash_offices:
            if office.code == code:
                return office
        raise UnknownOffice(f"La régie {code} n’existe pas.")


def settings_of(runtime: Runtime) -> Settings:
    """Billing's own settings of a running billing."""
    if not isinstance(runtime.settings, Settings):
        raise TypeError("not billing's runtime")
    return runtime.settings
