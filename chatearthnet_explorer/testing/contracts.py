"""Contracts of captioners, sources and checks: one function for each rule, which raises ``AssertionError``."""

from __future__ import annotations

import inspect
import math
import pickle
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from chatearthnet_explorer.caption import LIMIT, RELEASED_STYLES, Caption, Style
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.chip import BANDS, Chip
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import CaptionerError, PlaceError, SettingError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.chip_prompt import prompt_for_chip
from chatearthnet_explorer.review.added_checks import run_added, verify
from chatearthnet_explorer.review.checked_caption import Case
from chatearthnet_explorer.review.chip_checks import Picture
from chatearthnet_explorer.review.finding import BOTH, PIXELS
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.sources.protocol import YEARS, Source
from chatearthnet_explorer.testing.example_chips import example_chip, example_labels
from chatearthnet_explorer.testing.requirements import require, require_alike, require_error, require_sentences
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.review.finding import Check

PLACE = (6.73, 0.336)
"""Degrees east and north of the place that sources are tried at unless another is named: the town of São Tomé."""

_REFLECTANCE = (-0.1, 1.5)
_MOST_CODE = 11  # of a scene classification

_TEXTS = (
    "The image is dominated by trees. A small amount of grass lies in the top left, and there is no water.",
    "trees",
    "",
    "<b>Trees</b> \u202e and \ud800 & grass! " * 40,
    "x" * LIMIT,
)
_STYLES: tuple[Style, ...] = get_args(Style)
_BAD_YEARS: tuple[Any, ...] = (2019, 2022, 0, -1)
_EMPTY = example_chip(labels=np.zeros((SIZE, SIZE), np.uint8))


def check_captioner(captioner: Captioner) -> None:
    """Try every rule for captioners.

    Raises:
        AssertionError: If it breaks a rule; the text names the rule and the reason.
    """
    for rule in CAPTIONER_RULES:
        rule(captioner)


def check_source(source: Source, lon: float = PLACE[0], lat: float = PLACE[1]) -> None:
    """Try every rule for sources, at a place that the source knows (degrees east and north).

    Raises:
        AssertionError: If it breaks a rule; the text names the rule and the reason.
    """
    for rule in SOURCE_RULES:
        rule(source, lon, lat)


def check_check(check: Check) -> None:
    """Try every rule for checks of single captions, pictures or pairs.

    Raises:
        AssertionError: If it breaks a rule; the text names the rule and the reason.
    """
    for rule in CHECK_RULES:
        rule(check)


# --- captioners


def captioner_is_opened_as_object(captioner: Captioner) -> None:
    """An object with a name and a method is a captioner."""
    try:
        require(open_captioner(captioner) is captioner, "open_captioner must return the object itself")
    except SettingError as error:
        raise AssertionError(str(error)) from error


def caption_names_its_origin(captioner: Captioner) -> None:
    """A caption repeats the captioner's name, the style and the prompt's id, and is not called released."""
    for prompt, caption in _captions(captioner, example_chip()):
        require(isinstance(caption, Caption), f"the method caption() returned {type(caption).__name__} and no Caption")
        require(isinstance(caption.text, str) and bool(caption.text.strip()), "the caption has no words")
        require(len(caption.text) <= LIMIT, f"the caption has more than {LIMIT} characters")
        require(caption.captioner == captioner.name, f"the caption names {caption.captioner!r} as its captioner")
        require(caption.style == prompt.style, f"the caption has style {caption.style}, the prompt {prompt.style}")
        require(caption.prompt_id == prompt.id, "the caption has the id of another prompt")
        require(bool(caption.input_summary), "the caption does not say what was sent")
        require(not caption.is_released, "only ChatEarthNet's own captions are released")
        require_sentences(caption.notes, "a note")


def caption_notes_that_chip_is_simulated(captioner: Captioner) -> None:
    """A caption of a simulated chip has a note that says so."""
    for _, caption in _captions(captioner, example_chip(simulated=True)):
        require(any("simulated" in note for note in caption.notes), "no note says that the chip is simulated")


def captioner_leaves_chip_unchanged(captioner: Captioner) -> None:
    """Pixels and labels are the same afterwards."""
    chip = example_chip()
    arrays = [array for array in (chip.labels, chip.rgb) if array is not None]
    copies = [array.copy() for array in arrays]
    _captions(captioner, chip)
    for before, after in zip(copies, arrays, strict=True):
        require(np.array_equal(before, after), "the captioner changed the chip")


def captioner_fails_with_sentence(captioner: Captioner) -> None:
    """A chip whose labels are empty gets a caption or a ``CaptionerError`` of one sentence."""
    for style in _STYLES:
        try:
            captioner.caption(prompt_for_chip(_EMPTY, style=style, image="true colour"), _EMPTY)
        except CaptionerError as error:
            require_sentences([str(error)], "an error")


CAPTIONER_RULES: tuple[Callable[[Captioner], None], ...] = (
    captioner_is_opened_as_object,
    caption_names_its_origin,
    caption_notes_that_chip_is_simulated,
    captioner_leaves_chip_unchanged,
    captioner_fails_with_sentence,
)
"""Every rule for captioners."""


# --- sources


def source_has_signature_of_protocol(source: Source, lon: float, lat: float) -> None:
    """``chip_at`` has the parameters of ``Source.chip_at``, and the object is a source."""
    require(open_source(source) is source, "open_source must return the object itself")
    expected = list(inspect.signature(Source.chip_at).parameters.values())[1:]
    actual = inspect.signature(source.chip_at).parameters.values()
    for one in expected:
        match = next((other for other in actual if other.name == one.name), None)
        require(match is not None, f"chip_at has no parameter {one.name}")
        require(match is not None and match.default == one.default, f"the default of {one.name} is not {one.default}")
    require(isinstance(source.chip_at(lon, lat), Chip), "chip_at returns no Chip")


def chip_is_of_place(source: Source, lon: float, lat: float) -> None:
    """The chip is of the tile that contains the place, and names its source."""
    chip = source.chip_at(lon, lat)
    require(chip.tile == Tile.at(lon, lat), f"the chip is of tile {chip.tile.name}, not {Tile.at(lon, lat).name}")
    require(bool(chip.source), "the chip does not name its source")
    require(chip.labels is not None or chip.rgb is not None, "the chip has neither labels nor pixels at this place")


def same_place_gives_same_chip(source: Source, lon: float, lat: float) -> None:
    """The same place gives the same chip, and so do all places of its tile and other turns of its longitude."""
    west, south, east, north = Tile.at(lon, lat).bounds
    chip = source.chip_at(lon, lat)
    places = ((lon, lat), (west + 1e-9, south + 1e-9), ((west + east) / 2, (south + north) / 2))
    for place in (*places, (lon + 360, lat), (lon - 720, lat)):
        require_alike(source.chip_at(*place), chip)


def unknown_place_is_refused(source: Source, _lon: float, _lat: float) -> None:
    """A place that is not on the grid raises ``PlaceError``."""
    for place in ((0, 85.06), (0, -90), (math.nan, 0), (0, math.inf)):
        require_error(partial(source.chip_at, *place), PlaceError, f"place {place}")


def unknown_year_is_refused(source: Source, lon: float, lat: float) -> None:
    """A year without a WorldCover map raises ``SettingError``; both others give a chip."""
    for bad_year in _BAD_YEARS:
        require_error(partial(source.chip_at, lon, lat, year=bad_year), SettingError, f"year {bad_year}")
    for year in YEARS:
        require(source.chip_at(lon, lat, year=year).tile == Tile.at(lon, lat), f"no chip of {year}")


def absent_parts_are_explained(source: Source, lon: float, lat: float) -> None:
    """What a chip lacks is explained in sentences, also at the ends of the map and across the antimeridian."""
    for place in ((lon, lat), (-30, 0), (0, -75), (0, 84.5), (180, 0), (-180, 0), (179.9999, -17), (-179.9999, -17)):
        chip = source.chip_at(*place)
        require(chip.tile == Tile.at(*place), f"the chip of {place} is of another tile")
        if chip.labels is None or chip.rgb is None:
            require(bool(chip.missing), f"the chip of {place} does not say why a part is missing")
        require((chip.labels is None) == (chip.label_version is None), "label_version must come with labels")
        require_sentences(chip.missing, "a reason in Chip.missing")


def credits_are_there(source: Source, lon: float, lat: float) -> None:
    """A chip has credits, and they say where it is simulated."""
    chip = source.chip_at(lon, lat)
    require(bool(chip.attribution), "the chip has no attribution")
    if chip.simulated:
        require(any("simulated" in one.lower() for one in chip.attribution), "no credit says that it is simulated")


def bands_are_reflectance(source: Source, lon: float, lat: float) -> None:
    """Bands are there on request only, by their names, from 0 for no light to 1 for all light; NaN for no data."""
    require(not source.chip_at(lon, lat).bands, "there are bands without a request for them")
    chip = source.chip_at(lon, lat, bands=True)
    unknown = set(chip.bands) - set(BANDS)
    require(not unknown, f"there are unknown bands: {', '.join(sorted(unknown))}")
    for name, band in chip.bands.items():
        inside = np.isnan(band) | ((band > _REFLECTANCE[0]) & (band < _REFLECTANCE[1]))
        require(bool(inside.all()), f"band {name} is not a reflectance from 0 to 1")
    if chip.scl is not None:
        require(int(chip.scl.max()) <= _MOST_CODE, "the scene classification has codes above 11")


def scene_can_be_named(source: Source, lon: float, lat: float) -> None:
    """The scene that a chip names gives the same pixels when it is requested by its identifier."""
    chip = source.chip_at(lon, lat)
    if chip.scene is None:
        return
    again = source.chip_at(lon, lat, scene=chip.scene.item)
    require(again.scene is not None and again.scene.item == chip.scene.item, "a named scene gives another one")
    require(np.array_equal(again.rgb, chip.rgb), "a named scene gives other pixels")  # type: ignore[arg-type]


SOURCE_RULES: tuple[Callable[[Source, float, float], None], ...] = (
    source_has_signature_of_protocol,
    chip_is_of_place,
    same_place_gives_same_chip,
    unknown_place_is_refused,
    unknown_year_is_refused,
    absent_parts_are_explained,
    credits_are_there,
    bands_are_reflectance,
    scene_can_be_named,
)
"""Every rule for sources."""


# --- checks


def check_is_well_formed(check: Check) -> None:
    """Id, explanation, need and weight are those of a check that can be registered."""
    try:
        verify(check.id, check)
    except TypeError as error:
        msg = f"The check {check.id!r} is not accepted: {error}."
        raise AssertionError(msg) from error


def check_runs_on_any_subject(check: Check) -> None:
    """It runs on plain, empty, hostile and very long captions, and on pictures that cannot be read."""
    for subject, length in _subjects(check):
        _, failures = run_added([check], subject, length=length)
        require(not failures, f"the check {check.id!r} failed on {str(subject)[:120]}; see the log")


def check_is_repeatable(check: Check) -> None:
    """The same subject gives the same findings."""
    for subject, length in _subjects(check):
        first, second = (run_added([check], subject, length=length)[0] for _ in range(2))
        require(first == second, f"the check {check.id!r} finds something else when it runs again")


def check_can_be_sent_to_workers(check: Check) -> None:
    """It can be pickled: its function is at the top of a module."""
    try:
        copy = pickle.loads(pickle.dumps(check))  # noqa: S301 - made in this line
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = f"The check {check.id!r} cannot be sent to other processes: {error}."
        raise AssertionError(msg) from error
    require(copy == check, f"the check {check.id!r} changes when it is pickled")


CHECK_RULES: tuple[Callable[[Check], None], ...] = (
    check_is_well_formed,
    check_runs_on_any_subject,
    check_is_repeatable,
    check_can_be_sent_to_workers,
)
"""Every rule for checks."""


def _captions(captioner: Captioner, chip: Chip) -> list[tuple[Prompt, Caption]]:
    """Return prompts and captions of the styles that a captioner writes; it may refuse one of them."""
    results, errors = [], []
    for style in _STYLES:
        prompt = prompt_for_chip(example_chip(), style=style, image="true colour")  # the example has no bands
        try:
            results.append((prompt, captioner.caption(prompt, chip)))
        except CaptionerError as error:
            errors.append(str(error))
    require_sentences(errors, "an error")
    require(bool(results), f"it writes no caption in any style: {' '.join(errors)}")
    return results


def _subjects(check: Check) -> list[tuple[Any, int]]:
    """Return what a check is called with, and the length of the caption that its spans are of."""
    counts = count_pixels(example_labels())
    if check.needs == PIXELS:
        pixels = (None, np.zeros((SIZE, SIZE, 3), np.uint8), example_chip().rgb)
        return [(Picture(rgb, "", cover), 0) for rgb in pixels for cover in (None, Cover(counts, style="4v"))]
    readings = [(text, read_claims(text)) for text in _TEXTS]
    if check.needs == BOTH:
        return [((one, other), len(text)) for _, one in readings for text, other in readings]
    return [
        (Case(text, style, reading, Cover(counts, style=style)), len(text))
        for style in RELEASED_STYLES
        for text, reading in readings
    ]
