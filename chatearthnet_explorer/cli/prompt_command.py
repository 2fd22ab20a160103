"""The command `prompt`: the prompt of a label map in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from chatearthnet_explorer.cli.terminal import put
from chatearthnet_explorer.landcover.label_files import Values, read_labels
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.wording import STYLES

if TYPE_CHECKING:
    import argparse


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``prompt``."""
    parser = commands.add_parser("prompt", help="show the prompt of a label map")
    parser.add_argument("labels", type=Path, metavar="LABELS", help="label map: .png, .tif or .npy")
    parser.add_argument(
        "--values", choices=get_args(Values), help="what its numbers mean: class indices or ESA WorldCover's codes"
    )
    add_wording_to(parser)
    parser.set_defaults(run=_run)


def add_wording_to(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command with a prompt has."""
    parser.add_argument("--style", choices=STYLES, default=STYLES[0], help="style of the prompt")
    parser.add_argument("--seed", type=int, default=0, help="seed of the choice among words for the same size")
    parser.add_argument("--wording", type=Path, metavar="FILE", help="other sentences for the prompt (TOML)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _run(options: argparse.Namespace) -> None:
    labels = read_labels(options.labels, values=options.values)
    prompt = prompt_for(labels, style=options.style, seed=options.seed, wording=options.wording)
    put(prompt.to_dict() if options.json else f"{prompt.system}\n\n{prompt.user}")
