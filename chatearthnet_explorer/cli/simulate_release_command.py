"""The command `simulate-release`: write a simulated release, to try everything without a download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.progress_bar import progress
from chatearthnet_explorer.cli.terminal import put

if TYPE_CHECKING:
    import argparse


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``simulate-release``."""
    parser = commands.add_parser("simulate-release", help="write a simulated release of the same layout")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write it")
    parser.add_argument("--records", type=int, default=2000, help="image-text pairs")
    parser.add_argument("--images", type=int, default=40, help="pairs that have their images too")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes up another release")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.sample.simulated_release import write_release

    with progress() as report_progress:
        write_release(
            options.folder,
            records=options.records,
            images=options.images,
            seed=options.seed,
            progress=lambda count, total: report_progress("simulating", count, total),
        )
    put(f"{options.records} simulated pairs, {options.images} with images, are in {options.folder}.")
