"""Every manifest against its schema, strictly: what a schema does not know is an error.

Kubernetes' own kinds against the schemas of the package kubernetes-validate; those of operators
against deploy/kubernetes/schemas.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate
import yaml
from jsonschema import Draft7Validator

from portail_local.manifests.services import KUBERNETES

VERSION = "1.31"
"""The oldest Kubernetes that we say yes to."""
OVERLAYS = ("small-town", "15000-families")
NO_OBJECTS = ("kustomization.yaml",)


def in_base() -> list[tuple[str, dict[str, Any]]]:
    """Each object of the base, with the file it stands in."""
    files = sorted((KUBERNETES / "base").glob("*.yaml"))
    return [
        (file.name, each)
        for file in files
        if file.name not in NO_OBJECTS
        for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]


def rendered(overlay: str) -> list[tuple[str, dict[str, Any]]] | None:
    """The objects of an overlay, as kubectl makes them; None where there is no kubectl."""
    if shutil.which("kubectl") is None:
        return None
    folder = KUBERNETES / "overlays" / overlay
    made = subprocess.run(
        ["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=True
    )
    return [(overlay, each) for each in yaml.safe_load_all(made.stdout)]


def faults(objects: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """What is wrong, in a line each."""
    for where, each in objects:
        what = f"{where}: {each['kind']} {each['metadata']['name']}"
        key = f"{each['apiVersion']} {each['kind']}"
        if key in _custom():
            yield from (f"{what}: {fault}" for fault in _of_operator(key, each))
            continue
        try:
            kubernetes_validate.validate(each, VERSION, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{what}: no schema says what {key} is"
        except kubernetes_validate.ValidationError as error:
            yield f"{what}: {error.message}"


@cache
def _custom() -> dict[str, Any]:
    file = KUBERNETES / "schemas" / "custom-resources.yaml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    definitions = loaded.pop("definitions")
    return {key: {**schema, "definitions": definitions} for key, schema in loaded.items()}


def _of_operator(key: str, each: dict[str, Any]) -> Iterator[str]:
    if unknown := set(each) - {"apiVersion", "kind", "metadata", "spec"}:
        yield f"unexpected {', '.join(sorted(unknown))}"
    for error in Draft7Validator(_custom()[key]).iter_errors(each.get("spec", {})):
        path = ".".join(map(str, error.absolute_path))
        yield f"spec.{path}: {error.message}"


def check() -> int:
    """Prints what is wrong; 1 when something is."""
    wrong = list(faults(in_base()))
    shown = f"{len(in_base())} objets de la base"
    for overlay in OVERLAYS:
        objects = rendered(overlay)
        if objects is None:
            shown += f" ; {overlay} NON composé (pas de kubectl)"
            continue
        wrong += faults(objects)
        shown += f" ; {overlay} : {len(objects)}"
    print("\n".join(wrong) if wrong else f"Kubernetes : {shown}, conformes aux schémas.")
    return int(bool(wrong))
