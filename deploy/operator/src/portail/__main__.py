"""`portail events …`: what an operator asks of a running house."""

import typer

from . import events

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Commande de l’exploitant.")
app.add_typer(events.app, name="events", help="Événements : documents, lettres mortes.")


@app.callback()
def portail() -> None:
    """Portail Familles : exploitation."""


def main() -> None:
    app()


if __name__ == "__main__":
    main()
