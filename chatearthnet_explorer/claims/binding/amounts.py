"""Step 4c: which class each word of amount belongs to: the one after it, or those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.binding.effects import DROP_SIZE, SIZE, SIZE_NEXT, Effect, Size
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.claims.numbers import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.claims.binding.chunks import ClassWord
    from chatearthnet_explorer.claims.binding.sites import Site
    from chatearthnet_explorer.claims.tokens import Token

# "loosens a little", "is larger": no amount, unless of the class that follows
_ONLY_OF_NEXT = frozenset({"little", "larger", "smaller", "bigger", "fewer", "lesser"})
# other adjectives may be of the image, of which most is in that part: "in the middle, there is a small lake"
_PLAIN = frozenset({"extra small", "extra large"})
_CONTENT = kinds.LAND | kinds.PLACE | kinds.AMOUNT
_FAR = 6
_MOST = ("majority", "lion's share")
_ENDS = kinds.AMOUNT | kinds.OTHERS | kinds.EXCEPT | kinds.SOMEWHERE | kinds.ONE_OF_TWO
_OF_AMOUNT = kinds.AMOUNT | kinds.NO | kinds.LEADS | kinds.SOMEWHERE
_ALL_OF_IMAGE = kinds.IMAGE | kinds.OF_IMAGE


class Amounts(NamedTuple):
    """The amounts of a clause."""

    effects: list[Effect]
    """What they say of its classes."""

    of_places: dict[int, Size]
    """Those that belong to a place after the first one of its classes, by the number of the place."""

    with_size: dict[int, None]
    """The places that have an amount of their own, by number, from left to right."""


class _Clause(NamedTuple):
    tokens: Sequence[Token]
    words: Mapping[int, ClassWord]
    open: Sequence[tuple[ClassWord, ...]]
    sites: Mapping[int, Site]
    text: str
    turn: int
    """Number of the first place that the classes after it take; the number of phrases if there is none."""


def find_amounts(
    tokens: Sequence[Token],
    words: Mapping[int, ClassWord],
    open_: Sequence[tuple[ClassWord, ...]],
    sites: Mapping[int, Site],
    text: str,
) -> Amounts:
    """Return what the words of amount of a clause say.

    Args:
        tokens: The phrases of the clause.
        words: Its class words, by the number of their phrase.
        open_: The class words that each phrase may belong to, and at the end those of the whole clause.
        sites: Its places, by the number of their phrase.
        text: The text, in lower case.
    """
    turn = next((number for number, site in sites.items() if site.role == "turn"), len(tokens))
    clause = _Clause(tokens, words, open_, sites, text, turn)
    amounts = Amounts([], {}, {})
    for at, (kind, value, start, end) in enumerate(tokens):
        if not kind & _OF_AMOUNT:
            continue
        if kind == kinds.AMOUNT:
            in_figures = is_number(text[start:end])
            if gaps.is_difference(text, start, end) or (not in_figures and gaps.is_of_shape(text, end)):
                continue
            # "in the middle, only a trace of it is left"
            of_part = turn < at and (in_figures or value in _PLAIN)
            size = Size(value, start, end, of_part=of_part, is_number=in_figures)
            # "trees follow and grass is third, both in a middling share"
            sharers = _sharers(clause, at, size) if len(words) > 1 and (turn < at or not sites) else ()
            if sharers:
                amounts.effects.append((at, SIZE, sharers, (size, False)))
            else:
                _assign(clause, at, size, amounts)
        elif kind == kinds.NO and value.endswith((" no", " none")):
            _assign(clause, at, Size(None, start, end), amounts)  # "almost no trees"
        elif kind == kinds.LEADS and value.endswith(_MOST) and tokens[at - 1][0] != kinds.NO:
            _assign(clause, at, Size("large", start, end), amounts)  # "trees hold the majority"
        elif kind == kinds.SOMEWHERE:
            amounts.effects.append((at, DROP_SIZE, open_[at][-1:], None))
    return amounts


def _assign(clause: _Clause, at: int, size: Size, amounts: Amounts) -> None:
    """Add one amount: the first phrase after it that can settle whose it is decides."""
    tokens, _, open_, _, text, _ = clause
    for number in range(at + 1, len(tokens)):
        kind, _, start, end = tokens[number]
        settle = _SETTLE.get(kind)
        if settle:
            if settle(clause, at, number, size, amounts):
                return
        elif kind & _ALL_OF_IMAGE:
            if gaps.amount_is_of_whole(text[size.end : start]):
                size = size._replace(of_image=True)
            if kind == kinds.OF_IMAGE and not gaps.amount_names_class(text, end):
                _give(clause, number, size, _last_list(open_[number], text), amounts)
                return
        elif kind & _ENDS:
            _give(clause, at, size, _last_list(open_[number], text), amounts)
            return
    _give(clause, at, size, _last_list(open_[-1], text), amounts)


def _settled_by_class(clause: _Clause, at: int, number: int, size: Size, amounts: Amounts) -> bool:
    """Add an amount that a class follows: it belongs to that class or to those before it."""
    text = clause.text
    if number not in clause.words:
        return False
    start = clause.tokens[number][2]
    if gaps.amount_is_of_class(text[size.end : start]):
        # "a small area of grass and trees" speaks of both, "a small lake and trees" of one
        article = text.endswith((" a ", " an ", "\na "), 0, size.start)
        shared = not article or text.endswith("of ", 0, start)
        amounts.effects.append((number, SIZE_NEXT, (clause.words[number],), (size, shared)))
    else:
        _give(clause, at, size, _last_list(clause.open[number], text), amounts)
    return True


def _settled_by_place(clause: _Clause, at: int, number: int, size: Size, amounts: Amounts) -> bool:
    """Add an amount that a place follows, and return whether the place settles whose it is."""
    site = clause.sites.get(number)
    if site and site.role != "turn":
        if site.words:
            _give_at_place(clause, at, size, site, amounts)
        return True
    if site and site.words and not clause.text.endswith("of the ", 0, site.start):
        _give(clause, at, size, site.words, amounts)
        return True
    return False


def _settled_by_it(clause: _Clause, at: int, number: int, size: Size, amounts: Amounts) -> bool:
    """Add an amount "of it", and return whether "it" is one of the classes before."""
    text = clause.text
    end = clause.tokens[number][3]
    site = clause.sites.get(number + 1)
    of_part = site and site.words and site.role == "in" and gaps.amount_is_of_place(text[end : site.start])
    words = _last_list(clause.open[number], text)
    if not words or not (of_part or not gaps.amount_names_class(text, end)):
        return False
    _give_to_places(clause, at, size._replace(of_part=size.of_part or bool(of_part)), words, amounts, anyway=True)
    return True


_SETTLE = {kinds.LAND: _settled_by_class, kinds.PLACE: _settled_by_place, kinds.OF_IT: _settled_by_it}


def _give(
    clause: _Clause, at: int, size: Size, words: tuple[ClassWord, ...], amounts: Amounts, before: int = -1
) -> None:
    """Add an amount of the classes before it, if it stands alone or belongs to the place that starts at ``before``."""
    text = clause.text
    if not words or text[size.start : size.end] in _ONLY_OF_NEXT:
        return
    of_place = before > 0 and not text[size.end : before].strip()  # "the entire top left"
    if of_place:
        amounts.effects.append((at, SIZE, words, (size, False)))
    elif gaps.amount_stands_alone(text, size.end):
        if before < 0:
            _give_to_places(clause, at, size, words, amounts)
        else:
            amounts.effects.append((at, SIZE, words, (size, False)))


def _give_to_places(
    clause: _Clause, at: int, size: Size, words: tuple[ClassWord, ...], amounts: Amounts, *, anyway: bool = False
) -> None:
    """Add an amount of classes: of the places right before it, where places before those have another."""
    places = _places_before(clause, at, size, words, amounts)
    if places and not size.of_part and (size.is_number or size.word in _PLAIN):
        size = size._replace(of_part=True)
    if places and next(iter(amounts.with_size)) < places[0]:
        amounts.of_places.update(dict.fromkeys(places, size))
    else:
        amounts.effects.append((at, SIZE, words, (size, anyway)))


def _give_at_place(clause: _Clause, at: int, size: Size, site: Site, amounts: Amounts) -> None:
    """Add an amount that a place follows: it belongs to the place if the classes have another place already."""
    had_place = any(
        other.words[: len(site.words)] == site.words for number, other in clause.sites.items() if number < at
    )
    of_whole = any(token[0] & _ALL_OF_IMAGE for token in clause.tokens[site.words[0].at + 1 : at])
    of_place = gaps.amount_is_of_place(clause.text[size.end : site.start])
    if of_place:
        size = size._replace(of_part=clause.text[size.end : site.start] not in {"", " "})
        amounts.with_size[site.at] = None
        _end_list(clause, site, amounts)
    if (had_place or of_whole) and site.role != "out" and of_place:
        amounts.of_places[site.at] = size
    else:
        _give(clause, at, size, site.words, amounts, site.start if of_place else -1)


def _end_list(clause: _Clause, site: Site, amounts: Amounts) -> None:
    """Leave the next place without an amount if it is no more "of": "a sixth of the middle, and in the top left"."""
    tokens, _, _, sites, text, _ = clause
    after = next((number for number in range(site.at + 1, min(site.at + _FAR, len(tokens))) if number in sites), -1)
    if after > 0 and sites[after].in_list and gaps.ends_list(text[tokens[site.at][3] : sites[after].start]):
        start = sites[after].start
        amounts.of_places[after] = Size(None, start, start)


def _places_before(
    clause: _Clause, at: int, size: Size, words: tuple[ClassWord, ...], amounts: Amounts
) -> tuple[int, ...]:
    """Return the places right before an amount whose amount it is.

    "Half of the top left, a third of the top right, and in the middle and the bottom left a fifth".
    """
    tokens, _, _, sites, text, _ = clause
    number = at - 1
    while number >= max(at - _FAR, 0) and not tokens[number][0] & _CONTENT:
        number -= 1
    site = sites.get(number)
    if not site or site.words != words or site.role != "in" or number in amounts.with_size:
        return ()
    if not gaps.place_has_amount(text[tokens[number][3] : size.start]):
        return ()
    places = [number]
    while site and site.in_list:
        number = next((other for other in range(places[0] - 1, max(places[0] - _FAR, -1), -1) if other in sites), -1)
        site = sites.get(number)
        if not site or site.words != words or number in amounts.with_size:
            break
        places[:0] = [number]
    amounts.with_size.update(dict.fromkeys(places))
    return tuple(places)


def _sharers(clause: _Clause, at: int, size: Size) -> tuple[ClassWord, ...]:
    """Return the classes of a place that share an amount: "trees and grass, both in a middling share"."""
    count = gaps.sharers(clause.text, size.start, size.end)
    group: dict[str, ClassWord] = {}
    number = at - 1
    while number >= 0 and number not in clause.sites and len(group) < count:
        if clause.tokens[number][0] == kinds.AMOUNT:
            break  # "moss with a third, then trees and grass, each with a tenth"
        if number in clause.words:
            group.setdefault(clause.words[number].name, clause.words[number])
        number -= 1
    return tuple(group.values()) if len(group) > 1 else ()


def _last_list(words: tuple[ClassWord, ...], text: str) -> tuple[ClassWord, ...]:
    """Return the last class, with those before it in a list that ends with "and"."""
    if len(words) < 2:  # noqa: PLR2004
        return words
    first = start_of_list(words, text)
    if first < len(words) - 1 and " and" not in text[words[-2].end : words[-1].start]:
        return words[-1:]  # "beneath the trees, moss ..."
    return words[first:]


def start_of_list(words: Sequence[ClassWord], text: str) -> int:
    """Return the position of the first class that is in one list with the last."""
    first = len(words) - 1
    while first and gaps.is_list(text[words[first - 1].end : words[first].start]):
        first -= 1
    # a list of two takes no comma before its "and": "trees fill the left, and grass the right" has none
    if first == len(words) - 2 and text.startswith(", and", words[-2].end):
        return first + 1
    return first
