"""Which files may hang on a message. Pure; the look into them is taken elsewhere."""

import re
import unicodedata
from pathlib import PurePosixPath

MOST_BYTES = 5 * 1024 * 1024
MOST_PER_MESSAGE = 5

NAME_MAX = 100
SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


class FileRefused(Exception):
    """The text says, in French, why."""


def safe_name(claimed: str, media_type: str) -> str:
    """A file name that no system reads as a path, with the ending that its content deserves."""
    plain = "".join(
        character if unicodedata.category(character)[0] not in "CZ" else " "
        for character in unicodedata.normalize("NFC", claimed)
    )
    last = re.split(r"[/\\]", plain)[-1]
    stem = re.sub(r'[<>:"|?*;]', " ", PurePosixPath(last).stem)
    stem = " ".join(stem.split()).strip(". ")[:NAME_MAX].strip() or "piece-jointe"
    return stem + SUFFIXES[media_type]


def check_size(size: int) -> None:
    """Raises FileRefused."""
    if size == 0:
        raise FileRefused("Ce fichier est vide.")
    if size > MOST_BYTES:
        raise FileRefused(
            f"Ce fichier est trop lourd\u00a0: {MOST_BYTES // 1024 // 1024} Mo au plus."
        )
