"""Whatever is sent, the answer is a refusal in words, never an error of ours."""

import json

import pytest

from chassis.auth import Audience

LONG = "a" * 100_000
HOSTILE = [
    "\x00",
    "Lou\x00",
    "Lou\x1b[31m",
    "Lou\u202egnp.exe",
    "Lou\u200b",
    "Lou 😀",
    "<script>alert(1)</script>",
    "  ",
    "",
    LONG,
    "\ud800",
    None,
    7,
    1e308,
    True,
    ["Lou"],
    {"a": "b"},
]


def _person(given="Lou"):
    return {"given_name": given, "family_name": "Noisetier", "is_payer": True}


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:24])
async def test_hostile_words_in_a_file_are_refused(accounts, new_family, value):
    child = {"given_name": value, "family_name": "Noisetier", "born_on": "2020-01-01"}
    bodies = [
        new_family(name=value),
        new_family(reference=value),
        new_family(guardians=[_person(value)]),
        new_family(children=[child]),
    ]
    for body in bodies:
        await _refused(accounts, "/v1/staff/families", body)
    member = {"name": "Dominique", "identifier": "dominique"}
    for changed in ({"name": value}, {"identifier": value}, {"roles": value}):
        body = {**member, "roles": ["admin"], **changed}
        await _refused(accounts, "/v1/staff/staff-members", body)


async def _refused(accounts, path, body):
    answer = await _send(accounts, path, json.dumps(body).encode())
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if isinstance(body, dict) and LONG not in body.values():
        assert "Traceback" not in answer.text


async def _send(accounts, path, content, token=None):
    token = token or await accounts.token(Audience.ADMIN, Audience.SERVICE)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return await accounts.client.post(path, content=content, headers=headers)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:24])
async def test_hostile_words_at_the_door_are_refused(accounts, value):
    good = {
        "identifier": "noisetier",
        "password": "petitnavire2026",
        "door": "family",
        "address": "192.0.2.1",
    }
    for place in good:
        await _refused(accounts, "/v1/sign-in", {**good, place: value})
    for path in ("/v1/sessions/refresh",):
        await _refused(accounts, path, {"session": value})
    await _refused(accounts, "/v1/service-tokens", {"name": value, "secret": "x"})
    await _refused(accounts, "/v1/service-tokens", {"name": "billing", "secret": value})
    ended = await _send(accounts, "/v1/sessions/end", json.dumps({"session": value}).encode())
    assert ended.status_code < 500


@pytest.mark.parametrize(
    "wrong",
    [
        {"family_id": "x"},
        {"resident": "peut-être"},
        {"guardians": []},
        {"guardians": [_person()] * 11},
        {"guardians": "Camille"},
        {"children": [None]},
        {"children": [{"given_name": "Lou", "family_name": "N", "born_on": "2026-02-30"}]},
        {"children": [{"given_name": "Lou", "family_name": "N", "born_on": "0001-01-01"}]},
        {"quotients": [{"valid_from": "2026-01-01", "valid_to": None, "value": -1}]},
        {"quotients": [{"valid_from": "2026-01-01", "valid_to": None, "value": 10**30}]},
        {"quotients": [{"valid_from": "9999-12-31", "valid_to": None, "value": 1}]},
        {"quotients": [{"valid_from": "2026-01-01", "valid_to": None, "value": 540.5}]},
    ],
    ids=lambda wrong: repr(wrong)[:40],
)
async def test_wrong_shapes_are_refused(accounts, new_family, wrong):
    await _refused(accounts, "/v1/staff/families", new_family(**wrong))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"NaN", b"[" * 100_000, b"9" * 10_000],
    ids=lambda content: repr(content)[:16],
)
async def test_what_is_not_json_is_refused(accounts, content):
    for path in ("/v1/sign-in", "/v1/staff/families", "/v1/service-tokens"):
        answer = await _send(accounts, path, content)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


async def test_hostile_paths_are_refused(accounts):
    token = await accounts.token(Audience.ADMIN, Audience.SERVICE)
    for path in ("/v1/staff/families/%00", "/v1/internal/families/' OR 1=1", "/v1/staff/%F0%9F"):
        answer = await accounts.call("GET", path, token=token)
        assert answer.status_code in {404, 422}
        assert answer.headers["content-type"] == "application/problem+json"
