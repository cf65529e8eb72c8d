"""Processes that print: bounded, replaced when they hang or die, drained at the end."""

import asyncio
import os
import signal

import pytest

from chassis.documents import DocumentFailed, DocumentRefused, Documents, DocumentsBusy, pool

from .letters import letter, read


@pytest.fixture
async def documents():
    made = Documents(seconds=20)
    await made.warm()
    yield made
    await made.close()


def pid_of(documents):
    return documents._idle[-1]._process.pid


async def test_a_process_that_dies_at_work_is_replaced_and_the_document_made(documents):
    first = pid_of(documents)
    working = asyncio.create_task(documents.render(letter(400)))
    await asyncio.sleep(0.1)
    os.kill(first, signal.SIGKILL)
    assert len(read(await working).pages) > 5
    assert pid_of(documents) != first


async def test_a_process_that_hangs_is_killed_and_only_its_document_fails(documents):
    first = pid_of(documents)
    os.kill(first, signal.SIGSTOP)
    documents._seconds = 0.5
    with pytest.raises(DocumentFailed):
        await documents.render("<p>x</p>")
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    documents._seconds = 20
    assert await documents.render("<p>x</p>")


async def test_one_who_gives_up_leaves_no_answer_for_the_next(documents):
    waiting = asyncio.create_task(documents.render(letter(4000)))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert "Bonjour" in read(await documents.render("<p>Bonjour</p>")).pages[0].extract_text()


async def test_what_is_too_large_or_too_deep_is_refused_alone(documents, monkeypatch):
    first = pid_of(documents)
    with pytest.raises(DocumentRefused):
        await documents.render("<div>" * 1000)
    monkeypatch.setattr(pool, "MAX_HTML", 100)
    with pytest.raises(DocumentRefused):
        await documents.render("x" * 101)
    assert await documents.render("<p>x</p>")
    assert pid_of(documents) == first
    monkeypatch.setattr(pool, "MAX_PDF", 100)
    with pytest.raises(DocumentRefused):
        await documents.render("<p>x</p>")
    assert documents._idle == []


async def test_no_more_wait_than_the_queue_holds_and_closing_finishes_what_was_begun():
    documents = Documents(waiting=2)
    first, second = (asyncio.create_task(documents.render(letter())) for _ in range(2))
    await asyncio.sleep(0)
    with pytest.raises(DocumentsBusy):
        await documents.render("<p>x</p>")
    await documents.close()
    assert read(first.result())
    assert read(second.result())
    with pytest.raises(DocumentsBusy):
        await documents.render("<p>x</p>")


async def test_nothing_is_started_until_the_first_document():
    documents = Documents()
    await documents.close()
    assert documents._idle == []
