"""The manifests, the settings' classes, the topology and the code say the same."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.broker.topology import definitions
from chassis.runner import PARTS
from chassis.settings import SECRETS_DIR, SharedSettings
from portail.secret_manifests import secrets_of
from portail.secret_settings import VHOST, BrokerPlace, write_folder
from portail.secrets_file import CONTEXTS, SERVICES
from portail_contracts.catalogue import Context
from portail_local.images.rooms import PROJECT
from portail_local.manifests.__main__ import files
from portail_local.manifests.checking import OVERLAYS, faults, in_base
from portail_local.manifests.reach import ASKS
from portail_local.manifests.services import KUBERNETES
from portail_local.settings_page import settings_of

from .test_compose import METRICS_PORT, PORT, SETTINGS

OBJECTS = [each for _, each in in_base()]
MADE_ELSEWHERE = {"portail-backups"}
SECRET = re.compile(r"secret", re.IGNORECASE)


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


def pod_of(each: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = each["spec"]["template"]["spec"]
    return pod


PROCESSES = {
    name: pod_of(each)
    for kind in ("Deployment", "Job")
    for name, each in of_kind(kind).items()
    if name != "waiting-room"
}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("made")
    write_folder(folder, "database:5432", BrokerPlace("broker", 5672))
    return {each["metadata"]["name"]: each["stringData"] for each in secrets_of(folder)}


def told_by_overlay(overlay: str) -> dict[str, str]:
    base = yaml.safe_load((KUBERNETES / "base" / "kustomization.yaml").read_text())
    lines = list(base["configMapGenerator"][0]["literals"])
    lines += (KUBERNETES / "overlays" / overlay / "portail.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_what_is_made_from_code_is_what_is_committed() -> None:
    for path, content in files().items():
        assert path.read_text() == content, f"{path.name}: run `make documents`"


def test_every_process_of_the_house_is_there() -> None:
    parts = ("api", "consumer", "relay", "migrate")
    wanted = {f"{context}-{part}" for context in CONTEXTS for part in parts}
    assert set(PROCESSES) == wanted | {"gateway-api"}
    for name, pod in PROCESSES.items():
        (container,) = pod["containers"]
        service, _, part = name.partition("-")
        assert container["image"] == f"portail-{service}"
        assert container["args"] == (["serve"] if service == "gateway" else [part])
        assert container["args"][0] in {*PARTS, "migrate"}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_process_is_told_all_it_needs_and_no_secret_of_others(
    overlay: str,
    secrets: dict[str, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = told_by_overlay(overlay)
    known = {setting.name for model in SETTINGS.values() for setting in settings_of(model)}
    assert set(settings) <= known | {setting.name for setting in settings_of(SharedSettings)}
    for name, pod in PROCESSES.items():
        (container,) = pod["containers"]
        own = {each["name"]: each["value"] for each in container["env"]}
        folder = tmp_path / name
        folder.mkdir()
        for secret in secret_names(pod["volumes"]):
            for file, value in secrets[secret].items():
                (folder / file).write_text(value)
        with monkeypatch.context() as surroundings:
            surroundings.setenv(SECRETS_DIR, str(folder))
            for setting, value in {**settings, **own}.items():
                surroundings.setenv(setting, value)
            service = name.partition("-")[0]
            told, shared = SETTINGS[service](), SharedSettings()
        mine = {setting.name for setting in settings_of(SETTINGS[service])}
        assert {file.name.upper() for file in folder.iterdir()} <= mine
        assert told.port == PORT
        shown = getattr(told, "metrics_port", None)
        assert {port["containerPort"] for port in container.get("ports", [])} <= {PORT, shown}
        assert bool(getattr(told, "migration_database_url", "")) == name.endswith("-migrate")
        reached = {getattr(shared, f"{context}_url") for context in CONTEXTS}
        served = of_kind("Service")
        assert all(
            served[url.split("/")[2].split(":")[0]]["spec"]["ports"][0]["port"] == PORT
            for url in reached
        )


def secret_names(node: Any) -> set[str]:
    """Every Secret that is named somewhere below."""
    if isinstance(node, list):
        return set[str]().union(*map(secret_names, node))
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        named = isinstance(value, dict) and isinstance(value.get("name"), str)
        if key == "secretName":
            found.add(value)
        elif named and (SECRET.search(key) or key in ("accessKeyId", "secretAccessKey")):
            found.add(value["name"])
        elif key == "secretTargetRef":
            found |= {each["name"] for each in value}
        else:
            found |= secret_names(value)
    return found


def test_every_secret_that_is_named_is_made_and_the_other_way_round(
    secrets: dict[str, dict[str, str]],
) -> None:
    named = secret_names(OBJECTS) - {"portail-tls"}
    assert named == set(secrets) | MADE_ELSEWHERE
    for each in of_kind("TriggerAuthentication").values():
        (target,) = each["spec"]["secretTargetRef"]
        assert target["key"] in secrets[target["name"]]


def test_an_overlay_names_every_image() -> None:
    used = {
        container["image"]
        for each in (*of_kind("Deployment").values(), *of_kind("Job").values())
        for container in pod_of(each)["containers"]
    }
    for overlay in OVERLAYS:
        told = yaml.safe_load(
            (KUBERNETES / "overlays" / overlay / "kustomization.yaml").read_text()
        )
        assert {image["name"] for image in told["images"]} == used
        for patch in told["patches"]:
            target = patch["target"]
            names = of_kind(target["kind"])
            assert any(re.fullmatch(target.get("name", ".*"), name) for name in names), target


def test_the_network_lets_through_what_the_code_asks_and_nothing_else() -> None:
    for service in SERVICES:
        home = PROJECT / ("gateway" if service == "gateway" else f"services/{service}") / "src"
        source = "".join(path.read_text() for path in home.rglob("*.py"))
        asked = {found.lower() for found in re.findall(r"\bContext\.([A-Z]+)\b", source)}
        assert asked - {service} == set(ASKS[service]), service
        policy = of_kind("NetworkPolicy")[service]["spec"]
        targets = [each["podSelector"]["matchLabels"] for each in policy["egress"][0]["to"]]
        assert {each["app.kubernetes.io/name"] for each in targets} == set(ASKS[service])
        assert all(each["app.kubernetes.io/component"] == "api" for each in targets)
    door, watching = of_kind("NetworkPolicy")["gateway"]["spec"]["ingress"]
    assert door["ports"] == [{"port": PORT}]
    assert watching["ports"] == [{"port": METRICS_PORT}]
    assert of_kind("NetworkPolicy")["default-deny"]["spec"]["podSelector"] == {}


def with_component(folder: str) -> list[dict[str, Any]]:
    """The base's objects of the broker after a component's: some come, some go."""
    comes, (component,) = (
        list(yaml.safe_load_all((KUBERNETES / "components" / folder / name).read_text()))
        for name in ("comes.yaml", "kustomization.yaml")
    )
    goes = [yaml.safe_load(each["patch"]) for each in component["patches"] if "target" not in each]
    assert all(each["$patch"] == "delete" for each in goes)
    gone = [(each["kind"], each["metadata"]["name"]) for each in goes]
    assert set(gone) <= {(each["kind"], each["metadata"]["name"]) for each in OBJECTS}
    kept = [each for each in OBJECTS if (each["kind"], each["metadata"]["name"]) not in gone]
    assert list(faults([(folder, each) for each in comes])) == []
    return [*kept, *comes]


@pytest.mark.parametrize("parted", [{}, {Context.BILLING: 4}])
def test_the_broker_is_the_one_that_provision_makes(parted: dict[Context, int]) -> None:
    known = definitions(VHOST, dict.fromkeys((*CONTEXTS, "operator"), ""), partitions=parted)
    objects = with_component("billing-in-4") if parted else OBJECTS

    def of_kind(kind: str) -> dict[str, dict[str, Any]]:
        return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}

    queues = {each["spec"]["name"]: each["spec"] for each in of_kind("Queue").values()}
    exchanges = {each["spec"]["name"]: each["spec"] for each in of_kind("Exchange").values()}
    assert {each["name"]: (each["type"], each["arguments"]) for each in known["exchanges"]} == {
        name: (each["type"], each.get("arguments", {})) for name, each in exchanges.items()
    }
    assert {each["name"]: each["arguments"] for each in known["queues"]} == {
        name: {"x-queue-type": each["type"], **each["arguments"]} for name, each in queues.items()
    }
    bound = {
        (each["spec"]["source"], each["spec"]["destination"], each["spec"]["routingKey"])
        for each in of_kind("Binding").values()
    }
    assert bound == {
        (each["source"], each["destination"], each["routing_key"]) for each in known["bindings"]
    }
    assert len(of_kind("Binding")) == len(known["bindings"])
    rights = {name: each["spec"]["permissions"] for name, each in of_kind("Permission").items()}
    assert rights == {
        each["user"]: {verb: each[verb] for verb in ("configure", "write", "read")}
        for each in known["permissions"]
    }


@pytest.mark.parametrize(
    ("kind", "plant"),
    [
        ("Deployment", lambda each: each["spec"].update(replica=2)),
        ("NetworkPolicy", lambda each: each["spec"].update(podSelector=[])),
        ("Queue", lambda each: each["spec"].update(type="classic")),
        ("Cluster", lambda each: each["spec"]["postgresql"].update(synchronus={})),
        ("ScheduledBackup", lambda each: each["spec"].update(schedule="15 1 * * *")),
        ("PodMonitor", lambda each: each.update(kind="PodMonitoring")),
    ],
)
def test_a_planted_fault_is_seen(kind: str, plant: Any) -> None:
    each = copy.deepcopy(next(iter(of_kind(kind).values())))
    assert list(faults([("planted", each)])) == []
    plant(each)
    assert len(list(faults([("planted", each)]))) >= 1
