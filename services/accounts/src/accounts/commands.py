"""Verbs of `python -m accounts` beyond those of every service."""

import argparse
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from chassis.runtime import Runtime

from .api.words import NewIdentifier, PersonName
from .domain.access import IdentifierTaken, Role
from .domain.credential import WeakPassword, check
from .domain.identifier import normalised
from .resources import resources_of
from .sealing import SealedWithAnotherKey
from .store.access import access_by_identifier
from .use_cases.issue_credentials import NewAccess
from .use_cases.record_staff_member import record_staff_member
from .use_cases.rotate_master_key import rotate_master_key
from .use_cases.set_password import give_first_password


async def create_staff(runtime: Runtime, arguments: Sequence[str]) -> None:
    """`create-staff --identifier NAME --name "Full Name" --role admin`, password on stdin.

    An identifier that exists is left as it is: the verb can be run at every deployment.
    """
    asked = _parser().parse_args(arguments)
    try:
        identifier = TypeAdapter(NewIdentifier).validate_python(asked.identifier)
        name = TypeAdapter(PersonName).validate_python(asked.name)
    except ValidationError as error:
        sys.exit(f"create-staff: {error.errors()[0]['msg']}")
    if await _exists(runtime, identifier):
        _say(f"{identifier} exists already: nothing changed")
        return
    password = sys.stdin.readline().rstrip("\r\n")
    own = resources_of(runtime)
    try:
        check(password, own.policy)
        access = NewAccess(identifier, await own.hasher.hash(password))
        async with runtime.database.transaction() as transaction:
            await record_staff_member(
                transaction, name, [Role(role) for role in asked.role], access, runtime.clock.now()
            )
    except WeakPassword as weak:
        sys.exit(f"create-staff: {weak}")
    except IdentifierTaken:
        _say(f"{identifier} exists already: nothing changed")
        return
    _say(f"{identifier} created")


async def first_passwords(runtime: Runtime, arguments: Sequence[str]) -> None:
    """`first-passwords`, lines « identifier password » on stdin: for demos and rehearsals.

    Everywhere else each person chooses by a link. A password that was chosen is left as it is.
    """
    argparse.ArgumentParser("first-passwords").parse_args(arguments)
    own, now, given = resources_of(runtime), runtime.clock.now(), 0
    for line in sys.stdin.read().splitlines():
        identifier, _, password = line.partition(" ")
        try:
            check(password, own.policy)
        except WeakPassword as weak:
            sys.exit(f"first-passwords: {identifier}: {weak}")
        hashed = await own.hasher.hash(password)
        async with runtime.database.transaction() as transaction:
            given += await give_first_password(transaction, normalised(identifier), hashed, now)
    _say(f"{given} passwords given")


async def rotate_keys(runtime: Runtime, arguments: Sequence[str]) -> None:
    """`rotate-keys`: a new key signs in two minutes, published at once; the former one is kept
    until its last token has expired."""
    argparse.ArgumentParser("rotate-keys").parse_args(arguments)
    done = await resources_of(runtime).keyring.rotate(forced=True)
    if done.make_from is not None:
        _say(f"a new key signs from {done.make_from.isoformat()}")
    elif done.bring_forward is not None:
        _say(f"the next key signs from {done.bring_forward[1].isoformat()}")
    else:
        _say("a new key is about to sign already: nothing changed")


async def rewrap_keys(runtime: Runtime, arguments: Sequence[str]) -> None:
    """`rotate-master-key`: every key in the database is wrapped again by `ACCOUNTS_MASTER_KEY`.

    First give the new key to every process as another one, then as the current one (the former
    as another), then run this, and withdraw the former when nothing is left under it.
    """
    argparse.ArgumentParser("rotate-master-key").parse_args(arguments)
    keys = resources_of(runtime).master_keys
    try:
        done = await rotate_master_key(runtime.database, keys)
    except SealedWithAnotherKey as missing:
        sys.exit(f"rotate-master-key: {missing}; give it in ACCOUNTS_OTHER_MASTER_KEYS")
    _say(f"{done.data_keys} data keys and {done.signing_keys} signing keys wrapped again")
    for key_id, count in sorted(done.left.items()):
        _say(f"{count} data keys are still under {key_id}: run it again")
    if not done.left:
        _say(f"everything is under {keys.current.id}: the other keys may be withdrawn")


async def _exists(runtime: Runtime, identifier: str) -> bool:
    async with runtime.database.reading() as connection:
        return await access_by_identifier(connection, normalised(identifier)) is not None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("create-staff")
    parser.add_argument("--identifier", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--role", required=True, action="append", choices=[*Role])
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
