"""Count the tokens of a request before it is sent: exactly with the extra ``tokens``, else by a rule.

The rule is for the encoding o200k_base of OpenAI's models: one token for each

* run of Latin letters, and one more for every 8 letters of it;
* group of up to three digits, with one more for a space before it;
* other ASCII mark;
* four bytes (in UTF-8) of text that is not ASCII.

Its error, measured against the encoding itself by ``benchmarks/token_counts.py``: -1 to +3 % on the prompts of 60
label maps in the style 3.5, -2 to +2 % in the style 4v, -9 to +12 % with a wording of short sentences, -9 to +16 % on
1,430 captions; in eight other languages -14 % (Chinese) to +138 % (Hindi). Another encoding, cl100k_base, takes up to
13 % more tokens for the same English texts, so a count for a model of another maker is rough either way.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatearthnet_explorer.captioners.model_entry import Model

USUAL_ENCODING = "o200k_base"
"""Encoding that stands for that of a model whose own is not known."""

MARGIN = 1.25
"""Factor from a count that is not exact to the most tokens there may be: the rule fell short by at most 14 %."""

MESSAGE_TOKENS = 4
"""Tokens that a message takes beside its text: three for its frame and one for its role. Source: OpenAI's cookbook,
"How to count tokens with tiktoken", for models up to gpt-4o."""

REPLY_TOKENS = 3
"""Tokens that begin the answer, counted as input. Source: the same."""

PATCH = 32
"""Pixels along the side of a square, for models that count pictures by patches."""

TILE = 512
"""Pixels along the side of a square, for models that count pictures by tiles."""

USUAL_BASE, USUAL_TILE = 85, 170
"""Tokens of a picture, and of each of its tiles, where a model's own are not known: those of gpt-4o. Patches take fewer
for our pictures: 104 for 256 x 256 pixels at 1.62 a patch, which is what the dearer rule known takes 255 for."""

_PIECES = re.compile(r"([A-Za-z]+)|([^\x00-\x7f]+)|\d{1,3}| (?=\d)|[!-/:-@\[-`{-~]")
_LETTERS = 8
_BYTES = 4


class TokenCount(NamedTuple):
    """A number of tokens."""

    tokens: int
    """The tokens."""

    is_exact: bool
    """Whether the model's own encoding counted them."""

    @property
    def most(self) -> int:
        """Return the most tokens there may be."""
        return self.tokens if self.is_exact else math.ceil(MARGIN * self.tokens)


class _Encoding(Hashable, Protocol):
    def encode_ordinary(self, text: str) -> list[int]: ...


def count_tokens(text: str, model: Model) -> TokenCount:
    """Return the tokens of a text for a model.

    Args:
        text: Any text; marks of special tokens in it count as text.
        model: Its entry in the table of models.
    """
    encoding = _encoding(model.tokenizer or USUAL_ENCODING)
    if encoding is None:
        return TokenCount(count_by_rule(text), is_exact=False)
    return TokenCount(_count(text, encoding), is_exact=bool(model.tokenizer))


def count_messages(texts: Iterable[str], model: Model) -> TokenCount:
    """Return the tokens of a request of several messages, with those that frame them."""
    counts = [count_tokens(text, model) for text in texts]
    frame = MESSAGE_TOKENS * len(counts) + REPLY_TOKENS
    return TokenCount(sum(count.tokens for count in counts) + frame, all(count.is_exact for count in counts))


@lru_cache(maxsize=32)  # the rules of a run are those of all its requests
def _count(text: str, encoding: _Encoding) -> int:
    # a lone surrogate cannot be encoded
    return len(encoding.encode_ordinary(text.encode("utf-8", "replace").decode()))


@lru_cache(maxsize=32)
def count_by_rule(text: str) -> int:
    """Return about how many tokens a text has; see the module for the rule and its error."""
    tokens = 0
    for letters, others in (match.groups() for match in _PIECES.finditer(text)):
        if letters:
            tokens += math.ceil(len(letters) / _LETTERS)
        elif others:
            tokens += math.ceil(len(others.encode("utf-8", "replace")) / _BYTES)
        else:
            tokens += 1
    return tokens


def picture_tokens(width: int, height: int, model: Model) -> int:
    """Return the tokens of a picture that is sent in high detail, by the published rule for the model.

    Both rules also shrink pictures above 1,536 patches, or 2,048 or 768 pixels; ours are smaller. Source: OpenAI's
    guide "Images and vision".

    Args:
        width: Its pixels, at most 768.
        height: Likewise.
        model: Its entry in the table of models; without a rule of its own, that of gpt-4o counts.
    """
    if model.picture_patch is not None:
        return math.ceil(math.ceil(width / PATCH) * math.ceil(height / PATCH) * model.picture_patch)
    base = USUAL_BASE if model.picture_base is None else model.picture_base
    tile = USUAL_TILE if model.picture_tile is None else model.picture_tile
    return base + math.ceil(width / TILE) * math.ceil(height / TILE) * tile


@cache
def _encoding(name: str) -> _Encoding | None:
    """Return an encoding; None if the extra is not installed or does not have it."""
    try:
        import bpe_openai  # noqa: PLC0415 - 75 MB of an extra, imported where tokens are counted
    except ImportError:
        return None
    try:
        encoding: _Encoding = bpe_openai.get_encoding(name)
    except (KeyError, ValueError, RuntimeError):
        return None
    return encoding
