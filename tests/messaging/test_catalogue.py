"""Messaging listens to what the catalogue says it listens to."""

from portail_contracts.catalogue import Context, consumed_by


async def test_every_event_that_messaging_consumes_has_its_handler(messaging):
    handled = set(messaging.service.handlers(messaging.runtime))
    assert handled == {entry.event for entry in consumed_by(Context.MESSAGING)}
