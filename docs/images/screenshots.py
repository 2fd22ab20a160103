"""Make the pictures of the documentation: Explorer, browser and review desk in JupyterLab, light and dark, and the app.

Run it from the root of the repository: ``PYTHONPATH=tests python docs/images/screenshots.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect
from rig import servers, stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

DOCS = Path(__file__).parent
LARGEST = 500_000
"""Bytes of a picture in the repository."""


def main() -> None:
    """Write the PNG files beside this one, or to the folder named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    with stage.chromium() as browser, tempfile.TemporaryDirectory() as place:
        _notebook(browser, Path(place) / "light", folder / "explorer.png", style="GPT-3.5 style", to="Beemster")
        _notebook(
            browser, Path(place) / "dark", folder / "explorer_4v.png", style="GPT-4V style", to="Valencia", blend="60",
            theme="JupyterLab Dark",
        )  # fmt: skip
        _browser(browser, Path(place) / "pairs", folder / "browser.png")
        _browser(browser, Path(place) / "pair", folder / "browser_pair.png", pair=True, theme="JupyterLab Dark")
        _desk(browser, Path(place) / "desk", folder / "review_desk.png")
        with servers.app(Path(place) / "app") as address, servers.watched_page(browser, height=900) as visit:
            visit.page.goto(address)
            servers.caption(visit.page)
            _settle(visit.page)
            visit.page.screenshot(path=folder / "app.png", full_page=True)
            _review(visit.page, address, folder / "review.png")
    for name in (
        "explorer.png",
        "explorer_4v.png",
        "browser.png",
        "browser_pair.png",
        "review_desk.png",
        "app.png",
        "review.png",
    ):
        _shrink(folder / name)


def _notebook(
    browser: Browser, place: Path, path: Path, *, style: str, to: str, blend: str = "0", theme: str = "JupyterLab Light"
) -> None:
    with servers.lab(place, theme=theme) as address, servers.watched_page(browser, width=1400, height=1600) as visit:
        page = visit.page
        page.goto(address.replace("/lab/tree/", "/doc/tree/"))
        servers.run_all(page)
        servers.caption(page)
        servers.wait_idle(page)
        page.get_by_role("button", name=style).click()
        choice = page.locator(".cen-explorer select").first
        choice.select_option(
            label=next(one for one in choice.locator("option").all_inner_texts() if one.startswith(to))
        )
        expect(page.locator(".cen-status")).not_to_contain_text("São Tomé", timeout=servers.SLOW)
        page.locator(".cen-chip-view input[type=range]").fill(blend)
        _settle(page)
        _scroll_to(page.locator(".cen-explorer")).screenshot(path=path)


def _browser(browser: Browser, place: Path, path: Path, *, pair: bool = False, theme: str = "JupyterLab Light") -> None:
    """Show the gallery, or a pair with both captions and its labels."""
    with (
        servers.lab(place, theme=theme) as address,
        servers.watched_page(browser, width=1400, height=3400 if pair else 2000) as visit,
    ):
        page = visit.page
        page.goto(address.replace("/lab/tree/", "/doc/tree/").replace("01_click_to_caption", "02_browse_the_dataset"))
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=servers.SLOW)
        servers.wait_idle(page)
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
        page.keyboard.press("Shift+Enter")
        page.locator(".cen-gallery .cen-photo img").first.wait_for(timeout=servers.SLOW)
        if pair:
            page.locator(".cen-gallery .cen-tile").first.click()
            page.get_by_role("button", name="Load labels").click()
            expect(page.locator(".cen-prompt-view")).to_contain_text("Style 3.5", timeout=servers.SLOW)
            page.locator(".cen-browser .cen-chip-view input[type=range]").fill("50")
        _settle(page)
        _scroll_to(page.locator(".cen-browser")).screenshot(path=path)


def _desk(browser: Browser, place: Path, path: Path) -> None:
    """Show a pair whose caption is wrong, and the pixels of a claim that the labels contradict."""
    with servers.lab(place) as address, servers.watched_page(browser, width=1400, height=1900) as visit:
        page = visit.page
        page.goto(address.replace("/lab/tree/", "/doc/tree/").replace("01_click_to_caption", "03_spot_check_quality"))
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=servers.SLOW)
        servers.wait_idle(page)
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
        desk = page.locator(".cen-review")
        for _ in range(7):  # the cells down to the desk; those behind it would keep the kernel from answering
            page.keyboard.press("Shift+Enter")
        desk.locator(".cen-verdict-pad:not(.cen-waiting) .cen-correct:enabled").wait_for(timeout=servers.SLOW)
        claim = desk.locator(".cen-text .cen-contradicted")
        desk.locator(".cen-verdict-pad").focus()
        for key in ("3", "c", *("1" * 8)):
            page.keyboard.press(key)
            _settle(page)
        while claim.count() < 3:
            page.keyboard.press("1")
            _settle(page)
        desk.locator(".cen-chip-view input[type=range]").fill("60")
        _scroll_to(desk)
        claim.nth(1).hover()
        _settle(page)
        desk.screenshot(path=path)


def _review(page: Page, address: str, path: Path) -> None:
    """Show a spot-check on the site after some verdicts."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(servers.page_of(address, "review"))
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Draw the sample").click()
    pad = page.locator(".cen-verdict-pad")
    for number, key in enumerate("1113c11113c11", start=1):
        page.locator(".cen-verdict-pad:not(.cen-waiting) .cen-correct:enabled").wait_for(timeout=servers.SLOW)
        pad.press(key)
        if key != "c":
            expect(pad).to_have_attribute(
                "data-judged", str(number - "1113c11113c11"[:number].count("c")), timeout=servers.SLOW
            )
    _settle(page)
    page.screenshot(path=path)


def _scroll_to(view: Locator) -> Locator:
    view.scroll_into_view_if_needed()
    return view


def _settle(page: Page) -> None:
    """Let the last tiles, fades and fonts finish."""
    page.wait_for_timeout(1500)


def _shrink(path: Path) -> None:
    with Image.open(path) as picture:
        picture.convert("RGB").save(path, optimize=True)
        if path.stat().st_size > LARGEST:
            picture.convert("RGB").quantize(256).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        msg = f"{path} has {path.stat().st_size} bytes, more than {LARGEST}."
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
