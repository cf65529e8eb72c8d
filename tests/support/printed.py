"""Programs printed in the guides, taken out of them to be run as they stand."""

import re
from pathlib import Path

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PROGRAM = re.compile(r"^```\w+ (?P<name>[\w.]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def programs(guide: str) -> dict[str, str]:
    """By the name that stands beside the language of its block."""
    text = (GUIDES / guide).read_text()
    return {found["name"]: found["text"] for found in PROGRAM.finditer(text)}


def lay_out(folder: Path, *guides: str) -> None:
    """Every program of these guides as a file."""
    for guide in guides:
        for name, text in programs(guide).items():
            (folder / name).write_text(text)
