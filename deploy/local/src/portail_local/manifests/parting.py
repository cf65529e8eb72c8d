"""A kustomize component by which a service's queue is parted: what comes, goes, and who is told."""

from __future__ import annotations

import json
from typing import Any

from chassis.broker.topology import events_queues
from portail_contracts.catalogue import Context
from portail_local.manifests import topology

PARTED = (Context.BILLING, 4)
"""The one that is written out; another differs in these two words."""


def component(context: Context, count: int) -> dict[str, list[dict[str, Any]]]:
    """Its files, as the objects in them."""
    before, after = (
        {_key(each): each for each in topology.objects(parts)} for parts in (None, {context: count})
    )
    return {
        "kustomization.yaml": [
            _kustomization(
                context, count, [each for key, each in before.items() if key not in after]
            )
        ],
        "comes.yaml": [each for key, each in after.items() if key not in before],
    }


def _key(each: dict[str, Any]) -> tuple[str, str]:
    return each["kind"], each["metadata"]["name"]


def _without(each: dict[str, Any]) -> dict[str, Any]:
    named = {key: each[key] for key in ("apiVersion", "kind", "metadata")}
    return {"$patch": "delete", **named}


def _kustomization(context: Context, count: int, gone: list[dict[str, Any]]) -> dict[str, Any]:
    triggers = [
        {
            "type": "rabbitmq",
            "metadata": {
                "protocol": "amqp",
                "queueName": name,
                "mode": "QueueLength",
                "value": "250",
            },
            "authenticationRef": {"name": f"{context}-consumer"},
        }
        for name in events_queues(context, count)
    ]
    told = f"{context.upper()}_CONSUMER_PARTITIONS={count}"
    return {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "resources": ["comes.yaml"],
        "configMapGenerator": [
            {"name": "portail-settings", "behavior": "merge", "literals": [told]}
        ],
        "patches": [
            # One each: kustomize takes no file of several here.
            *({"patch": json.dumps(_without(each))} for each in gone),
            {
                "target": {"kind": "ScaledObject", "name": f"{context}-consumer"},
                "patch": json.dumps(
                    [{"op": "replace", "path": "/spec/triggers", "value": triggers}]
                ),
            },
        ],
    }
