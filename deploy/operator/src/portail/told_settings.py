"""What this command was told: by the environment, and by the files of `PORTAIL_SECRETS_DIR`."""

import os
from pathlib import Path

from chassis.broker.topology import MOST_PARTITIONS
from portail_contracts.catalogue import Context

from .errors import OperatorError


def told_settings() -> dict[str, str]:
    """A file bears its setting's name in small letters; the environment wins."""
    folder = os.environ.get("PORTAIL_SECRETS_DIR")
    files = sorted(Path(folder).iterdir()) if folder and Path(folder).is_dir() else []
    written = {
        file.name.upper(): file.read_text(encoding="utf-8").strip()
        for file in files
        if file.is_file() and not file.suffix
    }
    return {**written, **os.environ}


def told_partitions() -> dict[Context, int]:
    """Into how many each service's queue is parted, by the setting that the service has too."""
    settings, counts = told_settings(), {}
    for context in Context:
        name = partitions_setting(context)
        told = settings.get(name) or "1"
        if not told.isdigit() or not 1 <= int(told) <= MOST_PARTITIONS:
            raise OperatorError(f"{name} : donnez un nombre de 1 à {MOST_PARTITIONS}.")
        counts[context] = int(told)
    return counts


def partitions_setting(context: Context) -> str:
    return f"{context.upper()}_CONSUMER_PARTITIONS"
