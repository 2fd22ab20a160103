"""The wording of the published script of the 4V style."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
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
from chatearthnet_explorer.prompts.published.script_values import Loop, Piece, Slot, Unknown
from chatearthnet_explorer.prompts.wording import MAPS

if TYPE_CHECKING:
    from chatearthnet_explorer.prompts.published.script import Request

_CLASSES = tuple(land.name_4v for land in CLASSES[BACKGROUND + 1 :])
_PERCENTS, _SHARES, _MAPS = "the percents of a class", "the shares of a part", "the text of a map"


def wording_4v(request: Request) -> dict[str, object]:
    """Return the wording file of a script, as ``open_wording`` reads it.

    Raises:
        OtherPatternError: If a text is put together otherwise than the published one.
    """
    texts, loops = split(request.user.pieces)
    if not 1 <= request.images <= MAPS:
        raise OtherPatternError(_MAPS)
    count(loops, 2 * request.images, _MAPS)
    layouts, roots = [], []
    for place in range(0, len(loops), 2):
        percents, shares = (only(loop, Loop, _MAPS) for loop in loops[place : place + 2])
        layouts.append(_layout(percents, shares))
        roots.append(_roots(percents) | _roots(shares))
    if any(layout != layouts[0] for layout in layouts) or not _are_in_order(roots):
        raise OtherPatternError(_MAPS)
    # the last piece before the first map belongs to that map, and the ones before it to all
    first = list(request.user.pieces).index(loops[0])
    lead = next((piece for piece in reversed(request.user.pieces[:first]) if piece), "")
    starts = [only(lead, str, _MAPS), *texts[2:-1:2]]
    layout = layouts[0]
    return {
        "trim": False,
        "class_order": "first pixel",
        "system": "",
        "user": sentence(texts[0].removesuffix(starts[0]), "maps", texts[-1]),
        "map": [
            sentence(start, "percents", middle, "shares", "") for start, middle in zip(starts, texts[1::2], strict=True)
        ],
        **layout.sentences,
        "separators": {"map": "", **layout.separators},
        "part_names": layout.part_names,
    }


class _Layout(NamedTuple):
    """What the loops of one map say."""

    sentences: dict[str, str]
    separators: dict[str, str]
    part_names: dict[str, list[str]]


def _layout(percents: Loop, shares: Loop) -> _Layout:
    one, two = _percents(percents), _shares(shares)
    return _Layout(one.sentences | two.sentences, one.separators | two.separators, one.part_names | two.part_names)


def _percents(piece: Loop) -> _Layout:
    loop = class_loop(piece, _PERCENTS, by_area=False)
    around, holes = split(loop.pieces)
    name, inner = count(holes, 2, _PERCENTS)
    class_position(name, _CLASSES, _PERCENTS)
    parts = only(inner, Loop, _PERCENTS)
    around_part, part_holes = split(parts.pieces)
    part, number = count(part_holes, 2, _PERCENTS)
    _check_number(number, ".2%", _PERCENTS)
    before, middle, after = around_part
    return _Layout(
        {
            "percents": sentence(around[0], "class", around[1], "percents", around[2]),
            "percent": sentence(before, "part", middle, "percent", f"%{after}"),
        },
        {"percents": loop.separator, "percent": parts.separator},
        {"percent": part_names(part, parts, _PERCENTS)},
    )


def _shares(loop: Loop) -> _Layout:
    around, holes = split(loop.pieces)
    part, inner = count(holes, 2, _SHARES)
    names = part_names(part, loop, _SHARES)
    classes = class_loop(inner, _SHARES, by_area=True)
    around_class, class_holes = split(classes.pieces)
    name, number = count(class_holes, 2, _SHARES)
    class_position(name, _CLASSES, _SHARES)
    _check_number(number, ".2f", _SHARES)
    before, middle, after = around
    return _Layout(
        {
            "shares": sentence(before, "part", middle, "shares", after),
            "empty_part": sentence(before, "part", middle + after),
            "share": sentence(around_class[0], "class", around_class[1], "share", around_class[2]),
        },
        {"shares": loop.separator, "share": classes.separator},
        {"shares": names, "empty_part": names},
    )


def _check_number(piece: Piece, spec: str, what: str) -> None:
    slot = only(piece, Slot, what)
    only(slot.value, Unknown, what)
    if slot.spec != spec:
        msg = f"the numbers of {what}"
        raise OtherPatternError(msg)


def _roots(loop: Loop) -> frozenset[str]:
    """Return which label maps the classes and numbers of a loop, and of the loops in it, come from."""
    values = [loop.over, *(piece.value for piece in loop.pieces if isinstance(piece, Slot))]
    roots = (value.roots for value in values if isinstance(value, Unknown))
    return frozenset().union(*roots, *(_roots(piece) for piece in loop.pieces if isinstance(piece, Loop)))


def _are_in_order(roots: list[frozenset[str]]) -> bool:
    """Return whether the maps are those of one parameter, the first one first."""
    names = {root.rpartition("[")[0] for one in roots for root in one}
    return len(names) == 1 and roots == [frozenset({f"{min(names)}[{number}]"}) for number in range(len(roots))]
