"""Make the pictures of the documentation in Chromium, of the site as it is served and of the review desk in JupyterLab.

Run it from the root of the repository: ``PYTHONPATH=tests python docs/images/screenshots.py``. Look at each picture
before you commit it. ``--only NAME`` makes some of them; ``site.png`` is put together from three others.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import expect
from rig import servers, stage, tour

from chatearthnet_explorer.testing.simulated_model import SimulatedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Browser, Page

DOCS = Path(__file__).parent
LARGEST = 400_000
"""Bytes of a picture in the repository."""

MODELS = ("simulated-careful", "simulated-careless")
"""The simulated models that are compared."""

GAP = 16
"""Pixels between pictures that stand side by side."""

DARK: dict[str, Any] = {**tour.DESKTOP, "color_scheme": "dark"}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


def main() -> None:
    """Write the PNG files beside this one, or to the folder named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DOCS)
    names = [*PICTURES, "compare", "bench", "review_desk", "site"]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    choice = parser.parse_args()
    with stage.chromium() as browser, tempfile.TemporaryDirectory() as home:
        with servers.app(Path(home) / "site") as site:
            for name, make in PICTURES.items():
                if name in choice.only:
                    _save(make(browser, site), choice.folder / f"{name}.png")
        if "compare" in choice.only:
            _save(compare(browser, Path(home) / "compare"), choice.folder / "compare.png")
        if "bench" in choice.only:
            _save(bench(browser, Path(home) / "bench"), choice.folder / "bench.png")
        if "review_desk" in choice.only:
            _save(review_desk(browser, Path(home) / "desk"), choice.folder / "review_desk.png")
    if "site" in choice.only:
        images = [Image.open(choice.folder / f"{name}.png").convert("RGB") for name in ("browse", "review", "learn")]
        _save(_side_by_side(images, height=330), choice.folder / "site.png")


def explorer(browser: Browser, site: str) -> Image.Image:
    """Show a place that was found by its name."""
    with tour.begin(browser, site) as visit:
        tour.open_site(visit)
        tour.find_home(visit)
        _blend(visit.page, 40)
        image = _picture(visit.page, full_page=True)
        return image.crop((0, 0, image.width, 1000))


def explorer_dark(browser: Browser, site: str) -> Image.Image:
    """Show all five steps of a place in the style of GPT-4V, in dark colours."""
    with tour.begin(browser, site, DARK) as visit:
        _open(visit.page, site, "explore", "lon=-0.36&lat=39.44&style=4v")
        servers.caption(visit.page)
        _blend(visit.page, 60)
        return _picture(visit.page, full_page=True)


def browse(browser: Browser, site: str) -> Image.Image:
    """Show the first page of the gallery."""
    with tour.begin(browser, site, LAPTOP) as visit:
        _open_gallery(visit.page, site)
        return _picture(visit.page)


def pair(browser: Browser, site: str) -> Image.Image:
    """Show a pair beside the gallery, with its labels."""
    with tour.begin(browser, site, {"viewport": {"width": 1280, "height": 1100}}) as visit:
        _open_gallery(visit.page, site)
        tour.open_pair(visit)
        visit.page.get_by_role("button", name="Load labels").click()
        expect(visit.page.locator(".cen-browser .cen-prompt-view")).to_contain_text("3.5")
        _blend(visit.page, 50)
        visit.page.evaluate("scrollTo(0, 0)")
        return _picture(visit.page)


def review(browser: Browser, site: str) -> Image.Image:
    """Show a spot-check after eleven verdicts."""
    with tour.begin(browser, site, LAPTOP) as visit:
        page = visit.page
        _open(page, site, "review")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Draw the sample").click()
        _judge(page, ("1", "1", "1", "3c", "1", "1", "1", "1", "1", "3c", "1"))
        return _picture(page)


def lesson(browser: Browser, site: str) -> Image.Image:
    """Show a section of a lesson: its text, its view and its task."""
    with tour.begin(browser, site, LAPTOP) as visit:
        _open(visit.page, site, "learn/what-a-label-map-is")
        visit.page.locator(".cen-lesson-task .cen-ask").wait_for()
        return _picture(visit.page)


def quiz(browser: Browser, site: str) -> Image.Image:
    """Show an answer of the quiz, with its reasons."""
    with tour.begin(browser, site, LAPTOP) as visit:
        _open(visit.page, site, "learn/quiz", "seed=7")
        expect(visit.page.locator(".cen-dot[aria-current=step]")).to_have_text("1")
        visit.page.locator(".cen-option").first.click()
        expect(visit.page.locator(".cen-verdict")).not_to_be_empty()
        return _picture(visit.page)


def learn(browser: Browser, site: str) -> Image.Image:
    """Show the one real pair, which stands above the list of lessons."""
    with tour.begin(browser, site, LAPTOP) as visit:
        _open(visit.page, site, "learn")
        visit.page.locator(".cen-lesson-card").first.wait_for()
        return _picture(visit.page)


def phone(browser: Browser, site: str) -> Image.Image:
    """Show a place and the gallery on a phone."""
    with tour.begin(browser, site, tour.PHONE) as visit:
        servers.caption(visit.page)
        place = _picture(visit.page)
        visit.page.locator(".cen-chip-view").first.evaluate("element => element.scrollIntoView()")
        below = _picture(visit.page)
        _open_gallery(visit.page, site)
        return _side_by_side([place, below, _picture(visit.page)], height=1110)


PICTURES: dict[str, Callable[[Browser, str], Image.Image]] = {
    "explorer": explorer,
    "explorer_dark": explorer_dark,
    "browse": browse,
    "pair": pair,
    "review": review,
    "lesson": lesson,
    "learn": learn,
    "quiz": quiz,
    "phone": phone,
}
"""What makes each picture of the site, by the name of its file."""


def compare(browser: Browser, home: Path) -> Image.Image:
    """Show two simulated models beside the fixed sentences, at the table of claims and the captions."""
    query = "lon=6.73&lat=0.336&by=template@3.5&" + "&".join(f"by=chat:{model}@3.5" for model in MODELS)
    with (
        SimulatedModel(pause=0) as model,
        servers.serving(home, OPENAI_BASE_URL=model.base_url) as server,
        tour.begin(browser, server.address, LAPTOP) as visit,
    ):
        page = visit.page
        page.goto(f"{servers.page_of(server.address, 'compare').partition('?')[0]}?{query}")
        captions = page.locator(".cen-column .cen-caption .cen-text:visible")
        expect(captions).to_have_count(1)
        page.get_by_role("button", name=f"Ask {len(MODELS)} models").click()
        expect(captions).to_have_count(1 + len(MODELS))
        page.locator(".cen-comparison-table").evaluate("element => element.scrollIntoView()")
        return _picture(page)


def bench(browser: Browser, home: Path) -> Image.Image:
    """Show the careless one of two simulated models in the report of a bench."""
    command = [sys.executable, "-m", "chatearthnet_explorer", "bench-captioner", "simulated", "--pairs=60", "--seed=1"]
    command += ["--captioner", f"chat:{MODELS[0]}", "--vs", f"chat:{MODELS[1]}", "--out", str(home)]
    with SimulatedModel(pause=0) as model, servers.watched_page(browser, width=820, height=640) as visit:
        subprocess.run([*command, "--base-url", model.base_url], check=True)  # noqa: S603 - our own command
        visit.page.set_content((home / "report.html").read_text("utf-8"))
        visit.page.get_by_text(f"{MODELS[1]}, style 3.5", exact=True).first.evaluate(
            "element => element.scrollIntoView()"
        )
        return _picture(visit.page)


def review_desk(browser: Browser, home: Path) -> Image.Image:
    """Show the desk in JupyterLab: a wrong caption, and the pixels of a claim that the labels contradict."""
    with servers.lab(home) as address, servers.watched_page(browser, width=1400, height=1900) as visit:
        page = visit.page
        page.goto(address.replace("/lab/tree/", "/doc/tree/").replace("01_click_to_caption", "03_spot_check_quality"))
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        servers.wait_idle(page)
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
        desk = page.locator(".cen-review")
        for _ in range(7):  # the cells down to the desk; those behind it would keep the kernel from answering
            page.keyboard.press("Shift+Enter")
        desk.locator(".cen-verdict-pad:not(.cen-waiting) [data-verdict=correct]:enabled").wait_for()
        claim = desk.locator(".cen-text .cen-contradicted")
        desk.locator(".cen-verdict-pad").focus()
        for key in ("3", "c", *("1" * 8)):
            page.keyboard.press(key)
            _settle(page)
        while claim.count() < 3:
            page.keyboard.press("1")
            _settle(page)
        desk.locator(".cen-chip-view input[type=range]").fill("60")
        desk.scroll_into_view_if_needed()
        claim.nth(1).hover()
        _settle(page)
        return _open_image(desk.screenshot())


def _open(page: Page, site: str, path: str, query: str = "") -> None:
    page.goto(servers.page_of(site, path).partition("?")[0] + (f"?{query}" if query else ""))


def _open_gallery(page: Page, site: str) -> None:
    """Open Browse with a query: without one, pairs are shuffled by day, and each day makes another picture."""
    _open(page, site, "browse", "class=crop&class=tree&style=4v&sort=place")
    page.locator(".cen-gallery .cen-tile img").first.wait_for()


def _judge(page: Page, verdicts: Sequence[str]) -> None:
    """Press the keys of each verdict: its number, then the letter of the cause of an error."""
    pad = page.locator(".cen-verdict-pad")
    ready = page.locator(".cen-verdict-pad:not(.cen-waiting) [data-verdict=correct]:enabled")
    for position, keys in enumerate(verdicts):
        expect(pad).to_have_attribute("data-position", str(position))
        ready.wait_for()
        pad.press(keys[0])
        expect(pad).to_have_attribute("data-judged", str(position + 1))
        for key in keys[1:]:
            ready.wait_for()  # keys that come before Python has answered are ignored
            pad.press(key)


def _blend(page: Page, percent: int) -> None:
    """Lay the land cover over the picture."""
    slider = page.locator(".cen-chip-view input[type=range]").first
    slider.fill(str(percent))
    slider.blur()


def _picture(page: Page, *, full_page: bool = False) -> Image.Image:
    _settle(page)
    return _open_image(page.screenshot(full_page=full_page))


def _open_image(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB")


def _settle(page: Page) -> None:
    """Let the last tiles, fades and fonts finish."""
    page.wait_for_timeout(1500)


def _side_by_side(images: Sequence[Image.Image], *, height: int) -> Image.Image:
    """Return pictures of the same height in one row."""
    thumbnails = [
        image.resize((round(image.width * height / image.height), height), Image.Resampling.LANCZOS) for image in images
    ]
    row = Image.new("RGB", (sum(image.width for image in thumbnails) + GAP * (len(thumbnails) - 1), height), "white")
    left = 0
    for image in thumbnails:
        row.paste(image, (left, 0))
        left += image.width + GAP
    return row


def _save(image: Image.Image, path: Path) -> None:
    image.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        image.quantize(256).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        msg = f"{path} has {path.stat().st_size} bytes, more than {LARGEST}; show less."
        raise SystemExit(msg)
    print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
