"""Copies of everything about a family, made in the background."""

from .maker import make_exports

__all__ = ["make_exports"]
