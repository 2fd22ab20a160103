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
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.net.downloads import download
from chatearthnet_explorer.net.http_client import PATIENCE, Web
from chatearthnet_explorer.net.rate_limits import BusyError
from chatearthnet_explorer.net.urls import below, shown
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.record import ARCHIVES, MARKER, SPLITS
from chatearthnet_explorer.sources.release.mirror import archive_addresses, caption_addresses
from chatearthnet_explorer.sources.release.zenodo import file_addresses, files_of, record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chatearthnet_explorer.settings import Settings

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

    archives: dict[str, tuple[str, ...] | Path] = field(default_factory=dict)
    """Path or addresses (the best first) of each ZIP of images, by name of ``ARCHIVES``."""

    more: Callable[[str], Sequence[str]] = lambda _name: ()
    """Returns further addresses of a ZIP, by its name of ``ARCHIVES``, for when no other helps; may ask a server."""

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
    settings: Settings,
    patience: float = PATIENCE,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Holding:
    """Return where the files of a release are; its JSON is fetched unless it is on this computer.

    Args:
        root: A folder, with the ZIPs or unzipped; an address below which the ZIPs lie on a server that honours Range;
            or ``zenodo:11003436`` or the record's address.
        settings: Whom to ask for a Zenodo record, and where to keep the JSON.
        patience: Seconds that a busy server may ask us to wait.
        progress: Told how many bytes of how many of a file are there.

    Raises:
        ReleaseError: If nothing of a release is there.
        ArchiveError: If it cannot be fetched.
    """
    record = None if isinstance(root, Path) else record_of(root, base=settings.zenodo)
    if isinstance(root, Path) or ("://" not in root and record is None):
        return _in_folder(Path(root))
    web = Web(patience=patience)
    place = settings.cache / "release" / hashlib.sha256(root.partition("?")[0].encode()).hexdigest()[:16]
    if record is None:
        texts = download(web, below(root, _TEXTS), place / _TEXTS, progress=progress)
        archives: dict[str, tuple[str, ...] | Path] = {name: (below(root, f"{name}.zip"),) for name in ARCHIVES}
        return Holding(shown=shown(root), texts=texts, archives=archives)
    found = _Record(record, settings, patience)
    if (place / _TEXTS).exists():  # Zenodo counts requests, and a record never changes
        return found.holding(texts=place / _TEXTS)
    try:
        return found.holding(texts=found.texts(web, place / _TEXTS, progress))
    except ArchiveError as refused:
        try:
            files = found.mirrored(web, place, progress)
        except ArchiveError as error:
            msg = f"{str(refused).rstrip('.')}, and the mirror did not help either: {error}"
            raise (BusyError if isinstance(refused, BusyError) else ArchiveError)(msg) from error
        note = f"The captions come from the mirror {shown(settings.mirror)}, since Zenodo did not give them ({refused})"
        return found.holding(files=files, notes=(note,))


class _Record:
    """A record on Zenodo, and its mirror."""

    def __init__(self, record: str, settings: Settings, patience: float) -> None:
        self._record, self._settings, self._patience = record, settings, patience
        self._shown = f"Zenodo record {record}"
        self._archives: dict[str, tuple[str, ...] | Path] = {
            name: file_addresses(record, f"{name}.zip", base=settings.zenodo) for name in ARCHIVES
        }

    def holding(self, **fields: Any) -> Holding:  # noqa: ANN401 - those of Holding
        """Return the files of the record, with what else is known."""

        def more(name: str) -> list[str]:
            return archive_addresses(self._settings.mirror, f"{name}.zip", patience=self._patience)

        return Holding(shown=self._shown, archives=self._archives, more=more, **fields)

    def texts(self, web: Web, path: Path, progress: Callable[[int, int], None]) -> Path:
        """Return the ZIP of captions, fetched from Zenodo."""
        listed = files_of(web, self._record, base=self._settings.zenodo)
        if _TEXTS not in listed:
            msg = f"{self._shown} has no {_TEXTS}, so it is not ChatEarthNet's; check its number."
            raise ReleaseError(msg)
        self._archives |= {name: listed[f"{name}.zip"].addresses for name in ARCHIVES if f"{name}.zip" in listed}
        return _first(web, listed[_TEXTS].addresses, path, md5=listed[_TEXTS].md5, progress=progress)

    def mirrored(self, web: Web, place: Path, progress: Callable[[int, int], None]) -> dict[tuple[str, str], Path]:
        """Return the JSON of each style and split, fetched from the mirror."""
        return {
            (style, split): _first(
                web, caption_addresses(self._settings.mirror, name), place / name, md5=None, progress=progress
            )
            for short, style in _STYLE.items()
            for split in SPLITS
            for name in [f"mm_chatearthnet_caps_{short}_{split}.json"]
        }


def _first(
    web: Web, addresses: Sequence[str], path: Path, *, md5: str | None, progress: Callable[[int, int], None]
) -> Path:
    """Return a file, fetched from the first address that gives it.

    Raises:
        ArchiveError: If none does; then why the first does not.
    """
    failures: list[ArchiveError] = []
    for address in addresses:
        try:
            return download(web, address, path, md5=md5, progress=progress)
        except ArchiveError as error:
            failures.append(error)
    raise failures[0]


def _in_folder(root: Path) -> Holding:
    if not root.is_dir():
        msg = f"{root} is no folder; give the folder of the release, its address, or zenodo:11003436."
        raise ReleaseError(msg)
    archives: dict[str, tuple[str, ...] | Path] = {}
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
