"""The pipeline from a place to its caption, on one page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.captioners import Captioner, open_captioner, sent_image, write_caption
from chatearthnet_explorer.errors import CaptionerError
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.places.countries import Country, country_at
from chatearthnet_explorer.prompts.chip_prompt import prompt_for_chip
from chatearthnet_explorer.prompts.picture_prompt import needs_bands
from chatearthnet_explorer.prompts.prompt import Prompt, wording_for
from chatearthnet_explorer.sources import Source, Year, fetch_chip, open_source
from chatearthnet_explorer.tile import ZOOM, wrap_longitude
from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from chatearthnet_explorer.caption import Caption, Style
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt


FETCHING = "Fetching the picture and the land cover."
"""The step before the chip is there."""

WRITING = "Waiting for the caption."
"""The step before the caption is there."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Captioned(Value):
    """The result of a click: the chip, the prompt and the caption, and why any of them is missing.

    Two results are equal if all their fields are; errors are equal if their class and message are.
    """

    lon: float
    """Degrees east of the click, within -180 to 180."""

    lat: float
    """Degrees north of the click."""

    country: Country | None
    """The country of the place, or the one within 50 km of whose coast it is; None on the open sea."""

    chip: Chip
    """Pixels and labels, as far as they are available."""

    prompt: Prompt | None
    """The messages for a model; None without the labels or the pictures that the style describes."""

    caption: Caption | None
    """The caption; None if it could not be written."""

    error: CaptionerError | None = None
    """Why there is no caption, or no newer one; None if it was written, or there are no labels to write it from."""

    code: str = ""
    """Three lines of Python that give the same result, unless functions of your own contributed to the source."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what is missing and why, one sentence each."""
        return (*self.chip.missing, *([str(self.error)] if self.error else []))

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``place``, ``chip``, ``labels``, ``prompt``, ``caption``, ``missing``."""
        chip, scene, prompt, caption = self.chip, self.chip.scene, self.prompt, self.caption
        return {
            "place": {
                "lon": self.lon,
                "lat": self.lat,
                "tile": chip.tile.name,
                "z": ZOOM,
                "x": chip.tile.x,
                "y": chip.tile.y,
                "bounds": list(chip.tile.bounds),
                "country": self.country.name if self.country else None,
            },
            "chip": {
                "source": chip.source,
                "simulated": chip.simulated,
                "acquired": scene.acquisition_time.isoformat() if scene and scene.acquisition_time else None,
                "catalogue": scene.catalogue if scene else None,
                "item": scene.item if scene else None,
                "cloud_share": scene.cloud_share if scene else None,
                "attribution": list(chip.attribution),
            },
            "labels": {
                "version": chip.label_version,
                "missing": chip.labels is None,
                "shares": {} if chip.labels is None else shares(chip.labels)["overall"],
            },
            "prompt": prompt.to_dict() if prompt else None,
            "caption": caption
            and {
                "text": caption.text,
                "captioner": caption.captioner,
                "model": caption.model,
                "style": caption.style,
                "tokens_in": caption.tokens_in,
                "tokens_out": caption.tokens_out,
                "dollars": caption.dollars,
                "price_date": caption.price_date.isoformat() if caption.price_date else None,
                "seconds": caption.seconds,
                "notes": list(caption.notes),
            },
            "missing": list(self.missing),
        }


def caption_at(
    lon: float,
    lat: float,
    *,
    source: str | Source = "auto",
    captioner: str | Captioner = "template",
    style: Style = "3.5",
    year: Year = 2020,
    seed: int = 0,
    scene: str | None = None,
    wording: str | Path | None = None,
    ask: bool = True,
    step: Callable[[str], None] = lambda _: None,
    on_text: Callable[[str], None] | None = None,
) -> Captioned:
    """Return the chip of a place, the prompt that is made of it, and a caption.

    Args:
        lon: Degrees east; wrapped beyond -180 to 180.
        lat: Degrees north, within 85.0511 of the equator.
        source: Where chips come from: ``auto``, ``stac``, ``simulated``, or an object.
        captioner: What writes: ``template``, ``chat``, ``vision``, or an object.
        style: Style of the prompt: ``3.5``, ``4v`` or ``multispectral``.
        year: 2020 or 2021, of the labels and of the scene.
        seed: Seed of the words a 3.5 prompt draws.
        scene: Identifier of the scene to take; None for the least cloudy.
        wording: TOML file with other sentences for the prompt.
        ask: Whether to write a caption; otherwise the result has chip and prompt only.
        step: Called with a sentence before each step; it may raise ``Cancelled`` to stop.
        on_text: Called with the text of the caption so far while it is written, if the captioner can; likewise.

    Raises:
        PlaceError: If the place is not on the grid.
        SettingError: If a name or the year is unknown.
        WordingError: If the style or the wording file cannot be used.
    """
    sources, writer = open_source(source), open_captioner(captioner)
    wording_for(style, wording)
    step(FETCHING)
    bands = needs_bands(style, sent_image(writer))
    chip = fetch_chip(sources, lon, lat, year=year, scene=scene, bands=bands)
    return caption_of(
        chip,
        lon,
        lat,
        source=sources,
        captioner=writer,
        style=style,
        year=year,
        seed=seed,
        wording=wording,
        ask=ask,
        step=step,
        on_text=on_text,
    )


def caption_of(
    chip: Chip,
    lon: float,
    lat: float,
    *,
    source: Source | None = None,
    captioner: str | Captioner = "template",
    style: Style = "3.5",
    year: Year = 2020,
    seed: int = 0,
    wording: str | Path | None = None,
    prompt: Prompt | None = None,
    ask: bool = True,
    step: Callable[[str], None] = lambda _: None,
    on_text: Callable[[str], None] | None = None,
) -> Captioned:
    """Return the prompt and the caption of a chip: ``caption_at`` without its first half.

    Args:
        chip: What to describe.
        lon: Degrees east of the click; wrapped beyond -180 to 180.
        lat: Degrees north of it.
        source: Where the chip is from, for ``Captioned.code``; None if the fields of the chip are enough.
        captioner: What writes: ``template``, ``chat``, ``vision``, or an object.
        style: Style of the prompt: ``3.5``, ``4v`` or ``multispectral``.
        year: Year that the chip was requested for, which ``Captioned.code`` repeats.
        seed: Seed of the words a 3.5 prompt draws.
        wording: TOML file with other sentences for the prompt.
        prompt: An edited prompt; None to make it from the labels, or the pictures in the multispectral style.
        ask: Whether to write a caption; otherwise the result has chip and prompt only.
        step: Called with a sentence before each step; it may raise ``Cancelled`` to stop.
        on_text: Called with the text of the caption so far while it is written, if the captioner can; likewise.

    Raises:
        SettingError: If the captioner is unknown.
        WordingError: If the style or the wording file cannot be used.
    """
    writer = open_captioner(captioner)
    country = country_at(*chip.tile.center)
    caption, error = None, None
    if chip.labels is not None or style == MULTISPECTRAL:
        step("Making the prompt.")
        try:
            image = sent_image(writer)
            prompt = prompt or prompt_for_chip(chip, style=style, seed=seed, wording=wording, image=image)
            if ask:
                step(WRITING)
                caption = write_caption(writer, prompt, chip, on_text)
        except CaptionerError as problem:  # chip and prompt are shown without it
            error = problem
    return Captioned(
        lon=wrap_longitude(lon),
        lat=lat,
        country=country,
        chip=chip,
        prompt=prompt,
        caption=caption,
        error=error,
        code=_code(lon, lat, chip, source, writer, style=style, year=year, seed=seed, wording=wording),
    )


def _code(
    lon: float,
    lat: float,
    chip: Chip,
    source: Source | None,
    captioner: Captioner,
    *,
    style: Style,
    year: Year,
    seed: int,
    wording: str | Path | None,
) -> str:
    from_release = chip.source == "release"
    options: dict[str, str] = {"root": chip.scene.catalogue} if from_release and chip.scene else {}
    options |= getattr(source, "options", {})
    if from_release and "root" in options:
        options["root"] = re.sub(r"^Zenodo record (\d+)$", r"zenodo:\1", options["root"])
    # a captioner of a model has the options that it was opened with, as the source of a release has; a key is never
    # among them
    choices = {
        "captioner": _call("open_captioner", captioner.name, getattr(captioner, "options", {})),
        "source": _call("open_source", chip.source, options),
        "style": repr(style),
        "year": repr(year),
    }
    if seed:
        choices["seed"] = repr(seed)
    if chip.scene and not chip.simulated and not from_release:  # a release has one chip of each place
        choices["scene"] = repr(chip.scene.item)
    if wording:
        choices["wording"] = repr(str(wording))
    imports = ["caption_at", "card", *(name for name in ("open_captioner", "open_source") if name in str(choices))]
    words = ", ".join(f"{name}={value}" for name, value in choices.items())
    return (
        f"from chatearthnet_explorer import {', '.join(imports)}\n"
        f"result = caption_at({lon!r}, {lat!r}, {words})\n"
        "card(result)"
    )


def _call(function: str, name: str, options: Mapping[str, object]) -> str:
    """Return a name as Python, or the call that opens it if it needs options."""
    if not options:
        return repr(name)
    return f"{function}({name!r}, {', '.join(f'{option}={value!r}' for option, value in options.items())})"
