"""Documents on paper: a template becomes HTML, and a pool of processes makes a PDF of it."""

from .pool import DocumentFailed, DocumentRefused, Documents, DocumentsBusy
from .templates import documents_environment

__all__ = [
    "DocumentFailed",
    "DocumentRefused",
    "Documents",
    "DocumentsBusy",
    "documents_environment",
]
