"""Questions to the services, asked at the same time, each with its own timeout and fallback."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError

from chassis.clock import Clock
from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.telemetry import logger
from portail_contracts.catalogue import Context

from . import timings
from .answers import Answer as Answered
from .answers import next_turn
from .keeping_answers import KEEPABLE, Answers
from .rounds import Question, Round, current_round, spoil

SECONDS = 2.0
SIGN_IN_SECONDS = 6.0
SUBMITTING_SECONDS = 8.0
"""On opening day a submission stands in line before it is answered."""
"""A password is hashed behind a short queue."""

Shape = TypeVar("Shape", bound=BaseModel)
Value = TypeVar("Value")

log = logger(__name__)


@dataclass(frozen=True)
class Form:
    """The fields of a form and its file."""

    fields: Mapping[str, str]
    file_name: str = field(repr=False)
    content: bytes = field(repr=False)


class Upstream:
    """The services as the pages see them: shapes come back, or one of two exceptions.

    Every method raises PeerUnavailable (no answer, too late, or not of the agreed shape) and
    PeerRefused (a problem of the 400s).
    """

    def __init__(self, peers: Peers, answers: Answers, clock: Clock) -> None:
        self._peers, self._answers, self._clock = peers, answers, clock

    async def own_token(self) -> str:
        """To ask in the gateway's own name."""
        return await self._peers.own_token()

    async def get(
        self, peer: Context, path: str, shape: type[Shape], *, token: str, **params: str
    ) -> Shape:
        if (found := current_round()) is not None and (peer, path) in KEEPABLE:
            return await self._keepable(
                Question(peer, path, tuple(params.items()), token), shape, found
            )
        spoil()
        content, _ = await self._answered(
            self._peers.read(peer, path, token=token, params=params, timeout=_at_most(SECONDS))
        )
        return _shaped(peer, shape, content)

    async def _keepable(self, question: Question, shape: type[Shape], of: Round) -> Shape:
        """What was said before, while it stands; else what is said now."""
        if known := await self._answers.find(question, of):
            return _shaped(question.peer, shape, known.content)
        content, answer = await self._answered(self._answers.read(question, SECONDS, of))
        value = _shaped(question.peer, shape, content)
        if answer is not None and isinstance(value, Answered) and value.may_be_kept:
            answer.until = next_turn(value, self._clock.now())
            self._answers.keep(answer, of)
        else:
            spoil()
        return value

    async def post(
        self,
        peer: Context,
        path: str,
        body: Any,
        shape: type[Shape],
        *,
        token: str | None,
        seconds: float = SECONDS,
    ) -> Shape:
        answer = await self._call("POST", peer, path, token, json=body, seconds=seconds)
        return _shaped(peer, shape, answer)

    async def send(
        self,
        peer: Context,
        path: str,
        form: Form,
        shape: type[Shape],
        *,
        token: str,
        seconds: float,
    ) -> Shape:
        """A form with a file, whose bytes are in memory already."""
        data = aiohttp.FormData(form.fields)
        data.add_field(
            "file", form.content, filename=form.file_name, content_type="application/octet-stream"
        )
        answer = await self._call("POST", peer, path, token, data=data, seconds=seconds)
        return _shaped(peer, shape, answer)

    async def tell(
        self,
        peer: Context,
        path: str,
        body: Any = None,
        *,
        token: str | None,
        seconds: float = SECONDS,
    ) -> None:
        """A post whose answer does not matter. `token` None: in the gateway's own name."""
        await self._call("POST", peer, path, token, json=body or {}, seconds=seconds)

    async def say(
        self,
        method: str,
        peer: Context,
        path: str,
        *,
        token: str | None,
        seconds: float = SECONDS,
        **options: Any,
    ) -> None:
        """Any method, its options as aiohttp has them, whose answer does not matter."""
        await self._call(method, peer, path, token, seconds=seconds, **options)

    async def _call(
        self,
        method: str,
        peer: Context,
        path: str,
        token: str | None,
        *,
        seconds: float = SECONDS,
        **options: Any,
    ) -> Any:
        spoil()
        return await self._answered(
            self._peers.call(method, peer, path, token=token, timeout=_at_most(seconds), **options)
        )

    async def _answered(self, asked: Awaitable[Value]) -> Value:
        try:
            return await asked
        except (AttributeError, TypeError) as error:
            # The problem that it answered is no JSON object.
            spoil()
            raise PeerUnavailable("not a problem") from error
        except (PeerUnavailable, PeerRefused):
            spoil()
            raise
        finally:
            timings.answered()


def _at_most(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds)


def _shaped(peer: Context, shape: type[Shape], answer: Any) -> Shape:
    """From the bytes of an answer, or from what was read of them."""
    try:
        if isinstance(answer, bytes):
            return shape.model_validate_json(answer)
        return shape.model_validate(answer)
    except ValidationError as error:
        # The values may be personal: only the places are logged.
        places = sorted({".".join(map(str, e["loc"])) for e in error.errors()})[:5]
        spoil()
        log.warning("upstream.unexpected_shape", peer=peer, shape=shape.__name__, places=places)
        raise PeerUnavailable(f"{peer}: unexpected shape") from error


SESSION_OVER = frozenset({401})
NOT_THEIRS = frozenset({401, 404})
"""For what the address itself names: of another family, it is a page that does not exist."""


async def or_none(asked: Awaitable[Value], raising: frozenset[int] = SESSION_OVER) -> Value | None:
    """What a card of a page does without: None when its service cannot tell.

    Refusals with the statuses of `raising` are raised all the same.
    """
    try:
        return await asked
    except PeerUnavailable as error:
        log.warning("upstream.unavailable", cause=str(error))
    except PeerRefused as error:
        if error.status in raising:
            raise
        log.warning("upstream.refused", status=error.status)
    return None
