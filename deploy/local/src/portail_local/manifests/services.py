"""One file of manifests per service, from the template that all share."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any

import yaml

from portail.provisioning import EXTENSIONS, database_name, rights_of
from portail.secret_settings import PREFIX
from portail.secrets_file import GATEWAY
from portail_local.manifests.reach import ASKS, asked_by

KUBERNETES = Path(__file__).resolve().parents[4] / "kubernetes"
TEMPLATE = KUBERNETES / "service.template.yaml"
OUTSIDE = """\
      # Mail, and what a contract for online payment asks: the world, but no neighbour.
      - to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16] } }]
        ports: [{ port: 443 }, { port: 465 }, { port: 587 }]
"""
DEFAULTS = "ALTER DEFAULT PRIVILEGES"
FIGURES = 9000
"""Where the gateway shows its figures: not on the port that the ingress reaches."""
GOES_OUT = ("billing", "messaging")
OF_THE_GATEWAY = {"Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"}


def manifests_of(service: str) -> list[dict[str, Any]]:
    """Every object of one service; of the gateway, those of a door without data."""
    filled = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        service=service,
        prefix=service.upper(),
        callers=json.dumps([_pods(caller) for caller in asked_by(service)]),
        peers=json.dumps([_pods(peer, "api") for peer in ASKS[service]]),
        outside=OUTSIDE if service in GOES_OUT else "",
        statements=json.dumps(statements_for(service)),
    )
    objects: list[dict[str, Any]] = yaml.safe_load(filled)
    return (
        [_as_door(each) for each in objects if _is_of_door(each)] if service == GATEWAY else objects
    )


def statements_for(service: str) -> list[str]:
    """What `portail provision` executes in a new database, besides its roles."""
    name = database_name(PREFIX, service)
    return [
        *(f'CREATE EXTENSION IF NOT EXISTS "{extension}"' for extension in EXTENSIONS),
        f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{name}" TO "{name}"',
        # Not by SET ROLE: each statement may have a connection of its own.
        *(
            right.replace(DEFAULTS, f'{DEFAULTS} FOR ROLE "{name}_owner"', 1)
            for right in rights_of(name)
        ),
    ]


def _pods(service: str, component: str | None = None) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": service}
    if component:
        labels["app.kubernetes.io/component"] = component
    return {"podSelector": {"matchLabels": labels}}


def _is_of_door(each: dict[str, Any]) -> bool:
    name = each["metadata"]["name"]
    return each["kind"] == "NetworkPolicy" or (
        each["kind"] in OF_THE_GATEWAY and name == f"{GATEWAY}-api"
    )


def _as_door(each: dict[str, Any]) -> dict[str, Any]:
    if each["kind"] == "Deployment":
        (container,) = each["spec"]["template"]["spec"]["containers"]
        container["args"] = ["serve"]
        # Lists of the template may be shared with what follows: new ones.
        told = {"name": "GATEWAY_METRICS_PORT", "value": str(FIGURES)}
        container["env"] = [*container["env"], told]
        container["ports"] = [*container["ports"], {"name": "figures", "containerPort": FIGURES}]
    if each["kind"] == "NetworkPolicy":
        spec = each["spec"]
        spec["ingress"][0]["from"] = [
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}
        ]
        spec["ingress"][1]["ports"] = [{"port": FIGURES}]
        spec["egress"] = spec["egress"][:1]
    return each
