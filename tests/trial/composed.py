"""The whole of `deploy/compose.yaml`, beside nothing else of this machine."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from chassis.clock import as_iso, shift_to
from portail.secret_settings import MASTER, BrokerPlace, write_folder
from portail.secrets_file import CONTEXTS, load
from portail_local.images.building import environment
from portail_local.servers import free_port
from portail_local.staff import ADMIN_IDENTIFIER, ADMIN_NAME
from support.house import CLOCK_START
from support.running import Place, described

PROJECT = Path(__file__).parents[2]
NAME = "portail-trial"
FILES = ("compose.yaml", "compose.trial.yaml")
PROFILE = ("--profile", "operator")
PATIENCE_SECONDS = 300


@dataclass
class Composed:
    """One run; `up`, then `place`, then `down`."""

    folder: Path = PROJECT / ".local" / "compose"
    ports: dict[str, int] = field(default_factory=dict)
    shift: timedelta = field(default_factory=lambda: shift_to(datetime.fromisoformat(CLOCK_START)))

    def lay_out(self) -> None:
        """As the five steps of deploy/README.md, in a folder of its own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(PROJECT / "deploy" / name, self.folder / name)
        write_folder(self.folder / "secrets", "database:5432", BrokerPlace("broker", 5672))
        self.ports = {name: free_port() for name in ("http", "https", *CONTEXTS)}
        (self.folder / ".env").write_text(
            "PORTAIL_HOST=localhost\n"
            f"PORTAIL_URL={self.portal}\n"
            "PORTAIL_TLS=internal\n"
            f"PORTAIL_HTTP_PORT={self.ports['http']}\n"
            f"PORTAIL_HTTPS_PORT={self.ports['https']}\n"
            f"PORTAIL_CLOCK_SHIFT={as_iso(self.shift)}\n"
            + "".join(f"TRIAL_{name.upper()}_PORT={self.ports[name]}\n" for name in CONTEXTS)
        )

    @property
    def portal(self) -> str:
        return f"https://localhost:{self.ports['https']}"

    def compose(self, *arguments: str) -> None:
        """Raises CalledProcessError; what podman says is kept beside."""
        command = [sys.executable, "-m", "podman_compose", "-p", NAME]
        files = [word for name in FILES for word in ("-f", name)]
        with (self.folder / "compose.log").open("a") as log:
            subprocess.run(
                [*command, *files, *arguments],
                cwd=self.folder,
                env=environment(),
                stdout=log,
                stderr=log,
                check=True,
            )

    def up(self) -> float:
        """Seconds until a page comes through the proxy and every service is ready."""
        started = time.monotonic()
        self.compose("up", "-d")
        urls = [f"{self.portal}/connexion", *(f"{url}/health/ready" for url in self.urls.values())]
        for url in urls:
            self._answers(url, started + PATIENCE_SECONDS)
        return time.monotonic() - started

    def operate(self, *arguments: str) -> None:
        """What the operator asks, as deploy/README.md says it; raises CalledProcessError."""
        self.compose(*PROFILE, "run", "--rm", "operator", *arguments)

    def down(self) -> None:
        """With its volumes: nothing of it is left."""
        self.compose(*PROFILE, "down", "-v", "-t", "30")

    @property
    def urls(self) -> dict[str, str]:
        return {name: f"http://127.0.0.1:{self.ports[name]}" for name in CONTEXTS}

    def place(self) -> Path:
        """Makes the first administrator; the file that tells tests where all this is."""
        secrets = load(self.folder / "secrets" / MASTER)
        asked = ("--identifier", ADMIN_IDENTIFIER, "--name", ADMIN_NAME, "--role", "admin")
        podman(*_within("accounts-api"), "create-staff", *asked, typed=secrets.admin_password)
        place = Place(
            portal=self.portal,
            urls=self.urls,
            gateway_secret=secrets.service_secrets["gateway"],
            admin_password=secrets.admin_password,
            clock_shift=self.shift,
            first_passwords=["podman", *_within("accounts-api"), "first-passwords"],
        )
        file = self.folder / "running.json"
        file.write_text(described(place))
        return file

    def _answers(self, url: str, until: float) -> None:
        while time.monotonic() < until:
            try:
                # The certificate is the proxy's own.
                if httpx.get(url, verify=False, timeout=5).status_code == 200:  # noqa: S501
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        raise TimeoutError(f"{url} did not answer; see `podman logs` and {self.folder}")


def container(service: str) -> str:
    return f"{NAME}_{service}_1"


def _within(service: str) -> tuple[str, ...]:
    return ("exec", "-i", container(service), "/opt/portail/service")


def podman(*arguments: str, typed: str = "") -> str:
    """What it prints; raises CalledProcessError."""
    told = {**environment(), "PATH": os.environ["PATH"]}
    answer = subprocess.run(
        ["podman", *arguments],
        input=f"{typed}\n",
        env=told,
        text=True,
        check=False,
        capture_output=True,
    )
    if answer.returncode != 0:
        raise RuntimeError(f"podman {arguments[0]}: {answer.stderr.strip()[-500:]}")
    return answer.stdout
