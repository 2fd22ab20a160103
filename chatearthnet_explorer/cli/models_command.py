"""The command `models`: the table of models with prices, limits and last days."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from textwrap import fill
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.terminal import one_line, put

if TYPE_CHECKING:
    import argparse

    from chatearthnet_explorer.captioners.model_entry import Model

_HEADINGS = ("model", "in", "out", "batch", "images", "context", "answer", "last day", "successors", "as of", "source")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``models``."""
    parser = commands.add_parser("models", help="list models with their prices, limits and last days")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.captioners.model_table import model_table
    from chatearthnet_explorer.settings import models_file

    table, file = model_table(), models_file()
    if options.json:
        put({
            "as_of": table.as_of.isoformat(),
            "file": None if file is None else str(file),
            "models": [model.to_dict() for model in table.models.values()],
        })  # fmt: skip
        return
    lines = _lines([_row(model) for model in table.models.values()])
    origin = f"Prices are US dollars for a million tokens. The table was compared with its sources on {table.as_of}."
    addition = f"Your own file adds to it: {file}." if file else "CHATEARTHNET_MODELS names a file of your own."
    unknown = "What is empty is not known; a price of 0 is free of charge."
    put(
        "\n".join(
            [*lines, "", origin, addition, unknown, "`chatearthnet-explorer doctor` asks your service for its models."]
        )
    )


def _lines(rows: list[tuple[str, ...]]) -> list[str]:
    """Return a table, or a list where a terminal is too narrow for the table."""
    table = [_HEADINGS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if not is_terminal or max(map(len, lines)) <= (columns := get_terminal_size().columns):
        return lines
    lines = []
    for model, *cells in rows:
        facts = "; ".join(f"{heading} {cell}" for heading, cell in zip(_HEADINGS[1:], cells, strict=True) if cell)
        lines += [model, fill(facts, columns, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)]
    return lines


def _row(model: Model) -> tuple[str, ...]:
    discount, images = model.batch_discount, model.takes_images
    cells = (
        model.id,
        "" if model.price_in is None else f"{model.price_in:g}",
        "" if model.price_out is None else f"{model.price_out:g}",
        "" if discount is None else f"-{100 * discount:.0f} %",
        "" if images is None else "yes" if images else "no",
        "" if model.context_limit is None else f"{model.context_limit:,}",
        "" if model.output_limit is None else f"{model.output_limit:,}",
        "" if model.last_day is None else model.last_day.isoformat(),
        ", ".join(model.successors),
        "" if model.as_of is None else model.as_of.isoformat(),
        model.source,
    )
    return tuple(map(one_line, cells))
