"""The commands `wording original|list|show`: the sentences around the facts of a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from chatearthnet_explorer.caption import RELEASED_STYLES, Style
from chatearthnet_explorer.cli.terminal import put, write
from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.prompts.wording import ORIGINAL, STYLES, open_wording, original_path, own_text

if TYPE_CHECKING:
    import argparse

_OWN = "own"
_HOW = "not made yet; make it with `chatearthnet-explorer wording original --from PATH_OR_URL`"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands ``wording original``, ``list`` and ``show``."""
    wording = commands.add_parser("wording", help="the sentences around the facts of a prompt")
    tasks = wording.add_subparsers(required=True, metavar="TASK")

    original = tasks.add_parser("original", help="make the authors' own wording from their published scripts")
    original.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="PATH_OR_URL",
        help="a published script, a folder or ZIP of them, or an https address, such as that of their repository",
    )
    original.add_argument("--style", choices=RELEASED_STYLES, help="style to make; default: those of the scripts")
    original.add_argument("--out", type=Path, metavar="FOLDER", help="where to write; default: your data folder")
    original.add_argument("--json", action="store_true", help="print JSON")
    original.set_defaults(run=_original)

    available = tasks.add_parser("list", help="list the wordings there are")
    available.add_argument("--json", action="store_true", help="print JSON")
    available.set_defaults(run=_list)

    show = tasks.add_parser("show", help="print the project's own wording, as a file to copy and change")
    show.add_argument("--style", choices=STYLES, default=STYLES[0], help="style of the prompt")
    show.add_argument("--out", type=Path, metavar="FILE", help="write it to a new file instead")
    show.set_defaults(run=_show)


def _original(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.cli.progress_bar import progress
    from chatearthnet_explorer.prompts.published.script_source import read_scripts
    from chatearthnet_explorer.prompts.published.wording_file import read_wordings, save

    if "://" in options.source:
        with progress() as report_progress:
            scripts = read_scripts(options.source, report_progress)
    else:
        scripts = read_scripts(options.source)
    wordings = read_wordings(scripts, options.source, options.style)
    paths = save(wordings, options.out)
    rows = [
        {
            "style": one.style,
            "file": str(path),
            "hash": open_wording(one.style, path).hash,
            "script": one.name,
            "sha256": one.digest,
            "published": one.is_published,
        }
        for one, path in zip(wordings, paths, strict=True)
    ]
    if options.json:
        put({"wordings": rows})
        return
    for row in rows:
        origin = (
            "as it was published" if row["published"] else "which is another version than the published one we know"
        )
        put(f"Wrote {row['file']} (style {row['style']}) from {row['script']}, {origin}.")
    word = "such a file" if options.out else f"`--wording {ORIGINAL}`"
    put(f"Use {word} for prompts. The texts are the authors' (Apache-2.0): each file says how to cite them.")


def _list(options: argparse.Namespace) -> None:
    styles: tuple[Style, ...] = get_args(Style)
    rows = [{"name": _OWN, "style": style, "file": None, "hash": open_wording(style).hash} for style in styles]
    rows += [_original_row(style) for style in styles if style in RELEASED_STYLES]
    if options.json:
        put({"wordings": rows})
        return
    for row in rows:
        place = row.get("problem") or row["file"] or "the project's own; `wording show` prints it"
        put(f"{row['name']:<10}{row['style']:<15}{row['hash'] or '-':<14}{place}")


def _original_row(style: Style) -> dict[str, str | None]:
    path = original_path(style)
    row = {"name": ORIGINAL, "style": style, "file": str(path), "hash": None}
    if not path.is_file():
        return {**row, "file": None, "problem": _HOW}
    try:
        return {**row, "hash": open_wording(style, path).hash}
    except WordingError as error:
        return {**row, "problem": str(error)}


def _show(options: argparse.Namespace) -> None:
    text = own_text(options.style)
    if options.out is None:
        write(text)
        return
    try:
        with options.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        msg = f"{options.out} is there already; choose another name."
        raise WordingError(msg) from error
    put(f"Wrote {options.out}; change it, and use it with --wording.")
