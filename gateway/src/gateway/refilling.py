"""A page of ours with what was typed put back into its form. Nothing is sent: people press again.

Works on the HTML of any page, the console's included: the page is asked as its owner would ask,
and its text is changed only inside the controls of the one form.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from fastapi import Request
from starlette.types import Message, Scope

from .keeping import KeptForm

NOT_FILLED = frozenset({"password", "file", "hidden", "submit", "button", "image", "reset"})
PLACE = "<!--kept-->"
"""Where the notice goes, once it is known what found no place."""
TICKED = frozenset({"checkbox", "radio"})
Attributes = list[tuple[str, str | None]]


async def page_of(request: Request, path: str, cookie: str) -> tuple[int, str]:
    """(status, text) of one of our pages, asked with this cookie; 0 when it is not HTML."""
    scope = _scope(request.scope, path, cookie)
    # A task of its own: what belongs to this request must not be mixed with that one's.
    return await asyncio.create_task(_asked(request.app, scope))


async def _asked(app: object, scope: Scope) -> tuple[int, str]:
    status, is_html, parts = 0, False, []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, is_html
        if message["type"] == "http.response.start":
            status = message["status"]
            is_html = any(
                name.lower() == b"content-type" and value.startswith(b"text/html")
                for name, value in message["headers"]
            )
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)  # type: ignore[operator]
    return (status, b"".join(parts).decode(errors="replace")) if is_html else (0, "")


def _scope(scope: Scope, path: str, cookie: str) -> Scope:
    plain, _, query = path.partition("?")
    kept = {name: scope[name] for name in ("type", "asgi", "http_version", "scheme", "server")}
    return {
        **kept,
        "client": scope.get("client"),
        "method": "GET",
        "path": plain,
        "raw_path": plain.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            *((name, value) for name, value in scope["headers"] if name == b"host"),
            (b"accept", b"text/html"),
            (b"cookie", cookie.encode()),
        ],
    }


def refilled(page: str, kept: KeptForm, notice: str) -> tuple[str, list[tuple[str, str]]]:
    """The page with its form filled and the notice above, and what found no place in it."""
    survey = _Survey()
    survey.feed(page)
    names = {name for name, _ in kept.fields}
    chosen = survey.best(kept.action, names)
    filler = _Filler(kept, chosen, notice)
    filler.feed(page)
    filler.close()
    return "".join(filler.out), filler.left


def is_hidden(page: str, name: str) -> bool:
    """Whether the page has a hidden value of that name: it is the page's own, not typed."""
    survey = _Survey()
    survey.feed(page)
    return name in survey.hidden


@dataclass
class _Form:
    action: str
    names: set[str] = field(default_factory=set)


class _Survey(HTMLParser):
    """Which forms the page has, and which controls each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.hidden: set[str] = set()
        self._inside: _Form | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = dict(attrs)
        if tag == "form":
            self._inside = _Form(values.get("action") or "")
            self.forms.append(self._inside)
        elif tag in ("input", "select", "textarea") and self._inside is not None:
            names = self.hidden if values.get("type") in NOT_FILLED else self._inside.names
            names.add(values.get("name") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None

    def best(self, action: str, names: set[str]) -> int | None:
        """The form that was sent: the same address, and the most of the same controls."""
        scores = [(form.action == action, len(form.names & names)) for form in self.forms]
        same = [index for index, (is_same, shared) in enumerate(scores) if is_same and shared]
        return max(same, key=lambda index: scores[index][1], default=None)


class _Filler(HTMLParser):
    """Writes the page again as it was, but for the controls of the chosen form."""

    def __init__(self, kept: KeptForm, chosen: int | None, notice: str) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._notice = notice
        self._chosen = chosen
        self._form = -1
        self._waiting = Counter(kept.fields)
        self._inside = False
        self._select: str | None = None
        self._text: str | None = None

    @property
    def left(self) -> list[tuple[str, str]]:
        return list(self._waiting.elements())

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        raw = self.get_starttag_text() or ""
        if tag == "form":
            self._form += 1
            self._inside = self._form == self._chosen
        self.out.append(self._control(tag, dict(attrs), attrs, raw) if self._inside else raw)
        if tag == "main":
            self.out.append(self._notice)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        raw = self.get_starttag_text() or ""
        self.out.append(self._control(tag, dict(attrs), attrs, raw) if self._inside else raw)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._text = None
        self.out.append(f"</{tag}>")

    def _control(self, tag: str, values: dict[str, str | None], attrs: Attributes, raw: str) -> str:
        name, kind = values.get("name") or "", values.get("type") or "text"
        if tag == "input" and kind in TICKED:
            is_on = self._take(name, values.get("value") or "on")
            rest = [(key, value) for key, value in attrs if key != "checked"]
            return _tag(tag, [*rest, *([("checked", None)] if is_on else [])])
        if tag == "input" and kind not in NOT_FILLED:
            typed = self._first(name)
            rest = [(key, value) for key, value in attrs if key != "value"]
            return raw if typed is None else _tag(tag, [*rest, ("value", typed)])
        if tag == "select":
            self._select = name
        if tag == "option" and self._select is not None and self._knows(self._select):
            rest = [(key, value) for key, value in attrs if key != "selected"]
            is_on = self._take(self._select, values.get("value") or "")
            return _tag(tag, [*rest, *([("selected", None)] if is_on else [])])
        if tag == "textarea" and (typed := self._first(name)) is not None:
            self._text = typed
            # A browser drops the line end that follows the tag: one more keeps the text's own.
            return f"{raw}\n{escape(typed, quote=False)}"
        return raw

    def _knows(self, name: str) -> bool:
        return any(one == name for one, _ in self._waiting)

    def _take(self, name: str, value: str) -> bool:
        if (name, value) not in self._waiting:
            return False
        self._waiting[name, value] -= 1
        self._waiting += Counter()
        return True

    def _first(self, name: str) -> str | None:
        for one, value in self._waiting:
            if one == name:
                self._take(one, value)
                return value
        return None

    def handle_data(self, data: str) -> None:
        if self._text is None:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        if self._text is None:
            self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        if self._text is None:
            self.out.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")


def _tag(tag: str, attrs: Attributes) -> str:
    written = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attrs
    )
    return f"<{tag}{written}>"
