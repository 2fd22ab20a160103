"""Step 4a: join the classes of a clause that are in one list, and note the signals before each class and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.lexicon import CLASSES, SHAPES, kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause

SEPARATE = kinds.NO | kinds.LEADS | kinds.LED_BY | kinds.MADE_OF | kinds.VERB | kinds.THEME
"""Kinds of phrases that keep the class after them out of the list before them."""
COMPARES = kinds.OUTRANKS | kinds.OUTRANKED_BY
"""Kinds of phrases that compare two classes."""
_JOIN = kinds.JOINS | kinds.AHEAD | COMPARES
_LIST = kinds.AND | kinds.JOINS
_LINKS = SEPARATE | _JOIN
_STANDS_FOR_CLASS = kinds.LAND | kinds.PRONOUN | kinds.ONE_OF_TWO
_MAY_BEGIN = _STANDS_FOR_CLASS | kinds.PLACE | kinds.REFERENCE


_NEAR = 10
_AMONG = (
    " along the ",
    " beside the ",
    " among the ",
    " amongst the ",
    " amid the ",
    " between the ",
    " around the ",
    " amidst the ",
)


class ClassWord(NamedTuple):
    """A class word of a clause, or "it" for a class of the clause before."""

    name: str
    """The class, by its 3.5 name; empty for "it", "they", "the former" and "the latter" of the clause before."""

    at: int
    """Number of its phrase in the clause."""

    start: int
    """Start in the text."""

    end: int
    """Where it ends."""


class Chunk(NamedTuple):
    """Classes of one list or a place, and the kinds of the signals before them."""

    words: tuple[ClassWord, ...]
    """The classes; none for a place."""

    parts: Parts
    """The place; no parts for classes."""

    at: int
    """Number of its first phrase in the clause."""

    start: int
    """Start in the text."""

    end: int
    """Where it ends."""

    near: int
    """Kinds of the signals before it, back to the last chunk or comma."""

    since_class: int
    """Kinds of the signals before it, back to the last class."""

    before: int
    """Kind of the phrase right before it."""

    in_list: bool = False
    """Whether it is a place in one list with the place before it."""

    is_aside: bool = False
    """Whether its class is only an object of the classes before: "grass surrounds the town and is widest in ..."."""


def find_chunks(clause: Clause, text: str) -> list[Chunk]:
    """Return the classes and places of a clause in their order."""
    chunks: list[Chunk] = []
    words: list[ClassWord] = []
    near = since_chunk = since_class = link = before = 0
    for at, (kind, value, start, end) in enumerate(clause.tokens):
        if not kind & _MAY_BEGIN:
            near = 0 if value == "," or value == ":" else near | kind  # noqa: PLR1714 - a set takes longer
            since_chunk |= kind
            since_class |= kind
            if kind & _LINKS:
                link = kind
            before = kind
            continue
        last = chunks[-1] if chunks else None
        if kind & _STANDS_FOR_CLASS and (kind != kinds.PRONOUN or _is_subject(clause, chunks, at, before)):
            if kind == kinds.ONE_OF_TWO and len(words) > 1:
                pair = last.words if last and len(last.words) > 1 else words[-2:]
                chunks.append(
                    Chunk((pair[-1 if value == "the latter" else 0],), (), at, start, end, near, since_class, before)
                )
                near = since_chunk = since_class = link = 0
                before = kind
                continue
            word = ClassWord(value if kind == kinds.LAND else "", at, start, end)
            if words and text[start:end] in SHAPES and _is_shape(words[-1], word, text):
                before = kind
                continue
            words.append(word)
            joins = last and last.words and not since_chunk & kinds.OTHERS and _join(last, word, link, text)
            if last and joins:
                chunks[-1] = last._replace(words=(*last.words, word), end=end)
            else:
                aside = (
                    last is not None
                    and bool(last.words)
                    and (text.endswith(_AMONG, 0, start) or (not link & SEPARATE and _is_object(text, start)))
                ) or (bool(near & COMPARES) and len(words) > 1)
                chunks.append(Chunk((word,), (), at, start, end, near, since_class, before, is_aside=aside))
            near = since_chunk = since_class = link = 0
        elif kind == kinds.PLACE:
            in_list = (
                last is not None
                and not (last.words or since_chunk & ~_LIST)
                and gaps.joins_places(text[last.end : start])
            )
            chunks.append(Chunk((), value, at, start, end, near, since_class, before, in_list))
            near = since_chunk = 0
        elif kind == kinds.REFERENCE and text.startswith("-", start - 1):
            continue  # "dot-like spots"
        else:
            near |= kind
            since_chunk |= kind
            since_class |= kind
        before = kind
    return chunks


def _is_subject(clause: Clause, chunks: Sequence[Chunk], at: int, before: int) -> bool:
    """Return whether "it" stands for a class named before: as the first of a clause, or after its place."""
    if not clause.has_topic or not chunks:
        return clause.has_topic
    if chunks[0].words:
        return False  # "it is widest in the middle, where it covers half"
    _, _, start, end = clause.tokens[at]
    near = start == end or start < chunks[-1].end + _NEAR  # one without letters is from ``subjects``
    if clause.signs & kinds.LAND:
        # "in the middle it has 18 %, with some trees", but "in the middle it is all trees" means the middle
        kinds_after = [token[0] for token in clause.tokens[at + 1 : at + 3]]
        return near and not chunks[-1].words and kinds_after[:1] == [kinds.AMOUNT] and kinds.LAND not in kinds_after
    # "in the middle it has 18 %", "the middle lacks it"; but "the middle has not felt it"
    return before == kinds.NO or near


def _is_object(text: str, start: int) -> bool:
    return text.endswith(" the ", 0, start) and not text.endswith((", and the ", ", the "), 0, start)


_FORMS = ("field", "thicket")
_REACH = 60


def _is_shape(last: ClassWord, word: ClassWord, text: str) -> bool:
    """Return whether "fields" or "a thicket" only describes the class before it: "snow spreads in wide fields"."""
    if word.name == last.name:
        return False
    shape = text[word.start : word.end]
    # "houses in a meadow" names both
    return gaps.is_shape(text[max(last.end, word.start - _REACH) : word.start], may_be_in=shape.startswith(_FORMS))


def _join(last: Chunk, word: ClassWord, link: int, text: str) -> bool:
    # a list longer than the legend is no list, and would be slow to read
    if link & SEPARATE or len(last.words) == len(CLASSES):
        return False
    before = last.words[-1]
    return bool(link & _JOIN) or word.name == before.name or gaps.is_series(text[before.end : word.start])
