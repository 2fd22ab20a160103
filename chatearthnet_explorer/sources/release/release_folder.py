"""The files of a release in a local folder: ZIPs, unzipped PNGs, JSON."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.record import ARCHIVES, MARKER
from chatearthnet_explorer.sources.release.release_location import CAPTIONS, ReleaseFiles, style_and_split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DEPTH = 3
_MOST_FOLDERS = 1000


def files_in_folder(root: Path) -> ReleaseFiles:
    """Return the files of a release in a folder and the folders below it.

    Raises:
        ReleaseError: If there are no captions.
    """
    if not root.is_dir():
        msg = f"{root} is not a folder; give the folder of the release, its address, or zenodo:11003436."
        raise ReleaseError(msg)
    archives: dict[str, tuple[str, ...] | Path] = {}
    folders: dict[str, Path] = {}
    json_files: dict[tuple[str, str], Path] = {}
    captions, has_marker = None, False
    for folder in _folders(root):
        for name in ARCHIVES:
            if (folder / f"{name}.zip").is_file():
                archives.setdefault(name, folder / f"{name}.zip")
        if (folder / CAPTIONS).is_file():
            captions = captions or folder / CAPTIONS
        has_marker = has_marker or (folder / MARKER).is_file()
        for path in folder.glob("*.[jJ][sS][oO][nN]"):
            key = style_and_split(path.name)
            if key is not None and path.is_file():
                json_files.setdefault(key, path)
        if next(folder.glob("*.png"), None):
            # unzipped, the parent folder names the archive; without one it is the picture
            archive = next((name for name in ARCHIVES if name in folder.relative_to(root.parent).parts), None)
            folders.setdefault(archive or next(iter(ARCHIVES)), folder)
    if not (captions or json_files):
        msg = f"{root} contains no {CAPTIONS} and no ChatEarthNet_caps_*.json; give the folder that contains them."
        raise ReleaseError(msg)
    return ReleaseFiles(
        name=str(root),
        archives=archives,
        folders=folders,
        captions=captions,
        json_files=json_files,
        has_marker=has_marker,
    )


def _folders(root: Path) -> Iterator[Path]:
    """Yield the folder and those below it, those nearer to it first."""
    level = [root]
    for _ in range(_DEPTH + 1):
        yield from level
        level = sorted(islice((path for folder in level for path in folder.iterdir() if path.is_dir()), _MOST_FOLDERS))
