"""What goes through the doors, in and out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from accounts.domain.access import Door, Role
from accounts.domain.access_link import LinkPurpose
from accounts.keyring import AccessToken
from chassis.auth import Principal

from .family_schemas import FromDomain
from .words import Address, EmailAddress, NewIdentifier, PersonName, Secret, TypedIdentifier

UserAgent = Annotated[str, Field(max_length=400)]
SessionSecret = Annotated[str, Field(min_length=1, max_length=128)]


class SignIn(BaseModel):
    identifier: TypedIdentifier
    password: Secret
    door: Door
    address: Address
    user_agent: UserAgent | None = None


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


class CodeNeeded(BaseModel):
    """The password was right; the session is of no use until the code of the second factor."""

    session: str
    code_needed: Literal[True] = True


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
    """Without an identifier one is made. Nobody but the family chooses its password, by a link."""

    guardian_id: UUID | None = None
    identifier: NewIdentifier | None = None
    email: EmailAddress | None = None


class CredentialsOut(BaseModel):
    account_id: UUID
    identifier: str


class MailRecipient(BaseModel):
    """Someone of a family who may be written to."""

    account_id: UUID
    greeting: str
    email: str
    guardian_id: UUID | None


class AccessLinkOut(BaseModel):
    """What messaging needs to send a single-use link; `url_path` holds its secret."""

    email: str
    greeting: str
    url_path: str
    purpose: LinkPurpose
    expires_at: datetime


class StaffMemberIn(BaseModel):
    name: PersonName
    identifier: NewIdentifier
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class StaffMemberOut(FromDomain):
    staff_id: UUID
    version: int
    name: str
    roles: list[Role]


class NewStaffMemberOut(StaffMemberOut):
    """With the link by which they choose a password; its secret is in the letter only."""

    link_id: UUID


class PublishedKey(BaseModel):
    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: str
    use: Literal["sig"]
    kid: str
    x: str


class PublishedKeys(BaseModel):
    keys: list[PublishedKey]
