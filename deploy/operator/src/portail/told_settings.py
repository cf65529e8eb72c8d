"""What this command was told: by the environment, and by the files of `PORTAIL_SECRETS_DIR`."""

import os
from pathlib import Path


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
