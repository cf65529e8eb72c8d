"""`portail secrets` and `portail provision`: what an operator makes once, and may make again."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from pydantic_settings import SettingsConfigDict

from chassis.reaching import reachable
from chassis.settings import FileOrEnvironment

from .errors import OperatorError, explain
from .provisioning import GivenBroker, provision_broker, provision_databases
from .secret_manifests import page
from .secret_settings import PREFIX, VHOST, BrokerPlace, write_folder
from .secrets_file import load

PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 1.0


class Administration(FileOrEnvironment):
    """Addresses with which servers are administered; services are never given them."""

    model_config = SettingsConfigDict(env_prefix="PORTAIL_")

    postgres_admin_url: str
    rabbitmq_url: str
    rabbitmq_management_url: str


def make_secrets(
    folder: Annotated[Path, typer.Argument(help="Dossier des secrets, à garder hors du dépôt.")],
    database: Annotated[str, typer.Option(help="PostgreSQL : hôte:port.")] = "database:5432",
    broker: Annotated[str, typer.Option(help="RabbitMQ : hôte:port.")] = "broker:5672",
) -> None:
    """Tirer les mots de passe et les clés, un fichier par réglage ; ce qui existe est gardé."""
    host, _, port = broker.partition(":")
    try:
        written = write_folder(folder, database, BrokerPlace(host, int(port or 5672)))
    except OSError as error:
        _refuse(explain(error))
    print(f"{len(written)} fichiers dans {folder}")


def print_manifest(
    folder: Annotated[Path, typer.Argument(help="Dossier fait par « secrets ».")],
) -> None:
    """Écrire les mêmes secrets sous la forme que Kubernetes attend, sur la sortie."""
    try:
        sys.stdout.write(page(folder))
    except OSError as error:
        _refuse(explain(error))


def provision(
    secrets: Annotated[Path, typer.Argument(help="Le fichier secrets.json de « secrets ».")],
) -> None:
    """Créer bases, rôles, hôte virtuel, files et droits ; ce qui existe est remis en ordre."""
    try:
        asyncio.run(_provision(secrets))
    except OperatorError as error:
        _refuse(error)
    except OSError as error:
        _refuse(explain(error))


async def _provision(file: Path) -> None:
    secrets, admin = load(file), Administration()
    await reachable(admin.postgres_admin_url)
    databases = await provision_databases(admin.postgres_admin_url, PREFIX, secrets)
    for context, access in databases.items():
        print(f"{context} : base {'créée' if access.created else 'en place'}")
    broker = GivenBroker(admin.rabbitmq_url, admin.rabbitmq_management_url)
    await _patiently(lambda: provision_broker(broker, VHOST, secrets.broker_passwords))
    print(f"courtier : hôte virtuel « {VHOST} », files et droits en place")


async def _patiently(attempt: Callable[[], Awaitable[None]]) -> None:
    """Again until the server has started; raises OperatorError when it does not."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_SECONDS
    while True:
        try:
            return await attempt()
        except OperatorError:
            if loop.time() > until:
                raise
            await asyncio.sleep(PAUSE_SECONDS)


def _refuse(error: OperatorError) -> None:
    print(f"Erreur : {error}", file=sys.stderr)
    raise typer.Exit(1)
