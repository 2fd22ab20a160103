"""The command `prompt`: the prompt of a label map in a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.cli.terminal import put
from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.label_files import Values, read_labels
from chatearthnet_explorer.prompts.picture_prompt import picture_words
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.wording import ORIGINAL, STYLES


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``prompt``."""
    parser = commands.add_parser("prompt", help="show the prompt of a label map")
    parser.add_argument(
        "labels",
        type=Path,
        nargs="*",
        metavar="LABELS",
        help="label map: .png, .tif or .npy; up to four of them for style 4v, none for style multispectral",
    )
    parser.add_argument(
        "--values", choices=get_args(Values), help="what its numbers mean: class indices or ESA WorldCover's codes"
    )
    add_wording_to(parser)
    parser.set_defaults(run=_run)


def add_wording_to(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command with a prompt has."""
    parser.add_argument("--style", choices=STYLES, default=STYLES[0], help="style of the prompt")
    parser.add_argument("--seed", type=int, default=0, help="seed of the choice among words for the same size")
    parser.add_argument(
        "--wording",
        type=_wording,
        metavar="FILE",
        help="other sentences for the prompt: a TOML file, or `original` for the authors' own (see `wording`)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _run(options: argparse.Namespace) -> None:
    if options.style == MULTISPECTRAL:
        _put_picture_words(options)
        return
    if not options.labels:
        msg = f"A prompt of style {options.style} is made of a label map; name its file."
        raise LabelError(msg)
    labels = [read_labels(path, values=options.values) for path in options.labels]
    prompt = prompt_for(*labels, style=options.style, seed=options.seed, wording=options.wording)
    put(prompt.to_dict() if options.json else "\n\n".join(filter(None, (prompt.system, prompt.user))))


def _put_picture_words(options: argparse.Namespace) -> None:
    if options.labels:
        msg = (
            "A prompt of style multispectral has no fact of labels, so its words are always the same; leave LABELS out."
        )
        raise LabelError(msg)
    system, user, texts = picture_words(wording=options.wording)
    words = {"style": options.style, "system": system, "user": user, "image_texts": list(texts)}
    put(words if options.json else "\n\n".join((system, user, *texts)))


def _wording(text: str) -> str | Path:
    if not text:
        msg = "an empty path names no file; give a wording file"
        raise argparse.ArgumentTypeError(msg)
    return text if text == ORIGINAL else Path(text)
