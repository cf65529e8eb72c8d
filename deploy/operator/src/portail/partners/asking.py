"""The partner that a command is about."""

from typing import Annotated

import typer

from portail.telling import Unusable

from . import record

Name = Annotated[str, typer.Argument(help="Nom du partenaire, par exemple « cantine ».")]


def unknown(name: str) -> Unusable:
    return Unusable(f"aucun partenaire ne s’appelle « {name} ».")


def standing(name: str) -> record.Kept:
    """Raises Unusable."""
    found = next((kept for kept in record.standing() if kept.partner.name == name), None)
    if found is None:
        raise unknown(name)
    return found
