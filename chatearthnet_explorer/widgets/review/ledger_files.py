"""Ledgers that a person adds, and the copy of the ledger in the browser's own memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.errors import LedgerError
from chatearthnet_explorer.review.received_ledger import LIMIT, PIECE, Upload
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER_NOTICE = "Verdicts are kept in {folder} on this computer, and offered again the next time."
"""Where verdicts are where the person is whoever serves."""

TAB_NOTICE = (
    "Verdicts belong to this browser tab: a reload keeps them, but they are gone when you close it. "
    "Download your verdicts before you leave."
)
"""Where verdicts are on a server of somebody else."""

NO_STORAGE_NOTICE = (
    "Your browser does not let this page remember anything, so a reload loses your verdicts. Download them before you "
    "leave."
)
"""Where verdicts are if the browser refuses its storage."""


class RememberedReview(NamedTuple):
    """What a browser remembered of a review before a reload."""

    reviewer: str
    """Who judged, untrusted."""

    link: str
    """Query part of the link to the plan, untrusted."""

    unsaved_count: int
    """Verdicts since the last download, untrusted."""


class LedgerFiles(View):
    """Takes ledgers, and has the browser remember one. What becomes of them is decided by the handlers."""

    _esm = script("ledger_files")

    storage_key = t.Unicode("").tag(sync=True)
    """Under which the browser remembers the review until the tab is closed; empty to remember nothing."""

    remembers_verdicts = t.Bool(default_value=False).tag(sync=True)
    """Whether the browser remembers the verdicts too, because no file keeps them."""

    unsaved_count = t.Int(0).tag(sync=True)
    """Verdicts since the last download, where nothing else keeps them: leaving the page warns of them."""

    notice = t.Unicode("").tag(sync=True)
    """Where the verdicts are, in a sentence or two."""

    message = t.Unicode("").tag(sync=True)
    """What happened last, in one sentence."""

    error = t.Unicode("").tag(sync=True)
    """What went wrong, in one sentence; empty if nothing did."""

    limits = t.Dict({"file": LIMIT, "piece": PIECE}, read_only=True).tag(sync=True)
    """Bytes of a file and of a piece of it."""

    def __init__(
        self,
        *,
        take_ledger: Callable[[bytes, bool], None],
        resume: Callable[[RememberedReview], None],
        **traits: object,
    ) -> None:
        """Take the handlers.

        Args:
            take_ledger: Takes the content of a ledger, and whether the browser remembered it; it calls ``end_upload``.
            resume: Takes what the browser remembered, after its ledger if there was one.
            traits: By name.

        The handlers may raise an ``ExplorerError``, whose sentence is shown.
        """
        self._take_ledger, self._resume = take_ledger, resume
        self._upload: Upload | None = None
        super().__init__(**traits)
        self.on_msg(self._receive)

    def remember(self, reviewer: str, link: str) -> None:
        """Have the browser remember who judges what, until the tab is closed."""
        self.send({"do": "remember", "reviewer": reviewer, "link": link})

    def remember_lines(self, lines: bytes) -> None:
        """Have the browser remember lines of the ledger, if nothing else keeps them."""
        if self.remembers_verdicts:
            self.send({"do": "lines", "text": lines.decode("ascii", "replace")})

    def end_upload(self, *, message: str = "", error: str = "") -> None:
        """Say what became of a ledger, so that the next one can be sent."""
        self.message, self.error = message, error
        self.send({"do": "end"})

    def card(self) -> Card:
        """Return where the verdicts are, as static HTML."""
        return Card("Files", (element("p", self.notice),))

    @t.validate("notice", "message", "error")
    def _visible(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])

    def _receive(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        self.error = ""
        handler = {
            "begin": self._begin,
            "piece": self._piece,
            "resume": self._resume_review,
            "refused": self._storage_refused,
        }.get(str(content.get("do")))
        if handler:
            try:
                handler(content)
            except LedgerError as problem:
                self._upload = None
                self.error = str(problem)
                self.send({"do": "stop"})

    def _begin(self, content: Mapping[str, Any]) -> None:
        self._upload = Upload(content.get("size"))
        self.send({"do": "next", "from": 0})

    def _piece(self, content: Mapping[str, Any]) -> None:
        if self._upload is None:
            return
        whole = self._upload.feed(content.get("number"), content.get("data"))
        if whole is None:
            self.send({"do": "next", "from": self._upload.received_count})
            return
        self._upload = None
        self._take_ledger(whole, bool(content.get("remembered")))

    def _resume_review(self, content: Mapping[str, Any]) -> None:
        reviewer, link, count = (content.get(name) for name in ("reviewer", "link", "unsaved"))
        if isinstance(reviewer, str) and isinstance(link, str) and isinstance(count, int):
            self._resume(RememberedReview(reviewer, link, max(count, 0)))

    def _storage_refused(self, _content: Mapping[str, Any]) -> None:
        if self.remembers_verdicts:
            self.notice = NO_STORAGE_NOTICE
