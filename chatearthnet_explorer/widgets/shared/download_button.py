"""A button that offers files: Python makes the one that is chosen, and the browser saves it."""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LARGEST_FILE = 40_000_000
"""Bytes of a file: it is in memory twice, here and in the browser."""

PIECE = 500_000
"""Bytes of one message."""

_LOG = logging.getLogger(__name__)
_SAFE = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*")
_LONGEST_NAME = 80
_TOO_LARGE = "This file would have {size:,} MB and a browser saves {limit} MB at most; choose fewer pairs."
_UNEXPECTED_ERROR = "The file could not be made because of an unexpected error. Try again, or see the log."


@dataclass(frozen=True, kw_only=True)
class SavedFile:
    """A file for the browser to save."""

    name: str
    """Its name, made by ``safe_name``."""

    data: bytes
    """Its content."""

    media_type: str
    """Its media type."""

    note: str = ""
    """A sentence for the person about what is in it; empty for the usual one."""


@dataclass(frozen=True, kw_only=True)
class FileOffer:
    """A file that can be made."""

    key: str
    """What the browser calls it."""

    label: str
    """The words on its button, such as ``Picture (PNG)``."""

    make: Callable[[], SavedFile]
    """Makes it, on a thread; it may raise an ``ExplorerError``, whose sentence is shown."""


class DownloadButton(View):
    """A menu of files: set ``offers`` whenever there is something else to save. It hides while there is nothing."""

    _esm = script("download_button")

    labels: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """What is offered: [key, label] each."""

    busy = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether a file is being made."""

    message = t.Unicode("", read_only=True).tag(sync=True)
    """What happened last, in one sentence."""

    has_failed = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether ``message`` says what went wrong."""

    def __init__(self) -> None:
        """Begin without anything to save."""
        self._offers: tuple[FileOffer, ...] = ()
        self._task = BackgroundTask()
        super().__init__()
        self._task.observe(lambda change: self.set_trait("busy", change["new"]), "busy")
        self.on_msg(self._receive)

    @property
    def offers(self) -> tuple[FileOffer, ...]:
        """Return what can be saved."""
        return self._offers

    @offers.setter
    def offers(self, offers: Sequence[FileOffer]) -> None:
        self._offers = tuple(offers)
        self.set_trait("labels", [[offer.key, offer.label] for offer in offers])

    def card(self) -> Card:
        """Return what can be saved, as static HTML."""
        return Card("Download", tuple(element("p", label) for _, label in self.labels))

    def stop(self) -> None:
        """Stop making a file."""
        self._task.stop()

    def close(self) -> None:
        """Stop, and close the widget."""
        self.stop()
        super().close()

    def _receive(self, _widget: object, content: Mapping[str, object], _buffers: object) -> None:
        offer = next((one for one in self._offers if one.key == content.get("key")), None)
        if content.get("do") == "cancel":
            self.stop()
            self._show_message("Stopped.")
        elif offer is not None:
            self._show_message(f"Making the file: {offer.label}.")
            make = offer.make
            self._task.start(lambda _: make(), on_result=self._save, on_error=self._fail)

    def _save(self, file: SavedFile) -> None:
        size = len(file.data)
        if size > LARGEST_FILE:
            self._show_message(_TOO_LARGE.format(size=size // 10**6, limit=LARGEST_FILE // 10**6), is_error=True)
            return
        count = max(1, -(-size // PIECE))
        for number in range(count):
            piece = file.data[number * PIECE : (number + 1) * PIECE]
            head = {"number": number, "count": count, "name": file.name, "type": file.media_type}
            self.send(head, buffers=[piece])
        self._show_message(file.note or f"Saved as {file.name}.")

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, ExplorerError):
            self._show_message(str(problem), is_error=True)
        else:
            _LOG.error("A file could not be made.", exc_info=problem)
            self._show_message(_UNEXPECTED_ERROR, is_error=True)

    def _show_message(self, message: str, *, is_error: bool = False) -> None:
        with self.hold_sync():
            self.set_trait("message", visible(message))
            self.set_trait("has_failed", is_error)


def safe_name(*parts: str, ending: str) -> str:
    """Return the name of a file that every system takes: lower case letters, digits, points and hyphens.

    Args:
        parts: What it is called after, from anywhere.
        ending: Such as ``png``.
    """
    text = unicodedata.normalize("NFKD", "-".join(parts)).encode("ascii", "ignore").decode().lower()
    stem = "-".join(_SAFE.findall(text))[:_LONGEST_NAME].rstrip("-.")
    return f"{stem or 'chatearthnet'}.{ending}"
