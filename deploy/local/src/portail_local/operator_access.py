"""What the operator's command needs to speak to this instance, as a file for the shell."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from portail.secrets_file import SERVICES
from portail_local.servers.place import write_private
from portail_local.system import MARK, System

ASKED = ("PORTAIL_", *(f"{service.upper()}_" for service in SERVICES))
"""`portail` asks services' own processes, with their own settings, and copies their keys."""


def environment(system: System) -> dict[str, str]:
    """The settings of `portail …`; writes the node's `rabbitmqctl` when the node is ours."""
    settings = {
        name: value
        for service in SERVICES
        for name, value in system.processes[service].env.items()
        # With our mark it would be taken for a process of this instance, and ended with it.
        if name.startswith(ASKED) and name != MARK
    }
    for context, access in system.databases.items():
        owner = access.owner_url.replace("postgresql://", "postgresql+asyncpg://", 1)
        settings[f"{context.upper()}_MIGRATION_DATABASE_URL"] = owner
    settings["PORTAIL_OPERATOR_BROKER_URL"] = system.operator_broker_url
    if system.postgres is not None:
        settings["PORTAIL_OPERATOR_POSTGRES_BIN"] = str(system.postgres.programs)
    if system.rabbitmq is not None:
        script = system.folder / "rabbitmqctl"
        write_private(script, system.rabbitmq.control_script(), None)
        settings["PORTAIL_OPERATOR_RABBITMQCTL"] = f"sh {shlex.quote(str(script))}"
    return settings


def write(folder: Path, settings: Mapping[str, str]) -> Path:
    """`. .local/demo/operator.env` in a shell gives them to `portail`."""
    file = folder / "operator.env"
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()]
    write_private(file, "".join(lines), None)
    return file
