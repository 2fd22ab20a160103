"""The offer to load the real captions instead of the simulated sample: one press, progress, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.errors import Cancelled, CatalogError, ExplorerError
from chatearthnet_explorer.released_catalog import DISK, DOWNLOAD, PAIRS, missing_packages
from chatearthnet_explorer.widgets.browse.query_mixin import read_request
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.released_catalog import Progress, ReleasedCatalog

STATES = ("offer", "loading", "failed", "missing", "done")
"""What the offer can be: made, accepted, refused by the network, impossible without further packages, fulfilled."""

_OFFER = "These pairs are simulated, so that everything works without a network."
_SIZE = f"Real ones: {DOWNLOAD // 1_000_000} MB to download, a minute, {DISK // 1_000_000} MB on this computer."
_MEANWHILE = "You can go on browsing the simulated pairs meanwhile."
_WAY_OUT = "You can go on with the simulated pairs, and try again when you are online."
_FAILURE = "The real captions could not be loaded; you may be offline, or Zenodo is busy."
_UNEXPECTED_ERROR = "The real captions could not be loaded because of an unexpected error; try again, or see the log."


class CatalogOffer(View):
    """Offers the real captions; ``on_loaded`` hands them over."""

    _esm = script("catalog_offer")

    state = t.Enum(STATES, "offer", read_only=True).tag(sync=True)
    """One of ``STATES``."""

    sentence = t.Unicode(_OFFER, read_only=True).tag(sync=True)
    """What there is to know, in one or two sentences."""

    hint = t.Unicode(_SIZE, read_only=True).tag(sync=True)
    """What it costs, or what to do meanwhile."""

    why = t.Unicode("", read_only=True).tag(sync=True)
    """The reason for a failure in the words of whoever failed; empty where the sentence says it."""

    label = t.Unicode(f"Load the {PAIRS:,} real captions", read_only=True).tag(sync=True)
    """What the button says; empty where there is none."""

    step = t.Unicode("", read_only=True).tag(sync=True)
    """The step of the work, in words."""

    share = t.Float(0.0, read_only=True).tag(sync=True)
    """Share of the work that is done, 0 to 1."""

    request = t.Dict().tag(sync=True)
    """What the person pressed: ``what`` (load, cancel), ``turn``."""

    def __init__(self, load: Callable[[Progress], ReleasedCatalog], **traits: object) -> None:
        """Make the offer.

        Args:
            load: Returns the real captions; called in a thread of its own, with a function for its progress.
            traits: Other traits by name.
        """
        self._load, self._task, self._share = load, BackgroundTask(), 0.0
        self._callbacks: list[Callable[[ReleasedCatalog], None]] = []
        super().__init__(**traits)
        self._task.observe(self._show_step, "step")
        if why := missing_packages():
            self._put(state="missing", sentence=f"{_OFFER} {why}", hint="", label="")

    def on_loaded(self, callback: Callable[[ReleasedCatalog], None]) -> None:
        """Call a function with the real captions once they are there."""
        self._callbacks.append(callback)

    def stop(self) -> None:
        """Stop to load; what was downloaded stays for the next time."""
        self._task.stop()

    def card(self) -> Card:
        """Return the offer as static HTML."""
        return Card("The real captions", () if self.state == "done" else (element("p", self.sentence),))

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, _ = read_request(self.request)
        if what == "load" and self.state in {"offer", "failed"}:
            self._start()
        elif what == "cancel" and self.state == "loading":
            self.stop()
            self._offer_again()

    def _start(self) -> None:
        self._share = 0.0
        self._put(state="loading", sentence="Loading the real captions.", hint=_MEANWHILE, label="Cancel")

        def job(step: Callable[[str], None]) -> ReleasedCatalog:
            def progress(words: str, share: float) -> None:
                self._share = share
                step(words)

            return self._load(progress)

        self._task.start(job, on_result=self._finish, on_error=self._fail)

    def _finish(self, real: ReleasedCatalog) -> None:
        self._put(state="done", sentence="", hint="", label="")
        for callback in self._callbacks:
            callback(real)

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, Cancelled):
            self._offer_again()
            return
        sentence, why = _UNEXPECTED_ERROR, ""
        if isinstance(problem, CatalogError):
            sentence = visible(str(problem))
        elif isinstance(problem, ExplorerError):
            sentence, why = _FAILURE, visible(str(problem))
        self._put(state="failed", sentence=sentence, hint=_WAY_OUT if why else "", why=why, label="Try again")
        if not isinstance(problem, ExplorerError):
            self.log.error("The real captions could not be loaded.", exc_info=problem)

    def _offer_again(self) -> None:
        self._put(state="offer", sentence=_OFFER, hint=_SIZE, label=type(self).label.default_value)

    def _show_step(self, _change: object) -> None:
        if self._task.step:
            self._put(step=visible(self._task.step), share=self._share)

    def _put(self, **traits: object) -> None:
        fresh: dict[str, object] = {"step": "", "share": 0.0, "why": ""} if "state" in traits else {}
        with self.hold_sync():
            for name, value in {**fresh, **traits}.items():
                self.set_trait(name, value)
