"""How a family lives: together or not, with whom the children are, and who pays."""

from enum import StrEnum


class Situation(StrEnum):
    """As the family declares it (reference, domain.md, 1.6)."""

    MARRIED = "married"
    CIVIL_UNION = "civil_union"
    COHABITING = "cohabiting"
    SINGLE = "single"
    SEPARATED = "separated"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class Custody(StrEnum):
    """With whom the children live when their parents do not live together."""

    MOTHER = "mother"
    FATHER = "father"
    ALTERNATING = "alternating"
    OTHER = "other"


class Weeks(StrEnum):
    """ISO weeks: of custody, or billed to a payer."""

    EVERY = "every"
    EVEN = "even"
    ODD = "odd"


class BenefitScheme(StrEnum):
    """Who pays the family benefits and knows the quotient familial."""

    CAF = "caf"
    MSA = "msa"
    OTHER = "other"


SITUATIONS = {
    Situation.MARRIED: "Mariés",
    Situation.CIVIL_UNION: "Pacsés",
    Situation.COHABITING: "Vie maritale",
    Situation.SINGLE: "Parent seul",
    Situation.SEPARATED: "Séparés",
    Situation.DIVORCED: "Divorcés",
    Situation.WIDOWED: "Veuf ou veuve",
}

CUSTODIES = {
    Custody.MOTHER: "Chez la mère",
    Custody.FATHER: "Chez le père",
    Custody.ALTERNATING: "Garde alternée",
    Custody.OTHER: "Autre",
}

CUSTODY_WEEKS = {Weeks.EVEN: "Semaines paires", Weeks.ODD: "Semaines impaires"}

PAYER_WEEKS = {
    Weeks.EVERY: "toutes les semaines",
    Weeks.EVEN: "les semaines paires",
    Weeks.ODD: "les semaines impaires",
}

SCHEMES = {
    BenefitScheme.CAF: "CAF",
    BenefitScheme.MSA: "MSA",
    BenefitScheme.OTHER: "Autre régime",
}

APART = frozenset({Situation.SINGLE, Situation.SEPARATED, Situation.DIVORCED})
"""Two guardians of such a family live apart."""

NEEDS_NOTE = "Précisez la garde\u00a0: « autre » ne dit pas chez qui vivent les enfants."


def lacks_note(custody: str | None, note: str | None) -> bool:
    """« Autre » says nothing by itself (domain.md, 1.6: « other » with its text)."""
    return custody == Custody.OTHER and not note
