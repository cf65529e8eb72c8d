"""What goes through the doors of the second factor."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from .schemas import SessionSecret
from .words import Address, visible

TypedCode = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(visible)]


class Code(BaseModel):
    """Six digits from the telephone, or a recovery code."""

    code: TypedCode


class CodeAtSignIn(Code):
    session: SessionSecret
    address: Address


class ProposalOut(BaseModel):
    """For the owner's eyes, until the first code confirms it; `address` is for a drawing."""

    secret: str
    address: str


class RecoveryCodes(BaseModel):
    """Shown once."""

    codes: list[str]
