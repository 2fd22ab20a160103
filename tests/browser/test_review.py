"""A spot-check in JupyterLab by keyboard alone; in the middle of it the kernel is killed."""

import json
import os
import signal
import statistics
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from rig import doors

from chatearthnet_explorer.review.ledger import Ledger

CELL = """
import os
from pathlib import Path

from chatearthnet_explorer.review.sampling import simple_random
from chatearthnet_explorer.simulated_pairs import SimulatedPairs
from chatearthnet_explorer.widgets.review_desk import ReviewDesk

folder = Path({folder!r})
folder.joinpath("pid").write_text(str(os.getpid()))
pairs = SimulatedPairs(40)
plan = simple_random(pairs.names, 20)
desk = ReviewDesk(plan, pairs.pair_of, folder / "ledger.jsonl", reviewer="<b>Ada</b>")
desk
"""
MOVED = """() => {
  const pad = document.querySelector('.cen-verdict-pad');
  const words = () => document.querySelector('.cen-review .cen-text')?.textContent;
  const [at, said] = [pad.dataset.position, words()];
  window.moved = null;
  addEventListener('keydown', () => {
    const began = performance.now();
    const look = () => pad.dataset.position !== at && words() !== said
      ? requestAnimationFrame(() => { window.moved = performance.now() - began; }) : requestAnimationFrame(look);
    look();
  }, { once: true, capture: true });
}"""
PAUSE = 600
"""Milliseconds for which a very hasty reader looks at a pair."""


def open_desk(page: Page, lab: str, folder: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": [{**cell, "source": CELL.format(folder=str(folder))}], "metadata": kernel}
    page.goto(lab)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=doors.SLOW)
    stored = page.evaluate(
        """async (content) => {
            const headers = {
              "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1], "Content-Type": "application/json" };
            const body = JSON.stringify({ type: "notebook", content: JSON.parse(content) });
            return (await fetch("/api/contents/desk.ipynb", { method: "PUT", headers, body })).status; }""",
        json.dumps({**book, "nbformat": 4, "nbformat_minor": 5}),
    )
    assert stored in {200, 201}
    page.goto(lab.replace("/tree/", "/workspaces/desk/tree/").replace("01_click_to_caption.ipynb", "desk.ipynb"))
    run(page)


def run(page: Page) -> None:
    """Run the cell, and put the focus on the desk as somebody does who never touches the mouse again."""
    doors.run_all(page)
    ready(page)
    page.locator(".cen-verdict-pad").focus()


def ready(page: Page) -> None:
    page.locator(".cen-verdict-pad:not(.cen-waiting) .cen-correct:enabled").wait_for(timeout=doors.SLOW)


def judged(page: Page, count: int) -> None:
    expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-judged", str(count), timeout=doors.SLOW)
    ready(page)


def test_twenty_verdicts_by_keyboard_and_a_kernel_killed_after_twelve(
    browser: Browser, lab: str, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with doors.watched(browser, width=1360, height=1100) as seen:
        page, keys = seen.page, seen.page.keyboard
        open_desk(page, lab, tmp_path)
        took = []
        for number in range(10):
            page.wait_for_timeout(PAUSE)
            page.evaluate(MOVED)
            keys.press("1")
            judged(page, number + 1)
            page.wait_for_function("window.moved !== null", timeout=doors.SLOW)
            took.append(page.evaluate("window.moved"))
        print(f"\nto the next pair: median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms")  # noqa: T201 - a figure, not a limit

        keys.press("2")  # and why: the label
        judged(page, 11)
        keys.press("l")
        expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-position", "11")
        ready(page)
        keys.press("/")
        keys.type("1 2 3 u are letters here")
        keys.press("Escape")
        keys.press("i")
        keys.press("3")
        judged(page, 12)

        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        found = ledger.verdicts
        assert [one.verdict for one in found] == ["correct"] * 10 + ["minor", "major"]
        assert (found[10].cause, found[11].cause) == ("label", "image")
        assert found[11].note == "1 2 3 u are letters here"
        assert ledger.remarks == ()

        page.get_by_text("Kernel Restarting").wait_for(timeout=doors.SLOW)
        page.get_by_role("button", name="Ok").click()
        doors.wait_idle(page)
        run(page)
        judged(page, 12)
        expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-position", "12")
        keys.press("3")
        judged(page, 13)
        keys.press("u")
        judged(page, 12)
        for number in range(12, 20):
            keys.press("1")
            judged(page, number + 1)
        expect(page.locator(".cen-said")).to_contain_text("All 20 captions are judged.")
        assert len(ledger.verdicts) == 20
        assert len(ledger.entries) == 23  # the cause is a word of its own, and so is taking one back
        assert page.locator(".jp-Notebook .jp-Cell").count() == 1
        assert not page.locator(".jp-Notebook .jp-MarkdownCell").count()
        assert seen.foreign == []
        assert seen.dialogs == []
