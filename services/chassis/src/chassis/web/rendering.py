"""One factory of Jinja environments, so that every page has the same filters and the same care."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from chassis.web import french, navigation
from chassis.web.assets import Assets

TEMPLATES = Path(__file__).parent / "templates"


class FrenchSpaces(Extension):
    """The words written in the templates get their spaces that do not break, once, when compiled.

    Nobody sees the difference between two spaces in an editor, so nobody is asked to type it.
    Text that comes from data is not touched: give it the filter `narrow_spaces`.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type in ("data", "string"):
                yield Token(token.lineno, token.type, french.narrow_spaces(token.value))
            else:
                yield token


class MemoryBytecode(BytecodeCache):
    """Compiled templates kept for the life of the process, never written to a disk."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = self._compiled.get(bucket.key + bucket.checksum)
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_BYTECODE = MemoryBytecode()


def environment(*template_folders: Path, assets: Assets) -> jinja2.Environment:
    """Build the environment of a service's pages.

    A service's own folders come first, so that it may replace a template of the theme.
    """
    env = bare_environment([*template_folders, TEMPLATES])
    env.globals.update(
        asset=assets.url,
        portal_navigation=navigation.PORTAL,
        console_navigation=navigation.CONSOLE,
        # A service may keep what it draws often.
        drawn=lambda macro, *given: macro(*given),
    )
    return env


def bare_environment(folders: Sequence[Path]) -> jinja2.Environment:
    """What pages and printed documents share: escaping, French filters and spaces.

    A name that the page forgot to give raises instead of printing nothing.
    """
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_BYTECODE,
        extensions=[FrenchSpaces],
    )
    env.filters.update(french.FILTERS)
    return env
