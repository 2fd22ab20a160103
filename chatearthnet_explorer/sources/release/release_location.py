"""Locate the files of a release: in a folder, at an address, or in the Zenodo record."""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.net.retries_and_timeouts import RELEASE, RequestLimits
from chatearthnet_explorer.record import MARKER
from chatearthnet_explorer.sources.release.zenodo import record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chatearthnet_explorer.settings import Settings

CAPTIONS = "json_files.zip"
"""The ZIP of all captions."""

STYLE_OF = dict(zip(("35", "4v"), RELEASED_STYLES, strict=True))
"""Style by its short form in file names."""

_JSON = re.compile(r"(?:mm_)?chatearthnet_caps_(35|4v)_(train|val|test)\.json", re.IGNORECASE)
_LARGEST_JSON = 2_000_000_000  # unpacked; the largest real one has 96 million, and ten times the dataset may follow


@dataclass(frozen=True, kw_only=True)
class ReleaseFiles:
    """The files of one release, as far as they exist."""

    name: str
    """Name of the release in messages."""

    archives: dict[str, tuple[str, ...] | Path] = field(default_factory=dict)
    """Path or addresses (the best first) of each ZIP of images, by name of ``ARCHIVES``."""

    more_addresses: Callable[[str], Sequence[str]] = lambda _name: ()
    """Returns further addresses of a ZIP of ``ARCHIVES``, if all others fail; may send a request."""

    folders: dict[str, Path] = field(default_factory=dict)
    """Folder of the unzipped PNGs, by the same names."""

    captions: Path | None = None
    """``json_files.zip``, on this computer."""

    json_files: dict[tuple[str, str], Path] = field(default_factory=dict)
    """Unzipped JSON by style and split."""

    has_marker: bool = False
    """Whether a file beside unzipped JSON marks it as simulated."""

    notes: tuple[str, ...] = ()
    """Notes on its origin, one sentence each."""

    @property
    def simulated(self) -> bool:
        """Whether the release is marked as simulated."""
        return self.has_marker or any(Path(name).name == MARKER for name in self._members())

    @contextmanager
    def open_captions(self, style: str, split: str) -> Iterator[tuple[BinaryIO, str]]:
        """Open the JSON of a style and split; return it with its name in messages.

        Raises:
            ReleaseError: If there is none, or it cannot be unpacked.
        """
        path = self.json_files.get((style, split))
        if path is not None:
            with path.open("rb") as file:
                yield file, str(path)
            return
        name = next((name for name in self._members() if style_and_split(name) == (style, split)), None)
        if name is None or self.captions is None:
            msg = f"{self.name} has no captions of style {style} in split {split}; look for {CAPTIONS} of the release."
            raise ReleaseError(msg)
        try:
            with zipfile.ZipFile(self.captions) as archive, archive.open(name) as member:
                if archive.getinfo(name).file_size > _LARGEST_JSON:
                    msg = f"{name} in {self.captions} is larger than {_LARGEST_JSON:,} bytes; it is not ChatEarthNet's."
                    raise ReleaseError(msg)
                yield cast("BinaryIO", member), f"{self.captions.name}/{name}"
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            msg = f"{name} in {self.captions} is damaged; delete that ZIP and fetch it again."
            raise ReleaseError(msg) from error

    def _members(self) -> list[str]:
        if self.captions is None:
            return []
        try:
            with zipfile.ZipFile(self.captions) as archive:
                return archive.namelist()
        except (zipfile.BadZipFile, OSError) as error:
            msg = f"{self.captions} is not a ZIP, or is cut short; delete it and fetch it again."
            raise ReleaseError(msg) from error


def locate_release(
    root: str | Path,
    *,
    settings: Settings,
    limits: RequestLimits = RELEASE,
    progress: Callable[[int, int], None] = lambda _bytes, _total: None,
) -> ReleaseFiles:
    """Return the locations of a release's files; its JSON is fetched unless it is on this computer.

    Args:
        root: A folder, with the ZIPs or unzipped; an address below which the ZIPs lie on a server that honours Range;
            or ``zenodo:11003436`` or the record's address.
        settings: Where Zenodo and its mirror are, and where to keep the JSON.
        limits: Limits of each request.
        progress: Called with the bytes received and the total of a file.

    Raises:
        ReleaseError: If there is no release at the root.
        ArchiveError: If it cannot be fetched.
    """
    record = None if isinstance(root, Path) else record_of(root, base=settings.zenodo)
    if isinstance(root, Path) or ("://" not in root and record is None):
        from chatearthnet_explorer.sources.release.release_folder import files_in_folder

        return files_in_folder(Path(root))
    # imported here: its HTTP client needs an extra
    from chatearthnet_explorer.sources.release.release_downloads import fetch_captions

    return fetch_captions(root, record, settings=settings, limits=limits, progress=progress)


def style_and_split(name: str) -> tuple[str, str] | None:
    """Return style and split of a JSON file's name; None for other files."""
    match = _JSON.fullmatch(Path(name).name)
    return (STYLE_OF[match.group(1).lower()], match.group(2).lower()) if match else None
