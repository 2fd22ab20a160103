"""The notebook in JupyterLab, as somebody without network runs it."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest
from rig import servers, stage

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

HOSTILE = """
from chatearthnet_explorer import Explorer
from chatearthnet_explorer.caption import Caption

BAD = "<img src=x onerror=alert('caption')><script>alert('script')</script> tree"


class Hostile:
    name = "chat"

    def caption(self, prompt, chip):
        return Caption(text=BAD, captioner="chat", style=prompt.style, model=BAD)


explorer = Explorer(source="simulated", captioner=Hostile())
explorer.go(6.73, 0.336)
explorer.chip_view.place = BAD
explorer.status.show_message(BAD, kind="error")
explorer
"""


def test_the_notebook_from_run_all_to_a_caption_of_ones_own(browser: Browser, lab: str) -> None:
    with servers.watched_page(browser, height=1400) as tab:
        page = tab.page
        page.goto(lab)
        servers.run_all(page)
        # the notebook itself goes to places and changes the style; its last cell shows a card
        page.locator(".jp-RenderedHTML img.cen-labels >> visible=true").last.wait_for()
        servers.wait_idle(page)
        assert len(servers.caption(page)) > 100
        print(f"\nclick to visible caption in JupyterLab: {servers.click_map(page):.3f} s")

        slider = page.locator(".cen-chip-view input[type=range]")
        slider.fill("100")
        expect(page.locator(".cen-chip-view .cen-labels")).to_have_css("opacity", "1")
        slider.fill("0")
        expect(page.locator(".cen-chip-view .cen-labels")).to_have_css("opacity", "0")

        page.get_by_role("tab", name="GPT-3.5 style").click()
        expect(page.locator(".cen-explorer .cen-byline")).to_contain_text("GPT-3.5")
        expect(page.locator(".cen-prompt-view")).to_contain_text("Style 3.5")
        words = servers.caption(page)
        page.get_by_role("tab", name="GPT-4V style").click()
        expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")
        expect(page.locator(".cen-caption .cen-text").first).not_to_have_text(words)

        assert tab.foreign == []
        assert tab.errors == []


def test_the_command_opens_the_first_notebook(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "a folder, with é"
    folder.mkdir()
    with servers.lab_command(folder) as address, servers.watched_page(browser) as tab:
        tab.page.goto(address)
        expect(tab.page.locator(".jp-Notebook h1").first).to_contain_text("From a click to a caption")
        assert len(list((folder / "copies").glob("*.ipynb"))) == 4
        assert tab.errors == []


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("01_click_to_caption", ".jp-RenderedHTML img.cen-labels"),
        ("02_browse_the_dataset", ".cen-compare-view"),
        ("03_spot_check_quality", ".jp-OutputArea-output >> text=How good are the captions?"),
        ("04_bring_your_own_model", ".cen-ask"),
    ],
)
def test_run_all_ends_with_something_to_look_at(browser: Browser, lab: str, name: str, last: str) -> None:
    """JupyterLab goes to the end of a notebook; what is there is what a person sees first."""
    with servers.watched_page(browser, height=1300) as tab:
        page = tab.page
        page.goto(lab.replace("/lab/tree/01_click_to_caption", f"/doc/tree/{name}"))
        servers.run_all(page)
        expect(page.locator(f"{last} >> visible=true").last).to_be_visible(timeout=2 * stage.SLOW)
        servers.wait_idle(page)
        assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        expect(page.get_by_text("Nothing has been judged yet")).to_have_count(0)
        assert tab.foreign == []
        assert tab.errors == []


def test_what_others_wrote_is_text(browser: Browser, lab: str) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": HOSTILE}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    request = urllib.request.Request(
        lab.replace("/lab/tree/01_click_to_caption.ipynb", "/api/contents/hostile.ipynb"),
        json.dumps({"type": "notebook", "content": book}).encode(),
        method="PUT",
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201
    with servers.watched_page(browser, height=1400) as tab:
        page = tab.page
        page.goto(lab.replace("/lab/tree/01_click_to_caption.ipynb", "/doc/tree/hostile.ipynb"))
        servers.run_all(page)
        assert "<script>alert('script')</script>" in servers.caption(page)
        expect(page.locator(".cen-chip-view .cen-place")).to_contain_text("<img src=x onerror")
        expect(page.locator(".cen-status")).to_contain_text("<img src=x onerror")
        assert tab.dialogs == []
        assert page.locator("img[src=x]").count() == 0
        assert tab.foreign == []
