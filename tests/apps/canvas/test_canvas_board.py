"""The board without a browser: what is asked for is done aside, and what fails is told."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from vsmlab.apps.canvas.board import Board
from vsmlab.apps.canvas.filing import Filing
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.lab import Lab


@pytest.fixture
def sheet(tmp_path):
    lab = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    yield CanvasSheet(Filing(lab), "mm3")
    lab.jobs.close()


class Heard(Board):
    """A board that keeps what it would send to a browser."""

    def _send_msg(self, data):
        self.sent = [*getattr(self, "sent", []), data]


SET = {"do": "set", "given": {"at": "seed", "kind": "integer", "value": "7"}}


def played(story):
    """What comes of a story on an event loop of its own: the main thread's may be a browser's."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(asyncio.wait_for(story(), 60))).result()


async def answered(board, many=1):
    while len(getattr(board, "sent", [])) < many:
        await asyncio.sleep(0)


def ask(board, *messages):
    """What the browser asks for, one after the other; until all is answered."""

    async def story():
        before = len(getattr(board, "sent", []))
        for message in messages:
            board._handle_msg(message)
        await answered(board, before + len(messages))

    played(story)
    return board.sent


def test_a_gesture_is_done_aside_while_others_go_on(sheet):
    board = Heard(sheet)
    others, begun, waited = threading.Event(), threading.Event(), []
    do = sheet.do

    def slow(what, given):
        begun.set()
        waited.append(others.wait(10))
        do(what, given)

    sheet.do = slow

    async def story():
        board._handle_msg(SET)
        while not begun.is_set():
            await asyncio.sleep(0)
        others.set()  # somebody else's turn comes while the gesture is still being done
        await answered(board)

    played(story)
    assert waited == [True]
    assert sheet.sketch.now.document["seed"] == 7


def test_gestures_are_done_in_the_order_in_which_they_came(sheet):
    board = Heard(sheet)
    asked = [{"do": "set", "given": {**SET["given"], "value": str(number)}} for number in (3, 4, 5)]
    ask(board, *asked, {"do": "undo", "given": {}})
    assert sheet.sketch.now.document["seed"] == 4


def test_what_nobody_thought_of_is_told_and_logged(sheet, caplog):
    board = Heard(sheet)

    def fail(what, given):
        raise AttributeError("'int' object has no attribute 'get'")

    do, sheet.do = sheet.do, fail
    assert "Something went wrong" in ask(board, SET)[-1]["parts"]["told"]
    assert "a canvas failed" in caplog.text
    sheet.do = do
    parts, sheet.parts = sheet.parts, lambda: fail("", {})
    assert "Something went wrong" in ask(board, SET)[-1]["parts"]["told"]
    sheet.parts = parts
    assert ask(board, {"do": "undo", "given": {}})[-1]["parts"]["told"] == (
        '<p class="message"><span>Undone: set seed.</span></p>'
    )


def test_a_draft_that_is_not_kept_is_shown_without_a_gesture(sheet, tmp_path):
    (tmp_path / ".drafts").write_text("")
    board = Heard(sheet)
    ask(board, SET)
    played(board._look)
    assert "Draft not kept" in board.sent[-1]["parts"]["notice"]
    seen = len(board.sent)
    played(board._look)
    assert len(board.sent) == seen
