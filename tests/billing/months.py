"""A month of a family, from its days to its invoices, through billing's own doors."""

from datetime import date, timedelta

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from portail_contracts.accounts import GuardianName

from .examples import Booking, child, family

SINCE = (date(2026, 9, 1), None, 540)
WEDNESDAYS = [date(2026, 11, 4) + timedelta(days=7 * n) for n in range(4)]


def parent_of(billing, family_id):
    who = Principal(str(new_id()), "Parent", frozenset({Audience.FAMILY}), family_id)
    return billing.signed_in(who)


def guardians():
    return (
        GuardianName(
            guardian_id=new_id(),
            given_name="Camille",
            family_name="Noisetier",
            is_payer=True,
            civility="Mme",
            address=("3 rue des Lilas", "38110 Val-d’Arbelle"),
        ),
    )


async def a_family(billing, days=(), *, rate_code="wednesday_day", **changes):
    """A family with one child and its days of the month booked."""
    family_id = new_id()
    known = {"guardians": guardians(), **changes}
    lou = child(family_id)
    await billing.handle(family(family_id, SINCE, **known), lou)
    bookings = [Booking(family_id, day) for day in days]
    for booking in bookings:
        booking.fields["child_id"] = lou.child_id
    await billing.handle(*(booking.confirmed(1, rate_code) for booking in bookings))
    return family_id, bookings


async def prepare(billing, cashier, period="2026-11", **more):
    body = {"run_id": str(new_id()), "period": period, **more}
    answer = await billing.client.post("/v1/staff/runs", json=body, headers=cashier)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def issue(billing, cashier, run):
    address = f"/v1/staff/runs/{run['run_id']}/issue"
    answer = await billing.client.post(address, headers=cashier)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def invoices_of(billing, family_id):
    found = await billing.client.get("/v1/me/invoices", headers=parent_of(billing, family_id))
    return found.json()["items"]


async def an_invoice(billing, cashier, days=WEDNESDAYS, period="2026-11", **changes):
    """A family, and its one issued invoice."""
    family_id, _ = await a_family(billing, days, **changes)
    await issue(billing, cashier, await prepare(billing, cashier, period))
    (item,) = await invoices_of(billing, family_id)
    return family_id, item


async def pay(billing, cashier, family_id, cents, method="cheque", **more):
    body = {"payment_id": str(new_id()), "method": method, "amount_cents": cents, **more}
    address = f"/v1/staff/families/{family_id}/payments"
    return await billing.client.post(address, json=body, headers=cashier)
