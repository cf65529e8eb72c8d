"""What people and programs may send: bounded in length, in size and in characters."""

from typing import Annotated

from pydantic import Field, StringConstraints

LARGEST_CENTS = 10_000_000
LARGEST_QUOTIENT = 1_000_000

# One line of text: a control character would be invisible on paper, and PostgreSQL refuses NUL.
Words = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
LongWords = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$",
    ),
]
RateCode = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Month = Annotated[str, StringConstraints(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")]
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
Cents = Annotated[int, Field(ge=0, le=LARGEST_CENTS)]
