"""Read captions from a TACO file (version 2 or 3), whose column names are not specified."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.net.byte_ranges import open_ranges
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.net.zip_members import read_directory, read_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

LARGEST_TABLE = 600_000_000
"""Bytes of the largest table that is read; 163,488 captions of a thousand characters take 160 million."""

# Version 2 calls the samples' table level0, version 3 calls it sample.
_TABLES = re.compile(r"METADATA/(level\d+|sample)\.parquet")
# Names of columns by role; the first match is used.
_ROLES = {
    "name": (r"(?:.*:)?(?:image|image_id|name|tile)", r"id"),
    "split": (r".*split", r".*(?:subset|partition)"),
    "3.5": (r".*(?:caption|text).*3.?5.*", r".*gpt.?3.*"),
    "4v": (r".*(?:caption|text).*4.?v.*", r".*gpt.?4.*"),
}


@dataclass
class Taco:
    """One TACO file, and the roles of its columns."""

    name: str
    """Its name in messages."""

    version: str
    """Version of the format, from its metadata."""

    columns: tuple[str, ...]
    """Columns of the table of samples."""

    roles: dict[str, str]
    """Columns of ``name``, ``split``, ``3.5`` and ``4v``, as far as they were recognised."""

    table: pa.Table
    """The table itself."""

    simulated = False
    """Always False: no TACO file is marked as simulated."""

    def directory(self, archive: str) -> None:  # noqa: ARG002 - the interface of a release
        """Return None: a TACO file stores images in another way, which is not supported."""
        return

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on its captions."""
        return (self.summary,)

    @property
    def summary(self) -> str:
        """A summary of its columns, in one sentence."""
        roles = ", ".join(f"{role} in {column}" for role, column in self.roles.items()) or "nothing that was recognised"
        columns = ", ".join(self.columns)
        return f"{self.name} is TACO {self.version} of {self.table.num_rows} samples: {roles}; columns: {columns}."

    def entries(self, style: str, split: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield image and caption as the release's JSON has them; samples without a caption of the style are left out.

        Args:
            style: ``3.5`` or ``4v``.
            split: ``train``, ``val`` or ``test``; None for all.

        Raises:
            ReleaseError: If no column is recognised as theirs.
        """
        needs = ["name", style, *(["split"] if split else [])]
        if lacking := [role for role in needs if role not in self.roles]:
            msg = f"No column is recognised as {lacking[0]}; use the release's JSON instead: {self.summary}"
            raise ReleaseError(msg)
        for row in self.table.select([self.roles[role] for role in needs]).to_pylist():
            if row[self.roles[style]] and (split is None or str(row[self.roles["split"]]).startswith(split)):
                yield {"image": row[self.roles["name"]], "caption": row[self.roles[style]]}


def open_taco(where: str | Path) -> Taco:
    """Open a TACO file at a path or address; only its table of samples is read, no images.

    Both versions are ZIPs with Parquet tables, so they are read as such: tacoreader 2.4 fails with DuckDB 2, and
    taco-eo 0.14 needs a DuckDB extension that it downloads when it is used.

    Raises:
        ArchiveError: If it cannot be read.
        ReleaseError: If it is not a TACO file.
        ModuleNotFoundError: If pyarrow is not installed (``chatearthnet-explorer[taco]``).
    """
    import pyarrow as pa
    import pyarrow.parquet

    file = open_ranges(where)
    members = {member.name: member for member in read_directory(file)}
    tables = sorted(name for name in members if _TABLES.fullmatch(name))
    if "COLLECTION.json" not in members or not tables:
        msg = f"{file.name} is a ZIP but not a TACO file: it lacks COLLECTION.json or METADATA; check the file."
        raise ReleaseError(msg)
    collection, content = read_members(file, [members["COLLECTION.json"], members[tables[0]]], largest=LARGEST_TABLE)
    for part in (collection, content):
        if isinstance(part, ArchiveError):
            raise part
    try:
        collection_info = read_json(bytes(collection))  # type: ignore[arg-type]
        table = pa.parquet.read_table(BytesIO(bytes(content)))  # type: ignore[arg-type]
        version = str(collection_info.get("taco:version") or collection_info.get("taco_version") or "2")
    except (ValueError, AttributeError, pa.ArrowException) as error:
        msg = f"{file.name} has a description or table that cannot be read ({type(error).__name__}); fetch it again."
        raise ReleaseError(msg) from error
    columns = tuple(table.column_names)
    return Taco(file.name, version, columns, _roles(columns), table)


def _roles(columns: tuple[str, ...]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for role, patterns in _ROLES.items():
        fitting = [name for pattern in patterns for name in columns if re.fullmatch(pattern, name, re.IGNORECASE)]
        if fitting:
            roles[role] = fitting[0]
    return roles
