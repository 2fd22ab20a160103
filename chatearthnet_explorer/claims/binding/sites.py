"""Step 4b: which classes of a clause each of its places belongs to.

There are two kinds of clauses. In one that begins with a place ("in the top left, ...") the classes that follow are
there. In one that begins with a class ("trees cover the top left") the place follows its classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims.binding.chunks import COMPARES, SEPARATE, Chunk, ClassWord
from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause
    from chatearthnet_explorer.claims.tokens import Token

SUBJECT = ClassWord("", -1, -1, -1)
"""The classes of the clause before, in a clause that names none: "but is absent from the middle"."""

_INTO = (" in ", " at ", " on ", " within ", " towards ")
_NEAR = 12
_ABSENT = kinds.ABSENT | kinds.NOT_IN
_CONTRASTS = frozenset({"while", "rest"})
_FROM, _TO, _DIRECT = ("from the ", "from "), ("to the ", "to "), frozenset({" the ", " in the "})


class Site(NamedTuple):
    """A place and the classes that are there, or are not."""

    words: tuple[ClassWord, ...]
    """The classes; none for a place that the classes after it take."""

    parts: Parts
    """The place."""

    at: int
    """Number of its phrase in the clause; the number of phrases for a place that only the end of the clause settles."""

    start: int
    """Start in the text."""

    role: str
    """``in``; ``out`` where the classes are not; ``except`` for an exception; ``turn`` for the classes after it;
    ``last`` for a turn that no class follows, so that it belongs to the classes before."""

    in_list: bool = False
    """Whether it is in one list with the place before it."""

    is_narrower: bool = False
    """Whether it is only where most of them is: "especially"."""

    is_out: bool = False
    """Whether the classes are not in a place of role ``last``."""

    doubt: str = ""
    """Why it is not certain which place it is, a key of ``claim.DOUBTS``; empty if it is."""


class Layout(NamedTuple):
    """The places of a clause and what belongs to them."""

    sites: tuple[Site, ...]
    """The places that are claims, in their order."""

    parts_before: dict[int, Parts]
    """The place of each class that follows its place, by the number of its phrase; empty parts for no place at all."""

    begins_with_place: bool
    """Whether the clause, or its last turn, begins with a place."""

    here: Parts
    """The last place that the classes after it take."""

    latest: Parts
    """The place named last."""

    walk: Parts
    """The parts that its turns begin with."""

    names_whole: bool
    """Whether it names the whole image."""


def find_sites(clause: Clause, chunks: Sequence[Chunk], text: str) -> Layout:
    """Return which classes the places of a clause belong to."""
    tokens = clause.tokens
    theme_at = _theme_at(clause)
    sites: list[Site] = []
    parts_before: dict[int, Parts] = {}
    here: Parts = ()
    latest: Parts = ()
    walk: Parts = ()
    open_: tuple[ClassWord, ...] = ()
    by_place = waits = is_compared = follows_from = False
    contrast = clause.after in _CONTRASTS
    for chunk in chunks:
        if chunk.words:
            contrast = contrast or bool(chunk.near & kinds.REFERENCE and not open_)
            is_aside = chunk.is_aside and not by_place
            place = here if by_place and chunk.at <= theme_at else ()
            parts_before |= {word.at: place for word in chunk.words if by_place or is_aside or chunk.at > theme_at}
            walk, waits = walk + here if waits else walk, False
            open_ = open_ if is_aside else chunk.words
            continue
        parts = chunk.parts
        is_compared = _is_compared(chunk, tokens, goes_on=is_compared)
        if is_compared:
            contrast = contrast or not open_
            continue
        explains = by_place and chunk.in_list and tokens[chunk.at - 1][1] != "and"
        if explains and {*parts} < {*here}:
            here = latest = parts  # "in the upper half, the top left"
            continue
        if chunk.at > theme_at or (explains and here and {*parts} > {*here}):
            continue  # places named with a theme are no claims; "top right, to the east"
        role = _role(chunk, tokens, text)
        if role == "except":
            here = tuple(part for part in here if part not in parts)
            sites.append(Site(open_, parts, chunk.at, chunk.start, role))
        elif open_ and not by_place and not _turns(chunk, tokens, text, contrast=contrast):
            open_ = _still_open(open_, clause, sites, chunk)
            sites.append(_site_after(chunk, open_, role, tokens, text))
        elif by_place and chunk.in_list and not (follows_from and text.endswith(_TO, 0, chunk.start)):
            here += tuple(part for part in parts if part not in here)
        else:
            sites.append(Site(() if not by_place else open_, parts, chunk.at, chunk.start, "turn"))
            open_ = open_ if by_place else ()
            follows_from = text.endswith(_FROM, 0, chunk.start)
            by_place, waits, contrast, here = True, True, False, parts
        latest = tuple(dict.fromkeys(latest + parts)) if chunk.in_list else parts
    # "the top left [it] a quarter, and the top right eight slices": not a quarter, too
    open_ = () if open_ and open_[-1].start == open_[-1].end else open_
    if waits and (open_ or clause.after == "but"):
        sites.append(_last_site(clause, chunks[-1], open_ or (SUBJECT,), here, text))
    else:
        walk += here if waits else ()
    return Layout(tuple(sites), parts_before, by_place, here, latest, walk, names_whole(clause, text))


def _still_open(
    words: tuple[ClassWord, ...], clause: Clause, sites: Sequence[Site], chunk: Chunk
) -> tuple[ClassWord, ...]:
    """Return the classes of a place after others: "it outnumbers the fields in the middle and has a third of ..."."""
    is_next = clause.signs & COMPARES and sites and sites[-1].words == words and not chunk.in_list
    return words[:1] if is_next else words


def _theme_at(clause: Clause) -> int:
    """Return the number of the first phrase for a theme, or that after the last phrase."""
    tokens = clause.tokens
    if not clause.signs & kinds.THEME:
        return len(tokens)
    return next(at for at, token in enumerate(tokens) if token[0] == kinds.THEME)


def _last_site(clause: Clause, last: Chunk, words: tuple[ClassWord, ...], parts: Parts, text: str) -> Site:
    """Return a place at the end of a clause, which classes before it take."""
    tokens = clause.tokens
    out = bool(last.since_class & _ABSENT) or _has_none(tokens[last.at + 1 : last.at + 4], text)
    return Site(words, parts, len(tokens), len(text), "last", is_out=out)


def _site_after(chunk: Chunk, words: tuple[ClassWord, ...], role: str, tokens: Sequence[Token], text: str) -> Site:
    """Return a place that follows its classes."""
    narrower = bool(chunk.since_class & kinds.ESPECIALLY)
    # "hardly in any part" is vague, "no shrub in any part" is not
    is_any = text.startswith("any ", chunk.start) and not any(token[0] == kinds.NO for token in tokens[: chunk.at])
    doubt = "rest" if chunk.before == kinds.REST else "vague" if is_any else ""
    if not doubt and _is_relative(chunk, words[-1], tokens, text):
        doubt = "it"
    return Site(words, chunk.parts, chunk.at, chunk.start, role, chunk.in_list, is_narrower=narrower, doubt=doubt)


def _is_relative(chunk: Chunk, word: ClassWord, tokens: Sequence[Token], text: str) -> bool:
    """Return whether "who" or "which", apart from a class, may mean the class before it.

    "The soil suffers a little grass upon its hem, which, farther on in the top right, ..."
    """
    if not _RELATIVE.match(text, word.end, min(chunk.start, word.end + _REACH)):
        return False
    has_place = any(token[0] == kinds.PLACE for token in tokens[word.at + 1 : chunk.at])
    return not has_place and any(token[0] == kinds.LAND for token in tokens[: word.at])


_RELATIVE = re.compile(r"(?: (?!of )[a-z]+){2,6}, (?:who|which|whose)\b")
_REACH = 60


def _is_compared(chunk: Chunk, tokens: Sequence[Token], *, goes_on: bool) -> bool:
    """Return whether a place is only what another is compared with; ``goes_on`` if that before it is."""
    in_list = goes_on and chunk.in_list and tokens[chunk.at - 1][1] != ","
    return in_list or bool(chunk.near & kinds.REFERENCE) or _is_beside(chunk, tokens)


def _is_beside(chunk: Chunk, tokens: Sequence[Token]) -> bool:
    """Return whether a place only says where another one is: "below the top left, ..."."""
    return chunk.before == kinds.NEXT_TO and chunk.start - tokens[chunk.at - 1][3] == 1


def _role(chunk: Chunk, tokens: Sequence[Token], text: str) -> str:
    if chunk.near & kinds.EXCEPT:
        return "except"
    if chunk.since_class & _ABSENT:
        return "out"
    # "with none in the middle", "neither of the upper corners has any"
    none = chunk.near & kinds.NO and any(
        kind == kinds.NO and value.startswith(("none", "neither"))
        for kind, value, _, _ in tokens[max(chunk.at - 3, 0) : chunk.at]
    )
    return "out" if none or _has_none(tokens[chunk.at + 1 : chunk.at + 4], text) else "in"


def _has_none(after: Sequence[Token], text: str) -> bool:
    """Return whether a place has none of the classes: "and the middle contains none", "the middle is free of it"."""
    is_apart = bool(after) and after[0][1] == ","
    if is_apart or (after and after[0][0] == kinds.VERB):
        after = after[1:]
    if not after:
        return False
    kind, value, _, end = after[0]
    if is_apart and not _ENDS_NONE.match(text, end):
        return False  # "a few in the lower corners, none at all further up"
    if kind & (kinds.NO | kinds.ABSENT | kinds.IDLE) and str(value).endswith(("none", "nothing")):
        return True
    return kind == kinds.NO and len(after) > 1 and bool(after[1][0] & (kinds.PRONOUN | kinds.POSSESSIVE))


def _turns(chunk: Chunk, tokens: Sequence[Token], text: str, *, contrast: bool) -> bool:
    """Return whether a place belongs to the classes after it though the clause began with a class."""
    if not chunk.at:
        return False
    _, word, _, end = tokens[chunk.at - 1]
    if word == "and" and chunk.since_class & SEPARATE and not chunk.in_list:
        # "trees dominate, and in the middle there is water"
        turns = text.startswith(_INTO, end, min(chunk.start, end + _NEAR))
        return turns and _names_class(tokens[chunk.at :])
    # "while trees fill the left, the right is bare"
    turns = contrast and word == "," and text[end : chunk.start] in _DIRECT
    return turns and _names_class(tokens[chunk.at :])


def _names_class(tokens: Sequence[Token]) -> bool:
    return any(token[0] == kinds.LAND for token in tokens)


NO_LAYOUT = Layout((), {}, begins_with_place=False, here=(), latest=(), walk=(), names_whole=False)
"""The layout of a clause without classes and places."""


def names_whole(clause: Clause, text: str) -> bool:
    """Return whether a clause names the whole image, not only as the owner of a part: "the middle of the image"."""
    if not clause.signs & _NAMES_WHOLE:
        return False
    before: Token = (kinds.STOP, "", 0, 0)
    for token in clause.tokens:
        if token[0] & _NAMES_WHOLE and not is_of_part(token, before, text):
            return True
        before = token
    return False


def is_of_part(token: Token, before: Token, text: str) -> bool:
    """Return whether the image is named only as the owner of the part before it: "the middle of the image"."""
    kind, _, start, _ = token
    if before[0] != kinds.PLACE or kind == kinds.OVERALL:
        return False
    end = before[3]
    return start - end < _NEAR if kind == kinds.OF_IMAGE else " of " in text[end : min(start, end + 2 * _NEAR)]


_ENDS_NONE = re.compile(r"(?: (?:at all|whatsoever|whatever|of (?:it|them)))?\s*(?:[.,;:!?)\u2013\u2014]|\Z)")
_NAMES_WHOLE = kinds.IMAGE | kinds.OF_IMAGE | kinds.THEME | kinds.OVERALL
