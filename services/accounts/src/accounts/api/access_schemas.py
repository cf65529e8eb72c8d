"""What goes through the doors about accesses, links and connections."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from accounts.domain.access import Door
from accounts.domain.access_link import LinkPurpose
from accounts.domain.credential import CredentialPolicy
from accounts.store.access_records import AccessRecord, SignInRecord
from accounts.use_cases.administer_access import Delivery

from .family_schemas import FromDomain
from .words import Address, EmailAddress, Secret

LinkSecret = Annotated[str, Field(min_length=1, max_length=64)]


class PolicyOut(FromDomain):
    """What a password must be; `rule` is the French sentence that stands beside the field."""

    shortest: int
    longest: int
    rule: str


class LinkOpening(BaseModel):
    secret: LinkSecret
    address: Address


class OpenedLinkOut(BaseModel):
    """What the page of a link shows."""

    purpose: LinkPurpose
    identifier: str
    name: str
    door: Door
    expires_at: datetime
    policy: PolicyOut


class LinkRedeeming(LinkOpening):
    password: Secret


class RedeemedOut(BaseModel):
    """Where to sign in now."""

    door: Door


class Linking(BaseModel):
    delivery: Delivery


class LinkMade(BaseModel):
    """A link that was made; its secret is in the letter or the e-mail only."""

    link_id: UUID
    expires_at: datetime


class NewAddress(BaseModel):
    email: EmailAddress | None


class AccessOut(FromDomain):
    account_id: UUID
    identifier: str
    family_id: UUID | None
    family_name: str | None
    family_reference: str | None
    guardian_id: UUID | None
    guardian_name: str | None
    email: str | None
    created_at: datetime
    password_changed_at: datetime | None
    disabled_at: datetime | None
    has_second_factor: bool
    last_sign_in: datetime | None
    link_expires_at: datetime | None


class AccessesOut(BaseModel):
    items: list[AccessOut]
    page: int
    pages: int
    total: int


class ActionOut(FromDomain):
    at: datetime
    what: str
    by_name: str


class AccessSheet(BaseModel):
    """One access as staff see it."""

    access: AccessOut
    actions: list[ActionOut]


class SignInOut(BaseModel):
    at: datetime
    outcome: str
    browser: str | None
    place: str | None
    is_this_one: bool


class SignInsOut(BaseModel):
    items: list[SignInOut]
    page: int
    pages: int
    total: int
    open_sessions: int


class OwnAccessOut(BaseModel):
    """The caller's own access."""

    identifier: str
    email: str | None
    password_changed_at: datetime | None
    has_second_factor: bool
    policy: PolicyOut


class Ended(BaseModel):
    """How many sessions were ended."""

    ended: int


def access_out(record: AccessRecord) -> AccessOut:
    return AccessOut.model_validate(record)


def policy_out(policy: CredentialPolicy) -> PolicyOut:
    return PolicyOut.model_validate(policy)


def sign_in_out(record: SignInRecord, session_id: str | None) -> SignInOut:
    is_this_one = record.session_id is not None and str(record.session_id) == session_id
    return SignInOut(
        at=record.at,
        outcome=_outcome(record),
        browser=record.browser,
        place=record.place,
        is_this_one=is_this_one,
    )


def _outcome(record: SignInRecord) -> str:
    """`opened`, `refused` (wrong password or closed access), `code-missing` (second factor)."""
    if record.succeeded:
        return "opened"
    return "refused" if record.session_id is None else "code-missing"
