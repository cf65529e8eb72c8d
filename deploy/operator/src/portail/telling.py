"""What can go wrong is one sentence and a code, never a trace."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec

import typer

from chassis.broker.connection import LOST

from .errors import OperatorError

P = ParamSpec("P")

Url = Annotated[
    str, typer.Option(envvar="PORTAIL_OPERATOR_BROKER_URL", help="Adresse AMQP de l’exploitant.")
]
Control = Annotated[
    str,
    typer.Option(envvar="PORTAIL_OPERATOR_RABBITMQCTL", help="Commande qui exécute rabbitmqctl."),
]


class Unusable(ValueError):
    """What the operator asked for cannot be; the text is French and says what would be right."""


class Refused(RuntimeError):
    """What a server, or its command, said; for the operator."""


def told(command: Callable[P, None]) -> Callable[P, None]:
    """An Unusable is the caller's mistake (2, with the usage), the rest an answer of a server."""

    @wraps(command)
    def telling(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Unusable as error:
            raise typer.BadParameter(str(error)) from None
        except (Refused, OperatorError) as error:
            print(str(error), file=sys.stderr)
            raise typer.Exit(2) from None
        except LOST as error:
            print(
                f"Le courtier de messages ne répond pas ({type(error).__name__}).", file=sys.stderr
            )
            raise typer.Exit(2) from None

    return telling
