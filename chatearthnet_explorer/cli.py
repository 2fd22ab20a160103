"""The same functions, from a shell."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import CAPTIONERS, open_captioner
from chatearthnet_explorer.card import card
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.label_file import read_labels
from chatearthnet_explorer.pipeline import Captioned, caption_at
from chatearthnet_explorer.prompt import prompt_for
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import SOURCES, YEARS, open_source
from chatearthnet_explorer.wording import STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 not done and one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ExplorerError as error:
        sys.stderr.write(f"{error}\n")
    except ModuleNotFoundError as error:
        sys.stderr.write(f"The package {error.name} is needed here; pip install 'chatearthnet-explorer[app]'.\n")
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}: {error.filename or 'a file'}; choose another path.\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chatearthnet-explorer", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_caption(commands.add_parser("caption", help="show the chip, the prompt and the caption of a place"))
    _add_prompt(commands.add_parser("prompt", help="show the prompt of a label map"))
    serve = commands.add_parser("serve", help="open the explorer in the browser")
    serve.add_argument("--port", type=int, default=0, help="port on this computer; 0 takes a free one")
    serve.add_argument("--address", default="127.0.0.1", help="address to listen at")
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.set_defaults(run=_serve)
    lab = commands.add_parser("lab", help="open the notebooks in JupyterLab", epilog="More options go to JupyterLab.")
    lab.add_argument("--folder", type=Path, default=Path("chatearthnet-notebooks"), help="where to put the notebooks")
    lab.add_argument("rest", nargs=argparse.REMAINDER, help="options for JupyterLab")
    lab.set_defaults(run=_lab)
    return parser


def _add_caption(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lon", type=float, metavar="LON", help="degrees east")
    parser.add_argument("lat", type=float, metavar="LAT", help="degrees north")
    parser.add_argument("--source", choices=SOURCES, default="auto", help="where the chip comes from")
    parser.add_argument("--captioner", choices=CAPTIONERS, default="template", help="who writes the caption")
    parser.add_argument("--model", help="model to ask, for chat and vision")
    parser.add_argument("--base-url", help="address of an OpenAI-compatible service (OPENAI_BASE_URL)")
    parser.add_argument("--year", type=int, choices=YEARS, default=YEARS[0], help="year of labels and scene")
    parser.add_argument("--scene", help="identifier of the scene to take")
    _add_wording(parser)
    parser.add_argument("--stac", help="catalogues to ask, comma-separated, in order (CHATEARTHNET_STAC)")
    parser.add_argument("--worldcover", help="address above v100/2020/map (CHATEARTHNET_WORLDCOVER)")
    parser.add_argument("--cache", type=Path, help="folder of the cache (CHATEARTHNET_CACHE)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page that shows it all")
    parser.add_argument("--geotiff", type=Path, metavar="FILE", help="write the chip for a GIS")
    parser.set_defaults(run=_caption)


def _add_prompt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("labels", type=Path, metavar="LABELS", help="label map: .png, .tif or .npy")
    _add_wording(parser)
    parser.set_defaults(run=_prompt)


def _add_wording(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--style", choices=STYLES, default=STYLES[0], help="style of the prompt")
    parser.add_argument("--seed", type=int, default=0, help="seed of the words drawn for shares")
    parser.add_argument("--wording", type=Path, metavar="FILE", help="other sentences for the prompt (TOML)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _caption(options: argparse.Namespace) -> int:
    given = {name: getattr(options, name) for name in ("worldcover", "cache") if getattr(options, name)}
    if options.stac:
        given["catalogues"] = tuple(one.strip() for one in options.stac.split(","))
    shown = caption_at(
        options.lon,
        options.lat,
        source=open_source(options.source, settings=Settings(**given)),
        captioner=open_captioner(options.captioner, model=options.model, base_url=options.base_url),
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
    _print(shown.to_dict() if options.json else _told(shown))
    if shown.error:
        raise shown.error
    return 0


def _prompt(options: argparse.Namespace) -> int:
    prompt = prompt_for(read_labels(options.labels), style=options.style, seed=options.seed, wording=options.wording)
    _print(prompt.to_dict() if options.json else f"{prompt.system}\n\n{prompt.user}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from chatearthnet_explorer.app import serve  # noqa: PLC0415 - heavy

    serve(port=options.port, address=options.address, show=not options.no_browser)
    return 0


def _lab(options: argparse.Namespace) -> int:
    import jupyterlab.labapp  # noqa: F401, PLC0415 - says at once that it is missing

    options.folder.mkdir(parents=True, exist_ok=True)
    for notebook in _notebooks().glob("*.ipynb"):
        copy = options.folder / notebook.name
        if not copy.exists():  # what somebody wrote into a copy stays
            copy.write_bytes(notebook.read_bytes())
    command = [sys.executable, "-m", "jupyterlab", str(options.folder), *options.rest]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell
    return 0


def _notebooks() -> Path:
    here = Path(__file__).parent
    packed = here / "notebooks"
    return packed if packed.is_dir() else here.parent / "notebooks"


def _print(told: str | dict[str, object]) -> None:
    text = told if isinstance(told, str) else json.dumps(told, indent=2, ensure_ascii=False)
    sys.stdout.write(text + "\n")


def _told(shown: Captioned) -> str:
    chip, place = shown.chip, shown.country.name if shown.country else "open sea"
    scene = chip.scene
    lines = [f"{place}, {shown.lat:.5f} N {shown.lon:.5f} E, chip {chip.tile.name}"]
    if chip.simulated:
        lines.append("SIMULATED: neither pixels nor labels are real.")
    if scene and not chip.simulated:
        lines.append(f"Picture: {scene.item}, {scene.acquired or 'no date'}, from {scene.catalogue}")
    if chip.label_version:
        lines.append(f"Labels: ESA WorldCover {chip.label_version}")
    lines += [f"Not there: {sentence}" for sentence in shown.missing]
    if shown.prompt:
        lines += ["", "PROMPT", shown.prompt.user]
    if shown.caption:
        lines += ["", f"CAPTION ({shown.caption.byline})", textwrap.fill(shown.caption.text, 100)]
    lines += ["", *chip.attribution]
    return "\n".join(lines)
