"""Billing listens to what the catalogue says it listens to."""

from billing import bootstrap
from portail_contracts.catalogue import Context, consumed_by


async def test_every_event_that_billing_consumes_has_its_handler(billing):
    handled = set(bootstrap.service().handlers(billing.runtime))
    assert handled == {entry.event for entry in consumed_by(Context.BILLING)}
