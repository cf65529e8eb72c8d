"""What can be done from a cell, as the theme's forms and menus want it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.clock import local_date
from chassis.web import french, shapes
from gateway import answers
from gateway.rounds import fresh_request_id


@dataclass(frozen=True)
class Prices:
    """What a family pays, when it is the same on both days: its band may change between them,
    and a price that may be wrong is better not said."""

    first: answers.Rates | None
    last: answers.Rates | None
    _labels: dict[str | None, str | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def label(self, rate_code: str | None) -> str | None:
        """Written once for the hundreds of cells of a month."""
        if rate_code not in self._labels:
            self._labels[rate_code] = self._label(rate_code)
        return self._labels[rate_code]

    def _label(self, rate_code: str | None) -> str | None:
        if self.first is None or self.last is None:
            return None
        price = self.first.price_of(rate_code)
        if price is None or price != self.last.price_of(rate_code):
            return None
        return french.euros(price)


NO_PRICES = Prices(None, None)


@dataclass(frozen=True)
class Reader:
    """How cells are told: to whom, when, at which prices."""

    now: datetime
    prices: Prices = NO_PRICES
    names: Mapping[UUID, str] | None = None
    """Given names, when cells of several children stand side by side."""
    confirms: bool = False
    """Whether an action leads to a page of confirmation first (the day's page, with no script)."""

    @property
    def today(self) -> date:
        return local_date(self.now)


def actions_of(cell: answers.Cell, reader: Reader) -> Iterable[shapes.Action]:
    """Only what this portal can do: a verb that it does not know is not offered."""
    for name in cell.actions:
        make = _MAKERS.get(name)
        action = make(cell, reader) if make else None
        if action is not None:
            yield action


def _fields(cell: answers.Cell, reader: Reader) -> dict[str, str]:
    fields = {"child_id": str(cell.child_id), "slot_id": str(cell.slot_id), "day": str(cell.day)}
    return {**fields, "siblings": "1"} if reader.names is not None else fields


def _action(
    kind: shapes.ActionKind,
    label: str,
    verb: str,
    url: str,
    cell: answers.Cell,
    reader: Reader,
    **more: Any,
) -> shapes.Action:
    return shapes.Action(
        kind=kind,
        label=label,
        verb=verb,
        url=url,
        # Only a form of its own carries them: a month has one for its hundreds of buttons.
        request_id=fresh_request_id() if reader.confirms else "",
        fields=_fields(cell, reader) if reader.confirms else {},
        **more,
    )


def _request(cell: answers.Cell, reader: Reader) -> shapes.Action:
    confirm = f"/enfants/{cell.child_id}/agenda/{cell.day}/confirmer"
    return _action(
        "booking.request",
        "Demande de réservation",
        "Réserver",
        confirm if reader.confirms else f"/enfants/{cell.child_id}/demandes",
        cell,
        reader,
        price_label=reader.prices.label(cell.rate_code),
    )


def _cancel(cell: answers.Cell, reader: Reader) -> shapes.Action:
    confirm = f"/enfants/{cell.child_id}/agenda/{cell.day}/annuler"
    return _action(
        "booking.cancel",
        "Annuler la réservation",
        "Annuler",
        confirm if reader.confirms else f"/enfants/{cell.child_id}/annulations",
        cell,
        reader,
    )


def _absence(cell: answers.Cell, reader: Reader) -> shapes.Action:
    confirm = f"/enfants/{cell.child_id}/agenda/{cell.day}/absence"
    return _action(
        "absence.declare",
        "Déclarer une absence",
        "Signaler l’absence",
        confirm if reader.confirms else f"/enfants/{cell.child_id}/absences",
        cell,
        reader,
        effect_url=f"/enfants/{cell.child_id}/absences/effet",
    )


def _withdraw(cell: answers.Cell, reader: Reader) -> shapes.Action | None:
    if cell.request_id is None:
        return None
    return _action(
        "request.withdraw",
        "Retirer la demande",
        "Retirer",
        f"/demandes/{cell.request_id}/retirer",
        cell,
        reader,
    )


def _accept(cell: answers.Cell, reader: Reader) -> shapes.Action | None:
    return _answer("offer.accept", "Accepter la place", "Accepter", "accepter", cell, reader)


def _decline(cell: answers.Cell, reader: Reader) -> shapes.Action | None:
    return _answer("offer.decline", "Refuser la place", "Refuser", "refuser", cell, reader)


def _leave(cell: answers.Cell, reader: Reader) -> shapes.Action | None:
    return _answer(
        "waiting.leave", "Quitter la liste d’attente", "Quitter", "quitter", cell, reader
    )


def _answer(
    kind: shapes.ActionKind,
    label: str,
    verb: str,
    end: str,
    cell: answers.Cell,
    reader: Reader,
) -> shapes.Action | None:
    if cell.booking_id is None:
        return None
    return _action(kind, label, verb, f"/places/{cell.booking_id}/{end}", cell, reader)


_MAKERS: Final[Mapping[str, Callable[[answers.Cell, Reader], shapes.Action | None]]] = {
    "booking.request": _request,
    "booking.cancel": _cancel,
    "absence.declare": _absence,
    "request.withdraw": _withdraw,
    "offer.accept": _accept,
    "offer.decline": _decline,
    "waiting.leave": _leave,
}
