"""Write a simulated release with the layout and quirks of ChatEarthNet."""

from __future__ import annotations

import json
import tempfile
import zipfile
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.record import ARCHIVES, MARKER
from chatearthnet_explorer.sample.simulated_records import EFFORT, NOTICE, Records, simulate_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chatearthnet_explorer.sample.simulated_records import SimulatedRecord
    from chatearthnet_explorer.tile import Tile

# Keys of name and caption, file by file: independent readers of the real files tell of all four combinations.
_QUIRKS = {
    ("35", "train"): ("image", False),
    ("35", "val"): ("image_id", True),
    ("35", "test"): ("image", True),
    ("4v", "train"): ("image_id", False),
    ("4v", "val"): ("image", True),
    ("4v", "test"): ("image", False),
}
_BROKEN_EVERY = 250
_MOST = 2_000_000  # ten times the real one
_CHUNK = 1_000_000


def write_release(
    folder: Path,
    *,
    records: int = 2000,
    images: int = 40,
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda _count, _total: None,
) -> None:
    """Write ``json_files.zip`` and the three ZIPs of images into a folder; everything in it says it is simulated.

    Every caption describes its own place, as the simulated source maps it. Some records, all over the world, have the
    chips of that source, at a tenth of a second each; the maps of the others are looked at in steps, at 3 ms each, so
    that one claim in a hundred of theirs is not quite true. The same arguments write the same bytes.

    Args:
        folder: Where to; made if it is not there.
        records: Entries of the 3.5 style, the broken ones included; the 4V style has 6 % as many.
        images: Records that have images.
        seed: Which release.
        processes: How many share the work; None for as many as there are processors.
        progress: Told how many of how many steps are done.

    Raises:
        ReleaseError: If a number is out of range, or the folder holds a release already.
        OSError: If the folder cannot be written.
    """
    if not (1 <= records <= _MOST and 0 <= images <= records):
        msg = f"A release of {records} records and {images} images cannot be simulated; ask for 1 to 2,000,000 records."
        raise ReleaseError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "json_files.zip").exists():
        msg = f"{folder} holds a release already; choose another folder."
        raise ReleaseError(msg)
    release_records = Records(records, images, seed)
    total, count = records + EFFORT * images, 0
    with ExitStack() as stack:
        archives = [stack.enter_context(_zip(folder / f"{archive}.zip")) for archive in ARCHIVES]
        texts = {file: stack.enter_context(tempfile.TemporaryFile(dir=folder)) for file in _QUIRKS}
        for number, one in enumerate(stack.enter_context(simulate_records(release_records, processes=processes))):
            for archive, image in zip(archives, one.images, strict=False):
                archive.writestr(_info(f"s2_images/{release_records.tiles[number].name}.png"), image)
            for file in release_records.files[number]:
                _add(texts[file], _entry(release_records, number, file, one))
            count += 1 + EFFORT * bool(one.images)
            progress(count, total)
        texts_zip = stack.enter_context(_zip(folder / "json_files.zip"))
        marker = {"simulated": True, "seed": seed, "said": NOTICE}
        texts_zip.writestr(_info(f"json_files/{MARKER}"), json.dumps(marker).encode())
        for (style, split), text in texts.items():
            info = _info(f"json_files/ChatEarthNet_caps_{style}_{split}.json")
            info.compress_type = zipfile.ZIP_DEFLATED
            text.write(b"]" if text.tell() else b"[]")
            text.seek(0)
            with texts_zip.open(info, "w", force_zip64=True) as output:
                while piece := text.read(_CHUNK):
                    output.write(piece)
    (folder / "README.txt").write_text(f"{NOTICE}\n", encoding="utf-8")


def _entry(records: Records, number: int, file: tuple[str, str], one: SimulatedRecord) -> Any:  # noqa: ANN401 - as broken as it is
    style, _ = file
    key, as_list = _QUIRKS[file]
    text, tiles = one.captions[style], records.tiles
    entry = {key: f"{tiles[number].name}.png", "caption": [text] if as_list else text, "simulated": True}
    is_bad = style == "35" and number not in records.numbers_with_images and number % _BROKEN_EVERY == _BROKEN_EVERY - 1
    return _break(entry, key, number // _BROKEN_EVERY, tiles[number - 1]) if is_bad else entry


def _add(file: IO[bytes], entry: object) -> None:
    file.write((",\n" if file.tell() else "[").encode() + json.dumps(entry).encode())


def _break(entry: dict[str, Any], key: str, which: int, other: Tile) -> Any:  # noqa: ANN401 - anything may be in JSON
    """Return an entry that is broken in one of the ways that a reader must live with."""
    ways: tuple[Any, ...] = (
        {**entry, "caption": None},
        {**entry, "caption": which},
        {key: entry[key], "simulated": True},
        {**entry, key: f"chip {which} of nowhere.png"},  # a pair without a place
        {**entry, key: f"{other.name}.png"},  # a name for the second time
        None,
        {**entry, key: None},
    )
    return ways[which % len(ways)]


def _info(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name)  # without the time of day, so that the same release has the same bytes


@contextmanager
def _zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give a ZIP to write, under another name first, so that one that is there is whole."""
    with whole_file(path) as part, zipfile.ZipFile(part, "w") as archive:
        archive.comment = NOTICE.encode()
        yield archive
