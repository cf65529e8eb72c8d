"""Writes what follows from code below deploy/kubernetes; `check` validates all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from portail.secrets_file import SERVICES
from portail_local.manifests import parting, services, topology
from portail_local.manifests.checking import check

BASE = services.KUBERNETES / "base"
WRITTEN = "# Written by `make documents` from {source}: change that, not this file.\n"


class _Expanded(yaml.SafeDumper):
    """Without anchors: each object stands alone."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def files() -> dict[Path, str]:
    """Every file that is made from code, with its content."""
    made = {
        BASE / f"{name}.yaml": _file("../service.template.yaml", services.manifests_of(name))
        for name in SERVICES
    }
    context, count = parting.PARTED
    folder = services.KUBERNETES / "components" / f"{context}-in-{count}"
    parted = {
        folder / name: _file("chassis.broker.topology", objects)
        for name, objects in parting.component(context, count).items()
    }
    return {
        **made,
        **parted,
        BASE / "broker-topology.yaml": _file("chassis.broker.topology", topology.objects()),
    }


def _file(source: str, objects: list[dict[str, Any]]) -> str:
    plain = json.loads(json.dumps(objects))  # names of contexts are an enumeration
    dumped = yaml.dump_all(plain, Dumper=_Expanded, sort_keys=False, allow_unicode=True, width=100)
    return WRITTEN.format(source=source) + dumped


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(check())
    for path, content in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
