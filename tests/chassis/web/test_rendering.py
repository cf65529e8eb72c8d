"""The factory of environments, and what must be true of every page as text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import gallery
import jinja2
import pytest

from chassis.web.assets import Assets
from chassis.web.rendering import environment

PAGES = gallery.render_all(Assets())


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_inline_that_the_security_policy_forbids(name: str) -> None:
    for tag, attributes in Elements(PAGES[name]).found:
        assert tag != "style"
        assert "style" not in attributes
        assert not [key for key in attributes if key.startswith("on")]
        assert tag != "script" or attributes.get("src")


@pytest.mark.parametrize("name", PAGES)
def test_every_form_that_posts_carries_the_token(name: str) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", PAGES[name], re.DOTALL):
        assert 'name="form_token" value="jeton"' in form


@pytest.mark.parametrize("name", PAGES)
def test_no_id_is_there_twice(name: str) -> None:
    ids = [attributes["id"] for _, attributes in Elements(PAGES[name]).found if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_high_punctuation_never_begins_a_line(name: str) -> None:
    text = re.sub(r"<[^>]+>", "\n", PAGES[name])
    assert re.findall(r"\w [;:!?»]", text) == []


def test_a_cell_says_everything_in_its_name() -> None:
    assert (
        'aria-label="Lou, jeudi 26 novembre, Cantine, Réservé, '
        'modifiable jusqu’au mercredi 25 novembre, 10\u00a0h"'
    ) in PAGES["agenda"]


def test_weekends_are_shown_only_when_something_happens_then() -> None:
    assert "columns-5" in PAGES["agenda"]
    assert "samedi" not in PAGES["agenda"]
    assert "columns-7" in PAGES["agenda-saturday"]


def test_the_words_of_a_template_get_their_french_spaces(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ what }} : {{ 'Quoi ?' }} « ici »")
    shown = environment(tmp_path, assets=Assets()).get_template("page.html").render(what="a ?")
    assert shown == "a ?\u00a0: Quoi\u202f? «\u00a0ici\u00a0»"


def test_a_forgotten_name_raises(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ nobody_gave_this }}")
    with pytest.raises(jinja2.UndefinedError):
        environment(tmp_path, assets=Assets()).get_template("page.html").render()


def test_text_of_people_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ name }} {{ name|sentence }}")
    shown = environment(tmp_path, assets=Assets()).get_template("page.html").render(name="<b>")
    assert shown == "&lt;b&gt; &lt;b&gt;"


def test_a_service_may_replace_a_template_of_the_theme(tmp_path: Path) -> None:
    (tmp_path / "problem.html").write_text("mien")
    shown = environment(tmp_path, assets=Assets()).get_template("problem.html").render()
    assert shown == "mien"


def test_a_second_environment_reuses_the_compiled_templates(tmp_path: Path) -> None:
    first = environment(assets=Assets())
    second = environment(assets=Assets())
    assert first.bytecode_cache is second.bytecode_cache
    assert second.get_template("layout.html") is not None
