"""Every process presents the authority as enrolment has it, and goes on when nobody answers."""

import asyncio

from chassis import authority
from chassis.authority import follow_authority
from chassis.peers import PeerUnavailable
from chassis.settings import Authority, SharedSettings

NOWHERE = dict.fromkeys(
    ("accounts_url", "enrolment_url", "billing_url", "messaging_url"), "http://x"
)


class Enrolment:
    """Answers in turn; `heard` is set once all was asked."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.heard = asyncio.Event()

    async def get(self, _peer: object, _path: str) -> object:
        if not self._answers:
            self.heard.set()
            await asyncio.Event().wait()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_what_enrolment_says_stands_from_then_on(monkeypatch) -> None:
    monkeypatch.setattr(authority, "FIRST_S", 0.0)
    monkeypatch.setattr(authority, "EVERY_S", 0.0)
    shared = SharedSettings(**NOWHERE)
    written = Authority(name="Commune de Saint-Ours", opening_hours="Lundi")
    peers = Enrolment(
        PeerUnavailable("starting"),
        {"authority": None},
        {"authority": written.model_dump()},
        {"authority": {"name": 3}},
        {"authority": None, "logo": "f" * 64},
        {"authority": None, "logo": "../secret"},
        [],
    )
    following = asyncio.create_task(follow_authority(peers, shared))
    await peers.heard.wait()
    following.cancel()
    assert shared.authority == written.model_copy(update={"logo": "f" * 64})
