"""What goes through the doors, in and out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from accounts.domain.access import Door, Role
from accounts.domain.access_link import LinkPurpose
from accounts.keyring import AccessToken
from chassis.auth import Principal

from .words import (
    Address,
    EmailAddress,
    FamilyName,
    NewIdentifier,
    PersonName,
    Reference,
    Secret,
    TypedIdentifier,
)

SessionSecret = Annotated[str, Field(min_length=1, max_length=128)]


class SignIn(BaseModel):
    identifier: TypedIdentifier
    password: Secret
    door: Door
    address: Address


class Session(BaseModel):
    session: SessionSecret


class ServiceName(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=40)]
    secret: Secret


class ServiceToken(BaseModel):
    token: str


class PrincipalOut(BaseModel):
    id: str
    name: str
    audiences: list[str]
    family_id: UUID | None
    guardian_id: UUID | None


class TokenOut(BaseModel):
    """A session's new token."""

    token: str
    token_expires_at: datetime
    principal: PrincipalOut


class SignedIn(TokenOut):
    """The same with the session's secret, given once."""

    session: str


def token_out(token: AccessToken, principal: Principal) -> TokenOut:
    return TokenOut(
        token=token.token,
        token_expires_at=token.expires_at,
        principal=PrincipalOut(
            id=principal.id,
            name=principal.name,
            audiences=sorted(principal.audiences),
            family_id=principal.family_id,
            guardian_id=principal.guardian_id,
        ),
    )


class PasswordChangeIn(BaseModel):
    current: Secret
    new: Secret


class Credentials(BaseModel):
    """Without an identifier one is made; without a password the family chooses it by a link."""

    guardian_id: UUID | None = None
    identifier: NewIdentifier | None = None
    password: Secret | None = None
    email: EmailAddress | None = None


class CredentialsOut(BaseModel):
    account_id: UUID
    identifier: str


class MailRecipient(BaseModel):
    """Someone of a family who may be written to."""

    account_id: UUID
    greeting: str
    email: str


class AccessLinkOut(BaseModel):
    """What messaging needs to send a single-use link; `url_path` holds its secret."""

    email: str
    greeting: str
    url_path: str
    purpose: LinkPurpose
    expires_at: datetime


class GuardianIn(BaseModel):
    guardian_id: UUID | None = None
    given_name: PersonName
    family_name: PersonName
    is_payer: bool = False


class ChildIn(BaseModel):
    child_id: UUID | None = None
    given_name: PersonName
    family_name: PersonName
    born_on: Annotated[date, Field(ge=date(1990, 1, 1))]


class QuotientIn(BaseModel):
    valid_from: Annotated[date, Field(ge=date(1990, 1, 1), lt=date(2200, 1, 1))]
    valid_to: Annotated[date, Field(lt=date(2200, 1, 1))] | None = None
    value: Annotated[int, Field(ge=0, le=1_000_000)]


class FamilyIn(BaseModel):
    family_id: UUID | None = None
    reference: Reference
    name: FamilyName
    resident: bool
    guardians: Annotated[list[GuardianIn], Field(min_length=1, max_length=10)]
    children: Annotated[list[ChildIn], Field(max_length=20)] = []
    quotients: Annotated[list[QuotientIn], Field(max_length=50)] = []


class FromDomain(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class GuardianOut(FromDomain):
    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool


class ChildOut(FromDomain):
    child_id: UUID
    given_name: str
    family_name: str
    born_on: date


class ChildWithVersion(ChildOut):
    version: int


class QuotientOut(FromDomain):
    valid_from: date
    valid_to: date | None
    value: int


class OwnFamily(FromDomain):
    """The family as its own members see it."""

    family_id: UUID
    reference: str
    name: str
    resident: bool
    guardians: list[GuardianOut]
    children: list[ChildOut]


class WholeFamily(FromDomain):
    """The family as staff and services see it, with versions and quotients."""

    family_id: UUID
    version: int
    reference: str
    name: str
    resident: bool
    guardians: list[GuardianOut]
    children: list[ChildWithVersion]
    quotients: list[QuotientOut]


class StaffMemberIn(BaseModel):
    name: PersonName
    identifier: NewIdentifier
    password: Secret
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class StaffMemberOut(FromDomain):
    staff_id: UUID
    version: int
    name: str
    roles: list[Role]


class PublishedKey(BaseModel):
    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: str
    use: Literal["sig"]
    kid: str
    x: str


class PublishedKeys(BaseModel):
    keys: list[PublishedKey]
