"""Step 4: bind the classes of a clause to places, amounts, denials and leads."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.binding import effects as kinds_of
from chatearthnet_explorer.claims.binding.amounts import find_amounts, start_of_list
from chatearthnet_explorer.claims.binding.chunks import find_chunks
from chatearthnet_explorer.claims.binding.denials import denials_beside, doubt_after
from chatearthnet_explorer.claims.binding.leads import find_leads
from chatearthnet_explorer.claims.binding.sites import NO_LAYOUT, SUBJECT, find_sites, names_whole
from chatearthnet_explorer.claims.binding.statements import Mention, apply_effects
from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from chatearthnet_explorer.claims.binding.chunks import Chunk, ClassWord
    from chatearthnet_explorer.claims.binding.effects import Effect, Size
    from chatearthnet_explorer.claims.binding.sites import Layout
    from chatearthnet_explorer.claims.clauses import Clause
    from chatearthnet_explorer.claims.tokens import Token

_CONTENT = kinds.LAND | kinds.PLACE | kinds.PRONOUN | kinds.ONE_OF_TWO
_OF_AMOUNT = kinds.LEADS | kinds.AMOUNT | kinds.NO | kinds.SOMEWHERE
_OF_LEAD = (
    kinds.OUTRANKS
    | kinds.OUTRANKED_BY
    | kinds.LEADS
    | kinds.LED_BY
    | kinds.MADE_OF
    | kinds.THEME
    | kinds.AHEAD
    | kinds.IMAGE
    | kinds.OF_IMAGE
)


class Binding(NamedTuple):
    """What a clause says on its own; "it" and "there" are still open."""

    mentions: tuple[Mention, ...]
    """Its class words with what is said of them."""

    layout: Layout
    """Its places."""

    last: tuple[ClassWord, ...]
    """The classes that a clause after it with "but" continues with."""


def bind(clause: Clause, text: str) -> Binding:
    """Return what a clause of a text in lower case says of each of its classes."""
    tokens, signs = clause.tokens, clause.signs
    if not signs & _CONTENT:
        return Binding((), NO_LAYOUT._replace(names_whole=names_whole(clause, text)), ())
    chunks = find_chunks(clause, text)
    layout = find_sites(clause, chunks, text)
    words = {word.at: word for chunk in chunks for word in chunk.words}
    open_, modes = _open_words(tokens, chunks, layout, signs)
    if layout.sites and layout.sites[-1].words == (SUBJECT,):
        words[SUBJECT.at] = SUBJECT
        open_[-1] = (SUBJECT,)
    if not words:
        return Binding((), layout, ())
    effects = _places_before(layout, words, tokens, text)
    if len(words) > 1:
        effects += _lists(tokens, words, open_, text)
    if signs & _DENIES:
        effects += _denials(tokens, words, open_, modes, text)
    sizes: Mapping[int, Size] = {}
    if signs & _OF_AMOUNT:
        amounts = find_amounts(tokens, words, open_, {site.at: site for site in layout.sites}, text)
        effects += amounts.effects
        sizes = amounts.of_places
    if signs & _OF_LEAD:
        effects += find_leads(clause, words, open_, modes, text)
    if layout.sites:
        effects += _places(layout, sizes, text, denials_beside(tokens, layout.sites, text))
    latest = layout.latest
    if latest and not layout.begins_with_place and not signs & kinds.OVERALL:
        effects.append((len(tokens), kinds_of.FALLBACK, open_[-1], latest))
    effects.sort(key=_position)
    return Binding(apply_effects(words.values(), effects), layout, open_[-1])


_position, _at = itemgetter(0, 1), itemgetter(0)


def _places_before(layout: Layout, words: Mapping[int, ClassWord], tokens: Sequence[Token], text: str) -> list[Effect]:
    effects: list[Effect] = []
    for at, parts in layout.parts_before.items():
        word = words[at]
        doubt = "" if word.name else doubt_after(word, tokens, text)
        effects.append((at, kinds_of.PLACE_BEFORE, (word,), (parts, doubt)))
    return effects


def _open_words(
    tokens: Sequence[Token], chunks: Sequence[Chunk], layout: Layout, signs: int
) -> tuple[list[tuple[ClassWord, ...]], list[bool]]:
    """Return the class words that each phrase may belong to, and whether a place has begun the clause before it."""
    count = len(tokens)
    first_turn = next((site.at for site in layout.sites if site.role == "turn"), count)
    # a phrase for other classes stands between two chunks, never in one
    changes: list[tuple[int, Chunk | None]] = [(chunk.at, chunk) for chunk in chunks]
    if signs & kinds.OTHERS:
        changes += [(at, None) for at, token in enumerate(tokens) if token[0] == kinds.OTHERS]
        changes.sort(key=_at)
    open_: list[tuple[ClassWord, ...]] = []
    current: tuple[ClassWord, ...] = ()
    for at, chunk in changes:
        if chunk and chunk.words:
            if at > first_turn or not chunk.is_aside:
                open_ += [current] * (at + 1 - len(open_))
                current = chunk.words[:1]
                for word in chunk.words[1:]:
                    open_ += [current] * (word.at + 1 - len(open_))
                    current = (*current, word)
        elif not chunk or at == first_turn:
            open_ += [current] * (at + 1 - len(open_))
            current = ()
    open_ += [current] * (count + 1 - len(open_))
    modes = [False] * min(first_turn + 1, count) + [True] * (count - 1 - first_turn)
    return open_, modes


def _places(layout: Layout, of_places: Mapping[int, Size], text: str, in_doubt: Collection[int]) -> Iterator[Effect]:
    for site in layout.sites:
        if site.role == "turn" or not site.words:
            continue
        if site.at in in_doubt and not (site.at in of_places and of_places[site.at].word):
            site = site._replace(doubt=site.doubt or "denial")  # noqa: PLW2901 - it is this place, in doubt
        if site.role == "last":
            first = start_of_list(site.words, text)
            words = site.words[first:]
            yield (site.at, kinds_of.LAST_PLACE, words, (site, first > 0 or len(layout.parts_before) > len(site.words)))
        elif site.at in of_places:
            yield (site.at, kinds_of.PLACE_WITH_SIZE, site.words, (site.parts, of_places[site.at], site.doubt))
        else:
            yield (site.at, _OF_ROLE[site.role], site.words, site)


_OF_ROLE = {"in": kinds_of.PLACE, "out": kinds_of.PLACE_WITHOUT, "except": kinds_of.EXCEPT}


def _lists(
    tokens: Sequence[Token], words: Mapping[int, ClassWord], open_: Sequence[tuple[ClassWord, ...]], text: str
) -> list[Effect]:
    """Return what classes share with the class before them in a list."""
    effects: list[Effect] = []
    for at, word in words.items():
        before = open_[at]
        if (
            before
            and word is not SUBJECT
            and tokens[at][0] & _NAMES
            and gaps.is_list(text[before[-1].end : word.start])
            and not _ends_pair(before, text)
        ):
            effects.append((at, kinds_of.FOLLOWS, (word,), before[-1]))
    return effects


def _denials(
    tokens: Sequence[Token],
    words: Mapping[int, ClassWord],
    open_: Sequence[tuple[ClassWord, ...]],
    modes: Sequence[bool],
    text: str,
) -> Iterator[Effect]:
    """Yield denials."""
    denied_at = denied_end = -1
    is_twice = False
    for at, (kind, value, start, end) in enumerate(tokens):
        if kind & _NAMES and at in words:
            if denied_at >= 0 and gaps.denies(text[denied_end:start]):
                yield (at, kinds_of.DENY, (words[at],), denied_at)
            denied_at = -1
        elif kind == kinds.NO:
            if denied_at >= 0 and is_twice:
                denied_at = -1  # "no part of the middle is without trees"
                continue
            denied_at, denied_end, is_twice = start, end, value.startswith("no ") and value.endswith(" of")
            if value == "none" and open_[at] and _ends_with_none(tokens, open_[at][-1], at):
                yield (at, kinds_of.ABSENT, open_[at][-1:], (start, modes[at]))
        elif kind == kinds.ABSENT or (kind == kinds.NOT_IN and modes[at] and at == len(tokens) - 1):
            yield (at, kinds_of.ABSENT, open_[at], (start, modes[at]))
        elif kind & _ENDS_DENIAL or value in {",", ":"} or (kind == kinds.PLACE and open_[at] and not modes[at]):
            denied_at = -1


def _ends_with_none(tokens: Sequence[Token], word: ClassWord, at: int) -> bool:
    """Return whether "none" is said of the class before it: "in the middle, of trees there are none"."""
    between = tokens[word.at + 1 : at]
    return at == len(tokens) - 1 and not any(kind & _ENDS_NONE or value == "," for kind, value, _, _ in between)


_ENDS_NONE = kinds.PLACE | kinds.AMOUNT
_DENIES = kinds.NO | kinds.ABSENT | kinds.NOT_IN
_NAMES = kinds.LAND | kinds.PRONOUN  # "the top right has none of it"
_ENDS_DENIAL = kinds.EXCEPT | kinds.LEADS


def _ends_pair(before: Sequence[ClassWord], text: str) -> bool:
    """Return whether a class after these begins something new: "trees fill the left, and grass the right"."""
    return len(before) == 1 and text.startswith(", and", before[-1].end)
