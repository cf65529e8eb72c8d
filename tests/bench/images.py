"""How large the images are; measured where `make images` has built them."""

import sys

from bench.figures import Figure
from portail.errors import OperatorError
from portail_local.images.building import MEGABYTE, cannot, size_of
from portail_local.images.rooms import BASE, ROOMS, SERVERS
from support.servers import Servers

AIM = "as small as Debian lets"


async def measure(_servers: Servers) -> list[Figure]:
    """Nothing when there is no image here, and says so."""
    try:
        if reason := cannot():
            raise OperatorError(reason)
        sizes = {name: size_of(name) for name in (BASE, *(r.name for r in ROOMS), *SERVERS)}
    except OperatorError as error:
        print(f"images: not measured ({error})", file=sys.stderr)
        return []
    own = {f"images.{room.name}_own": sizes[room.name] - sizes[BASE] for room in ROOMS}
    whole = {f"images.{name}": size for name, size in sizes.items()}
    return [
        Figure(name, round(size / MEGABYTE, 1), None, "MB", AIM)
        for name, size in {**whole, **own}.items()
    ]
