"""A family that wished for it is reminded that days can soon no longer be asked for."""

from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from chassis.clock import local_date
from chassis.database import Transaction
from messaging.domain.letters import Category
from messaging.store.families import is_forgotten, lock_family
from messaging.store.mails import NewMail, queue_mail


class LastCall(BaseModel):
    """Until `cut_off` the family may ask for days of the week that begins that Monday."""

    family_id: UUID
    monday: date
    cut_off: AwareDatetime


async def remind_of_cut_off(transaction: Transaction, call: LastCall, now: datetime) -> bool:
    """By e-mail only, once in a week at most; False when it was reminded already."""
    connection = transaction.connection
    await lock_family(connection, call.family_id)
    if await is_forgotten(connection, call.family_id):
        return False
    today = local_date(now)
    this_week = today - timedelta(days=today.weekday())
    mail = NewMail(
        family_id=call.family_id,
        category=Category.CUT_OFF,
        key=f"cut-off:{this_week.isoformat()}",
        facts={"monday": call.monday.isoformat(), "cut_off": call.cut_off.isoformat()},
    )
    return await queue_mail(connection, mail, now)
