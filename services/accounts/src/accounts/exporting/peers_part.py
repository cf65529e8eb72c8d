"""What the other services hold about a family, asked over HTTP and put into its copy."""

import base64
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from accounts.domain.rights import Export
from chassis.correlation import current_trace
from chassis.peers import Peers, PeerUnavailable
from portail_contracts.catalogue import Context

from .own_part import File

FOLDERS = {
    Context.ENROLMENT: "inscriptions",
    Context.BILLING: "factures",
    Context.MESSAGING: "messages",
}
WAIT = aiohttp.ClientTimeout(total=600, sock_connect=3, sock_read=30)
LONGEST_LINE = 16 * 1024 * 1024
MOST_BYTES = 512 * 1024 * 1024


async def files_of(
    peers: Peers, context: Context, export: Export, *, apart: bool
) -> AsyncIterator[File]:
    """Its files as they come, then all its rows in one; raises PeerUnavailable."""
    folder = FOLDERS[context]
    tables: dict[str, list[Any]] = defaultdict(list)
    async for line in _lines(peers, context, export, apart=apart):
        if "file" in line:
            yield f"{folder}/{line['table']}/{line['file']}", base64.b64decode(line["base64"])
        else:
            tables[line["table"]].append(line["row"])
    rows = json.dumps(tables, ensure_ascii=False, indent=2)
    yield f"{folder}/donnees.json", rows.encode()


async def _lines(
    peers: Peers, context: Context, export: Export, *, apart: bool
) -> AsyncIterator[dict[str, Any]]:
    address = f"{peers.address(context)}/v1/internal/families/{export.family_id}/export"
    params = {"apart": str(apart).lower()}
    if export.guardian_id is not None:
        params["guardian_id"] = str(export.guardian_id)
    headers = {
        "Authorization": f"Bearer {await peers.own_token()}",
        "traceparent": current_trace().traceparent,
    }
    try:
        async with peers.session.get(
            address, params=params, headers=headers, timeout=WAIT
        ) as answer:
            if answer.status != 200:
                raise PeerUnavailable(f"{context}: {answer.status}")
            async for line in _split(answer.content):
                yield json.loads(line)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise PeerUnavailable(f"{context}: {type(error).__name__}") from error


async def _split(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Lines, which hold whole files and are longer than the reader's own."""
    waiting, heard = bytearray(), 0
    async for part in content.iter_any():
        waiting += part
        heard += len(part)
        if len(waiting) > LONGEST_LINE or heard > MOST_BYTES:
            raise ValueError("too much")
        while (end := waiting.find(b"\n")) >= 0:
            yield bytes(waiting[:end])
            del waiting[: end + 1]
    if waiting:
        raise ValueError("cut short")
