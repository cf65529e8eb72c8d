"""Only what a token's reader needs of accounts: its published key, and tokens signed with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.auth import Principal
from chassis.clock import SystemClock
from chassis.identifiers import new_id
from chassis.tokens import ALGORITHM, claims_for
from portail_local.servers import free_port


@dataclass
class KeyHolder:
    """Publishes one key."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def token(self, principal: Principal, receiver: str = "messaging") -> str:
        claims = claims_for(principal, [receiver], SystemClock().now(), new_id())
        return jwt.encode(claims, self.key, ALGORITHM, headers={"kid": "bench"})

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        application = web.Application()
        application.router.add_get("/.well-known/jwks.json", self._published)
        runner = web.AppRunner(application)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
        await runner.cleanup()

    async def _published(self, _: web.Request) -> web.Response:
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [public | {"kid": "bench", "alg": ALGORITHM}]})
