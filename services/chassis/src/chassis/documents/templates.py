"""Jinja environment of printed documents: French filters, our letterhead, nothing of the web."""

from pathlib import Path

import jinja2

from chassis.settings import Authority
from chassis.web.rendering import bare_environment

TEMPLATES = Path(__file__).parent / "templates"


def documents_environment(*template_folders: Path, authority: Authority) -> jinja2.Environment:
    """A service's own templates, which extend `letterhead.html`; undefined names raise."""
    env = bare_environment([*template_folders, TEMPLATES])
    env.globals["authority"] = authority
    return env
