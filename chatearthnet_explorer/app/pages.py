"""The pages of the app: one function each, called once for each tab."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets
import panel as pn

from chatearthnet_explorer.app.map_outline import without_outline
from chatearthnet_explorer.app.page_template import page_template
from chatearthnet_explorer.app.refusal_pages import TITLE
from chatearthnet_explorer.app.sessions import Session
from chatearthnet_explorer.app.widget_scripts import WidgetPane
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.sample.on_demand_release import DrawnRelease
from chatearthnet_explorer.sample.sample_catalog import FIRST, open_sample
from chatearthnet_explorer.widgets.browse.browse_history import BrowseHistory, browse_query
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.explore.explore_history import ExploreHistory
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared.world_map import LAND_PANE

if TYPE_CHECKING:
    from chatearthnet_explorer.app.model_access import ModelAccess
    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.widgets.shared.page_link import PageLink

_WIDE = {"sizing_mode": "stretch_width"}
_PAGES = {
    "explore": (
        "Explore a place",
        "Click a place to see its satellite picture, its land cover, ChatEarthNet's prompt for it, and a caption.",
    ),
    "browse": (
        "Browse the dataset",
        "Search all pairs of picture and caption by place, land cover and words.",
    ),
}
"""The pages by their address: what they are called, and what is there."""

_FOOT = (
    "<footer style='padding:4px 2px 16px;font:12px/1.5 system-ui,sans-serif;color:#5b6673'>"
    "Method: ChatEarthNet, Yuan, Xiong, Mou and Zhu, 2025, CC-BY-4.0. Labels: ESA WorldCover, CC-BY-4.0. Pictures: "
    "Copernicus Sentinel-2. Outline: Natural Earth, public domain. Each chip lists its sources.</footer>"
)


class BrowseData(NamedTuple):
    """A catalog and its release."""

    catalog: Catalog
    """The pairs."""

    release: Release | None
    """Their pictures."""


def explore_page(source: str, models: ModelAccess, data: BrowseData | None) -> pn.Column:
    """Return the page of one tab, with an Explorer of its own."""
    session = Session(pn.state.curdoc)
    with without_outline():
        explorer = Explorer(
            source=source,
            captioners=models.captioners,
            place=None,
            catalog=data.catalog if data else None,
            model=models.model,
            base_url=models.base_url,
            choose_service=models.choose_service,
            quota=models.quota_of(pn.state.curdoc),
        )
    session.on_end(explorer.close)
    history = ExploreHistory(explorer, query_string_of(pn.state.session_args), when_ready=pn.state.onload)
    return _page("explore", WidgetPane(_with_link(history.link, explorer), **_WIDE))  # type: ignore[no-untyped-call]  # half of Panel has types


@dataclass
class BrowseState:
    """What all tabs of a server browse."""

    data: BrowseData | None = None
    """Catalog and release; None until the first tab loads the sample."""

    def load(self) -> BrowseData:
        """Return catalog and release; without one of its own, the server loads the sample.

        Raises:
            ExplorerError: If the sample cannot be unpacked.
        """
        if self.data is None:
            self.data = BrowseData(*open_sample())
        return self.data


def browse_page(state: BrowseState) -> pn.Column:
    """Return the page of one tab, with a Browser of its own."""
    session = Session(pn.state.curdoc)
    try:
        data = state.load()
    except ExplorerError as error:
        note = f"<p style='font:14px system-ui,sans-serif'>{html.escape(str(error))}</p>"
        return _page("browse", pn.pane.HTML(note, **_WIDE))
    simulated = data.catalog.simulated
    link = query_string_of(pn.state.session_args)
    with without_outline():
        browser = Browser(
            data.catalog,
            release=data.release,
            labels="simulated" if simulated else "auto",
            query=browse_query(link, FIRST if isinstance(data.release, DrawnRelease) else Query()),
        )
    history = BrowseHistory(browser, link, find=data.catalog.pair_named)
    session.on_end(history.stop)
    session.on_end(browser.close)
    # results that came before the page was there never reached it
    pn.state.onload(lambda: _send(browser, set()))
    return _page("browse", WidgetPane(_with_link(history.link, browser), **_WIDE))  # type: ignore[no-untyped-call]  # likewise


def empty_page() -> pn.Column:
    """Return a page of the same models as the others, with nothing on it: what HTML has of a page is the same."""
    return _page("explore", WidgetPane(ipywidgets.HTML(), **_WIDE))  # type: ignore[no-untyped-call]  # likewise


def _with_link(link: PageLink, view: ipywidgets.Widget) -> ipywidgets.VBox:
    return ipywidgets.VBox([link, view], layout={"width": "100%"})


def _send(widget: ipywidgets.Widget, sent_ids: set[str]) -> None:
    """Send the state of a widget after that of its children, each once; the page has the outline already."""
    sent_ids.add(widget.model_id)
    if getattr(widget, "pane", None) == LAND_PANE:
        return
    for name in widget.keys:
        value = getattr(widget, name)
        for child in value if isinstance(value, list | tuple) else (value,):
            if isinstance(child, ipywidgets.Widget) and child.model_id not in sent_ids:
                _send(child, sent_ids)
    widget.send_state()


def _page(name: str, view: pn.viewable.Viewable) -> pn.Column:
    if pn.state.curdoc:
        pn.state.curdoc.template = page_template()
    return pn.Column(pn.pane.HTML(_head(name), **_WIDE), view, pn.pane.HTML(_FOOT, **_WIDE), max_width=1500, **_WIDE)


def _head(name: str) -> str:
    """Return the heading of a page, with the way to the others."""
    ways = " · ".join(
        f"<b aria-current='page'>{title}</b>" if one == name else f"<a href='./{one}' style='color:#20567a'>{title}</a>"
        for one, (title, _) in _PAGES.items()
    )
    return (
        "<header style='padding:6px 2px 0;font-family:system-ui,sans-serif;color:#1d2733'>"
        f"<h1 style='margin:0;font-size:22px;line-height:1.3'>{TITLE}</h1>"
        f"<nav style='margin:4px 0;font-size:14px'>{ways}</nav>"
        f"<p style='margin:2px 0 0;font-size:14px;color:#5b6673'>{_PAGES[name][1]}</p></header>"
    )
