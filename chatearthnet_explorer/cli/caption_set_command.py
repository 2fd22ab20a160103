"""The commands `catalog add-captions` and `remove-captions`, and the option `--captions` of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.progress_bar import progress
from chatearthnet_explorer.cli.terminal import complain, one_line, put

if TYPE_CHECKING:
    import argparse

    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.catalog.caption_set_build import AddResult


def add_to(tasks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the tasks ``add-captions`` and ``remove-captions`` to those of ``catalog``."""
    add = tasks.add_parser("add-captions", help="add files of captions that others than ChatEarthNet's models wrote")
    add.add_argument("catalog", type=Path, metavar="CATALOG", help="folder of the catalog")
    add.add_argument("files", type=Path, nargs="+", metavar="FILE", help="file of captions, as caption-many writes it")
    add.add_argument("--json", action="store_true", help="print JSON")
    add.set_defaults(run=_add)

    remove = tasks.add_parser("remove-captions", help="remove captions that were added; the files stay")
    remove.add_argument("catalog", type=Path, metavar="CATALOG", help="folder of the catalog")
    remove.add_argument("captions", metavar="CAPTIONS", help="id or label, as `catalog info` lists them")
    remove.set_defaults(run=_remove)


def add_captions_to(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses whose captions are meant."""
    parser.add_argument(
        "--captions", metavar="ID_OR_LABEL", default="", help="captions that were added, instead of ChatEarthNet's"
    )


def open_chosen(options: argparse.Namespace) -> Catalog:
    """Return the catalog that options name, or that of the captions that they choose in it.

    Raises:
        CatalogError: If there is none, or it is damaged.
        QueryError: If there are no captions of that name.
    """
    from chatearthnet_explorer.catalog import open_catalog

    catalog = open_catalog(options.catalog)
    return catalog.captions_of(options.captions) if options.captions else catalog


def _add(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.catalog import add_captions

    with progress() as report_progress:
        result = add_captions(options.catalog, options.files, progress=report_progress)
    put(result.to_dict() if options.json else _as_text(result))
    for note in result.notes:
        complain(note)


def _remove(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.catalog import open_catalog
    from chatearthnet_explorer.catalog.caption_sets import find_caption_set, remove_caption_set, set_names

    catalog = open_catalog(options.catalog)
    ident = options.captions
    if ident not in set_names(options.catalog):  # a damaged set has its id alone
        ident = find_caption_set(catalog.caption_sets, ident).id
    remove_caption_set(options.catalog, ident)
    put(f"The captions {ident} are removed; the files that they were added from stay.")


def _as_text(result: AddResult) -> str:
    lines = []
    for one in result.additions:
        caption_set = one.caption_set
        line = (
            f"{caption_set.id}  {caption_set.label}: {one.added_count:,} captions added, {caption_set.count:,} in all"
        )
        if one.known_count:
            line += f"; {one.known_count:,} are of pairs that had one already"
        if caption_set.failures:
            kinds = ", ".join(f"{count:,} {kind}" for kind, count in caption_set.failures.items())
            line += f"; no caption of {caption_set.failure_count:,} pairs ({kinds})"
        lines.append(one_line(line) + ".")
    return "\n".join(lines) or "No captions were added."
