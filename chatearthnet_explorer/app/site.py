"""The pages of the site, and what all tabs share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.app.browse_page import browse_pages
from chatearthnet_explorer.app.explore_page import explore_pages
from chatearthnet_explorer.sample.sample_catalog import open_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.app.model_access import ModelAccess
    from chatearthnet_explorer.app.site_page import SitePage
    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release.release_reader import Release


class BrowseData(NamedTuple):
    """A catalog and its release."""

    catalog: Catalog
    """The pairs."""

    release: Release | None
    """Their pictures."""


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


@dataclass
class Site:
    """What all tabs of a server share."""

    models: ModelAccess
    """Which models a visitor may use; ``choose_service`` says whether the visitor is whoever serves."""

    source: str = "auto"
    """Where chips come from at first."""

    own_data: BrowseData | None = None
    """Catalog and release that the server was started with; None where it has the sample."""

    browse: BrowseState = field(default_factory=BrowseState)
    """What is browsed."""

    def __post_init__(self) -> None:
        """Browse what the server was started with."""
        if self.own_data is not None:
            self.browse.data = self.own_data


SECTIONS: tuple[Callable[[Site], Sequence[SitePage]], ...] = (
    explore_pages,
    browse_pages,
)
"""The sections of the site in the order of the navigation. A new page is a module and a line here."""


def pages_of(site: Site) -> tuple[SitePage, ...]:
    """Return every page of a site."""
    return tuple(page for section in SECTIONS for page in section(site))
