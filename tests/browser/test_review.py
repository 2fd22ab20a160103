"""A spot-check in JupyterLab by keyboard alone; in the middle of it the kernel is killed."""

import os
import signal
import statistics
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from rig import servers

from chatearthnet_explorer.review.ledger import Ledger

CELL = """
import os
from pathlib import Path

from chatearthnet_explorer.review.sampling import simple_random
from chatearthnet_explorer.testing.simulated_pairs import SimulatedPairs
from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk

folder = Path({folder!r})
folder.joinpath("pid").write_text(str(os.getpid()))
pairs = SimulatedPairs(40)
plan = simple_random(pairs.names, 20)
desk = ReviewDesk(plan, pairs.pair_of, folder / "ledger.jsonl", reviewer="<b>Ada</b>")
desk
"""
CONTRADICTION_CELL = """
from pathlib import Path

import numpy as np

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk

labels = np.full((256, 256), 3, np.uint8)
labels[:128, :128], labels[128:, 128:] = 1, 6
chip = Chip(tile=Tile.from_name("3886_3141_patch00"), source="file", labels=labels)
said = "<img src=x onerror=alert('caption')> The top left has a small amount of water. The middle has crops, it is so."


def pair_of(name):
    return chip, (Caption(text=said + name, captioner="file", style="3.5"),), None


desk = ReviewDesk(["one", "two"], pair_of, Path({folder!r}) / "ledger.jsonl", reviewer="Ada")
desk
"""
HIGHLIGHTED_PIXELS = """([column, row]) => {
  const canvas = document.querySelector('.cen-review canvas.cen-light');
  return canvas.getContext('2d').getImageData(column, row, 1, 1).data[3];
}"""
WATCH_FOR_NEXT_PAIR = """() => {
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


def open_desk(page: Page, lab: str, folder: Path, *, name: str = "desk", source: str = CELL) -> None:
    """Open a notebook of its own with a desk; a page that is left while it is saved would not go."""
    page.goto(servers.store(lab, name, source.format(folder=str(folder))))
    run(page)


def run(page: Page) -> None:
    """Run the cell, and put the focus on the desk as somebody does who never touches the mouse again."""
    page.locator(".cen-verdict-pad").evaluate_all("pads => pads.forEach((pad) => pad.classList.add('of-last-run'))")
    servers.run_all(page)
    expect(page.locator(".cen-verdict-pad.of-last-run")).to_have_count(0)
    ready(page)
    page.locator(".cen-verdict-pad").focus()


def ready(page: Page) -> None:
    page.locator(".cen-verdict-pad:not(.cen-waiting) .cen-correct:enabled").wait_for()


def wait_for_judged_count(page: Page, count: int) -> None:
    expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-judged", str(count))
    ready(page)


def test_twenty_verdicts_by_keyboard_and_a_kernel_killed_after_twelve(
    browser: Browser, lab: str, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with servers.watched_page(browser, width=1360, height=1100) as tab:
        page, keys = tab.page, tab.page.keyboard
        open_desk(page, lab, tmp_path)
        took = []
        for number in range(10):
            page.wait_for_timeout(PAUSE)
            page.evaluate(WATCH_FOR_NEXT_PAIR)
            keys.press("1")
            wait_for_judged_count(page, number + 1)
            page.wait_for_function("window.moved !== null")
            took.append(page.evaluate("window.moved"))
        print(f"\nto the next pair: median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms")

        keys.press("2")  # and why: the label
        wait_for_judged_count(page, 11)
        keys.press("l")
        expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-position", "11")
        ready(page)
        keys.press("/")
        keys.type("1 2 3 u are letters here")
        keys.press("Escape")
        keys.press("i")
        keys.press("3")
        wait_for_judged_count(page, 12)

        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        verdicts = ledger.verdicts
        assert [one.verdict for one in verdicts] == ["correct"] * 10 + ["minor", "major"]
        assert (verdicts[10].cause, verdicts[11].cause) == ("label", "image")
        assert verdicts[11].note == "1 2 3 u are letters here"
        assert ledger.remarks == ()

        page.get_by_text("Kernel Restarting").wait_for()
        page.get_by_role("button", name="Ok").click()
        servers.wait_idle(page)
        run(page)
        wait_for_judged_count(page, 12)
        expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-position", "12")
        keys.press("3")
        wait_for_judged_count(page, 13)
        keys.press("u")
        wait_for_judged_count(page, 12)
        for number in range(12, 20):
            keys.press("1")
            wait_for_judged_count(page, number + 1)
        expect(page.locator(".cen-messages")).to_contain_text("All 20 captions are judged.")
        assert len(ledger.verdicts) == 20
        assert len(ledger.entries) == 23  # the cause is a word of its own, and so is taking one back
        assert page.locator(".jp-Notebook .jp-Cell").count() == 1
        assert not page.locator(".jp-Notebook .jp-MarkdownCell").count()
        assert tab.foreign == []
        assert tab.dialogs == []


def test_pointing_at_a_contradicted_claim_lights_its_pixels_in_its_part(
    browser: Browser, lab: str, tmp_path: Path
) -> None:
    with servers.watched_page(browser, width=1360, height=1100) as tab:
        page = tab.page
        open_desk(page, lab, tmp_path, name="grounded", source=CONTRADICTION_CELL)
        claims = page.locator(".cen-review .cen-text .cen-claim")
        expect(claims).to_have_count(2)
        expect(page.locator(".cen-counts li").nth(1)).to_contain_text("1 contradicted")
        claims.first.hover()
        # water, top left, and neither what is beside it nor the crops, which the other claim is about
        page.wait_for_function(
            f"[[300, 100], [100, 100], [400, 400]].map({HIGHLIGHTED_PIXELS}).map((dim) => dim > 100).join() === "
            "'true,false,true'"
        )
        expect(page.locator(".cen-why")).to_contain_text(
            "'small' stands for 10 to 19 %; the top left has 100.0 % water."
        )
        claims.last.focus()
        # the crops of the middle, and no others: nothing is dimmed while nothing is pointed at
        page.wait_for_function(
            f"(({HIGHLIGHTED_PIXELS})([300, 300]) === 0) && (({HIGHLIGHTED_PIXELS})([450, 450]) > 100)"
        )

        page.keyboard.press("1")  # the keys of the desk are heard while a claim has the focus, and after it is gone
        wait_for_judged_count(page, 1)
        expect(page.locator(".cen-review .cen-text")).to_contain_text("it is so.two")
        page.keyboard.press("1")
        wait_for_judged_count(page, 2)
        assert len(Ledger(tmp_path / "ledger.jsonl").verdicts) == 2
        assert tab.dialogs == []
        assert tab.errors == []
