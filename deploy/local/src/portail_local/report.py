"""What the operator is shown of a running demo, and what programs can read of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from portail_local.access import DemoAccounts
from portail_local.servers.place import write_private
from portail_local.system import System


def describe(system: System, accounts: DemoAccounts, supervision: str) -> dict[str, Any]:
    """The content of `.local/demo.json`."""
    portal = system.urls["gateway"]
    admin = {
        "identifier": system.admin_identifier,
        "password": system.admin_password,
        "name": "Administration du portail",
        "role": "admin",
    }
    known = {member["identifier"] for member in accounts.staff}
    first = [] if admin["identifier"] in known else [admin]
    return {
        "portal": portal,
        "console": f"{portal}/console",
        "mail": system.urls["mail"],
        "supervision": supervision,
        "operator_broker": system.operator_broker_url,
        "families": accounts.families,
        "staff": [*first, *accounts.staff],
    }


def publish(file: Path, description: dict[str, Any]) -> None:
    """Write the description; private, as it holds passwords."""
    text = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
    # Renamed into place: whoever waits for the file never reads half of it.
    write_private(file.with_suffix(".new"), text, None).rename(file)


def read(file: Path) -> dict[str, Any] | None:
    """The description of the running demo; None when there is none."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def show(console: Console, description: dict[str, Any]) -> None:
    """Print addresses, then who can sign in where."""
    addresses = Table(title="Adresses", title_justify="left", show_header=False)
    for label, key in (
        ("Portail des familles", "portal"),
        ("Console des agents", "console"),
        ("Courriels envoyés", "mail"),
        ("Supervision", "supervision"),
    ):
        if description[key]:
            addresses.add_row(label, description[key])
    console.print(addresses)
    people = Table(title="Comptes", title_justify="left")
    for heading in ("Pour", "Nom", "Identifiant", "Mot de passe"):
        people.add_column(heading, overflow="fold")
    for family in description["families"]:
        people.add_row("Famille", family["name"], family["identifier"], family["password"])
    for member in description["staff"]:
        role = f"Agent ({member.get('role', 'agent')})"
        people.add_row(role, member["name"], member["identifier"], member["password"])
    console.print(people)


def keep_accounts(file: Path, accounts: DemoAccounts) -> None:
    """Keep the loaded accounts for the next starts, which load nothing."""
    write_private(file, json.dumps(asdict(accounts), ensure_ascii=False), None)


def kept_accounts(file: Path) -> DemoAccounts:
    """The accounts kept at the first start."""
    if not file.exists():
        return DemoAccounts()
    return DemoAccounts(**json.loads(file.read_text(encoding="utf-8")))
