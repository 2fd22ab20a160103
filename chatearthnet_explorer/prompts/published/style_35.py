"""The wording of the published script of the 3.5 style."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import LARGEST
from chatearthnet_explorer.prompts.prompt import NOUNS
from chatearthnet_explorer.prompts.published.pieces import (
    OtherPatternError,
    class_loop,
    class_position,
    count,
    only,
    part_names,
    sentence,
    split,
)
from chatearthnet_explorer.prompts.published.script_values import (
    Branch,
    Draw,
    Loop,
    Nth,
    Options,
    Piece,
    Slot,
    Text,
    Value,
)
from chatearthnet_explorer.prompts.published.text_building import literal
from chatearthnet_explorer.prompts.size_words import SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.prompts.published.script import Request

_CLASSES = tuple(land.name for land in CLASSES[BACKGROUND + 1 :])
_PART, _SIZE, _OVERALL = "the sentence about a part", "the size of a share", "the list of all classes"


class _Amounts(NamedTuple):
    """The texts around the classes of a part."""

    before: str
    after_class: str
    between: list[str]
    after: str
    size: tuple[str, str]  # between size and noun, and after the noun


def wording_35(request: Request) -> dict[str, object]:
    """Return the wording file of a script, as ``open_wording`` reads it.

    Raises:
        OtherPatternError: If a text is put together otherwise than the published one.
    """
    system = literal(request.system.pieces) if request.system else None
    if system is None:
        what = "the rules"
        raise OtherPatternError(what)
    user, loops = split(request.user.pieces)
    classes, parts = count(loops, 2, "the facts")
    class_list = class_loop(classes, _OVERALL, by_area=True)
    around_class, holes = split(class_list.pieces)
    class_position(count(holes, 1, _OVERALL)[0], _CLASSES, _OVERALL)
    return {
        "trim": False,
        "nothing": "",
        "system": sentence(system),
        "user": sentence(user[0], "overall", user[1], "parts", user[2]),
        "class": sentence(around_class[0], "class", around_class[1]),
        **_part(only(parts, Loop, _PART), class_list.separator),
    }


def _part(loop: Loop, class_separator: str) -> dict[str, object]:
    around, holes = split(loop.pieces)
    count(holes, LARGEST + 1, _PART)
    name, *branches = holes
    names = part_names(only(name, Slot, _PART), loop, _PART)
    by_count = dict(_flat(branches))
    if sorted(by_count) != list(range(1, LARGEST + 1)) or any(around[2:-1]):
        raise OtherPatternError(_PART)
    one, two, three = (_amounts(by_count[number], number) for number in range(1, LARGEST + 1))
    if len({(each.before, each.after_class, each.after, each.size) for each in (one, two, three)}) > 1:
        raise OtherPatternError(_PART)
    joints = [three.between[0], two.between[0], three.between[1]]
    # what is the same after each noun belongs to the noun
    close = _same_beginning([one.after, *joints])
    gap, after_noun = one.size
    before, after = around[0], around[-1]
    start = around[1] + one.before
    return {
        "amount": sentence("", "class", one.after_class, "size", gap, "noun", after_noun + close),
        "part": sentence(before, "part", start, "amounts", one.after.removeprefix(close) + after),
        "empty_part": sentence(before, "part", around[1] + after),
        "separators": {
            "class": class_separator,
            "amount": [joint.removeprefix(close) for joint in joints],
            "part": loop.separator,
        },
        **({} if names == list(PARTS) else {"part_names": {"part": names, "empty_part": names}}),
    }


def _same_beginning(texts: Sequence[str]) -> str:
    same = takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    return "".join(column[0] for column in same)


def _flat(branches: Sequence[Piece]) -> list[tuple[int, tuple[Piece, ...]]]:
    pieces_by_count = []
    for piece in branches:
        branch = only(piece, Branch, _PART)
        if branch.count is None or branch.otherwise:
            raise OtherPatternError(_PART)
        pieces_by_count.append((branch.count, branch.pieces))
    return pieces_by_count


def _amounts(pieces: tuple[Piece, ...], number: int) -> _Amounts:
    around, holes = split(pieces)
    count(holes, 2 * number, _PART)
    sizes = set()
    for position in range(number):
        name, size = holes[2 * position : 2 * position + 2]
        nth = only(only(size, Slot, _SIZE).value, Nth, _SIZE)
        if class_position(name, _CLASSES, _PART) != position or nth.position != position or size != Slot(nth):
            raise OtherPatternError(_PART)
        sizes.add(_size(nth.element))
    after_class = set(around[1::2])
    if len(after_class) > 1:
        raise OtherPatternError(_PART)
    return _Amounts(around[0], around[1], around[2:-1:2], around[-1], sizes.pop())


def _size(value: Value) -> tuple[str, str]:
    """Return the texts between size word and noun, and after the noun."""
    texts = set()
    options = count(only(value, Options, _SIZE).options, len(SIZES), _SIZE)
    first = 0
    for (numbers, option), (end, word) in zip(options, SIZES, strict=True):
        (before, after), holes = split(only(option, Text, _SIZE).pieces)
        draw = only(count(holes, 1, _SIZE)[0], Slot, _SIZE)
        if draw != Slot(Draw(NOUNS)) or not before.startswith(word) or numbers != (first, end - 1):
            raise OtherPatternError(_SIZE)
        texts.add((before.removeprefix(word), after))
        first = end
    if len(texts) > 1:
        raise OtherPatternError(_SIZE)
    return texts.pop()
