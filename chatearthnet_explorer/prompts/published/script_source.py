"""Fetch the published scripts: a file, a folder, a ZIP of their repository, or a web address of one of these."""

from __future__ import annotations

import io
import lzma
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.response_bodies import body_of
from chatearthnet_explorer.prompts.published.script import LARGEST
from chatearthnet_explorer.prompts.published.wording_file import Script, printable, printable_source

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_ARCHIVE = 64_000_000
"""Bytes of a ZIP; that of the published repository has about 3 million."""

MOST_SCRIPTS = 64
"""Python files in a folder or ZIP; the published repository has two."""

MOST_MEMBERS = 10_000
"""Files in a ZIP."""

SECONDS = 120.0
"""Seconds that a download may take."""

# what damaged or odd archives raise, of all ways to compress that zipfile reads
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
_ZIP = b"PK\x03\x04"
_GITHUB, _RAW = "github.com", "raw.githubusercontent.com"
_NAMES_IN_ADDRESS = 2
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def read_scripts(source: str, progress: Callable[[str, int, int], None] = lambda *_: None) -> list[Script]:
    """Return the Python files at a path or https address, unparsed.

    Args:
        source: A Python file, a folder, or a ZIP, as a path or an https address; or the page of a repository or of a
            file on GitHub.
        progress: Called with a sentence, how many bytes came, and 0.

    Raises:
        WordingError: If it cannot be read, is too large, or has no Python files.
        HttpError: If there is no usable answer from the web.
        Cancelled: If the work was cancelled.
    """
    if source.partition("://")[1]:
        address = _address(source)
        content = _fetch(address, progress)
        name = public_address(address).rstrip("/").rpartition("/")[2]
        return _from_zip(content, source) if content.startswith(_ZIP) else [Script(name, content)]
    path = Path(source)
    if path.is_dir():
        return _from_folder(path)
    content = _read(path, LARGEST_ARCHIVE)
    return _from_zip(content, source) if content.startswith(_ZIP) else [Script(path.name, content)]


def _address(source: str) -> str:
    """Return the address of a file: for a page on GitHub, that of the file or of the archive behind it."""
    parts = urlsplit(source)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        msg = f"{printable_source(source)} is not an https address; give one, or a path."
        raise WordingError(msg)
    names = [name for name in parts.path.split("/") if name]
    if parts.hostname != _GITHUB or len(names) < _NAMES_IN_ADDRESS or names[2:3] in (["archive"], ["raw"]):
        return source
    owner, repository, *others = names
    match others:
        case ["blob", reference, *path] if path:
            return f"https://{_RAW}/{owner}/{repository}/{reference}/{'/'.join(path)}"
        case ["tree", *reference] if reference:
            return f"https://{_GITHUB}/{owner}/{repository}/archive/{'/'.join(reference)}.zip"
    return f"https://{_GITHUB}/{owner}/{repository.removesuffix('.git')}/archive/HEAD.zip"


def _fetch(address: str, progress: Callable[[str, int, int], None]) -> bytes:
    step = "Fetching the published scripts"
    take = body_of(LARGEST_ARCHIVE, lambda count: progress(step, count, 0))
    return request(address, take, deadline=time.monotonic() + SECONDS)


def _read(path: Path, largest: int) -> bytes:
    if why := unreadable(path):
        msg = f"{printable(str(path))} {why}."
        raise WordingError(msg)
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        msg = f"{printable(str(path))} cannot be read ({error.strerror or error}); check the path."
        raise WordingError(msg) from error
    if len(content) > largest:
        msg = f"{printable(str(path))} is larger than {largest // 1_000_000} MB; give the published script or its ZIP."
        raise WordingError(msg)
    return content


def _from_folder(folder: Path) -> list[Script]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".py" and not unreadable(path))
    except OSError as error:
        msg = f"The folder {printable(str(folder))} cannot be read ({error.strerror or error}); check the path."
        raise WordingError(msg) from error
    _check_count(len(paths), str(folder))
    return [Script(path.name, _read(path, LARGEST)) for path in paths]


def _from_zip(content: bytes, source: str) -> list[Script]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                members = []
            # GitHub puts the repository into one folder
            members = [one for one in members if one.filename.endswith(".py") and one.filename.count("/") <= 1]
            _check_count(len(members), source)
            return [Script(one.filename.rpartition("/")[2], _unpack(archive, one)) for one in members]
    except _DAMAGE as error:
        if isinstance(error, WordingError):
            raise
        msg = f"{printable_source(source)} is a ZIP that cannot be unpacked ({type(error).__name__}); download it anew."
        raise WordingError(msg) from error


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        # one byte more than a script may have: whoever parses it refuses it
        return file.read(LARGEST + 1)


def _check_count(number: int, source: str) -> None:
    if not 1 <= number <= MOST_SCRIPTS:
        has = "no Python files" if not number else f"more than {MOST_SCRIPTS} Python files"
        msg = f"{printable_source(source)} has {has}; give the folder, the ZIP or the address of the published scripts."
        raise WordingError(msg)
