"""The link of a comparison: ``/compare?lon=6.73&lat=0.336&by=template@3.5&by=chat:gpt-6-luna@3.5,seed=2``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from chatearthnet_explorer.comparison import MOST
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.query_string import QueryString
from chatearthnet_explorer.sources import YEARS, Year, usable_sources
from chatearthnet_explorer.tile import LATITUDE_LIMIT
from chatearthnet_explorer.widgets.explore.explore_link import LARGEST_SEED, degrees, read_place, read_year
from chatearthnet_explorer.writer import Writer, read_writer

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_WRITERS = (Writer(style="3.5"), Writer(style="4v"))
"""Who writes where a link names nobody: fixed sentences, which cost nothing."""

_MODEL = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99})?")
_OLDER = re.compile(r"^([^,:@]+),(3\.5|4v|multispectral)(?:,([^,=]+))?(?=,|$)")


@dataclass(frozen=True, kw_only=True)
class CompareLink:
    """What a link says of a comparison. A field that the link does not have is at its default."""

    lonlat: tuple[float, float] | None = None
    """Degrees east and north; None where the link has no place."""

    year: Year = YEARS[0]
    """Year of labels and scene."""

    source: str = ""
    """Name of the source of chips; empty for the one that the page was served with."""

    writers: tuple[Writer, ...] = DEFAULT_WRITERS
    """Who writes. A link has no address of a service and no wording."""


def read_compare_link(
    query: str, *, captioners: Sequence[str], sources: Sequence[str] | None = None, choose_model: bool = True
) -> tuple[CompareLink, tuple[str, ...]]:
    """Return what a link says, and notes of what was left out, for ``left_out_sentence``.

    Args:
        query: The query string, of a stranger: nothing in it raises an exception.
        captioners: Names of the captioners to choose from.
        sources: Names of the sources to choose from; None for all that can be used.
        choose_model: Whether a writer may name its model; else the model that whoever serves chose is asked.
    """
    if sources is None:
        sources = [source.name for source in usable_sources()]
    fields = QueryString(query)
    lonlat, year = read_place(fields), read_year(fields)
    source = fields.choice("source", sources)
    writers: list[Writer] = []
    for text in fields.several("by"):
        writer = _read_writer(text, captioners)
        if writer is None:
            fields.leave_out("by", text, "it names no writer that can be chosen here")
        elif writer.model and not choose_model:
            fields.leave_out("by", text, "models cannot be chosen here")
        elif len(writers) == MOST:
            fields.leave_out("by", text, f"at most {MOST} writers are compared")
            break
        else:
            writers.append(writer)
    fields.note_unknown()
    link = CompareLink(
        lonlat=lonlat,
        year=year,
        source=source,
        writers=tuple(writers) or DEFAULT_WRITERS,
    )
    return link, tuple(fields.notes)


def write_compare_link(link: CompareLink) -> str:
    """Return the query string of a comparison; empty if there is no place."""
    if link.lonlat is None:
        return ""
    fields = [
        ("lon", degrees(link.lonlat[0], 180.0)),
        ("lat", degrees(link.lonlat[1], LATITUDE_LIMIT)),
        ("year", str(link.year)),
        *([("source", link.source)] if link.source else []),
        *(("by", _in_link(writer).spec) for writer in link.writers),
    ]
    return "&".join(f"{name}={quote(value, safe=',:/@.=')}" for name, value in fields)


def _in_link(writer: Writer) -> Writer:
    """Return what a link has of a writer: no file, no address or limit of a service, and no odd name of a model."""
    model = writer.model if _MODEL.fullmatch(writer.model) else ""
    return replace(writer, model=model, wording="", base_url="", token_limit=None, reasoning_effort="")


def _read_writer(text: str, captioners: Sequence[str]) -> Writer | None:
    """Return the writer of ``chat:MODEL@3.5,seed=2``, or of ``chat,3.5,MODEL,seed=2`` of an older link, or None."""
    try:
        writer = read_writer(_OLDER.sub(lambda match: f"{match[1]}:{match[3] or ''}@{match[2]}", text))
    except SettingError:
        return None
    can_be_chosen = writer.captioner in captioners and writer.seed <= LARGEST_SEED and writer == _in_link(writer)
    return writer if can_be_chosen else None
