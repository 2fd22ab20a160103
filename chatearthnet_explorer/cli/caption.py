"""Chip, prompt and caption of a place."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import CAPTIONERS, IMAGES, open_captioner
from chatearthnet_explorer.captioners.service import EFFORTS
from chatearthnet_explorer.card import card
from chatearthnet_explorer.card.provenance import coordinates, provenance, remarks
from chatearthnet_explorer.cli.output import put
from chatearthnet_explorer.cli.prompt import add_wording_to
from chatearthnet_explorer.pipeline import Captioned, caption_at
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import SOURCES, YEARS, open_source

if TYPE_CHECKING:
    import argparse


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``caption``."""
    parser = commands.add_parser("caption", help="show the chip, the prompt and the caption of a place")
    parser.add_argument("lon", type=float, metavar="LON", help="degrees east")
    parser.add_argument("lat", type=float, metavar="LAT", help="degrees north")
    parser.add_argument("--source", choices=SOURCES, default="auto", help="where the chip comes from")
    parser.add_argument("--captioner", choices=CAPTIONERS, default="template", help="who writes the caption")
    parser.add_argument("--model", help="model to ask, for chat and vision")
    parser.add_argument("--base-url", help="address of an OpenAI-compatible service (OPENAI_BASE_URL)")
    parser.add_argument("--token-limit", type=int, metavar="N", help="tokens a model may write, thinking included")
    parser.add_argument("--reasoning-effort", choices=EFFORTS, help="how long a model is to think")
    parser.add_argument("--image", choices=IMAGES, default=IMAGES[0], help="what vision is shown")
    parser.add_argument("--year", type=int, choices=YEARS, default=YEARS[0], help="year of labels and scene")
    parser.add_argument("--scene", help="identifier of the scene to take")
    add_wording_to(parser)
    parser.add_argument("--stac", help="catalogues to ask, comma-separated, in order (CHATEARTHNET_STAC)")
    parser.add_argument("--worldcover", help="address above v100/2020/map (CHATEARTHNET_WORLDCOVER)")
    parser.add_argument("--cache", type=Path, help="folder of the cache (CHATEARTHNET_CACHE)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page that shows it all")
    parser.add_argument("--geotiff", type=Path, metavar="FILE", help="write the chip for a GIS")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    given = {name: getattr(options, name) for name in ("worldcover", "cache") if getattr(options, name)}
    if options.stac:
        given["catalogues"] = tuple(one.strip() for one in options.stac.split(","))
    shown = caption_at(
        options.lon,
        options.lat,
        source=open_source(options.source, settings=Settings(**given)),
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
        card(shown).save(options.html)
    if options.geotiff:
        shown.chip.to_geotiff(options.geotiff)
    put(shown.to_dict() if options.json else _told(shown))
    if shown.error:
        raise shown.error


def _told(shown: Captioned) -> str:
    chip, where = shown.chip, shown.country.name if shown.country else "Open sea"
    lines = [f"{where}, {coordinates(shown.lon, shown.lat)}"]
    lines += [f"{what}: {whence}" for what, whence in provenance(chip)]
    lines += remarks(chip)
    if shown.prompt:
        lines += ["", "PROMPT", shown.prompt.user]
    if shown.caption:
        lines += ["", f"CAPTION ({shown.caption.byline})", textwrap.fill(shown.caption.text, 100)]
    return "\n".join([*lines, "", *chip.attribution])
