"""The text of an answer while it is written: what a person may see of it, and when they are shown it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.captioners.service.answer import is_secret, visible, without_key
from chatearthnet_explorer.captioners.service.reasoning import strip_reasoning
from chatearthnet_explorer.captioners.service.streamed_completion import StreamedCompletion
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT_LIMIT = 1_000_000
"""Characters of text and reasoning that a stream may have; what surrounds each word does not count."""

# The beginning of a mark whose rest may come with the next chunk: <think>, &lt;think, <|channel|>, [INST], ◁think▷.
# "<1 %" and "[3]" are none.
_MARK_START = re.compile(
    r"(?:(?:<|&lt;)(?:[/|\uff5c\u2581<A-Za-z][^<>&]{0,220}(?:&(?:g|gt)?)?)?|&(?:l|lt)?"
    r"|\[/?[A-Za-z ]{0,12}|\u25c1[/\w]{0,8})\Z"
)
# words at the start of an answer that ``strip_reasoning`` may remove once it has read on
_STARTS = (
    "analysis",
    "commentary",
    "caption:",
    "answer:",
    "response:",
    "final caption:",
    "final answer:",
    "thinking...",
)
_ORNAMENT = "*#_ "
_FENCE = re.compile(r"\A```\w{0,20}(?:\n|\Z)")
# reading a text again takes time in proportion to its length, so a service that sends single letters is read less often
_PAUSE = 3


def text_so_far(text: str, key: str) -> str:
    """Return what a person may see of an answer that is not complete.

    Reasoning, invisible characters and the key are left out, also those whose end has not come yet. What was visible
    may vanish later: if a model marks the end of its reasoning and not the start.

    Args:
        text: The text as the model wrote it, up to now.
        key: The key that was sent.
    """
    words = visible(text)[0]
    if start := _MARK_START.search(words):
        words = words[: start.start()]
    words = strip_reasoning(words)[0]
    words = _FENCE.sub("", words).lstrip() if words.startswith("`") else words
    # after all that could divide the key
    words = without_key(_without_key_start(words, key), key)
    start_of_line = words.lstrip(_ORNAMENT + "`").lower()
    if any(one.startswith(start_of_line) for one in _STARTS):
        return ""
    return words[:LIMIT].rstrip()


def _without_key_start(text: str, key: str) -> str:
    """Return a text without the first letters of the key at its end: the others may come with the next chunk."""
    if not is_secret(key):
        return text
    length = next((size for size in range(min(len(key) - 1, len(text)), 0, -1) if text.endswith(key[:size])), 0)
    return text[: len(text) - length]


class LiveAnswer:
    """Reads a stream while it comes, and calls a function with the text so far.

    A service that ignores the request for a stream sends one JSON object: the function is not called then.
    """

    def __init__(self, on_text: Callable[[str], None], *, key: str, host: str) -> None:
        """Prepare for an answer.

        Args:
            on_text: Called with the whole text so far, whenever it has changed.
            key: The key that is sent; it is not in the text.
            host: The service, as errors name it.
        """
        self._on_text, self._key, self._host = on_text, key, host
        self._text, self._next = "", 0.0
        self._stream = StreamedCompletion()

    @property
    def size(self) -> int:
        """Characters of text and reasoning so far: what shows that the service works on the answer."""
        return self._stream.size

    @property
    def chunks(self) -> int:
        """Chunks of the stream so far; 0 for an answer that is no stream."""
        return self._stream.chunks

    @property
    def is_over(self) -> bool:
        """Whether the stream came to its end, and the rest need not be read."""
        return self._stream.is_over

    def begin(self) -> None:
        """Begin a new answer, of a request that is sent again."""
        self._stream = StreamedCompletion()

    def feed(self, data: bytes) -> None:
        """Read the next bytes.

        Raises:
            ModelError: If the text is longer than ``TEXT_LIMIT``.
            Exception: What the function raises, such as ``Cancelled``.
        """
        size = self._stream.size
        self._stream.feed(data)
        if self._stream.size > TEXT_LIMIT:
            msg = f"{self._host} sent more than {TEXT_LIMIT:,} characters, too long for a caption; try another."
            raise ModelError(msg)
        if self._stream.size == size or time.monotonic() < self._next:
            return
        start = time.thread_time()  # not that of a clock, which runs on while other programs have the processor
        text = text_so_far(self._stream.text, self._key)
        if text != self._text:
            self._text = text
            self._on_text(text)
        self._next = time.monotonic() + _PAUSE * (time.thread_time() - start)
