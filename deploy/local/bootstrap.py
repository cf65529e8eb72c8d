"""Everything that must be there before the project's own code can run.

Called first by `make`, with the machine's Python and its standard library
only. Does nothing, in a tenth of a second, when all is there. Speaks French to
the operator; whatever is in the way is one sentence and a non-zero code.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"
POLICY = Path("/usr/sbin/policy-rc.d")
OLDEST = (3, 11)
ASYNCAPI_SCHEMA = LOCAL / "asyncapi-3.0.0.json"
ASYNCAPI_PACKAGE = "@asyncapi/specs@6.11.1"
PROMTOOL = LOCAL / "promtool"
ASYNCAPI_DIGEST = "abe96881dbfaad495ccbb6bd8d3fb43ca18a13b9d7564849ccb66f39d5e5b20f"

_CAUSES = (
    ("No space left", "Il n'y a plus de place sur le disque : libérez de l'espace, puis relancez."),
    ("Permission denied", "Écriture refusée : lancez avec l'utilisateur à qui est le dossier."),
    ("dpkg frontend lock", "Une autre installation est en cours : attendez sa fin, puis relancez."),
    *(
        (sign, "Le réseau ne répond pas : vérifiez la connexion (ou le mandataire), puis relancez.")
        for sign in (
            *("name resolution", "dns error", "Could not resolve", "timed out"),
            *("NewConnectionError", "Failed to establish", "Failed to fetch"),
            *("Connection refused", "Network is unreachable"),
        )
    ),
    ("DO NOT MATCH THE HASHES", "Un paquet reçu n'est pas celui du verrou : ne l'installez pas."),
)


class Refusal(Exception):
    """One sentence for the operator."""


def say(sentence: str) -> None:
    """Tell the operator a step, at once."""
    print(f"• {sentence}", flush=True)


def run(*command: str, env: dict[str, str] | None = None) -> str:
    """Run a command quietly; its output. Raises `Refusal` with the cause."""
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise Refusal(cause_of(command, answer.stdout))
    return answer.stdout


def cause_of(command: tuple[str, ...], output: str) -> str:
    """The operator's sentence for a command that failed."""
    for sign, sentence in _CAUSES:
        if sign in output:
            return sentence
    lines = [line for line in output.strip().splitlines() if line.strip()]
    last = lines[-1].strip() if lines else "aucun message"
    return f"« {Path(command[0]).name} » a échoué : {last}"


def with_recent_python() -> None:
    """Go on with a recent enough Python, looking for one when this is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found is not None:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - replaces this very script
    have = ".".join(str(part) for part in sys.version_info[:2])
    raise Refusal(
        f"Il faut Python 3.11 ou plus récent, et celui-ci est {have} : installez python3.11 "
        "(Debian 12, Ubuntu 24.04 ou plus récente), puis relancez."
    )


def wanted_stamp() -> str:
    """A digest of what the environment is made from."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for file in (LOCK, *packages(), ROOT / "pyproject.toml"):
        path = file / "pyproject.toml" if file.is_dir() else file
        digest.update(path.read_bytes())
    return digest.hexdigest()


def packages() -> list[Path]:
    """The folders of the house's own packages."""
    files = [*ROOT.glob("services/*/pyproject.toml"), *ROOT.glob("deploy/*/pyproject.toml")]
    return sorted(file.parent for file in [*files, ROOT / "gateway" / "pyproject.toml"])


def install_python_packages() -> None:
    """Make `.local/venv` what the lock says, unless it already is."""
    stamp = wanted_stamp()
    if STAMP.exists() and STAMP.read_text() == stamp and runs(PYTHON):
        return
    if not LOCK.exists():
        raise Refusal("requirements.lock manque : rétablissez-le avec « git checkout ».")
    make_venv()
    STAMP.unlink(missing_ok=True)
    own = [argument for folder in packages() for argument in ("-e", str(folder))]
    say("Installation des bibliothèques Python, vérifiées par leurs empreintes…")
    install("--require-hashes", "-r", str(LOCK))
    install("--no-deps", "--no-build-isolation", *own)
    STAMP.write_text(stamp)


def runs(python: Path) -> bool:
    """Whether this Python starts; after an upgrade of the system it may not."""
    return python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0


def make_venv() -> None:
    """Make the environment, with Debian's missing piece when it misses."""
    if runs(PYTHON) and (VENV / "bin" / "pip").exists():
        return
    say("Création de l'environnement Python dans .local/venv…")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        apt_install(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    run(sys.executable, "-m", "venv", "--clear", str(VENV))


def install(*arguments: str) -> None:
    """Install with uv, which is twenty times faster, or else with pip."""
    try:
        uv = VENV / "bin" / "uv"
        if not uv.exists():
            pip_install("--require-hashes", "-r", str(locked_uv()))
        run(str(uv), "pip", "install", "--python", str(PYTHON), *arguments, env=uv_settings())
    except Refusal:
        pip_install(*arguments)


def pip_install(*arguments: str) -> None:
    """Install with the environment's own pip."""
    quiet = ("--quiet", "--disable-pip-version-check")
    run(str(PYTHON), "-m", "pip", "install", *quiet, *arguments)


def uv_settings() -> dict[str, str]:
    """Where pip was told to look for packages, which uv would not know."""
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True,
        text=True,
        check=False,
    )
    index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def locked_uv() -> Path:
    """The lock's lines about uv, as a file of their own."""
    lines, inside = [], False
    for line in LOCK.read_text().splitlines():
        inside = line.startswith("uv==") or (inside and line.startswith(" "))
        if inside:
            lines.append(line)
    file = VENV / "uv.lock"
    file.write_text("\n".join(lines) + "\n")
    return file


def as_root() -> list[str]:
    """What to write before a command that needs root; None of it when we are root."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is not None:
        return ["sudo"]
    raise LookupError("neither root nor sudo")


def apt_install(*names: str) -> None:
    """Install the machine's packages, saying which; services are not started."""
    command = f"apt-get install --no-install-recommends {' '.join(names)}"
    try:
        root = as_root()
    except LookupError:
        raise Refusal(
            "Il manque un paquet, et vous n'êtes ni root ni autorisé à utiliser sudo : "
            f"demandez à un administrateur d'exécuter « {command} », puis relancez."
        ) from None
    if shutil.which("apt-get") is None:
        raise Refusal(f"Ce système n'a pas apt-get : installez l'équivalent de {', '.join(names)}.")
    say(f"Installation de paquets du système : {', '.join(names)} (et leurs dépendances)…")
    if root:
        # Asks for the password, if any, on the terminal and before the silence.
        subprocess.run([*root, "-v"], check=False)
    with services_kept_from_starting(root):
        install = (*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y")
        install = (*install, "--no-install-recommends", *names)
        try:
            run(*install)
        except Refusal:
            # No list of packages yet, or an old one.
            run(*root, "apt-get", "update")
            run(*install)


@contextmanager
def services_kept_from_starting(root: list[str]):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Keep Debian from starting what it installs on the standard ports.

    The administrator's own policy, if there is one, is left alone.
    """
    ours = not POLICY.exists()
    if ours:
        with tempfile.NamedTemporaryFile("w", suffix=".policy") as file:
            file.write("#!/bin/sh\nexit 101\n")
            file.flush()
            run(*root, "install", "-m", "755", file.name, str(POLICY))
    try:
        yield
    finally:
        if ours:
            run(*root, "rm", "-f", str(POLICY))


def require_rabbitmq() -> None:
    """RabbitMQ's programs, unless the operator gives a broker."""
    if os.environ.get("PORTAIL_RABBITMQ_URL"):
        return
    if Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists() or shutil.which("rabbitmq-server"):
        return
    apt_install("rabbitmq-server")
    if shutil.which("systemctl") is not None:
        # Nor at the next boot: only our private node is wanted.
        command = [*as_root(), "systemctl", "disable", "--quiet", "rabbitmq-server"]
        subprocess.run(command, check=False, capture_output=True)


def require_fonts() -> None:
    """The typeface that printed documents embed."""
    if not any(Path("/usr/share/fonts").glob("*/*/DejaVuSans-Bold.ttf")):
        apt_install("fonts-dejavu-core")


def require_chromium() -> None:
    """A browser for the tests that use one."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        apt_install("chromium")


def require_asyncapi_schema() -> None:
    """The official schema of AsyncAPI documents, which is published for npm only."""
    if ASYNCAPI_SCHEMA.exists():
        return
    if shutil.which("npm") is None:
        apt_install("npm")
    say("Téléchargement du schéma officiel d'AsyncAPI…")
    with tempfile.TemporaryDirectory() as folder:
        run("npm", "pack", "--silent", "--pack-destination", folder, ASYNCAPI_PACKAGE)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            member = archive.extractfile("package/schemas/3.0.0-without-$id.json")
            schema = member.read() if member else b""
    if hashlib.sha256(schema).hexdigest() != ASYNCAPI_DIGEST:
        raise Refusal(f"Le schéma de {ASYNCAPI_PACKAGE} n'est pas celui qui est attendu.")
    ASYNCAPI_SCHEMA.write_bytes(schema)


def require_wrk() -> None:
    """What presses the pages while they are measured."""
    if shutil.which("wrk") is None:
        apt_install("wrk")


def require_promtool() -> None:
    """Prometheus's own checker, out of Debian's package, which is not installed.

    The rules are also read without it: where it cannot be had, its test says that it was not run.
    """
    if shutil.which("promtool") or PROMTOOL.exists() or shutil.which("apt-get") is None:
        return
    say("Téléchargement de promtool (paquet Debian « prometheus », non installé)…")
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                ["apt-get", "download", "-q", "prometheus"],
                cwd=folder,
                check=True,
                capture_output=True,
            )
            run("dpkg-deb", "-x", str(next(Path(folder).glob("*.deb"))), folder)
            shutil.copy(Path(folder) / "usr/bin/promtool", PROMTOOL)
        except (subprocess.CalledProcessError, StopIteration, OSError, Refusal):
            say("promtool n'a pas pu être obtenu : les règles d'alerte ne seront pas jouées.")


CONTAINERS = ("podman", "buildah", "runc", "mmdebstrap", "netavark", "aardvark-dns", "iptables")


def require_containers() -> None:
    """What builds and runs container images; where that cannot be had, `make images` says so."""
    missing = [name for name in CONTAINERS if not Path(f"/usr/share/doc/{name}").exists()]
    if missing and shutil.which("apt-get") is not None:
        try:
            apt_install(*missing)
        except Refusal as refusal:
            say(f"Pas de constructeur d'images : {refusal}")


def require_curl() -> None:
    """What one of the printed subscribers asks with."""
    if shutil.which("curl") is None:
        apt_install("curl")


EXTRAS = {
    "chromium": require_chromium,
    "asyncapi": require_asyncapi_schema,
    "promtool": require_promtool,
    "wrk": require_wrk,
    "curl": require_curl,
    "containers": require_containers,
}


def arguments() -> argparse.Namespace:
    """What `make` asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with", dest="extras", action="append", default=[], choices=EXTRAS)
    parser.add_argument("--python-only", action="store_true", help="no package of the machine")
    return parser.parse_args()


def bootstrap(wanted: argparse.Namespace) -> None:
    """Bring the machine to where the project's own code runs."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "bootstrap.lock").open("w") as file:
        # Two `make` at once: the second waits and finds everything done.
        fcntl.flock(file, fcntl.LOCK_EX)
        install_python_packages()
        if not wanted.python_only:
            require_rabbitmq()
            require_fonts()
        for extra in wanted.extras:
            EXTRAS[extra]()


def main() -> int:
    """Bootstrap; 1 and a sentence when something is in the way."""
    try:
        with_recent_python()
        bootstrap(arguments())
    except Refusal as refusal:
        print(f"Erreur : {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Erreur : {cause_of(('bootstrap',), str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
