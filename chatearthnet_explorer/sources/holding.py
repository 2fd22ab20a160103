"""Where the files of a release are: in a folder, below an address, or in the Zenodo record."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.limits import BusyError
from chatearthnet_explorer.record import ARCHIVES, MARKER, SPLITS
from chatearthnet_explorer.sources.download import download
from chatearthnet_explorer.sources.zenodo import ZENODO, Service, content_address, files_of, record_of
from chatearthnet_explorer.web import PATIENCE, Web, below, shown
from chatearthnet_explorer.wording import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TEXTS = "json_files.zip"
_JSON = re.compile(r"(?:mm_)?chatearthnet_caps_(35|4v)_(train|val|test)\.json", re.IGNORECASE)
_STYLE = dict(zip(("35", "4v"), STYLES, strict=True))
_DEPTH = 3
_MOST_FOLDERS = 1000
_LARGEST_TEXT = 2_000_000_000  # unpacked; the largest real one has 96 million, and ten times the dataset may come


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The files of one release, as far as they are there."""

    shown: str
    """How sentences name it."""

    archives: dict[str, str | Path] = field(default_factory=dict)
    """Path or address of each ZIP of images, by name of ``ARCHIVES``."""

    folders: dict[str, Path] = field(default_factory=dict)
    """Folder of the unzipped PNGs, by the same names."""

    texts: Path | None = None
    """``json_files.zip``, on this computer."""

    files: dict[tuple[str, str], Path] = field(default_factory=dict)
    """Unzipped JSON by style and split."""

    marked: bool = False
    """Whether a file beside unzipped JSON says that it is simulated."""

    notes: tuple[str, ...] = ()
    """What a reader should know of where it came from, one sentence each."""

    @property
    def simulated(self) -> bool:
        """Whether the release says that it is made up."""
        return self.marked or any(Path(name).name == MARKER for name in self._members())

    @contextmanager
    def open_text(self, style: str, split: str) -> Iterator[tuple[BinaryIO, str]]:
        """Give the JSON of a style and split, and how sentences name it.

        Raises:
            ReleaseError: If there is none, or it cannot be unpacked.
        """
        path = self.files.get((style, split))
        if path is not None:
            with path.open("rb") as file:
                yield file, str(path)
            return
        name = next((name for name in self._members() if _which(name) == (style, split)), None)
        if name is None or self.texts is None:
            msg = f"{self.shown} has no captions of style {style} in split {split}; look for {_TEXTS} of the release."
            raise ReleaseError(msg)
        try:
            with zipfile.ZipFile(self.texts) as archive, archive.open(name) as packed:
                if archive.getinfo(name).file_size > _LARGEST_TEXT:
                    msg = f"{name} in {self.texts} is larger than {_LARGEST_TEXT:,} bytes; it is not ChatEarthNet's."
                    raise ReleaseError(msg)
                yield cast("BinaryIO", packed), f"{self.texts.name}/{name}"
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            msg = f"{name} in {self.texts} is damaged; delete that ZIP and fetch it again."
            raise ReleaseError(msg) from error

    def _members(self) -> list[str]:
        if self.texts is None:
            return []
        try:
            with zipfile.ZipFile(self.texts) as archive:
                return archive.namelist()
        except (zipfile.BadZipFile, OSError) as error:
            msg = f"{self.texts} is no ZIP or cut short; delete it and fetch it again."
            raise ReleaseError(msg) from error


def hold(
    root: str | Path,
    *,
    cache: Path,
    service: Service = ZENODO,
    patience: float = PATIENCE,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Holding:
    """Return where the files of a release are; its JSON is fetched unless it is on this computer.

    Args:
        root: A folder, with the ZIPs or unzipped; an address below which the ZIPs lie on a server that honours Range;
            or ``zenodo:11003436`` or the record's address.
        cache: Folder to keep the JSON in.
        service: Who is asked for a Zenodo record.
        patience: Seconds that a busy server may ask us to wait.
        progress: Told how many bytes of how many of a file are there.

    Raises:
        ReleaseError: If nothing of a release is there.
        ArchiveError: If it cannot be fetched.
    """
    if isinstance(root, Path) or ("://" not in root and record_of(root) is None):
        return _in_folder(Path(root))
    web = Web(patience=patience)
    place = cache / "release" / hashlib.sha256(root.partition("?")[0].encode()).hexdigest()[:16]
    record = record_of(root)
    if record is None:
        texts = download(web, below(root, _TEXTS), place / _TEXTS, progress=progress)
        return Holding(shown=shown(root), texts=texts, archives={name: below(root, f"{name}.zip") for name in ARCHIVES})
    return _in_record(web, record, place, service, progress)


def _in_record(web: Web, record: str, place: Path, service: Service, progress: Callable[[int, int], None]) -> Holding:
    said = f"Zenodo record {record}"
    archives: dict[str, str | Path] = {
        name: content_address(record, f"{name}.zip", api=service.api) for name in ARCHIVES
    }
    if (place / _TEXTS).exists():  # Zenodo counts requests, and a record never changes
        return Holding(shown=said, texts=place / _TEXTS, archives=archives)
    try:
        listed = files_of(web, record, api=service.api)
        if _TEXTS not in listed:
            msg = f"{said} has no {_TEXTS}, so it is not ChatEarthNet's; check its number."
            raise ReleaseError(msg)
        archives |= {name: listed[f"{name}.zip"].address for name in ARCHIVES if f"{name}.zip" in listed}
        texts = download(web, listed[_TEXTS].address, place / _TEXTS, md5=listed[_TEXTS].md5, progress=progress)
        return Holding(shown=said, texts=texts, archives=archives)
    except ArchiveError as refused:
        try:
            files = {
                (style, split): download(web, below(service.mirror, name), place / name, progress=progress)
                for short, style in _STYLE.items()
                for split in SPLITS
                for name in [f"mm_chatearthnet_caps_{short}_{split}.json"]
            }
        except ArchiveError as error:
            msg = f"{str(refused).rstrip('.')}, and the mirror did not help either: {error}"
            raise (BusyError if isinstance(refused, BusyError) else ArchiveError)(msg) from error
        note = f"The captions come from the mirror {shown(service.mirror)}, since Zenodo did not give them ({refused})"
        return Holding(shown=said, files=files, archives=archives, notes=(note,))


def _in_folder(root: Path) -> Holding:
    if not root.is_dir():
        msg = f"{root} is no folder; give the folder of the release, its address, or zenodo:11003436."
        raise ReleaseError(msg)
    archives: dict[str, str | Path] = {}
    folders: dict[str, Path] = {}
    files: dict[tuple[str, str], Path] = {}
    texts, marked = None, False
    for folder in _folders(root):
        for name in ARCHIVES:
            if (folder / f"{name}.zip").is_file():
                archives.setdefault(name, folder / f"{name}.zip")
        if (folder / _TEXTS).is_file():
            texts = texts or folder / _TEXTS
        marked = marked or (folder / MARKER).is_file()
        for path in folder.glob("*.[jJ][sS][oO][nN]"):
            which = _which(path.name)
            if which is not None and path.is_file():
                files.setdefault(which, path)
        if next(folder.glob("*.png"), None):
            # unzipped, the three archives are told apart by the folder above; without one it is the picture
            named = next((name for name in ARCHIVES if name in folder.relative_to(root.parent).parts), None)
            folders.setdefault(named or next(iter(ARCHIVES)), folder)
    if not (texts or files):
        msg = f"{root} holds no {_TEXTS} and no ChatEarthNet_caps_*.json; give the folder that holds them."
        raise ReleaseError(msg)
    return Holding(shown=str(root), archives=archives, folders=folders, texts=texts, files=files, marked=marked)


def _folders(root: Path) -> Iterator[Path]:
    """Yield the folder and those below it, those nearer to it first."""
    level = [root]
    for _ in range(_DEPTH + 1):
        yield from level
        level = sorted(islice((path for folder in level for path in folder.iterdir() if path.is_dir()), _MOST_FOLDERS))


def _which(name: str) -> tuple[str, str] | None:
    """Return style and split of a file's name; None for other files."""
    match = _JSON.fullmatch(Path(name).name)
    return (_STYLE[match.group(1).lower()], match.group(2).lower()) if match else None
