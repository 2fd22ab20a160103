"""What a page of the site is, and what it is given when somebody opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    import ipywidgets
    from bokeh.document import Document

    Arguments = Mapping[str, Sequence[bytes]]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A tab that opens a page."""

    arguments: Arguments
    """Values of the query by name, as Tornado has them: anybody may have written them."""

    document: Document | None
    """Bokeh's document of the tab; None for one that nobody sees."""

    on_ready: Callable[[Callable[[], None]], object]
    """Takes a function to call once the page has its widgets; what changes before then never reaches the page."""

    on_end: Callable[[Callable[[], None]], object]
    """Takes a function to call when the tab is closed. The widget that ``make`` returns is closed without it."""


def no_first_paint(arguments: Arguments) -> str:
    """Return nothing to read before the widgets are there."""
    del arguments
    return ""


@dataclass(frozen=True, kw_only=True)
class SitePage:
    """A page of the site: its address, its heading, its widget, and what is readable before that."""

    path: str
    """Path from the root of the site, such as ``/learn/quiz``: lower case, no slash at the end."""

    title: str
    """The heading of the page, and what the browser's tab is called."""

    intro: str
    """One sentence below the heading; words in double brackets are explained by the glossary, as in lessons."""

    make: Callable[[Visit], ipywidgets.Widget]
    """Returns the widget of a tab. Called in the server's loop, so it must not wait for anything."""

    first_paint: Callable[[Arguments], str | Awaitable[str]] = no_first_paint
    """Returns HTML that stands in the page until its widget is there, and where no script runs: text must be escaped.

    It runs for every GET, of scanners too: what takes time must be bounded, and be awaited.
    """

    warm_up: Callable[[], object] = lambda: None
    """Called once in a thread when the server starts: what it prepares, the first visitor need not wait for."""

    nav: str = ""
    """Its word in the navigation of all pages; empty for a page that another leads to."""

    ready: str = ".cen-view"
    """CSS selector of what the widget has once it can take the place of the first paint."""

    narrow: bool = False
    """Whether the page is one column of text."""

    prints_first: bool = False
    """Whether the first paint, and not the widget, is what is printed."""

    @property
    def up(self) -> str:
        """What leads from the page to the root of the site, relative: ``./`` or ``../``; a proxy may add a prefix."""
        return "../" * (self.path.count("/") - 1) or "./"
