"""What accounts prints: from records to the HTML that becomes a PDF."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2

from chassis.documents import documents_environment
from chassis.settings import Authority

_FOLDER: Final = Path(__file__).parent / "documents"


@lru_cache(maxsize=2)
def _environment(authority: str) -> jinja2.Environment:
    return documents_environment(_FOLDER, authority=Authority.model_validate_json(authority))


def paper(authority: Authority, template: str, **given: Any) -> str:
    """The HTML of a document with our letterhead."""
    environment = _environment(authority.model_dump_json())
    return environment.get_template(template).render(given)
