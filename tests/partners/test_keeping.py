"""The log copied for partners who come for their events, and made anew in between."""

from chassis.broker import topology
from partners.conftest import PASSWORD, Keeping, Town, as_bytes, balance, booking
from support.brokers import USERS
from support.servers import Servers
from support.waiting import eventually, running


async def made_anew(town: Town, servers: Servers) -> None:
    """What a broker that lost everything looks like after the operator's definitions."""
    await town.link.channel.queue_delete(topology.PUBLIC_LOG)
    passwords = dict.fromkeys(USERS, PASSWORD)
    definitions = topology.definitions(town.vhost.name, passwords)
    servers.wait(servers.rabbitmq.import_definitions(definitions))


async def test_a_log_that_begins_again_at_zero_makes_no_gap(
    town: Town, servers: Servers, keeping: Keeping
) -> None:
    bodies = [as_bytes(one) for one in (booking(), balance(), booking(), balance(), booking())]
    await town.publish(*bodies[:4])
    async with running(keeping.keeper(town).run()):
        await eventually(keeping.count, lambda count: count == 4, within=60)
    await made_anew(town, servers)
    # Its first position is one that was read before.
    await town.publish(bodies[3], bodies[4])
    async with running(keeping.keeper(town).run(), keeping.keeper(town).run()):
        await eventually(keeping.count, lambda count: count == 5, within=60)
        assert await keeping.kept() == list(enumerate(bodies, 1))
