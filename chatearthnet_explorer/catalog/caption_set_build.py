"""Add files of captions to a catalog, as caption sets: a small catalog of its own for each writer."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chatearthnet_explorer.caption_file import entry_lines
from chatearthnet_explorer.catalog.caption_set import IDENTITY, MOST_LISTED, CaptionSet, set_of
from chatearthnet_explorer.catalog.caption_set_files import NewCaptions, PairRows, read_failures, rows_in, write_set
from chatearthnet_explorer.catalog.caption_sets import FOLDER, MOST_SETS, folder_of_set, set_names
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.catalog_versions import POINTER, lock_folder
from chatearthnet_explorer.errors import CaptionFileError, CatalogError
from chatearthnet_explorer.record import stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatearthnet_explorer.caption_file import CaptionEntry

_STEP = 500  # lines between two reports of progress
_EXAMPLES = 5
_KIND_LIMIT = 60


class SetAddition(NamedTuple):
    """What was added to one set."""

    caption_set: CaptionSet
    """The set after the addition."""

    added_count: int
    """Number of captions that are new."""

    known_count: int
    """Number of captions of pairs that had one already: the first counts."""


class AddResult(NamedTuple):
    """What was added to a catalog, and what was left out."""

    additions: tuple[SetAddition, ...]
    """For each set of the files, in their order."""

    unknown: int
    """Number of entries whose name the catalog does not have."""

    unknown_names: tuple[str, ...]
    """Some of those names, untrusted."""

    other_chips: int
    """Number of entries about simulated chips where the pairs are real, or the other way round."""

    damaged_lines: int
    """Number of lines that cannot be read."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, one sentence each; names of strangers are in it as they came, shortened."""
        notes = []
        if self.unknown:
            names = ", ".join(repr(name[:40]) for name in self.unknown_names)
            notes.append(
                f"{self.unknown:,} entries are left out, because this catalog has no pair of their name: {names}."
            )
        if self.other_chips:
            notes.append(
                f"{self.other_chips:,} entries are left out: simulated chips and real pairs do not belong together."
            )
        if self.damaged_lines:
            notes.append(f"Lines that cannot be read, and are left out: {self.damaged_lines:,}.")
        return tuple(notes)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        sets = [
            {"added": one.added_count, "known": one.known_count, **one.caption_set.to_dict()} for one in self.additions
        ]
        return {
            "sets": sets,
            "unknown": self.unknown,
            "unknown_names": list(self.unknown_names),
            "other_chips": self.other_chips,
            "damaged_lines": self.damaged_lines,
        }


@dataclass(slots=True)
class _Draft:
    """A set while its files are read."""

    caption_set: CaptionSet
    before: Catalog | None
    rows: set[int]
    captions: dict[int, bytes] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    failures_changed: bool = False
    known_count: int = 0
    file_counts: Counter[str] = field(default_factory=Counter)

    def add(self, row: int, entry: CaptionEntry, file: str) -> None:
        """Add an entry: its caption if it is the first of its pair, else its failure if there is no caption."""
        text = entry.caption.strip()
        if row in self.rows:
            self.known_count += bool(text)
            return
        if not text:
            kind = (entry.error_kind or "unknown")[:_KIND_LIMIT]
            self.failures_changed |= self.failures.get(stem_of(entry.name)) != kind
            self.failures[stem_of(entry.name)] = kind
            return
        self.rows.add(row)
        self.captions[row] = text.encode()
        self.failures.pop(stem_of(entry.name), None)
        self.file_counts[file] += 1
        one = self.caption_set
        models = dict.fromkeys((*one.models, *([entry.model] if entry.model else [])))
        self.caption_set = replace(
            one,
            models=tuple(models)[:MOST_LISTED],
            input_summary=one.input_summary or entry.input_summary,
            count=one.count + 1,
            tokens_in=_sum(one.tokens_in, entry.tokens_in),
            tokens_out=_sum(one.tokens_out, entry.tokens_out),
            dollars=_sum(one.dollars, entry.dollars),
            unpriced=one.unpriced + (entry.dollars is None),
            first=min(filter(None, (one.first, entry.timestamp)), default=""),
            last=max(one.last, entry.timestamp),
        )


def add_captions(
    folder: str | Path,
    files: Iterable[str | Path],
    *,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
) -> AddResult:
    """Add files of captions to the catalog in a folder, and return what was added.

    The captions of each writer become a set of their own. Adding a file again changes nothing, and one that has grown
    adds what is new. Each set is changed as a whole or not at all.

    Args:
        folder: The catalog.
        files: Files of captions, see ``caption_file``.
        progress: Called with ``entries`` and the number of lines that are read, then with ``captions``, how many
            captions of a set are indexed, and their total.

    Raises:
        CaptionFileError: If a file cannot be read, or has no entry; then nothing is added.
        CatalogError: If there is no catalog, it would have more than ``MOST_SETS`` sets, the files have more writers
            than that, or a set cannot be written.
    """
    folder, paths = Path(folder), [Path(path) for path in files]
    catalog = open_catalog(folder)
    if catalog.caption_set is not None:
        msg = f"The catalog in {folder} has further captions itself; add the file to the catalog that it belongs to."
        raise CatalogError(msg)
    with lock_folder(folder / FOLDER):
        reader = _Reader(catalog, progress)
        for path in paths:
            reader.read(path)
        drafts = reader.drafts.values()
        new_sets = {draft.caption_set.id for draft in drafts if draft.captions} - set(set_names(folder))
        if len(set_names(folder)) + len(new_sets) > MOST_SETS:
            msg = (
                f"A catalog can have {MOST_SETS} sets of further captions, and this one would have "
                f"{len(set_names(folder)) + len(new_sets):,}; remove some with `catalog remove-captions`."
            )
            raise CatalogError(msg)
        digests = {str(path): _digest(path) for path in paths}
        additions = tuple(_write(catalog, draft, digests, progress) for draft in drafts)
    return AddResult(additions, reader.unknown, tuple(reader.unknown_names), reader.other_chips, reader.damaged_lines)


class _Reader:
    """Reads files of captions into drafts of sets."""

    def __init__(self, catalog: Catalog, progress: Callable[[str, int, int], None]) -> None:
        self.drafts: dict[str, _Draft] = {}
        self.unknown, self.other_chips, self.damaged_lines, self._lines = 0, 0, 0, 0
        self.unknown_names: dict[str, None] = {}
        self._catalog, self._progress, self._pair_rows = catalog, progress, PairRows(catalog)
        self._drafts: dict[tuple[Any, ...], _Draft] = {}

    def read(self, path: Path) -> None:
        """Read a file.

        Raises:
            CaptionFileError: If it cannot be read, or has no entry.
        """
        damaged_before, lines_before = self.damaged_lines, self._lines
        for _, entry in entry_lines(path):
            self._lines += 1
            if self._lines % _STEP == 0:
                self._progress("entries", self._lines, 0)
            if entry is None:
                self.damaged_lines += 1
            else:
                self._add(entry, str(path))
        lines = self._lines - lines_before
        if lines == self.damaged_lines - damaged_before:
            what = "is empty" if not lines else "has no line that is an entry"
            msg = f"The caption file {path} {what}; choose a file that `caption-many` wrote."
            raise CaptionFileError(msg)

    def _add(self, entry: CaptionEntry, file: str) -> None:
        if entry.simulated != self._catalog.simulated:
            self.other_chips += 1
            return
        row = self._pair_rows.row_of(entry.name)
        if row is None:
            self.unknown += 1
            if len(self.unknown_names) < _EXAMPLES:
                self.unknown_names[entry.name] = None
            return
        key = (entry.model, *(getattr(entry, name) for name in IDENTITY))
        if key not in self._drafts:  # the id of each entry would be a third of the time
            caption_set = set_of(entry)
            if caption_set.id not in self.drafts:
                if len(self.drafts) == MOST_SETS:  # before a file of strangers fills the memory with them
                    msg = (
                        f"A catalog can have {MOST_SETS} sets of further captions, and these files have more writers "
                        "than that; choose files with fewer."
                    )
                    raise CatalogError(msg)
                self.drafts[caption_set.id] = _draft_of(self._catalog, caption_set)
            self._drafts[key] = self.drafts[caption_set.id]
        self._drafts[key].add(row, entry, file)


def _draft_of(catalog: Catalog, caption_set: CaptionSet) -> _Draft:
    path = folder_of_set(catalog.folder, caption_set.id)
    if not (path / POINTER).exists():
        return _Draft(caption_set, None, set())
    before = open_catalog(path)
    rows = rows_in(catalog, before)
    return _Draft(
        before.caption_set or caption_set, before, set(rows[rows >= 0].tolist()), failures=read_failures(before)
    )


def _write(
    catalog: Catalog, draft: _Draft, digests: dict[str, str], progress: Callable[[str, int, int], None]
) -> SetAddition:
    files = [
        {"name": Path(path).name, "sha256": digests[path], "captions": count}
        for path, count in draft.file_counts.items()
    ]
    caption_set = replace(
        draft.caption_set,
        failures=dict(sorted(Counter(draft.failures.values()).items())),
        files=(*draft.caption_set.files, *files)[-MOST_LISTED:],
    )
    if draft.captions or (draft.before is not None and draft.failures_changed):
        new = NewCaptions(draft.captions, draft.failures)
        path = folder_of_set(catalog.folder, caption_set.id)
        write_set(catalog, path, caption_set, new, before=draft.before, progress=progress)
    return SetAddition(caption_set, len(draft.captions), draft.known_count)


def _sum(total: float | None, number: float | None) -> Any:  # noqa: ANN401 - whole where both are
    return total if number is None else number if total is None else total + number


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
