"""The demo with fake services and fake data, in a process of its own.

Arguments: the demo's folder, the portal's port, the folder of the fake services.
"""

import sys
import types
from functools import partial
from pathlib import Path

from portail_local import __main__ as command
from portail_local import demo
from portail_local.access import DemoAccess, DemoAccounts
from portail_local.demo import DemoPlace
from portail_local.system import System


async def load(base: DemoAccess) -> DemoAccounts:
    assert base.urls["gateway"].startswith("http://localhost:")
    family = {"identifier": "f1", "password": "ronde-de-mai", "name": "Famille Martin"}
    return DemoAccounts(families=[family])


def main() -> int:
    folder, port, modules = sys.argv[1:]
    data = types.ModuleType("portail_local.demo_data")
    data.load = load  # type: ignore[attr-defined]
    sys.modules[data.__name__] = data
    place = DemoPlace(Path(folder) / "demo", Path(folder) / "demo.json")
    command.DemoPlace = lambda: place  # type: ignore[attr-defined, assignment]
    demo.System = partial(System, durable=False, extra_env={"PYTHONPATH": modules})  # type: ignore[attr-defined, assignment]
    sys.argv = ["portail_local", "demo", "--port", port]
    return command.main()


if __name__ == "__main__":
    sys.exit(main())
