"""What a form holds, read without trust: texts cut to a length, identifiers or nothing."""

from uuid import UUID

from starlette.datastructures import FormData

LONGEST = 600
MOST = 60


class Typed:
    """A form as people typed it."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def one(self, name: str) -> str:
        value = self._form.get(name, "")
        return value.strip()[:LONGEST] if isinstance(value, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        found = [one for one in self._form.getlist(name) if isinstance(one, str)]
        return tuple(dict.fromkeys(one[:LONGEST] for one in found[:MOST]))

    def identifier(self, name: str) -> str | None:
        try:
            return str(UUID(self.one(name)))
        except ValueError:
            return None
