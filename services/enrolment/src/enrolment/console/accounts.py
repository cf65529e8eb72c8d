"""Questions to accounts in the reader's own name: what the console shows of accesses and agents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from fastapi import Request

from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime
from portail_contracts.catalogue import Context

PATIENCE = 6.0
"""Seconds: a password may be hashed behind a short queue."""

Answer = Mapping[str, Any]


def away() -> Problem:
    return Problem(
        503,
        "enrolment.accounts-unavailable",
        "Les accès sont momentanément indisponibles",
        "Le service des comptes ne répond pas. Rien n’a été modifié : réessayez dans un instant.",
    )


class Refused(Problem):
    """Accounts said no: a page of its own unless the section shows it beside what was typed.

    `fields` name what was typed wrong.
    """

    def __init__(self, refused: PeerRefused) -> None:
        problem = refused.problem
        kind = str(problem.get("type", "")).rsplit(":", 1)[-1]
        title = str(problem.get("title") or "Refusé")
        super().__init__(refused.status, kind, title, str(problem.get("detail", "")))
        listed = problem.get("fields")
        self.fields = (
            frozenset(str(one.get("field", "")).split(".")[0] for one in listed)
            if isinstance(listed, list)
            else frozenset()
        )

    @property
    def words(self) -> str:
        return self.detail or f"{self.title}."


@dataclass(frozen=True)
class Accounts:
    """Every question raises Problem 404 for what is unknown, 503 when accounts is away, Refused
    for what it says no to."""

    peers: Peers
    token: str

    @classmethod
    def of(cls, request: Request, runtime: Runtime) -> "Accounts":
        _, _, token = request.headers.get("authorization", "").partition(" ")
        return cls(runtime.peers, token)

    async def get(self, path: str, **params: str) -> Any:
        return await self._call("GET", path, params=params)

    async def post(self, path: str, body: Answer | None = None) -> Any:
        return await self._call("POST", path, json=body or {})

    async def document(self, path: str) -> bytes:
        """A PDF, as it is."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = self.peers.address(Context.ACCOUNTS) + path
        try:
            timeout = aiohttp.ClientTimeout(total=PATIENCE * 5)
            async with self.peers.session.get(url, headers=headers, timeout=timeout) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            raise away() from None
        if answer.status in (404, 410):
            raise not_there()
        if answer.status != 200 or answer.content_type != "application/pdf":
            raise away()
        return content

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            return await self.peers.call(
                method, Context.ACCOUNTS, path, token=self.token, timeout=timeout, **options
            )
        except PeerUnavailable:
            raise away() from None
        except PeerRefused as refused:
            if refused.status == 404:
                raise not_there() from None
            if refused.status in (401, 403):
                raise Problem(
                    refused.status,
                    f"portail.http-{refused.status}",
                    str(refused.problem.get("title", "")),
                ) from None
            raise Refused(refused) from None


def not_there() -> Problem:
    return Problem(
        404, "enrolment.access-unknown", "Introuvable", "Cet accès n’existe pas, ou plus."
    )
