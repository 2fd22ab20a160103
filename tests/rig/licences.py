"""Which licence an installed distribution has, from everything that it says about itself."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

COPYLEFT = re.compile(
    r"""\bA?GPL | \bSSPL | Affero | (?<!Lesser\ )(?<!Library\ )General\ Public\ Licen[cs]e""",
    re.IGNORECASE | re.VERBOSE,
)
"""Licences that bind the whole of a program. The LGPL is none of them: it binds a library that can be exchanged, and
every library of Python can be."""

FREE = re.compile(
    r"""\b( MIT | MIT-0 | MIT-CMU | HPND | BSD | 0BSD | Apache | ISC | ISCL | PSF | PSFL | MPL | LGPL | Zlib | CC0
    | Kiwi | Unicode | Unlicense | BSL-1\.0 | FTL | Lesser\ General\ Public | Library\ General\ Public | Mozilla\ Public
    | Python\ Software\ Foundation | Historical\ Permission )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Licences that anybody may use in an MIT project. Any other (of no commerce, of no field of use) must be looked at."""

EXCEPTIONS = re.compile(r"WITH \S*(GCC|Bootloader|Classpath|LLVM)", re.IGNORECASE)
"""Exceptions to the GPL and others for programs that only use what is under it."""

_ROOT = Path(__file__).parents[2]
_PERMISSION = (
    ("MIT", re.compile(r"Permission is hereby granted, free of charge, to any person obtaining a copy")),
    ("BSD", re.compile(r"Redistributions? of source code must retain the above copyright")),
    ("ISC", re.compile(r"Permission to use, copy, modify, and(/or)? distribute this software")),
    ("Apache", re.compile(r"Apache License\s+Version 2\.0")),
)
_GPL_TITLE = re.compile(r"GNU\s+(AFFERO\s+)?GENERAL\s+PUBLIC\s+LICENSE")
_FILE = re.compile(r"(^|/)[^/]*\.dist-info/(licenses/)?([^/]+/)*(licen[cs]e|copying)[^/]*$", re.IGNORECASE)
_PARTS = ", of its parts"
_TITLE = 400  # characters in which the title of a licence's text stands
_WORDS = 100  # characters above which a field holds a licence's text and not its name


def requirements_of(extra: str) -> list[str]:
    """Return the requirements of this project with an extra, those of its extras among them."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    todo = [extra]
    while todo:
        for line in project["optional-dependencies"][todo.pop()]:
            if Requirement(line).name == project["name"]:
                todo += Requirement(line).extras
            else:
                lines.append(line)
    return lines


def required_packages(requirements: Iterable[str], *, extras: Iterable[str] = ("",)) -> dict[str, Distribution | None]:
    """Return every distribution that these requirements lead to here, by its name; None where it is not installed."""
    packages: dict[str, Distribution | None] = {}
    visited_requirements: set[tuple[str, str]] = set()
    todo = [(line, tuple(extras)) for line in requirements]
    while todo:
        line, active_extras = todo.pop()
        one = Requirement(line)
        if one.marker and not any(one.marker.evaluate({"extra": extra}) for extra in active_extras):
            continue
        name = canonicalize_name(one.name)
        new = {(name, extra) for extra in ("", *one.extras)} - visited_requirements
        if not new:
            continue
        visited_requirements |= new
        try:
            packages[name] = distribution(name)
        except PackageNotFoundError:
            packages[name] = None
            continue
        todo += [(line, tuple(extra for _, extra in new)) for line in packages[name].requires or ()]
    return packages


def objection(one: Distribution) -> str:
    """Return what is wrong with the licence of a distribution, empty if nothing is.

    A distribution's own statement counts first (``License-Expression``, else ``License`` and the classifiers), and
    where there is none the words of its licence files and its bill of materials (PEP 770). Files and bills are read in
    every case: they may show the GPL where the statement does not.
    """
    fields, files = list(_license_fields(one)), list(_license_files(one))
    for words in fields:
        if not _evaluate(words, _binds_no_program):
            return f"is under {words}"
    for file, words in files:
        if not _evaluate(words, _binds_no_program):
            return f"has {words} in {file}"
    own = fields or [words for file, words in files if not file.endswith(_PARTS)]
    if not own:
        return "states no licence"
    unknown = [words for words in own if not _evaluate(words, _is_known)]
    return f"states {unknown[0]}, which nobody has looked at" if unknown else ""


def _binds_no_program(name: str) -> bool:
    return not COPYLEFT.search(name) or bool(EXCEPTIONS.search(name))


def _is_known(name: str) -> bool:
    return bool(FREE.search(name) or EXCEPTIONS.search(name))


def _license_fields(one: Distribution) -> Iterator[str]:
    expression = one.metadata.get("License-Expression")
    if expression:
        yield expression
        return
    field = (one.metadata.get("License") or "").strip()
    if field and field != "UNKNOWN":
        yield from _license_names(field) if len(field) > _WORDS else [field]
    for line in one.metadata.get_all("Classifier") or ():
        if line.startswith("License ::") and not line.endswith(":: OSI Approved"):
            yield line.split("::")[-1].strip()


def _license_files(one: Distribution) -> Iterator[tuple[str, str]]:
    """Yield the licences in the files of a distribution, and in which file each is."""
    for file in one.files or ():
        place = str(file)
        if re.search(r"\.dist-info/sboms/.*\.json$", place):
            bill = json.loads(file.read_text("utf-8"))
            yield from ((place, words) for words in _bill_licenses(bill.get("metadata", {}).get("component", {})))
            for part in bill.get("components", ()):
                yield from ((place + _PARTS, words) for words in _bill_licenses(part))
        elif _FILE.search(place):
            text = file.locate().read_text("utf-8", "replace")  # type: ignore[attr-defined]
            yield from ((place, words) for words in _license_names(text))


def _license_names(text: str) -> Iterator[str]:
    """Yield the licences that a text is, and those that it lists as ``License: NAME``, as wheels do for libraries."""
    title = _GPL_TITLE.search(text[:_TITLE])
    if title:
        yield " ".join(title[0].split())
    for name, permission in _PERMISSION:
        if permission.search(" ".join(text.split())):
            yield name
    if FREE.search(text[:_TITLE]) and not title:
        yield FREE.search(text[:_TITLE])[0]  # type: ignore[index]
    yield from re.findall(r"^License: (\S.{0,99})$", text, re.MULTILINE)


def _bill_licenses(part: dict[str, Any]) -> Iterator[str]:
    for licence in part.get("licenses", ()):
        words = licence.get("expression") or licence.get("license", {}).get("id")
        if words:
            yield words


def _evaluate(words: str, allows: Callable[[str], bool]) -> bool:
    """Return whether a licence's name, or an expression of SPDX, has a choice that is allowed."""
    words = words.strip()
    for operator, enough in ((r"\bOR\b", any), (r"\bAND\b", all)):
        parts = _split(words, operator)
        if len(parts) > 1:
            return enough(_evaluate(part, allows) for part in parts)
    inner = re.fullmatch(r"\((.*)\)", words)
    return _evaluate(inner[1], allows) if inner else allows(words)


def _split(words: str, operator: str) -> list[str]:
    """Split an expression at an operator that is in no parentheses."""
    parts, depth, start = [], 0, 0
    for at in re.finditer(rf"[()]|{operator}", words):
        if at[0] in "()":
            depth += 1 if at[0] == "(" else -1
        elif not depth:
            parts.append(words[start : at.start()])
            start = at.end()
    return [*parts, words[start:]]
