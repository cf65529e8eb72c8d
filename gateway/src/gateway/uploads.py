"""Which pages take files, and how large a form with a file may be."""

from collections.abc import Mapping

LARGEST_FORM = 8 * 1024 * 1024 + 512 * 1024
"""A little above what accounts takes, so that it refuses in words about the file."""

LARGER_BODIES: Mapping[str, int] = {
    r"/documents/nouveau": LARGEST_FORM,
    r"/enfants/[^/]+/photo": LARGEST_FORM,
}
"""By the pattern of the whole path."""

SECONDS = 30.0
"""A file is examined by a program of its own, a few at a time."""
