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
    """One thing that a caption says of one class."""

    name: str
    """The class, by its 3.5 name."""

    parts: tuple[str, ...]
    """Where, of ``shares.PARTS`` in their order; empty for the chip as a whole."""

    size: str | None
    """How much, as a size word of ``size_words.SIZES``; None where the caption does not say."""

    size_words: str
    """The words of amount as they stand in the caption; equal to ``size`` where it uses the prompt's own."""

    of_image: bool
    """Whether it says that it is so much of the image as a whole."""

    negated: bool
    """Whether the caption says that the class is not there."""

    leads: bool
    """Whether the caption says that no other class covers more there."""

    start: int
    """Where the class word starts in the text."""

    end: int
    """Where the class word ends."""

    phrase_start: int
    """Where the class word with its words of amount or denial starts."""

    phrase_end: int
    """Where they end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a caption claims."""

    claims: tuple[Claim, ...]
    """Every claim, in the order of the class words; one word may claim several things."""

    dominant: str | None
    """The class that is said to dominate the whole chip, the first of several; None where none is."""

    dominant_of: Mapping[str, str]
    """The class that is said to lead in a part, by part; a part of which that is not said is not in it."""

    parts: tuple[str, ...]
    """The parts mentioned, in the order of their first mention."""

    walk: tuple[str, ...]
    """The parts that clauses open with, in that order and as often as they do: the path of a 3.5 caption."""

    loose: frozenset[str]
    """The parts of which a sentence with "it", "they" or "the same" speaks, which may mean a class without its name."""

    sentences: tuple[tuple[int, int], ...]
    """Start and end of each sentence in the text."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that are said to be there, in the order of their first mention."""
        return tuple(dict.fromkeys(claim.name for claim in self.claims if not claim.negated))

    @property
    def triples(self) -> frozenset[tuple[str, str, str | None]]:
        """Each (class, part, size) that is said to be there; the part is empty for the chip as a whole."""
        return frozenset(
            (claim.name, part, claim.size)
            for claim in self.claims
            if not claim.negated
            for part in claim.parts or ("",)
        )


def read_claims(text: str) -> Reading:
    """Return what a caption claims, as a reader would who knows the classes and the five parts.

    English only; a text in another language claims nothing. It takes time in proportion to the text, of which no
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
    """Return whether a text is mostly English, going by its commonest words; too short a text is not."""
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
