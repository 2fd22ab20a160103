"""The location and provenance of a chip, in the words that all views use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import BACKGROUND
from chatearthnet_explorer.sources.fallback_notes import NOT_INSTALLED, OFFLINE

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip

SIMULATED = "Simulated: this program made up the picture and the labels. They do not show the real place."
"""Remark on a simulated chip that somebody chose."""

NOT_WATER = '"No label" does not mean water: those pixels were never mapped.'
"""Remark on every chip with unlabelled pixels."""

NO_CHIP = "Choose a place first."
"""Sentence of views without a chip."""


def coordinates(lon: float, lat: float) -> str:
    """Return a place as people write it: ``38.6400° N, 9.2300° W``."""
    return f"{abs(lat):.4f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.4f}° {'E' if lon >= 0 else 'W'}"


def provenance(chip: Chip) -> tuple[tuple[str, str], ...]:
    """Return (what, where from) of a chip, row by row; rows of which nothing is known are left out."""
    scene = chip.scene
    acquisition = scene.acquisition_time if scene and not chip.simulated else None
    return tuple(
        (name, value)
        for name, value in (
            ("Chip", f"{chip.tile.name}, centred on {coordinates(*chip.tile.center)}"),
            ("Picture", "simulated" if chip.simulated else scene.item if scene else ""),
            ("Seen", f"{acquisition.day} {acquisition:%B %Y, %H:%M %Z}" if acquisition else ""),
            ("Catalogue", scene.catalogue if scene and not chip.simulated else ""),
            ("Clouds over the chip", _clouds(chip)),
            ("Processing baseline", (scene.baseline or "") if scene else ""),
            ("Radiometry", scene.radiometry if scene else ""),
            ("Labels", _labels(chip)),
        )
        if value
    )


def why_simulated(chip: Chip) -> str:
    """Return why a chip is simulated, in one sentence; empty for a real one."""
    if not chip.simulated:
        return ""
    return next((reason for reason in (OFFLINE, NOT_INSTALLED) if reason in chip.missing), SIMULATED)


def other_remarks(chip: Chip) -> tuple[str, ...]:
    """Return what a person should know before believing a chip beside ``why_simulated``, one sentence each."""
    has_unlabelled = chip.labels is not None and bool((chip.labels == BACKGROUND).any())
    missing = (reason for reason in chip.missing if reason != why_simulated(chip))
    return (*([NOT_WATER] if has_unlabelled else []), *missing)


def remarks(chip: Chip) -> tuple[str, ...]:
    """Return all that a person should know before believing a chip, one sentence each."""
    return (*([why_simulated(chip)] if chip.simulated else []), *other_remarks(chip))


def _clouds(chip: Chip) -> str:
    if chip.scene is None:
        return ""
    share = chip.scene.cloud_share
    if share is None:  # a released chip has no time, and its clouds are not counted
        return "not counted" if chip.scene.acquisition_time and chip.rgb is not None else ""
    return f"{100 * share:.0f} %"


def _labels(chip: Chip) -> str:
    if chip.labels is None:
        return ""
    if chip.simulated:
        return "simulated"
    version, _, year = (chip.label_version or "").partition("/")
    return f"ESA WorldCover {year} ({version})" if year else f"ESA WorldCover {version}".strip()
