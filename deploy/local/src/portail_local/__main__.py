"""`python -m portail_local demo | stop | reset | status`: what `make` calls."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from rich.console import Console

from portail.errors import OperatorError, explain
from portail_local import background
from portail_local.demo import DEFAULT_PORT, DemoPlace, run_until_asked_to_stop


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="portail_local", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    demo = verbs.add_parser("demo", help="start the whole system with demo data")
    demo.add_argument("--port", default=os.environ.get("PORTAIL_DEMO_PORT") or DEFAULT_PORT)
    demo.add_argument("--detach", action="store_true", default=bool(os.environ.get("DETACH")))
    verbs.add_parser("stop", help="stop it")
    verbs.add_parser("reset", help="stop it and empty its data")
    verbs.add_parser("status", help="say where it runs and who can sign in")
    return parser.parse_args()


def _port(given: str | int) -> int:
    if str(given).isdigit() and 0 < int(given) < 65_536:
        return int(given)
    raise OperatorError(f"« {given} » n'est pas un port : donnez un nombre entre 1 et 65535.")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    place = DemoPlace()
    if arguments.verb == "stop":
        asyncio.run(background.stop(place, console))
    elif arguments.verb == "reset":
        asyncio.run(background.reset(place, console))
    elif arguments.verb == "status":
        return background.status(place, console)
    elif arguments.detach:
        background.detach(place, _port(arguments.port), console)
    else:
        background.refuse_if_running(place)
        asyncio.run(run_until_asked_to_stop(place, _port(arguments.port), console))
    return 0


def main() -> int:
    """Run the verb; an operator's error is one sentence and a non-zero code."""
    # A pipe or a file is read by programs and by `DETACH`: never wrap words there.
    console = Console(soft_wrap=not sys.stdout.isatty())
    try:
        return _run(_arguments(), console)
    except OperatorError as error:
        console.print(f"Erreur : {error}", style="bold red", markup=False, highlight=False)
    except OSError as error:
        console.print(f"Erreur : {explain(error)}", style="bold red", markup=False)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
