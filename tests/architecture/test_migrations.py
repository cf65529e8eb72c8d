"""A migration leaves the release that is running its schema, and holds nobody up (decision 50)."""

import json
import re
import subprocess
import sys
from pathlib import Path

from chassis.migrations import TIMEOUTS
from support.migrations import revisions, sql_of

SQUAWK = Path(sys.executable).with_name("squawk")
BEFORE_FIRST_RELEASE = {"accounts": 15, "enrolment": 10, "billing": 6, "messaging": 7}
"""The last revision that no running release was ever older than: nothing had to go on beside it."""

OURS = (
    # Our own tables are given the types that their values need.
    *("prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-text-field"),
    # Widening: the release that runs writes the default itself.
    *("ban-drop-default", "ban-drop-not-null", "ban-drop-constraint"),
    # The runner is one transaction: all of an upgrade, or nothing.
    "require-concurrent-index-deletion",
)
ALLOWED = re.compile(r"squawk: allow ([a-z-]+) because .+")


def findings(sql: str) -> set[str]:
    """Rules of squawk that a migration breaks."""
    done = subprocess.run(
        [
            *(SQUAWK, "--assume-in-transaction", "--reporter=json", "--stdin-filepath=one.sql"),
            *("--pg-version=15", f"--exclude={','.join(OURS)}"),
        ],
        input=f"{TIMEOUTS};\n{sql}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return {one["rule_name"] for one in json.loads(done.stdout or "[]")}


def test_a_new_migration_only_adds_or_says_why_not() -> None:
    wrong = {}
    for service, released in BEFORE_FIRST_RELEASE.items():
        for directory, one in revisions(service):
            if int(one.revision) > released:
                allowed = set(ALLOWED.findall(Path(one.path).read_text()))
                if found := findings(sql_of(directory, one)) - allowed:
                    wrong[f"{service} {one.revision}"] = found
    assert wrong == {}, "expand now, contract a release later; or « squawk: allow … because … »"


def test_planted_faults_are_found_in_the_very_sql_that_a_migration_makes() -> None:
    # The first migration of all, and one that takes columns from under the code that reads them.
    directory, first = list(revisions("billing"))[-1]
    sql = sql_of(directory, first)
    assert "CREATE TABLE ledger_entries" in sql
    for fault, rule in {
        "ALTER TABLE ledger_entries DROP COLUMN account": "ban-drop-column",
        "ALTER TABLE families RENAME COLUMN quotient TO qf": "renaming-column",
        "ALTER TABLE families ADD COLUMN n int NOT NULL": "adding-required-field",
        "ALTER TABLE families ALTER COLUMN quotient TYPE text": "changing-column-type",
        "CREATE INDEX ix_planted ON families (quotient)": "require-concurrent-index-creation",
        "DROP TABLE families": "ban-drop-table",
    }.items():
        assert rule in findings(f"{fault};"), fault
    assert findings("ALTER TABLE families ADD COLUMN n int;") == set()
