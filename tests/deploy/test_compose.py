"""compose.yaml, the settings' classes and the operator's command say the same."""

import re
from pathlib import Path

import pytest

import accounts.settings
import billing.settings
import enrolment.settings
import gateway.settings
import messaging.settings
from chassis.runner import PARTS
from chassis.settings import SECRETS_DIR, SharedSettings
from portail.installing import Administration
from portail.secret_settings import BrokerPlace, write_folder
from portail.secrets_file import CONTEXTS
from portail_local.images.rooms import IMAGES, ROOMS, SERVERS
from portail_local.settings_page import CLASSES, EXAMPLE, page, settings_of

from .composed import COMPOSE, VARIABLE, composed, room_of

SETTINGS = {
    "accounts": accounts.settings.Settings,
    "billing": billing.settings.Settings,
    "enrolment": enrolment.settings.Settings,
    "gateway": gateway.settings.Settings,
    "messaging": messaging.settings.Settings,
}
CADDYFILE = COMPOSE.parent / "images/proxy/Caddyfile"
SERVICES = composed()["services"]
OURS = {name: told for name, told in SERVICES.items() if room_of(told) in SETTINGS}
PORT = 8000
METRICS_PORT = 9000
"""The gateway's figures; the proxy and the ingress know the other port alone."""


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_folder(folder, "database:5432", BrokerPlace("broker", 5672))
    return folder


@pytest.fixture
def told(
    request: pytest.FixtureRequest,
    secrets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The name of a process, in the surroundings that its container would have."""
    name: str = request.param
    for secret in SERVICES[name]["secrets"]:
        (tmp_path / secret).write_text((secrets / secret).read_text())
    monkeypatch.setenv(SECRETS_DIR, str(tmp_path))
    for setting, value in SERVICES[name].get("environment", {}).items():
        monkeypatch.setenv(setting, str(value))
    return name


def test_every_process_of_the_house_is_there_and_nothing_else() -> None:
    wanted = {f"{context}-{part}" for context in CONTEXTS for part in ("api", "worker", "migrate")}
    assert set(OURS) == wanted | {"gateway"}
    assert set(SERVICES) == set(OURS) | {"provision", "operator", *SERVERS}
    assert {room_of(service) for service in SERVICES.values()} == {
        *(room.name for room in ROOMS),
        *SERVERS,
    }
    for name, service in OURS.items():
        (verb,) = service.get("command", ["serve"])
        assert verb in {*PARTS, "migrate"}
        assert name == "gateway" or name == f"{room_of(service)}-{verb}"


@pytest.mark.parametrize("told", OURS, indirect=True)
def test_a_process_is_told_all_it_needs_and_no_secret_of_others(told: str) -> None:
    room = room_of(SERVICES[told])
    settings, shared = SETTINGS[room](), SharedSettings()
    assert settings.port == PORT
    known = {setting.name for setting in settings_of(SETTINGS[room])}
    assert {secret.upper() for secret in SERVICES[told]["secrets"]} <= known
    assert set(SERVICES[told]["environment"]) <= known | {
        setting.name for setting in settings_of(SharedSettings)
    }
    owner = getattr(settings, "migration_database_url", "")
    assert bool(owner) == told.endswith("-migrate")
    if not owner:
        assert settings.host == "0.0.0.0"  # noqa: S104 - within its container
    for context in CONTEXTS:
        address = getattr(shared, f"{context}_url")
        assert address == f"http://{context}-api:{PORT}"


@pytest.mark.parametrize("told", ["provision"], indirect=True)
def test_the_operator_is_told_how_to_provision(told: str) -> None:
    admin = Administration()
    assert "@database:5432/" in admin.postgres_admin_url
    assert "@broker:15672" in admin.rabbitmq_management_url
    assert SERVICES[told]["command"] == ["provision", "/run/secrets/secrets.json"]


def test_every_secret_is_made_and_given_to_somebody(secrets: Path) -> None:
    declared = composed()["secrets"]
    assert all(told == {"file": f"./secrets/{name}"} for name, told in declared.items())
    given = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert given == set(declared)
    assert set(declared) == {path.name for path in secrets.iterdir()}


def test_no_container_may_take_the_machine_for_itself() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "cpus", "pids_limit", "restart"} <= set(service), name
        assert name == "proxy" or "ports" not in service, name
    for containerfile in IMAGES.glob("*/Containerfile"):
        users = [x for x in containerfile.read_text().splitlines() if x.startswith("USER ")]
        assert users[-1] == "USER 10001:10001", containerfile


def test_only_who_must_is_on_each_network() -> None:
    on: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for network in service["networks"]:
            on.setdefault(network, set()).add(name)
    assert on["front"] == {"proxy", "gateway"}
    forwarded = re.findall(r"gateway:(\d+)", CADDYFILE.read_text())
    assert forwarded == [str(PORT)]
    assert SERVICES["gateway"]["environment"]["GATEWAY_METRICS_PORT"] == METRICS_PORT
    assert on["data"] == set(SERVICES) - {"proxy", "gateway"}
    inner = {name for name, told in composed()["networks"].items() if told.get("internal")}
    assert inner == {"inside", "data"}
    assert on["outside"] == {"billing-api", "messaging-api"}
    serving = {name for name in OURS if not name.endswith("-migrate")}
    assert on["inside"] == serving | {"operator"}


def test_the_example_explains_every_setting_there_is() -> None:
    example = EXAMPLE.read_text()
    assert example == page(), "run `make documents`"
    unexplained = [
        setting.name for model in CLASSES for setting in settings_of(model) if not setting.explained
    ]
    assert unexplained == []
    asked = {found[1] for found in VARIABLE.finditer(COMPOSE.read_text())}
    started = (IMAGES / "broker" / "start").read_text()
    asked |= {found[1] for found in VARIABLE.finditer(started)}
    assert [name for name in sorted(asked) if f"{name}=" not in example] == []


def test_the_example_as_it_stands_starts_every_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each commented line is what is so without it: given, it changes nothing."""
    for model in CLASSES:
        prefix = str(model.model_config["env_prefix"])
        for line in EXAMPLE.read_text().splitlines():
            name, _, value = line.removeprefix("#").partition("=")
            # A contract for online payment is whole or is none.
            if line.startswith(f"#{prefix}") and value and "PAYFIP" not in name:
                monkeypatch.setenv(name, value.strip("'"))
        required = {
            name: "http://x" for name, field in model.model_fields.items() if field.is_required()
        }
        required |= {"port": 1, "public_url": "https://x.example"} if "port" in required else {}
        required = {name: value for name, value in required.items() if name in model.model_fields}
        if model is accounts.settings.Settings:
            required |= {"master_key": "A" * 43 + "=", "service_secrets": {}}
        if model is gateway.settings.Settings:
            required |= {"session_keys": "A" * 43 + "="}
        if "broker_urls" in required:
            required |= {"broker_urls": ["amqp://x"]}
        assert model(**required) is not None
