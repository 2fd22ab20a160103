"""Convert digital numbers of a Sentinel-2 file to reflectance, with the item's scale and offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCALE = 0.0001
"""Reflectance per digital number: 1 / ESA's QUANTIFICATION_VALUE of 10,000."""

OFFSET = -0.1
"""Reflectance to add since baseline 04.00: ESA's BOA_ADD_OFFSET of -1000, which keeps dark pixels above zero."""

FIRST_BASELINE = "04.00"
"""First processing baseline with the offset (25 January 2022; Collection 1 was made anew with 05.00 and later)."""

WHITE = 0.2
"""Reflectance that a Level-2A true-colour image shows as 255 (ESA, Sentinel-2 MSI user guide, definitions: "true colour
image", coded from 1 to 255, with 0 for no data; Level-1C's white is 0.3558)."""

TOO_DARK = -0.05
"""If the first percentile of reflectance is below this, the offset was already applied: no ground is that dark."""


def reflectance(
    numbers: NDArray[np.generic],
    *,
    valid: NDArray[np.bool_],
    baseline: str | None = None,
    scale: float | None = None,
    offset: float | None = None,
    offset_applied: bool | None = None,
) -> tuple[NDArray[np.float32], str]:
    """Return reflectance, and one sentence that explains how it was computed.

    Args:
        numbers: All bands of one scene, shape (bands, rows, columns): the darkest of them tells whether an offset is
            applied twice, and what holds for one band holds for all.
        valid: Where there are numbers, shape (rows, columns) or that of ``numbers``; the rest becomes NaN.
        baseline: Processing baseline such as ``05.00``; None if not known, which is taken for one before 04.00.
        scale: Reflectance per number as the catalogue gives it; None for 1 / 10,000.
        offset: Reflectance to add as the catalogue gives it; None for what the baseline asks for.
        offset_applied: Whether the catalogue states that the offset is already applied.

    Returns:
        Array of float32, shape of ``numbers``, 1.0 for all light, and the sentence.
    """
    scale = scale or SCALE
    due = OFFSET if (baseline or "") >= FIRST_BASELINE else 0.0
    offset_used = due if offset is None else offset
    has_data = np.broadcast_to(valid, numbers.shape)
    plain = np.where(has_data, numbers.astype(np.float32) * np.float32(scale), np.float32(np.nan))
    history = f"baseline {baseline}" if baseline else "baseline not known"
    formula = f"numbers times {scale:g}"
    if offset_applied and offset_used:
        return (
            plain,
            f"Reflectance is {formula} ({history}; the catalogue says the offset of {offset_used:g} was applied).",
        )
    if not offset_used:
        return plain, f"Reflectance is {formula} ({history}, no offset)."
    with_offset = plain + np.float32(offset_used)
    if _darkest(with_offset, has_data) < TOO_DARK:
        return plain, (
            f"Reflectance is {formula} ({history}; with the offset of {offset_used:g} it would fall below zero, "
            "so the offset had been applied)."
        )
    origin = "given by the catalogue" if offset is not None else "due since baseline 04.00"
    operation = f"{'plus' if offset_used > 0 else 'minus'} {abs(offset_used):g}"
    return with_offset, f"Reflectance is {formula} {operation} ({history}; {origin})."


def true_colour(red: NDArray[np.float32], green: NDArray[np.float32], blue: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the true-colour picture, (rows, columns, 3) uint8, as Level-2A's true-colour file has it.

    Args:
        red: Reflectance of B04, (rows, columns), 1.0 for all light, NaN for no data.
        green: That of B03.
        blue: That of B02.

    Returns:
        1 + 254 x reflectance / ``WHITE``, cut off at 1 and 255; 0 where one of the three has no data.
    """
    light = np.stack([red, green, blue], axis=-1)
    has_data = np.isfinite(light).all(axis=-1, keepdims=True)
    shades = 1 + 254 * np.nan_to_num(light) / WHITE
    picture: NDArray[np.uint8] = np.where(has_data, np.clip(np.rint(shades), 1, 255), 0).astype(np.uint8)
    return picture


def _darkest(bands: NDArray[np.float32], has_data: NDArray[np.bool_]) -> float:
    """Return the lowest first percentile of any band with data."""
    return min(
        (
            float(np.percentile(band[valid_pixels], 1))
            for band, valid_pixels in zip(bands, has_data, strict=True)
            if valid_pixels.any()
        ),
        default=0.0,
    )
