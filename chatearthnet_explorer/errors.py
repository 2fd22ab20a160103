"""The exceptions of this package, under one base class."""

from __future__ import annotations

LIMIT = 400
"""Characters that the text of an error may have: the names, paths and responses in it can be of any length."""

_END = 140  # of these at the end, which says what to do


def shorten(sentence: str) -> str:
    """Return a sentence of at most ``LIMIT`` characters, cut in its middle."""
    if len(sentence) <= LIMIT:
        return sentence
    gap = " ... "
    return sentence[: LIMIT - _END - len(gap)] + gap + sentence[-_END:]


class ExplorerError(Exception):
    """Base of every error that this package raises. Its text is one sentence for the user."""

    def __str__(self) -> str:
        """Return the sentence, at most ``LIMIT`` characters of it."""
        return shorten(super().__str__())


class PlaceError(ExplorerError, ValueError):
    """A place, a tile or the name of a chip that is not on the map."""


class LabelError(ExplorerError, ValueError):
    """Labels that are not a 256 x 256 map of known land-cover classes."""


class WordingError(ExplorerError, ValueError):
    """A wording file that lacks a slot, names an unknown one, or cannot be read."""


class SettingError(ExplorerError, ValueError):
    """An option or environment variable whose value cannot be used."""


class SourceError(ExplorerError):
    """A source could not provide a chip or a part of it."""


class StacError(SourceError, ConnectionError):
    """A STAC API is down or slow, refuses, or answers with something other than STAC."""


class SceneError(SourceError, LookupError):
    """A STAC API has no usable scene of the place and year."""


class RasterError(SourceError, OSError):
    """A raster file is missing, incomplete, not a GeoTIFF, or does not cover the place."""


class ReleaseError(SourceError, ValueError):
    """A release, or a part of it, is not in the format that ChatEarthNet published."""


class ArchiveError(SourceError, OSError):
    """A file of the release, or a member of one of its ZIPs, cannot be read."""


class CatalogError(ExplorerError):
    """A catalog of pairs is missing, being built, of another schema, damaged, or cannot be written."""


class QueryError(ExplorerError, ValueError):
    """A query with a value that the catalog does not accept."""


class PlanError(ExplorerError, ValueError):
    """A spot-check that cannot be drawn, or a file that is not a plan."""


class VerdictError(ExplorerError, ValueError):
    """A verdict with an unknown answer, or with too much text."""


class LessonError(ExplorerError, LookupError):
    """There is no such lesson or term, or the file of a lesson has an error."""


class LedgerError(ExplorerError, OSError):
    """A ledger of verdicts cannot be read or written."""


class CaptionFileError(ExplorerError, OSError):
    """A file of captions that cannot be read or written, or a line of it that is no entry."""


class CaptionerError(ExplorerError):
    """A captioner could not write a caption."""

    kind = "captioner"
    """Kind of the failure, for those who count failures or decide what to do next."""


class KeyMissingError(CaptionerError, LookupError):
    """A model was chosen and there is no key for its service."""

    kind = "key"


class ModelError(CaptionerError):
    """The service of a model refused, failed, or gave no usable response."""

    def __init__(self, sentence: str, *, kind: str = "service", retry_after: float = 0.0) -> None:
        """Describe the failure.

        Args:
            sentence: What happened and what to do.
            kind: ``key``, ``access``, ``credit``, ``model`` and ``address`` fail for every request; ``busy``,
                ``fault``, ``timeout``, ``network`` and ``unreachable`` (nothing was sent) may pass; ``refusal``,
                ``filter``, ``no text``, ``length`` and
                ``request`` are about this request; ``no completion`` is an answer that is none; ``service`` is
                anything else.
            retry_after: Seconds after which the service asks to try again; 0 if it names none.
        """
        super().__init__(sentence)
        self.kind = kind
        self.retry_after = retry_after


class QuotaError(CaptionerError):
    """No request to a model now: one is running already, or the limit of the hour is reached."""

    kind = "quota"


class BudgetError(CaptionerError):
    """A request to a model that could pass the cap on money or tokens. It was not sent."""

    kind = "budget"


class RetiredModelError(CaptionerError, ValueError):
    """A model whose last day at its service is over. It was not asked."""

    kind = "model"


class EmptyChipError(CaptionerError, ValueError):
    """A chip that no model should describe: uniform, or without labels."""

    kind = "empty chip"


class Cancelled(ExplorerError):  # noqa: N818 - not a failure: the user wanted it
    """The user stopped the work."""
