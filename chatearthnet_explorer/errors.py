"""Everything that can go wrong, under one base class."""

from __future__ import annotations

LIMIT = 400
"""Characters that the text of an error may have: names, paths and answers of servers in it know no bounds."""

_END = 140  # of these at its end, where it says what to do


def shortened(sentence: str) -> str:
    """Return a sentence of at most ``LIMIT`` characters; what is too much is taken from its middle."""
    if len(sentence) <= LIMIT:
        return sentence
    gap = " ... "
    return sentence[: LIMIT - _END - len(gap)] + gap + sentence[-_END:]


class ExplorerError(Exception):
    """Base of every error this package raises: its text is one sentence for the person who reads it."""

    def __str__(self) -> str:
        """Return the sentence, at most ``LIMIT`` characters of it."""
        return shortened(super().__str__())


class PlaceError(ExplorerError, ValueError):
    """A place, a tile or a chip's name that is not on the map."""


class LabelError(ExplorerError, ValueError):
    """Labels that are no 256 x 256 map of known land-cover classes."""


class WordingError(ExplorerError, ValueError):
    """A wording file that lacks a slot, names an unknown one, or cannot be read."""


class SettingError(ExplorerError, ValueError):
    """An option or environment variable whose value cannot be used."""


class SourceError(ExplorerError):
    """A source could not give a chip or a part of it."""


class StacError(SourceError, ConnectionError):
    """A STAC API is down, slow, refuses, or answers something that is not STAC."""


class SceneError(SourceError, LookupError):
    """A STAC API answered, and has no usable scene of the place and year."""


class RasterError(SourceError, OSError):
    """A raster file is missing, cut short, not a GeoTIFF, or without the place."""


class ReleaseError(SourceError, ValueError):
    """A release, or a part of it, is not what ChatEarthNet published."""


class ArchiveError(SourceError, OSError):
    """A file of the release, or a member of one of its ZIPs, cannot be read."""


class CatalogError(ExplorerError):
    """A catalog of pairs is missing, being built, of another schema, damaged, or cannot be written."""


class QueryError(ExplorerError, ValueError):
    """A question to the catalog that cannot be asked."""


class PlanError(ExplorerError, ValueError):
    """A spot-check that cannot be drawn, or a file that is no plan of one."""


class VerdictError(ExplorerError, ValueError):
    """A verdict that says what no verdict can say, or too much of it."""


class LedgerError(ExplorerError, OSError):
    """A ledger of verdicts cannot be read or written."""


class CaptionerError(ExplorerError):
    """A captioner could not write a caption."""


class KeyMissingError(CaptionerError, LookupError):
    """A model was asked for and no key is there to ask it with."""


class ModelError(CaptionerError):
    """A model's service refused, failed, or answered nothing usable."""


class QuotaError(CaptionerError):
    """A model is not asked now: a request is under way already, or there were enough within the hour."""


class NothingToDescribeError(CaptionerError, ValueError):
    """A chip that no model should be asked about: uniform, or without labels."""


class Cancelled(ExplorerError):  # noqa: N818 - not a failure: the person asked for it
    """The person stopped what was under way."""
