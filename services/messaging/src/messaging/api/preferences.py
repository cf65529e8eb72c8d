"""Which e-mails an access wants, chosen signed in or by the link at an e-mail's foot."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from messaging.domain.letters import LABELS, Category, is_sent_unasked
from messaging.store.mails import chosen_preferences
from messaging.use_cases.choose_mail import choose_mail, stop_mail

from .reading import Family, ForFamily

router = APIRouter(prefix="/v1")


class Preference(BaseModel):
    """One category; the inbox gets it in any case."""

    category: Category
    label: str
    by_email: bool


class Preferences(BaseModel):
    items: list[Preference]


class Wishes(BaseModel):
    """Categories that are not named stay as they are."""

    by_email: dict[Category, bool]


class StopIn(BaseModel):
    token: UUID


class Stopped(BaseModel):
    category: Category
    label: str


@router.get("/me/preferences", dependencies=[ForFamily])
async def preferences(principal: Family, runtime: RuntimeOf) -> Preferences:
    async with runtime.database.reading() as connection:
        chosen = await chosen_preferences(connection, UUID(principal.id))
    return Preferences(
        items=[
            Preference(
                category=category,
                label=label,
                by_email=chosen.get(category, is_sent_unasked(category)),
            )
            for category, label in LABELS.items()
        ]
    )


@router.put("/me/preferences", status_code=204, dependencies=[ForFamily])
async def choose(wishes: Wishes, principal: Family, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await choose_mail(
            transaction,
            UUID(principal.id),
            principal.own_family,
            wishes.by_email,
            runtime.clock.now(),
        )


@router.post("/unsubscriptions", dependencies=[allow(Audience.SERVICE)])
async def stop(body: StopIn, runtime: RuntimeOf) -> Stopped:
    """Whoever holds an e-mail may stop those like it, without signing in."""
    async with runtime.database.transaction() as transaction:
        category = await stop_mail(transaction, body.token, runtime.clock.now())
    return Stopped(category=category, label=LABELS[category])
