"""Which pages take files, and how large a form with a file may be."""

from collections.abc import Mapping

LARGEST_FORM = 8 * 1024 * 1024 + 512 * 1024
"""A little above what accounts takes, so that it refuses in words about the file."""

LARGEST_NEWCOMER = 16 * 1024 * 1024
"""A photo twice too heavy still comes back to its form, with everything typed; see read_form."""

LARGEST_LETTER = 12 * 1024 * 1024
"""A message with its files, sent at once; more of them can be joined one after the other."""

LARGEST_TABLE = 12 * 1024 * 1024 + 256 * 1024
"""Families by the thousand: the console checks, accounts says what is wrong."""

LARGER_BODIES: Mapping[str, int] = {
    r"/preinscription": LARGEST_NEWCOMER,
    r"/documents/nouveau": LARGEST_FORM,
    r"/enfants/[^/]+/photo": LARGEST_FORM,
    r"/messages/[^/]+": LARGEST_LETTER,
    r"/console/familles/import": LARGEST_TABLE,
    r"/console/messages/[^/]+/repondre": LARGEST_LETTER,
}
"""By the pattern of the whole path."""

SECONDS = 30.0
"""A file is examined by a program of its own, a few at a time."""
