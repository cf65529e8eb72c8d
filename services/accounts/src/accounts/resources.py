"""What the doors of accounts need beside the runtime."""

import asyncio
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from chassis.examination import Examiner
from chassis.runtime import Runtime, RuntimeOf

from .domain.credential import POLICIES, CredentialPolicy
from .hashing import Hasher
from .keyring import Keyring
from .sealing import MasterKey, MasterKeys
from .settings import Settings


@dataclass(frozen=True)
class Resources:
    """Made once at the start of a process."""

    master_keys: MasterKeys
    hasher: Hasher
    keyring: Keyring
    examiner: Examiner
    policy: CredentialPolicy
    self_service_reset: bool
    portal_url: str
    service_secrets: Mapping[str, str] = field(repr=False)
    export_asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Wakes the maker of copies; another process finds its work by looking now and then."""
    imports_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process was sent a table: it is looked at without delay."""
    calls_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a call for help was received: they are sorted beside the API."""

    @property
    def master_key(self) -> MasterKey:
        """The one that seals today."""
        return self.master_keys.current

    def knows_service(self, name: str, secret: str) -> bool:
        """In the same time whatever the name and however much of the secret is right."""
        expected = self.service_secrets.get(name)
        same = hmac.compare_digest(secret.encode(), (expected or "").encode())
        return same and expected is not None


def resources(runtime: Runtime) -> Resources:
    settings = runtime.settings
    if not isinstance(settings, Settings):
        raise TypeError("accounts needs its own settings")
    master_keys = MasterKeys(
        MasterKey.from_base64(settings.master_key.get_secret_value()),
        [MasterKey.from_base64(key.get_secret_value()) for key in settings.other_master_keys],
    )
    return Resources(
        master_keys=master_keys,
        hasher=Hasher(settings.hashing_line),
        keyring=Keyring(runtime.database, master_keys, runtime.clock),
        examiner=Examiner(),
        policy=POLICIES[settings.credential_policy],
        self_service_reset=settings.self_service_reset,
        portal_url=settings.portal_url.rstrip("/"),
        service_secrets={
            name: secret.get_secret_value() for name, secret in settings.service_secrets.items()
        },
    )


def resources_of(runtime: Runtime) -> Resources:
    own = runtime.own
    if not isinstance(own, Resources):
        raise TypeError("the runtime of accounts carries its resources")
    return own


async def _of_request(runtime: RuntimeOf) -> Resources:
    return resources_of(runtime)


ResourcesOf = Annotated[Resources, Depends(_of_request)]
"""A route's way to them."""
