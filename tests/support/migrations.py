"""The SQL of one migration, as the server would be sent it, without a server."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import Script, ScriptDirectory

PROJECT = Path(__file__).parents[2]


def revisions(service: str) -> Iterator[tuple[ScriptDirectory, Script]]:
    """From the newest to the oldest."""
    config = Config()
    folder = PROJECT / f"services/{service}/src/{service}/store/migrations"
    config.set_main_option("script_location", str(folder))
    directory = ScriptDirectory.from_config(config)
    yield from ((directory, one) for one in directory.walk_revisions())


def sql_of(directory: ScriptDirectory, one: Script) -> str:
    written, before = io.StringIO(), one.down_revision

    def steps(_revision: Any, _context: Any) -> Any:
        return directory._upgrade_revs(one.revision, before or "base")

    context = EnvironmentContext(
        Config(),
        directory,
        fn=steps,
        as_sql=True,
        starting_rev=before,
        destination_rev=one.revision,
    )
    with context:
        context.configure(
            dialect_name="postgresql",
            output_buffer=written,
            literal_binds=True,
            transactional_ddl=False,
        )
        context.run_migrations()
    return written.getvalue()
