"""The commands `catalog build|info|search|export|enrich`; `caption_set_command` has those of further captions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.cli import caption_set_command
from chatearthnet_explorer.cli.caption_set_command import add_captions_to, open_chosen
from chatearthnet_explorer.cli.progress_bar import progress
from chatearthnet_explorer.cli.terminal import complain, one_line, put
from chatearthnet_explorer.errors import CatalogError, QueryError
from chatearthnet_explorer.net.rate_limits import report_waits
from chatearthnet_explorer.parallel.processes import processors
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from chatearthnet_explorer.catalog import Catalog, Query
    from chatearthnet_explorer.catalog.enrich import Labels
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.sources.release.taco import Taco

_TACO = (".tacozip", ".taco", ".zip")
_MOST_NOTES = 5


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the tasks of the command ``catalog``."""
    catalog = commands.add_parser("catalog", help="build, search and export the catalog of all pairs")
    tasks = catalog.add_subparsers(required=True, metavar="TASK")

    build = tasks.add_parser("build", help="read a release and build its catalog")
    build.add_argument("release", metavar="RELEASE", help="folder, web address, zenodo:11003436, or TACO file")
    add_folder_to(build)
    build.set_defaults(run=_build)

    info = tasks.add_parser("info", help="show what a catalog contains, and what its build left out")
    add_folder_to(info)
    info.add_argument("--check", action="store_true", help="read every byte too, and fail if one differs")
    info.set_defaults(run=_info)

    search = tasks.add_parser("search", help="search a catalog")
    add_folder_to(search)
    add_query_to(search)
    add_captions_to(search)
    search.add_argument("--page", type=int, default=1, help="which page, from 1")
    search.add_argument("--size", "--limit", type=int, default=24, help="pairs on a page")
    search.add_argument("--json", action="store_true", help="print JSON")
    search.set_defaults(run=_search)

    export = tasks.add_parser("export", help="write the matching pairs to a file")
    add_folder_to(export)
    export.add_argument("file", type=Path, metavar="FILE", help="file to write; a folder for --format release")
    export.add_argument("--format", default="", help="csv, jsonl, geojson, geoparquet or release (by the ending)")
    add_query_to(export)
    add_captions_to(export)
    export.set_defaults(run=_export)

    enrich = tasks.add_parser("enrich", help="add the shares of the classes in ESA WorldCover")
    add_folder_to(enrich)
    enrich.add_argument("--year", type=int, choices=YEARS, default=YEARS[0], help="year of the map")
    enrich.add_argument(
        "--labels",
        choices=("worldcover", "simulated"),
        help="whose labels; without it WorldCover's, and for a simulated catalog the simulated ones",
    )
    enrich.add_argument("--worldcover", help="address above v100/2020/map (CHATEARTHNET_WORLDCOVER)")
    enrich.add_argument("--scheduler", default="threads", help="threads, or a Dask cluster: tcp://host:port")
    add_query_to(enrich)
    enrich.set_defaults(run=_enrich)

    caption_set_command.add_to(tasks)


def add_folder_to(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the catalog's folder."""
    parser.add_argument("catalog", type=Path, metavar="CATALOG", help="folder of the catalog")


def add_query_to(parser: argparse._ActionsContainer, *, style_option: str = "--style") -> None:
    """Add the options that select pairs.

    Args:
        parser: A parser, or a group of its arguments.
        style_option: The option for the style of the captions, where ``--style`` is something else.
    """

    def several(name: str, help_text: str, *options: str) -> None:
        parser.add_argument(*options, dest=name, action="append", default=[], help=f"{help_text}; may be repeated")

    parser.add_argument("--words", default="", help='words that must all occur; "a phrase", begin*, -without')
    several("country", "name or ISO code of two or three letters", "--country")
    several("continent", "that the place is on", "--continent")
    parser.add_argument("--bbox", metavar="W,S,E,N", help="box in degrees")
    several("classes", "class that the caption names", "--class", "--classes")
    parser.add_argument("--min-share", type=float, help="share of the labels that the classes need (0 to 1)")
    parser.add_argument(style_option, dest="released_style", default="", help="3.5, 4v or both")
    several("split", "train, val or test", "--split")
    several("flag", "-FLAG for those without it", "--flag")
    several("finding", "check that found something (after `audit`), -CHECK for pairs without it, or none", "--finding")
    order = "place, name, lat, lon, country, share, worst or random"
    parser.add_argument("--sort", "--sortby", dest="sortby", default="place", help=order)


def query_of(options: argparse.Namespace, **more: int) -> Query:
    """Return the question that options ask.

    Raises:
        QueryError: If the query is invalid.
    """
    from chatearthnet_explorer.catalog import Query

    names = ("words", "country", "continent", "classes", "min_share", "split", "flag", "finding", "sortby")
    values: dict[str, Any] = {name: getattr(options, name) for name in names}
    return Query(**values | more, style=options.released_style, bbox=_bbox(options.bbox))


def _bbox(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        msg = f"The bbox {text[:80]!r} is not four numbers; write west,south,east,north, such as 6,0,7.5,2."
        raise QueryError(msg) from None
    return west, south, east, north


def _build(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.catalog import build_catalog

    with (
        progress() as report_progress,
        report_waits(lambda sentence: report_progress(sentence.rstrip("."), 0, 0)),
        build_catalog(
            _open_release(options.release, report_progress), options.catalog, progress=report_progress
        ) as catalog,
    ):
        put(catalog.info())
        _complain(catalog)


def _open_release(root: str, report_progress: Callable[[str, int, int], None]) -> Release | Taco:
    """Return the release at a root: a TACO file where its name says so, else any of those ``open_release`` knows."""
    if root.partition("?")[0].endswith(_TACO):
        from chatearthnet_explorer.sources.release.taco import open_taco

        return open_taco(root)
    from chatearthnet_explorer.sources.release.release_reader import open_release

    return open_release(root, progress=lambda count, total: report_progress("captions", count, total))


def _info(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.catalog import open_catalog

    with open_catalog(options.catalog) as catalog:
        if options.check:
            catalog.check()
        put(catalog.info())


def _search(options: argparse.Namespace) -> None:
    query = query_of(options, page=options.page, size=options.size)
    with open_chosen(options) as catalog:
        result = catalog.search(query).to_dict()
        put(result if options.json else _as_text(result))
        _complain(catalog)


def _export(options: argparse.Namespace) -> None:
    with open_chosen(options) as catalog:
        count = catalog.export(query_of(options), path=options.file, format=options.format)
        _complain(catalog)
    put(f"{count} pairs are in {options.file}.")
    if (options.format or options.file.suffix.lower().lstrip(".")) == "csv":
        put("Texts that a spreadsheet would take for a formula begin with an apostrophe there.")


def _enrich(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.catalog import enrich_catalog, open_catalog

    with open_catalog(options.catalog) as before:
        read, labels, workers = _labels_of(options, simulated=before.simulated)
    with (
        progress() as report_progress,
        enrich_catalog(
            options.catalog,
            read,
            labels=labels,
            query=query_of(options),
            scheduler=options.scheduler,
            workers=workers,
            progress=report_progress,
        ) as catalog,
    ):
        put(catalog.info())
        _complain(catalog)


def _labels_of(options: argparse.Namespace, *, simulated: bool) -> tuple[Labels, str, int]:
    """Return what reads the labels, what these are called, and how many threads suit it."""
    if (options.labels or ("simulated" if simulated else "worldcover")) == "simulated":
        from chatearthnet_explorer.sources.simulated_chips import SimulatedLabels

        if not simulated:
            msg = "Simulated labels do not describe real places; leave --labels out to read WorldCover."
            raise CatalogError(msg)
        return SimulatedLabels(options.year), f"simulated {options.year}", processors()
    from chatearthnet_explorer.sources.stac.worldcover import VERSIONS, LabelReader

    prefix = Settings(**({"worldcover": options.worldcover} if options.worldcover else {})).worldcover
    return LabelReader(year=options.year, prefix=prefix), f"WorldCover {VERSIONS[options.year]}", 16


def _complain(catalog: Catalog) -> None:
    """Print a catalog's notes on standard error."""
    for note in catalog.notes[:_MOST_NOTES]:
        complain(note)


def _as_text(result: dict[str, Any]) -> str:
    lines = [f"{result['total']} pairs, page {result['page']} of {result['pages']}."]
    if result["total"] and not result["rows"]:
        lines = [f"{result['total']} pairs, and no page {result['page']}: the last is {result['pages']}."]
    for row in result["rows"]:
        caption = next(iter(row["captions"].values()), "")
        lines.append(one_line(f"{row['name']}  {row['country'] or '-'}  {caption[:80]}"))
    return "\n".join(lines)
