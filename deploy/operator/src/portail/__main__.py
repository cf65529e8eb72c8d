"""What an operator asks of a house, and how it is installed."""

import os
import subprocess
import sys

import typer

from chassis.telemetry import configure_logging

from . import events, installing
from .doctor.command import doctor
from .parting.command import partitions
from .partners import commands as partners
from .recovery import commands as recovery
from .told_settings import told_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Commande de l’exploitant.")
app.add_typer(events.app, name="events", help="Événements : documents, lettres mortes.")
app.add_typer(partners.app, name="partners", help="Autres systèmes qui reçoivent des événements.")
app.command("secrets")(installing.make_secrets)
app.command("secrets-manifest")(installing.print_manifest)
app.command("provision")(installing.provision)
for command in (doctor, partitions, recovery.backup, recovery.restore, recovery.keys):
    app.command()(command)


@app.command()
def verify() -> None:
    """Vérifier les comptes : écritures, numéros, documents, journées facturées une fois.

    Billing's own process answers, with billing's own settings: nobody else reads its database.
    """
    command = [sys.executable, "-m", "billing", "verify"]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own


@app.callback()
def portail() -> None:
    """Portail Familles : exploitation."""


def main() -> None:
    configure_logging("operator", "WARNING")
    # The options' own settings, too, may stand in files; the programs we start are told the same.
    os.environ.update(told_settings())
    app()


if __name__ == "__main__":
    main()
