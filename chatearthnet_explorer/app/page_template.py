"""The HTML around the views: one template for every page of the site."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from chatearthnet_explorer.app.assets import version
from chatearthnet_explorer.app.page_intro import intro_html
from chatearthnet_explorer.app.refusal_pages import TITLE
from chatearthnet_explorer.learn.lesson_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.app.site_page import SitePage

LIVE = "site-live"
"""Identifier of the element that the widget of a page goes into."""

_NO_SCRIPT = (
    "This page can be read as it is. Searching, the map and the buttons need JavaScript, which is switched off in "
    "this browser."
)
_CREDITS = (
    "Method: ChatEarthNet, Yuan, Xiong, Mou and Zhu, 2025, CC-BY-4.0. Labels: ESA WorldCover, CC-BY-4.0. Pictures: "
    "Copernicus Sentinel-2. Outline: Natural Earth, public domain. "
    "Names of places: GeoNames, CC-BY-4.0. Each square lists its sources."
)


def page_html(page: SitePage, pages: Sequence[SitePage], *, token: str, first_paint: str) -> str:
    """Return the HTML of a page for one tab.

    Args:
        page: The page.
        pages: All pages of the site, for the navigation.
        token: The session token of the tab.
        first_paint: HTML that is readable before any script runs.
    """
    # "<" is escaped so that no text can end the element
    session = json.dumps({"token": token, "elementid": LIVE}, separators=(",", ":")).replace("<", "\\u003c")
    return _template().substitute(
        up=page.up,
        assets=f"{page.up}assets/{version()}/",
        site=TITLE,
        title=escape(page.title),
        description=escape(plain(page.intro)),
        intro=intro_html(page.intro),
        kind="site-narrow" if page.narrow else "site-wide",
        nav="".join(_nav_item(one, page) for one in pages if one.nav),
        no_script=_NO_SCRIPT,
        printed=" data-prints-first" if page.prints_first else "",
        ready=escape(page.ready),
        first_paint=first_paint,
        credits=_CREDITS,
        session=session,
    )


def _nav_item(one: SitePage, page: SitePage) -> str:
    is_here = one.path == page.path
    is_section = page.path.startswith(f"{one.path}/")
    current = " aria-current='page'" if is_here else " aria-current='true'" if is_section else ""
    return f"<li><a href='{page.up}{one.path[1:]}'{current}>{escape(one.nav)}</a></li>"


@cache
def _template() -> Template:
    return Template(Path(__file__).with_name("static").joinpath("page.html").read_text("utf-8"))
