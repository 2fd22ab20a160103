"""Correct a share of findings for the errors of the reader: its false alarms and what it misses."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.captioner_bench.rates import CONFIDENCE

if TYPE_CHECKING:
    from chatearthnet_explorer.captioner_bench.rates import Share


class CorrectedShare(NamedTuple):
    """An estimate of the true share, with its interval."""

    share: float
    """The estimate, 0 to 1."""

    low: float
    """Lower end of its interval."""

    high: float
    """Upper end."""


def correct(findings: Share, false_alarms: Share, recall: Share) -> CorrectedShare | None:
    """Return the share of captions that have an error, from the share in which the reader finds one.

    The estimate is (observed - false alarms) / (recall - false alarms), between 0 and 1: Rogan and Gladen, American
    Journal of Epidemiology 107 (1978), 71-76. Its interval includes that false alarms and recall are estimates, too:
    Lang and Reiczigel, Preventive Veterinary Medicine 113 (2014), 13-22, equations 4, 7, 16 and 17, where 1 - false
    alarms is called specificity.

    Args:
        findings: Captions in which the reader finds an error.
        false_alarms: Faithful captions in which it finds one.
        recall: Captions with a known error in which it finds one.

    Returns:
        None if one of the three counts no captions, if a reader like this one tells faulty captions from faithful ones
        no better than chance, or if it finds so few errors that its false alarms cannot be as frequent here.
    """
    if not (findings.n and false_alarms.n and recall.n):
        return None
    alarm, hit = false_alarms.count / false_alarms.n, recall.count / recall.n
    if hit <= alarm:
        return None
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    # each share moves a little towards one half, as for the interval of Agresti and Coull
    n = findings.n + z**2
    p = (findings.count + z**2 / 2) / n
    n_recall, n_alarms = recall.n + 2, false_alarms.n + 2
    sensitivity, specificity = (recall.count + 1) / n_recall, 1 - (false_alarms.count + 1) / n_alarms
    span = sensitivity + specificity - 1
    if span <= 0:
        return None
    centre = (p + specificity - 1) / span
    of_recall = sensitivity * (1 - sensitivity) / n_recall
    of_alarms = specificity * (1 - specificity) / n_alarms
    shift = 2 * z**2 * (centre * of_recall - (1 - centre) * of_alarms)
    deviation = math.sqrt(p * (1 - p) / n + centre**2 * of_recall + (1 - centre) ** 2 * of_alarms) / span
    estimate = (findings.count / findings.n - alarm) / (hit - alarm)
    low, high = _clip(centre + shift - z * deviation), _clip(centre + shift + z * deviation)
    if high <= 0:
        return None  # an interval without a width would claim a certainty that is not there
    share = _clip(estimate)
    return CorrectedShare(share, min(low, share), max(high, share))


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))
