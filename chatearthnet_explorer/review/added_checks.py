"""Checks of other packages: verify them, and run them so that their errors do not stop an audit."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.plugins import one_line
from chatearthnet_explorer.review.finding import BOTH, CAPTION, LABELS, PIXELS, Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ADDED = 6
"""Most added checks: a catalog stores one bit for each check, and has 31."""

NEEDS = (CAPTION, LABELS, BOTH, PIXELS)
"""What an added check may need; a check of all pairs together cannot be added."""

_WEIGHTS = (1, 2, 3)
_MOST_FINDINGS = 100  # of one check in one caption
_EVIDENCE = 300  # characters
_LAND = {"", *(land.name for land in CLASSES)}
_PARTS = {"", *PARTS}

_log = logging.getLogger(__name__)


def verify(name: str, check: Any) -> None:  # noqa: ANN401 - an object of another package
    """Refuse an object that is not a usable check.

    Raises:
        TypeError: With the reason.
    """
    if not isinstance(check, Check):
        msg = f"it is {type(check).__name__}, not a chatearthnet_explorer.review.finding.Check"
    elif check.id != name:
        msg = "its id differs from the name that it is registered as"
    elif check.needs not in NEEDS:
        msg = f"it needs something other than {', '.join(NEEDS)}"
    elif not callable(check.find):
        msg = "its find is not callable"
    elif check.weight not in _WEIGHTS:
        msg = f"its weight is not one of {', '.join(map(str, _WEIGHTS))}"
    elif not _is_sentence(check.description):
        msg = "its description must be one sentence of at most 200 characters that ends with a full stop"
    else:
        return
    raise TypeError(msg)


def _is_sentence(text: object) -> bool:
    return isinstance(text, str) and text.endswith(".") and one_line(text) == text


def failure_of(check: str) -> str:
    """Return the sentence for a caption or picture on which a check failed."""
    return f"The check {check!r} failed, so it was not made."


def run_added(checks: Iterable[Check], subject: Any, *, length: int = 0) -> tuple[list[Finding], list[str]]:  # noqa: ANN401
    """Return the findings of added checks, and one sentence for each that failed; the log has the reason.

    Args:
        checks: Checks with the same needs.
        subject: Their argument: a ``Case``, a ``Picture``, or two readings.
        length: Length of the caption in characters, for spans; 0 for a picture.
    """
    findings: list[Finding] = []
    failures: list[str] = []
    for check in checks:
        try:
            results = [_verified(one, check, length) for one in islice(_find(check, subject), _MOST_FINDINGS)]
        except Exception:  # noqa: BLE001 - foreign code: anything may happen
            _log.warning("The check %r failed.", check.id, exc_info=True)
            failures.append(failure_of(check.id))
        else:
            findings += results
    return findings, failures


def _find(check: Check, subject: Any) -> Iterable[Any]:  # noqa: ANN401 - as for run_added
    if check.find is None:  # which ``verify`` refuses
        return ()
    return check.find(subject)


def _verified(finding: Any, check: Check, length: int) -> Finding:  # noqa: ANN401 - untrusted result of a check
    if not isinstance(finding, Finding) or finding.check != check.id:
        msg = f"It yields {type(finding).__name__}, not a Finding with its own id."
        raise TypeError(msg)
    if finding.land not in _LAND or finding.part not in _PARTS:
        msg = "One of its findings is about an unknown class or part."
        raise ValueError(msg)
    span = (finding.start, finding.end)
    if span != (-1, -1) and not 0 <= finding.start <= finding.end <= length:
        msg = f"One of its findings has the span {span}, but the caption has {length} characters."
        raise ValueError(msg)
    if finding.figure is not None and not math.isfinite(finding.figure):
        msg = "One of its findings has a figure that is not a finite number."
        raise ValueError(msg)
    return replace(finding, evidence=one_line(finding.evidence, _EVIDENCE))
