"""Checks of the built site: it asks no other host for anything, and its own links lead somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_RESOURCE_ATTRIBUTES = {"src", "srcset", "data", "poster"}
"""Attributes whose address a browser loads by itself."""

_CSS_ADDRESS = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import\s+(?:url\()?['\"]?(?:https?:)?//", re.IGNORECASE)
_SCRIPT_ADDRESS = re.compile(r"(?:import|fetch|importScripts|new Worker)\s*\(?\s*['\"`](?:https?:)?//", re.IGNORECASE)


class _Page(HTMLParser):
    """The addresses and anchors of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.resources: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses and identifiers of one element."""
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name == "href" and value and tag == "a":
                self.links.append(value)
            elif value and (name in _RESOURCE_ATTRIBUTES or (name == "href" and tag != "a")):
                self.resources.append(value)


def check_build(app: Sphinx, exception: Exception | None) -> None:
    """Fail the build if the pages of the site need another host, or lead nowhere."""
    if exception is None and app.builder.name == "html" and (faults := check(Path(app.outdir))):
        raise SphinxError("\n".join(faults))


def check(site: Path) -> list[str]:
    """Return one sentence for each fault in the HTML, CSS and JavaScript below a folder."""
    pages = {path.resolve(): _Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    faults = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        faults += [f"{name} loads {one} from another host." for one in page.resources if _is_remote(one)]
        faults += [f"{name} links to {one}, which is not there." for one in page.links if not _leads(one, path, pages)]
    for pattern, ending in ((_CSS_ADDRESS, "*.css"), (_SCRIPT_ADDRESS, "*.js")):
        for path in sorted(site.rglob(ending)):
            if pattern.search(path.read_text("utf-8")):
                faults.append(f"{path.relative_to(site).as_posix()} loads something from another host.")
    return faults


def _is_remote(address: str) -> bool:
    return address.startswith("//") or urlsplit(address).scheme in {"http", "https"}


def _leads(link: str, origin: Path, pages: dict[Path, _Page]) -> bool:
    """Tell whether a link of one page leads to another host, or to a file and anchor of the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (origin.parent / unquote(parts.path)).resolve() if parts.path else origin
    if target not in pages:
        return target.is_file()
    return not parts.fragment or unquote(parts.fragment) in pages[target].anchors
