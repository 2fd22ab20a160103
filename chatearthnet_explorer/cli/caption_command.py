"""The command `caption`: chip, prompt and caption of a place."""

from __future__ import annotations

import argparse
import math
import textwrap
from pathlib import Path

from chatearthnet_explorer.captioners import IMAGES, captioner_names, captioner_problems, open_captioner
from chatearthnet_explorer.captioners.service.model_service import EFFORTS
from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.provenance import coordinates, provenance, remarks
from chatearthnet_explorer.cli.prompt_command import add_wording_to
from chatearthnet_explorer.cli.terminal import complain, put
from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.pipeline import Captioned, caption_at
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS, open_source, source_names, source_problems
from chatearthnet_explorer.tile import LATITUDE_LIMIT


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``caption``."""
    parser = commands.add_parser("caption", help="show the chip, the prompt and the caption of a place")
    parser.add_argument("lon", type=_degrees, metavar="LON", help="degrees east")
    parser.add_argument("lat", type=_degrees, metavar="LAT", help="degrees north")
    parser.add_argument("--source", choices=source_names(), default="auto", help="where the chip comes from")
    parser.add_argument("--captioner", choices=captioner_names(), default="template", help="who writes the caption")
    parser.add_argument("--model", help="model to ask, for chat and vision")
    parser.add_argument("--base-url", help="address of an OpenAI-compatible service (OPENAI_BASE_URL)")
    parser.add_argument("--token-limit", type=int, metavar="N", help="tokens a model may write, thinking included")
    parser.add_argument("--reasoning-effort", choices=EFFORTS, help="how long a model may think")
    parser.add_argument("--image", choices=IMAGES, default=IMAGES[0], help="image that vision is sent")
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
    captioned = caption_at(
        options.lon,
        options.lat,
        source=open_source(options.source, settings=Settings(**changes)),
        captioner=open_captioner(
            options.captioner,
            model=options.model,
            base_url=options.base_url,
            image=options.image,
            token_limit=options.token_limit,
            reasoning_effort=options.reasoning_effort,
        ),
        style=options.style,
        year=options.year,
        seed=options.seed,
        scene=options.scene,
        wording=options.wording,
    )
    if options.html:
        card(captioned).save(options.html)
    if options.geotiff:
        captioned.chip.to_geotiff(options.geotiff)
    put(captioned.to_dict() if options.json else _as_text(captioned))
    if hint and captioned.chip.labels is None:
        complain(f"Nothing is mapped at {coordinates(captioned.lon, captioned.lat)}, and {hint}.")
    if captioned.error:
        raise captioned.error


def _as_text(captioned: Captioned) -> str:
    chip, where = captioned.chip, captioned.country.name if captioned.country else "Open sea"
    lines = [f"{where}, {coordinates(captioned.lon, captioned.lat)}"]
    lines += [f"{what}: {whence}" for what, whence in provenance(chip)]
    lines += remarks(chip)
    if captioned.prompt:
        lines += ["", "PROMPT", captioned.prompt.user]
    if captioned.caption:
        lines += ["", f"CAPTION ({captioned.caption.byline})", textwrap.fill(captioned.caption.text, 100)]
    return "\n".join([*lines, "", *chip.attribution])
