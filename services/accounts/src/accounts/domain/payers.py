"""Who is billed, as one answer: everything to one guardian, half each, week about…

An answer is kept as one text, `id=weeks/share` by payer in the order of the file, so that it is
proposed, compared and accepted whole: half of it would leave days that nobody pays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from .custody import PAYER_WEEKS, Weeks
from .family import WHOLE, Family, Guardian
from .fields import Field, Widget

HALF = WHOLE // 2


@dataclass(frozen=True)
class Paying:
    """What one guardian pays."""

    guardian_id: UUID
    weeks: Weeks = Weeks.EVERY
    share_per_mille: int = WHOLE

    @property
    def code(self) -> str:
        return f"{self.guardian_id}={self.weeks}/{self.share_per_mille}"


Arrangement = tuple[Paying, ...]


def arrangement_of(family: Family) -> Arrangement:
    return tuple(
        Paying(one.guardian_id, one.payer_weeks, one.payer_share)
        for one in family.guardians
        if one.is_payer
    )


def payer_field(family: Family) -> Field:
    """The answers that a family may choose among; the present one is always there."""
    offered = [*_offered(family), arrangement_of(family)]
    return Field(
        "payer",
        "Qui reçoit les factures",
        Widget.CHOICE,
        choices={code_of(one): said(family, one) for one in offered},
        required=True,
        longest=1000,
        hint="Vaut pour les prochaines factures\u00a0: celles déjà émises ne changent pas.",
    )


def code_of(arrangement: Arrangement) -> str:
    return ",".join(one.code for one in arrangement)


def arrangement_from(code: str) -> Arrangement:
    """Of a code that `code_of` made."""
    found = []
    for one in code.split(","):
        guardian_id, _, rest = one.partition("=")
        weeks, _, share = rest.partition("/")
        found.append(Paying(UUID(guardian_id), Weeks(weeks), int(share)))
    return tuple(found)


def said(family: Family, arrangement: Arrangement) -> str:
    """« Camille Noisetier les semaines paires, Dominique Noisetier les semaines impaires »."""
    names = {one.guardian_id: one.name for one in family.guardians}
    if len(arrangement) > 1 and all(one == Paying(one.guardian_id) for one in arrangement):
        return f"{' et '.join(names[one.guardian_id] for one in arrangement)}, ensemble"
    return ", ".join(_part(names[one.guardian_id], one) for one in arrangement)


def _part(name: str, one: Paying) -> str:
    weeks = "" if one.weeks is Weeks.EVERY else f" {PAYER_WEEKS[one.weeks]}"
    if one.share_per_mille == WHOLE:
        return f"{name}{weeks}"
    percent = f"{one.share_per_mille / 10:g}".replace(".", ",")
    return f"{name}{weeks} ({percent}\u00a0%)"


def _offered(family: Family) -> Iterator[Arrangement]:
    people: Sequence[Guardian] = family.guardians
    ids = [one.guardian_id for one in people]
    yield from ((Paying(one),) for one in ids)
    if len(ids) > 1 and not family.is_apart:
        # One invoice in both names: not for two who keep their address from each other.
        yield tuple(Paying(one) for one in ids)
    if len(ids) == 2:
        yield tuple(Paying(one, share_per_mille=HALF) for one in ids)
        if family.alternates:
            yield Paying(ids[0], Weeks.EVEN), Paying(ids[1], Weeks.ODD)
            yield Paying(ids[0], Weeks.ODD), Paying(ids[1], Weeks.EVEN)
