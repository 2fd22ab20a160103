"""The command `caption`: chip, prompt and caption of a place."""

from __future__ import annotations

import argparse
import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import Captioner, captioner_problems, is_free
from chatearthnet_explorer.captioners.budget import Budget
from chatearthnet_explorer.captioners.budget_captioner import BudgetCaptioner
from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.provenance import coordinates, provenance, remarks
from chatearthnet_explorer.cli.captioner_options import add_captioner_to, captioner_of
from chatearthnet_explorer.cli.dollars import dollars
from chatearthnet_explorer.cli.live_caption import live_caption
from chatearthnet_explorer.cli.prompt_command import add_wording_to
from chatearthnet_explorer.cli.terminal import complain, put
from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.pipeline import Captioned, caption_at
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS, open_source, source_names, source_problems
from chatearthnet_explorer.tile import LATITUDE_LIMIT

if TYPE_CHECKING:
    from chatearthnet_explorer.captioners.budget import Reservation
    from chatearthnet_explorer.captioners.estimate import Estimate


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``caption``."""
    parser = commands.add_parser("caption", help="show the chip, the prompt and the caption of a place")
    parser.add_argument("lon", type=_degrees, metavar="LON", help="degrees east")
    parser.add_argument("lat", type=_degrees, metavar="LAT", help="degrees north")
    parser.add_argument("--source", choices=source_names(), default="auto", help="where the chip comes from")
    add_captioner_to(parser)
    parser.add_argument(
        "--cap", type=dollars, metavar="DOLLARS", help="send nothing that could cost more than that (US dollars)"
    )
    parser.add_argument("--year", type=int, choices=YEARS, default=YEARS[0], help="year of labels and scene")
    parser.add_argument("--scene", help="identifier of the scene to take")
    add_wording_to(parser)
    parser.add_argument("--stac", help="catalogues to ask, comma-separated, in order (CHATEARTHNET_STAC)")
    parser.add_argument("--worldcover", help="address above v100/2020/map (CHATEARTHNET_WORLDCOVER)")
    parser.add_argument("--cache", type=Path, help="folder of the cache (CHATEARTHNET_CACHE)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write an HTML page with everything")
    parser.add_argument("--geotiff", type=Path, metavar="FILE", help="write the chip for a GIS")
    parser.set_defaults(run=_run)


def _degrees(text: str) -> float:
    try:
        return float(text.strip().removesuffix(","))  # as maps let people copy a place
    except ValueError:
        msg = f"{text[:40]!r} is not a number of degrees, such as 11.58 or -33.9"
        raise argparse.ArgumentTypeError(msg) from None


def _open_captioner(options: argparse.Namespace) -> Captioner:
    captioner = captioner_of(options)
    if warning := getattr(captioner, "warning", ""):
        complain(warning)
    if is_free(captioner):
        return captioner
    return BudgetCaptioner(captioner, [(Budget if options.json else _PrintedBudget)(options.cap)])


class _PrintedBudget(Budget):
    """A budget that prints what a request may cost before it is sent."""

    def reserve(self, estimate: Estimate, *, wait: bool = False) -> Reservation:
        reservation = super().reserve(estimate, wait=wait)
        if estimate.most_tokens:  # else the captioner does not say what it costs
            complain(f"Asking {estimate.model[:100]}: {estimate.summary}.")
        return reservation


def _swap_hint(lon: float, lat: float) -> str:
    """Return a hint where longitude and latitude may have been exchanged: what is missing here lies there."""
    there = country_at(lat, lon) if math.isfinite(lat) and abs(lon) <= LATITUDE_LIMIT else None
    return f"longitude comes first: try `caption {lat:g} {lon:g}` ({there.name})" if there else ""


def _run(options: argparse.Namespace) -> None:
    for sentence in (*captioner_problems(), *source_problems()):
        complain(sentence)
    hint = _swap_hint(options.lon, options.lat)
    if hint and abs(options.lat) > LATITUDE_LIMIT:
        msg = f"Latitude {options.lat:g} lies beyond {LATITUDE_LIMIT:.2f}, where the map ends; {hint}."
        raise PlaceError(msg)
    changes = {name: getattr(options, name) for name in ("worldcover", "cache") if getattr(options, name)}
    if options.stac:
        changes["catalogues"] = tuple(one.strip() for one in options.stac.split(","))
    with live_caption(is_wanted=not options.json) as live:
        captioned = caption_at(
            options.lon,
            options.lat,
            source=open_source(options.source, settings=Settings(**changes)),
            captioner=_open_captioner(options),
            style=options.style,
            year=options.year,
            seed=options.seed,
            scene=options.scene,
            wording=options.wording,
            on_text=live,
        )
    if options.html:
        card(captioned).save(options.html)
    if options.geotiff:
        captioned.chip.to_geotiff(options.geotiff)
    put(captioned.to_dict() if options.json else _as_text(captioned, text_above=live.text if live else ""))
    if hint and captioned.chip.labels is None:
        complain(f"Nothing is mapped at {coordinates(captioned.lon, captioned.lat)}, and {hint}.")
    if captioned.error:
        raise captioned.error


def _as_text(captioned: Captioned, *, text_above: str) -> str:
    chip, where = captioned.chip, captioned.country.name if captioned.country else "Open sea"
    lines = [f"{where}, {coordinates(captioned.lon, captioned.lat)}"]
    lines += [f"{what}: {whence}" for what, whence in provenance(chip)]
    lines += remarks(chip)
    if captioned.prompt:
        lines += ["", "PROMPT", captioned.prompt.user, *captioned.prompt.image_texts]
    if captioned.caption:
        text = captioned.caption.text
        words = "as printed above" if text == text_above else textwrap.fill(text, 100)
        lines += ["", f"CAPTION ({captioned.caption.byline})", words]
        lines += [f"{captioned.caption.cost_summary}."] if captioned.caption.cost_summary else []
        lines += captioned.caption.notes
    return "\n".join([*lines, "", *chip.attribution])
