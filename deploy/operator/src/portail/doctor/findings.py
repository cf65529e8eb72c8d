"""What an examination found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad: only a fault makes the command fail."""

    SOUND = "bien"
    ATTENTION = "attention"
    FAULT = "défaut"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, and the sentence about it, which names nobody."""

    subject: str
    state: State
    words: str


def sound(subject: str, words: str) -> Finding:
    return Finding(subject, State.SOUND, words)


def attention(subject: str, words: str) -> Finding:
    return Finding(subject, State.ATTENTION, words)


def fault(subject: str, words: str) -> Finding:
    return Finding(subject, State.FAULT, words)
