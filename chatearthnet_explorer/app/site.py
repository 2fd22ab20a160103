"""The pages of the site, and what all tabs share."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.app.browse_page import browse_pages
from chatearthnet_explorer.app.compare_page import compare_pages
from chatearthnet_explorer.app.explore_page import explore_pages
from chatearthnet_explorer.app.first_paint import FirstPaints
from chatearthnet_explorer.app.learn_page import learn_pages
from chatearthnet_explorer.app.pictures import PictureStore
from chatearthnet_explorer.app.quiz_page import quiz_pages
from chatearthnet_explorer.app.review_page import review_pages
from chatearthnet_explorer.app.shared_parts import SharedParts
from chatearthnet_explorer.released_catalog import fetch_catalog, saved_catalog
from chatearthnet_explorer.sample.sample_catalog import open_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.app.model_access import ModelAccess
    from chatearthnet_explorer.app.site_page import SitePage
    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.released_catalog import Progress, ReleasedCatalog
    from chatearthnet_explorer.sources.release.release_reader import Release

_LOG = logging.getLogger(__name__)


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

    keeps_real: bool = False
    """Whether the released captions may be fetched, kept on this computer, and shown when they are there."""

    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def load(self) -> BrowseData:
        """Return catalog and release; without one of its own, the server has the kept captions or the sample.

        Raises:
            ExplorerError: If the sample cannot be unpacked.
        """
        with self._lock:  # two threads would load it twice, and tabs would have different ones
            if self.data is None:
                self.data = BrowseData(*((saved_catalog() if self.keeps_real else None) or open_sample()))
            return self.data

    def load_real(self, progress: Progress) -> ReleasedCatalog:
        """Return the released captions, which all new tabs browse from then on; see ``fetch_catalog``.

        Raises:
            ExplorerError: If they cannot be fetched.
        """
        real = fetch_catalog(progress)
        self.data = BrowseData(*real)
        return real


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

    first_paints: FirstPaints = field(default_factory=FirstPaints)
    """Makes what pages show before their widgets."""

    pictures: PictureStore = field(default_factory=PictureStore)
    """Pictures that pages load by an address."""

    parts: SharedParts = field(default_factory=SharedParts)
    """Scripts, styles and outlines of widgets that pages load by an address."""

    def __post_init__(self) -> None:
        """Browse what the server was started with."""
        self.browse.keeps_real = self.models.choose_service
        if self.own_data is not None:
            self.browse.data = self.own_data


SECTIONS: tuple[Callable[[Site], Sequence[SitePage]], ...] = (
    explore_pages,
    browse_pages,
    compare_pages,
    review_pages,
    learn_pages,
    quiz_pages,
)
"""The sections of the site in the order of the navigation. A new page is a module and a line here."""


def warm_up(pages: Sequence[SitePage]) -> None:
    """Prepare what the first visitor of each page would wait for; what fails is reported when somebody visits it."""
    for page in pages:
        try:
            page.warm_up()
        except Exception:  # noqa: BLE001 - it is only a preparation
            _LOG.info("%s could not be prepared.", page.path, exc_info=True)


def pages_of(site: Site) -> tuple[SitePage, ...]:
    """Return every page of a site."""
    return tuple(page for section in SECTIONS for page in section(site))
