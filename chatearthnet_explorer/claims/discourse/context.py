"""The values of step 5: what the clauses of a sentence say so far, and what sentences leave for the next one."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.claims.binding.statements import Mention
    from chatearthnet_explorer.claims.claim import Parts


class Context(NamedTuple):
    """What the sentences before leave for the next one."""

    parts: Parts = ()
    """The place that holds until another is named."""

    last: Parts = ()
    """The place spoken of last."""

    mentions: tuple[Mention, ...] = ()
    """The classes named there."""

    topic: tuple[Mention, ...] = ()
    """The class that "it" means."""

    topic_doubt: str = ""
    """Why it is not certain that "it" means this class, a key of ``claim.DOUBTS``; empty if it is."""

    is_placed: bool = False
    """Whether the text has said where this class is, so that places after it are likely to be its own."""

    parts_named: Parts = ()
    """All parts named so far."""

    doubt: str = ""
    """Why it is not certain that the place holds, a key of ``claim.DOUBTS``; empty if it is."""

    mentions_of: Mapping[str, tuple[Mention, ...]] = MappingProxyType({})
    """The classes of the last sentences about each part, for "the same as"."""


class SoFar(NamedTuple):
    """What the clauses of a sentence say so far."""

    topic: tuple[Mention, ...]
    """The class that "it" means."""

    topic_doubt: str
    """Why it is not certain that "it" means this class, a key of ``claim.DOUBTS``; empty if it is."""

    is_placed: bool
    """Whether the text has said where this class is, so that places after it are likely to be its own."""

    parts_named: Parts
    """All parts named so far, in the whole text."""

    sentence_parts: Parts = ()
    """The parts that they name."""

    mentions: tuple[Mention, ...] = ()
    """Their classes."""

    recalled_mentions: tuple[Mention, ...] = ()
    """What they say of classes named before, as "it"."""

    subject: tuple[Mention, ...] = ()
    """The classes that a clause with "but" continues with."""

    here: Parts = ()
    """The place that the last clause began with."""

    latest: Parts = ()
    """The place named last."""

    there: Parts = ()
    """The place of this sentence that "there" means."""

    walk: Parts = ()
    """The places that clauses begin with."""

    mode: str = ""
    """Whether the first clause begins with ``places``, ``classes`` or ``it``; empty before one does."""

    signs: int = 0
    """The kinds of all phrases."""

    points_back: bool = False
    """Whether "there" means a place before the sentence."""

    source: Parts = ()
    """The place that another is said to be like."""

    is_exception: bool = False
    """Whether its classes are only what is different there: "much the same, only with more water"."""

    is_loose: bool = False
    """Whether it may speak of classes without naming them."""

    names_whole: bool = False
    """Whether it names the whole image."""


class SentenceReading(NamedTuple):
    """What a sentence says."""

    mentions: tuple[Mention, ...]
    """Its classes, each with all its places."""

    walk: Parts
    """The places that its clauses begin with."""

    loose: Parts
    """Parts of which it may say more than was read."""
