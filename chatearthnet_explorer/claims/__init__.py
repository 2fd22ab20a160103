"""Extract claims from captions: which class, in which part, how much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims.passage import Passage
from chatearthnet_explorer.claims.tokenizer import tokens
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chatearthnet_explorer.claims.clause_mention import Mention, Parts


class Claim(NamedTuple):
    """One claim of a caption about one class."""

    name: str
    """The class, by its 3.5 name."""

    parts: tuple[str, ...]
    """Parts of ``shares.PARTS``, in their order; empty for the whole chip."""

    size: str | None
    """Amount, as a size word of ``size_words.SIZES``; None if the caption gives none."""

    size_words: str
    """The caption's words of amount; equal to ``size`` if they are the prompt's."""

    of_image: bool
    """Whether the amount refers to the whole image."""

    negated: bool
    """Whether the caption says that the class is absent."""

    leads: bool
    """Whether the caption says that the class is the largest there."""

    start: int
    """Start of the class word in the text."""

    end: int
    """End of the class word in the text."""

    phrase_start: int
    """Start of the class word including its words of amount or negation."""

    phrase_end: int
    """Where they end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The claims of a caption."""

    claims: tuple[Claim, ...]
    """All claims, in the order of the class words; one word may have several claims."""

    dominant: str | None
    """The class called dominant in the whole chip, the first of several; None if there is none."""

    dominant_of: Mapping[str, str]
    """The class called the largest of each part; parts without such a claim are missing."""

    parts: tuple[str, ...]
    """The parts mentioned, in the order of their first mention."""

    walk: tuple[str, ...]
    """The parts that clauses begin with, in order and with repetitions: the path of a 3.5 caption."""

    loose: frozenset[str]
    """Parts in sentences with "it", "they" or "the same", which may refer to a class without naming it."""

    sentences: tuple[tuple[int, int], ...]
    """Start and end of each sentence in the text."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes claimed to be present, in the order of their first mention."""
        return tuple(dict.fromkeys(claim.name for claim in self.claims if not claim.negated))

    @property
    def triples(self) -> frozenset[tuple[str, str, str | None]]:
        """Each (class, part, size) claimed to be present; the part is empty for the whole chip."""
        return frozenset(
            (claim.name, part, claim.size)
            for claim in self.claims
            if not claim.negated
            for part in claim.parts or ("",)
        )


def read_claims(text: str) -> Reading:
    """Return the claims of a caption, as a reader who knows the classes and the five parts would read them.

    English only; a text in another language has no claims. The time is linear in the length of the text, of which no
    more than ``caption.LIMIT`` characters are read. Spans count characters of the text as given. What is read well
    and what is not: docs/explanation/reading-captions.md.
    """
    passage = Passage(text)
    passage.read(tokens(text))
    claims = [
        claim for mention in sorted(passage.mentions, key=lambda one: one.start) for claim in _claims(mention, text)
    ]
    return Reading(
        claims=tuple(claims),
        dominant=passage.leaders.get(""),
        dominant_of={part: name for part, name in passage.leaders.items() if part},
        parts=tuple(passage.classes_seen),
        walk=tuple(passage.walk),
        loose=frozenset(passage.loose),
        sentences=tuple(passage.sentences),
    )


def is_english(text: str) -> bool:
    """Return whether a text is mostly English, judged by its most common words; False if it is too short."""
    words = _WORD.findall(text[:2000].lower())
    return len(words) >= _FEWEST and sum(word in _COMMON for word in words) >= _SHARE * len(words)


_WORD = re.compile(r"[^\W\d_]+")
# Words that English texts are full of, and that German, Dutch, Spanish, Portuguese, French and Italian ones are not.
_COMMON = frozenset(
    {
        *("the", "of", "and", "is", "are", "with", "by", "there", "this", "from", "to", "which", "its", "it"),
        *("other", "where", "while", "that", "has", "have", "across", "overall", "left", "right", "cover", "covers"),
    }
)
_FEWEST, _SHARE = 5, 0.15


@lru_cache(1024)
def _in_order(parts: Parts) -> Parts:
    return tuple(part for part in PARTS if part in parts)


def _claims(mention: Mention, text: str) -> Iterator[Claim]:
    for statement in mention.statements:
        first, last, size = mention.start, mention.end, statement.size
        if size:
            first, last = min(first, size.start), max(last, size.end)
        if statement.negated and mention.denied_at >= 0:
            first = min(first, mention.denied_at)
        yield Claim(
            name=mention.name,
            parts=_in_order(statement.parts) if statement.parts else (),
            size=size.word if size else None,
            size_words=text[size.start : size.end] if size else "",
            of_image=size is not None and size.of_image,
            negated=statement.negated,
            leads=statement.lead > 0 and not statement.negated,
            start=mention.start,
            end=mention.end,
            phrase_start=first,
            phrase_end=last,
        )
