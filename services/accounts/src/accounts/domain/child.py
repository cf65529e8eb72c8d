"""What is known about a child, health and photo apart."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Sex(StrEnum):
    GIRL = "f"
    BOY = "m"


class Diet(StrEnum):
    """By content only: what is on the plate, never why (CNIL, NS-058)."""

    STANDARD = "standard"
    NO_PORK = "no_pork"
    NO_MEAT = "no_meat"
    VEGETARIAN = "vegetarian"


class Swimming(StrEnum):
    SWIMS = "swims"
    WITH_AID = "with_aid"
    DOES_NOT_SWIM = "does_not_swim"


class Nap(StrEnum):
    YES = "yes"
    IF_TIRED = "if_tired"
    NO = "no"


class AuthorisationKind(StrEnum):
    """What a guardian allows or not, one by one (reference, domain.md, 1.6)."""

    IMAGE_CENTRE = "image_centre"
    IMAGE_PRINT = "image_print"
    IMAGE_WEB = "image_web"
    EMERGENCY_CARE = "emergency_care"
    LEAVING_ALONE = "leaving_alone"
    OUTINGS = "outings"
    TRANSPORT = "transport"
    BATHING = "bathing"


SEXES = {Sex.GIRL: "Fille", Sex.BOY: "Garçon"}
DIETS = {
    Diet.STANDARD: "Tout",
    Diet.NO_PORK: "Sans porc",
    Diet.NO_MEAT: "Sans viande",
    Diet.VEGETARIAN: "Sans viande ni poisson",
}
SWIMMING = {
    Swimming.SWIMS: "Sait nager",
    Swimming.WITH_AID: "Avec brassards ou ceinture",
    Swimming.DOES_NOT_SWIM: "Ne sait pas nager",
}
NAPS = {Nap.YES: "Fait la sieste", Nap.IF_TIRED: "Si besoin", Nap.NO: "Pas de sieste"}
AUTHORISATIONS = {
    AuthorisationKind.IMAGE_CENTRE: "Image, dans le centre (affichage, album)",
    AuthorisationKind.IMAGE_PRINT: "Image, presse et bulletin",
    AuthorisationKind.IMAGE_WEB: "Image, site internet et réseaux",
    AuthorisationKind.EMERGENCY_CARE: "Soins d’urgence et hospitalisation",
    AuthorisationKind.LEAVING_ALONE: "Partir seul",
    AuthorisationKind.OUTINGS: "Sorties",
    AuthorisationKind.TRANSPORT: "Transport en car ou minibus",
    AuthorisationKind.BATHING: "Baignade",
}


@dataclass(frozen=True)
class Authorisation:
    """One yes or no, with whose word it is and since when; what was never answered is absent."""

    kind: AuthorisationKind
    granted: bool
    signed_by: str
    signed_at: datetime
    from_age: int | None = None
    """Leaving alone: from this age."""
    from_time: str | None = None
    """Leaving alone: from this time of the day, as 17:30."""


@dataclass(frozen=True)
class Child:
    """A child of the family; `version` counts the facts recorded about the child."""

    child_id: UUID
    version: int
    given_name: str
    family_name: str
    born_on: date
    birth_place: str | None = None
    sex: Sex | None = None
    school: str | None = None
    class_name: str | None = None
    diet: Diet | None = None
    swimming: Swimming | None = None
    nap: Nap | None = None
    insurer: str | None = None
    insurance_number: str | None = None
    insurance_until: date | None = None
    doctor_name: str | None = None
    doctor_phone: str | None = None
    authorisations: tuple[Authorisation, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def authorisation(self, kind: AuthorisationKind) -> Authorisation | None:
        return next((one for one in self.authorisations if one.kind is kind), None)


class UnknownChild(Exception):
    """There is no such child, or it belongs to another family."""
