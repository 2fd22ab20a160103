"""The way of a newcomer through the whole site: each step is what a person does, and what they must see then."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from chatearthnet_explorer.learn.course import open_lesson
from rig import browsing, servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Position

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass
class Tour:
    """One person with one browser, and the address of the site."""

    browser: Browser
    page: Page
    site: str
    """Address of the site's root, with its token where it has one."""

    device: dict[str, Any]
    """Options of the browser's context."""

    @property
    def is_phone(self) -> bool:
        """Whether the person has a phone."""
        return self.device is PHONE

    def press(self, target: Locator, position: Position | None = None) -> None:
        """Tap or click, in the middle or at a position in CSS pixels."""
        if self.is_phone:
            target.tap(position=position)
        else:
            target.click(position=position)

    def go(self, place: str) -> None:
        """Follow a link of the navigation."""
        self.press(self.page.get_by_role("navigation").first.get_by_role("link", name=place, exact=True))
        self.page.wait_for_url(re.compile(rf"/{place.lower()}($|[?#])"))


@contextmanager
def begin(browser: Browser, site: str, device: dict[str, Any] = DESKTOP) -> Iterator[Tour]:
    """Open the site in a fresh profile that reaches loopback alone."""
    with servers.watched_page(browser, **device) as tab:
        tab.page.goto(site)
        yield Tour(browser, tab.page, site, device)
        assert tab.foreign == []
        assert not tab.errors, "\n".join(tab.errors)


def open_site(tour: Tour) -> None:
    """See a picture and a caption."""
    assert len(servers.caption(tour.page)) > 100
    expect(tour.page.get_by_role("heading", level=1)).to_have_count(1)


def find_home(tour: Tour) -> None:
    """Find a town by its name, from the first letters."""
    page = tour.page
    before = servers.caption(page)
    field = page.get_by_role("combobox", name="Find a place").first
    tour.press(field)
    field.fill("")
    field.press_sequentially("Augsb")
    tour.press(page.get_by_role("option", name=re.compile("Augsburg")).first)
    expect(page.locator(".cen-explorer")).to_contain_text("near Augsburg, Germany")
    expect(page.locator(".cen-caption .cen-text").first).not_to_have_text(before)


def send_link(tour: Tour) -> None:
    """Open the address of the page on a phone in a fresh profile, and see the same."""
    page = tour.page
    text, address = servers.caption(page), page.url
    assert "lon=" in address
    # the other device has not entered the token yet
    link = urlsplit(address)._replace(
        query="&".join(filter(None, [urlsplit(address).query, urlsplit(tour.site).query]))
    )
    with servers.watched_page(tour.browser, **PHONE) as phone:
        phone.page.goto(link.geturl())
        expect(phone.page.locator(".cen-explorer")).to_contain_text("near Augsburg, Germany")
        expect(phone.page.locator(".cen-caption .cen-text").first).to_have_text(text)
        assert phone.errors == []


def browse(tour: Tour) -> None:
    """Browse mangroves in Indonesia, with pictures."""
    tour.go("Browse")
    page = tour.page
    page.locator(".cen-gallery .cen-tile").first.wait_for()
    address = urlsplit(page.url)
    page.goto(address._replace(query="country=Indonesia&class=mangroves").geturl())
    browsing.expect_total(page, 2)
    expect(page.locator(".cen-gallery .cen-tile img")).to_have_count(2)


def open_pair(tour: Tour) -> None:
    """Open a pair and read its caption."""
    tour.press(tour.page.locator(".cen-gallery .cen-tile").first)
    expect(tour.page.locator(".cen-pair-head")).to_contain_text("_patch")
    assert len(servers.caption(tour.page)) > 100


def judge(tour: Tour) -> None:
    """Draw a plan, give ten verdicts, and download the report."""
    tour.go("Review")
    page, pad = tour.page, tour.page.locator(".cen-verdict-pad")
    expect(page.locator(".cen-plan-form .cen-outlook")).not_to_be_empty()
    page.get_by_label("Your name").fill("Ada on a phone" if tour.is_phone else "Ada")
    page.get_by_label("How many captions").fill("20")
    tour.press(page.get_by_role("button", name="Draw the sample"))
    for count in range(1, 11):
        button = page.locator(".cen-verdict-pad:not(.cen-waiting) [data-verdict=correct]:enabled")
        button.wait_for()
        tour.press(button)
        expect(pad).to_have_attribute("data-judged", str(count))
    tour.press(page.locator("[data-step=report]"))
    page.locator(".cen-spot-check .cen-methods").wait_for()
    tour.press(page.get_by_role("button", name="Download", exact=True))
    with page.expect_download() as download:
        tour.press(page.get_by_role("button", name="Report (HTML)"))
    assert "How good are the captions?" in download.value.path().read_text("utf-8")


def learn(tour: Tour) -> None:
    """Finish the first lesson: choose, click a map, choose pictures, choose a part."""
    tour.go("Learn")
    page = tour.page
    tour.press(page.get_by_role("link", name="What a square is and where it lies"))
    page.locator(".cen-lesson-task .cen-ask").wait_for()
    for choice in open_lesson("what-a-chip-is").sections[0].task.choices:
        if choice.right:
            tour.press(page.get_by_label(choice.text, exact=True))
    tour.press(page.get_by_role("button", name="Check", exact=True))
    _next_section(tour, 1)
    world = page.locator(".leaflet-container")
    world.wait_for()
    box = world.bounding_box()
    assert box
    tour.press(world, {"x": box["width"] * 0.35, "y": box["height"] * 0.8})
    _next_section(tour, 2)
    tour.press(page.locator(".cen-picture-board .cen-tile").nth(2))
    _next_section(tour, 3)
    tour.press(page.get_by_role("tab", name="bottom right"))
    expect(page.locator(".cen-dot.cen-done")).to_have_count(4)


def _next_section(tour: Tour, sections_done: int) -> None:
    # the answer to the section before is still there for a moment
    expect(tour.page.locator(".cen-dot.cen-done")).to_have_count(sections_done)
    expect(tour.page.locator(".cen-feedback")).to_contain_text("Right.")
    tour.press(tour.page.get_by_role("button", name="Next", exact=True))


def play(tour: Tour) -> None:
    """Answer the ten questions of a quiz, see why after each, and the score."""
    tour.go("Learn")
    page = tour.page
    tour.press(page.get_by_role("link", name=re.compile("quiz", re.IGNORECASE)).first)
    for number in range(1, 11):
        expect(page.locator(".cen-dot[aria-current=step]")).to_have_text(str(number))
        expect(page.locator(".cen-verdict")).to_be_empty()
        tour.press(page.locator(".cen-option").first)
        expect(page.locator(".cen-verdict")).not_to_be_empty()
        expect(page.locator(".cen-dot.cen-right, .cen-dot.cen-wrong")).to_have_count(number)
        tour.press(page.locator(".cen-next"))
    expect(page.locator(".cen-question")).to_contain_text("of 10 right")


STEPS: dict[str, Callable[[Tour], None]] = {
    "the site opens": open_site,
    "home is found by name": find_home,
    "the link on a phone": send_link,
    "mangroves in Indonesia": browse,
    "a pair is open": open_pair,
    "ten verdicts and a report": judge,
    "a lesson": learn,
    "a quiz": play,
}


def take(
    browser: Browser, site: str, device: dict[str, Any] = DESKTOP, pictures: Path | None = None
) -> Iterator[tuple[str, float]]:
    """Go all the way; gives each step and its seconds.

    Args:
        browser: What it is taken in.
        site: Address of the site.
        device: Options of the browser's context: ``DESKTOP`` or ``PHONE``.
        pictures: Folder that gets a picture after each step.
    """
    with begin(browser, site, device) as tour:
        for number, (name, step) in enumerate(STEPS.items(), start=1):
            began = time.monotonic()
            step(tour)
            yield name, time.monotonic() - began
            if pictures:
                tour.page.screenshot(path=pictures / f"{number}-{name.replace(' ', '-')}.png")
