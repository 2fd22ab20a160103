"""The views of lessons: each is one of the real views, with the values of it that a task can ask for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import ipywidgets

from chatearthnet_explorer.cards.chip_html import percent
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.learn.lesson_chips import block_of, lesson_chip, simulated_chip
from chatearthnet_explorer.learn.prompt_rules import RULES
from chatearthnet_explorer.places.gazetteer import nearest_town
from chatearthnet_explorer.tile import EARTH_RADIUS, ZOOM, Tile
from chatearthnet_explorer.widgets.explore.click_map import ClickMap
from chatearthnet_explorer.widgets.learn.activity import Activity
from chatearthnet_explorer.widgets.learn.band_view import BandView
from chatearthnet_explorer.widgets.learn.caption_activities import (
    clouds_activity,
    drill_activity,
    grounding_activity,
    inputs_activity,
    margin_activity,
    prompt_activity,
    sentences_activity,
)
from chatearthnet_explorer.widgets.learn.picture_board import PictureBoard
from chatearthnet_explorer.widgets.learn.rule_board import RuleBoard
from chatearthnet_explorer.widgets.shared.chip_view import ChipView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    State = dict[str, Any]
    Maker = Callable[[Mapping[str, Any]], Activity]


def make_activity(options: Mapping[str, Any]) -> Activity:
    """Return the view of a section.

    Args:
        options: ``kind``, one of ``KINDS``, and the options of that kind.

    Raises:
        LessonError: If there is no such kind.
    """
    kind = options["kind"]
    if kind not in KINDS:
        msg = f"There is no view {kind!r} for lessons; choose one of {', '.join(KINDS)}."
        raise LessonError(msg)
    return KINDS[kind](options)


def _nothing(_options: Mapping[str, Any]) -> Activity:
    return Activity(ipywidgets.Box(layout={"display": "none"}), dict)


def _chip(options: Mapping[str, Any]) -> Activity:
    chip = lesson_chip(options)
    view = ChipView(chip=chip, blend=float(options.get("blend", 0.0)))
    return Activity(view, lambda: chip_state(view), ((view, ("blend", "part", "highlight")),))


def chip_state(view: ChipView) -> State:
    """Return ``blend``, ``part``, ``highlight`` (a class by name) and the two largest shares of the part in words."""
    shares = view.shares.get(view.part, [])
    by_share = sorted(range(len(shares)), key=lambda index: -shares[index])
    highlight = CLASSES[view.highlight].name if view.highlight >= 0 else ""
    state: State = {"blend": view.blend, "part": view.part, "highlight": highlight}
    for name, index in zip(("first", "second"), by_share, strict=False):
        state |= {f"{name}_class": CLASSES[index].name, f"{name}_share": percent(shares[index])}
    if highlight and view.shares:
        state["highlight_share"] = percent(view.shares["overall"][view.highlight])
    return state


def _map(_options: Mapping[str, Any]) -> Activity:
    world = ClickMap(height="300px")
    return Activity(world, lambda: _map_state(world), ((world, ("lonlat",)),))


def _map_state(world: ClickMap) -> State:
    if world.lonlat is None:
        return {}
    lon, lat = world.lonlat
    tile = Tile.at(lon, lat)
    width = 2 * math.pi * EARTH_RADIUS / 2**ZOOM * math.cos(math.radians(tile.center[1]))
    return {
        "lon": lon,
        "lat": lat,
        "place": coordinates(lon, lat),
        "where": nearest_town(lon, lat).phrase,
        "name": tile.name,
        "width": f"{width / 1000:.1f}",
    }


def _tile(options: Mapping[str, Any]) -> Activity:
    chips = block_of(float(options["lon"]), float(options["lat"]))
    board = PictureBoard(label="The four squares of one block", columns=2)
    board.show([(chip.tile.name, _position(number), chip) for number, chip in enumerate(chips)])
    return Activity(board, lambda: {"selection": board.selection}, ((board, ("selection",)),))


def _position(number: int) -> str:
    return f"{('Top', 'Bottom')[number // 2]} {('left', 'right')[number % 2]}"


def _bands(options: Mapping[str, Any]) -> Activity:
    view = BandView(simulated_chip(float(options["lon"]), float(options["lat"]), bands=True))
    view.composite = options.get("composite", "true")
    return Activity(view, lambda: _band_state(view), ((view, ("composite", "reading")),))


def _band_state(view: BandView) -> State:
    values = view.values
    words = {f"{name}_words": f"{value:.2f}" for name, value in values.items() if isinstance(value, float)}
    return {"composite": view.composite, **values, **words}


def _rules(options: Mapping[str, Any]) -> Activity:
    labels = lesson_chip(options).labels
    if labels is None:
        msg = f"The place {options['lon']}, {options['lat']} has no labels; choose another one for the lesson."
        raise LessonError(msg)
    board = RuleBoard(labels, switches=[rule for rule in RULES if rule not in options.get("off", ())])
    return Activity(board, lambda: _rule_state(board), ((board, ("facts",)),))


def _rule_state(board: RuleBoard) -> State:
    extra = sorted({name for names in board.extra_classes.values() for name in names})
    return {
        "rules_off": len(RULES) - len(board.switches),
        "extra": len(extra),
        "extra_classes": _list(extra),
        **{rule: "on" if rule in board.switches else "off" for rule in RULES},
    }


def _list(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


KINDS: dict[str, Maker] = {
    "none": _nothing,
    "chip": _chip,
    "map": _map,
    "tile": _tile,
    "bands": _bands,
    "rules": _rules,
    "prompt": prompt_activity,
    "inputs": inputs_activity,
    "clouds": clouds_activity,
    "grounding": grounding_activity,
    "sentences": sentences_activity,
    "drill": drill_activity,
    "margin": margin_activity,
}
"""The views by the ``kind`` that a lesson names; each function says which values its state has."""
