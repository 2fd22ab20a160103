"""How well cloud is told from land, ice, salt, sand and sea: on real chips, and on pictures made of them."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from machine import describe
from PIL import Image

from chatearthnet_explorer.review.chip_checks import CLOUDY
from chatearthnet_explorer.review.cloud_cover import cloud_cover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

REALDATA = Path(os.environ.get("CHATEARTHNET_REALDATA", Path(__file__).resolve().parents[2] / "shared" / "realdata"))

BY_EYE = {
    "4318_2656_patch11": 100,
    "4281_2920_patch11": 20,
    "5879_3698_patch11": 3,
    "6393_3790_patch01": 2,
    "2232_3240_patch01": 1,
}
"""Percent of released chips under cloud as a person saw it; all others were seen to have none."""

ICE = {"2416_2932_patch11", "2418_2933_patch10"}
"""Released chips of ice on a river."""

WHITES, BLUE_GREYS = ((255, 255, 255), (225, 230, 238)), ((90, 104, 140), (110, 120, 155), (135, 142, 168))
"""Colours of thick cloud, and of cloud in a low sun (the first is that of 4318_2656_patch11)."""

SURFACES = {
    "salt that saturates": (252, 253, 251),
    "salt": (225, 215, 200),
    "salt, grey": (190, 185, 178),
    "desert": (181, 144, 137),
    "sand": (215, 190, 160),
    "bright sand": (250, 235, 210),
    "shallow sea": (90, 145, 160),
    "turbid water": (120, 115, 105),
    "deep sea": (28, 51, 78),
    "deep sea, low sun": (43, 79, 129),
    "sun on water": (105, 118, 140),
}
"""Colours of surfaces that no real chip at hand shows, or not by itself."""

FORMERLY = 50.0
"""Percent of bright pixels from which the former check called a picture mostly cloud."""

SMOOTH_PIXELS = (
    40  # pixels below which light smooths cloud: then its roughness is that of 4318_2656_patch11 and 4281_2920_patch11
)


def former(rgb: np.ndarray) -> float:
    """Return the percent of pixels as bright and grey as the former check asked for."""
    low, high = rgb.min(axis=2), rgb.max(axis=2)
    return 100.0 * float(np.mean((low >= 170) & (high - low <= 60)))


def heights(draw: np.random.Generator, low: float, high: float) -> np.ndarray:
    """Return random heights of 0 to 1, (256, 256), of these spectral exponents above and below ``SMOOTHED`` pixels."""
    frequency = np.fft.fftfreq(256)
    radius = np.hypot(frequency[:, None], frequency)
    radius[0, 0] = 1.0
    edge = 1 / SMOOTH_PIXELS
    power = np.where(radius < edge, radius**-low, edge ** (high - low) * radius**-high)
    heights = np.fft.ifft2(np.sqrt(power) * np.exp(2j * np.pi * draw.random((256, 256)))).real
    return (heights - heights.min()) / np.ptp(heights)


def cloud(draw: np.random.Generator) -> np.ndarray:
    """Return the shape of clouds."""
    return heights(draw, 8 / 3, 4.2)


def add_cloud(rgb: np.ndarray, thick: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Return a picture under cloud of a thickness of 0 to 1."""
    mixture = rgb * (1 - thick[..., None]) + colour * thick[..., None]
    return np.clip(mixture + 0.5, 0, 255).astype(np.uint8)


def decks(lands: list[np.ndarray], colours: tuple[tuple[int, ...], ...], mean: float) -> Iterator[np.ndarray]:
    """Yield lands under cloud without a gap, of this mean thickness."""
    draw = np.random.default_rng(int(100 * mean))
    for land in lands:
        for colour in colours:
            thick = np.clip(mean + 0.3 * (cloud(draw) - 0.5), 0, 1) if mean < 1 else np.ones((256, 256))
            yield add_cloud(land, thick, colour + 90.0 * (cloud(draw)[..., None] - 0.5))


def broken_clouds(lands: list[np.ndarray], share: float) -> Iterator[np.ndarray]:
    """Yield lands of which a share is under single clouds."""
    draw = np.random.default_rng(int(100 * share))
    for land in lands:
        for colour in WHITES:
            height = cloud(draw)
            thick = np.clip((height - np.quantile(height, 1 - share)) / 0.06 + 0.5, 0, 1)
            yield add_cloud(land, thick, colour + 90.0 * (height[..., None] - 0.6))


def add_snow(lands: list[np.ndarray], contrast: float) -> Iterator[np.ndarray]:
    """Yield lands under snow that leaves this much of their contrast."""
    for land in lands:
        grey = land.mean(axis=2, keepdims=True)
        for colour in ((190, 195, 205), (225, 228, 232)):
            yield np.clip(np.array(colour) + contrast * (grey - grey.mean()), 0, 255).astype(np.uint8)


def surfaces(colour: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield surfaces of a colour, from smooth to rough and from dull to lively."""
    draw = np.random.default_rng(0)
    for exponent in (2.0, 2.6, 3.3):
        for contrast in (4, 15, 40):
            for _ in range(3):
                lively = contrast * (heights(draw, exponent, exponent)[..., None] - 0.5) + draw.normal(
                    0, 0.8, (256, 256, 3)
                )
                yield np.clip(np.array(colour) + lively, 0, 255).astype(np.uint8)


def row(name: str, pictures: Iterable[np.ndarray]) -> None:
    """Print how many of some pictures are called mostly cloud, now and by the former check."""
    images = list(pictures)
    now, before = ([find(one) for one in images] for find in (lambda rgb: cloud_cover(rgb).percent, former))
    count, count_before = (sum(one >= least for one in many) for many, least in ((now, CLOUDY), (before, FORMERLY)))
    print(f"  {name:44}{len(images):5}{count:8}{count_before:9}{np.median(now):12.0f} %")


def real(chips: dict[str, np.ndarray]) -> None:
    """Print what is found of real chips."""
    print(f"\n{len(chips)} real pictures      by eye    now   former   called mostly cloud, now and formerly")
    for name, rgb in chips.items():
        now, before, eye = cloud_cover(rgb).percent, former(rgb), BY_EYE.get(name, 0)
        if eye or max(now, before) >= 1:
            answers = f"{'yes' if now >= CLOUDY else 'no':>6}{'yes' if before >= FORMERLY else 'no':>6}"
            print(f"  {name:24}{eye:4} %{now:6.1f} %{before:6.1f} %{answers}{'   ice' if name in ICE else ''}")
    rest = [rgb for name, rgb in chips.items() if not BY_EYE.get(name) and name not in ICE]
    print(f"  all {len(rest)} others: at most {max(cloud_cover(rgb).percent for rgb in rest):.1f} % now")
    haze = [float(np.percentile(rgb[..., 2] - rgb[..., 0] / 2, 90)) for rgb in rest]
    print(f"  haze of these, 90th percentile: {min(haze):.0f} to {max(haze):.0f} grey values")


def print_made_up(lands: list[np.ndarray]) -> None:
    """Print what is found of pictures that are made."""
    print(
        f"\nmade of {len(lands)} real chips without cloud or ice, or of nothing",
        f"{'pictures, called mostly cloud now and formerly, median now':>80}",
        sep="\n",
    )
    thin: Callable[[float], str] = lambda mean: f"thickness {mean:.1f}"  # noqa: E731 - a format
    for what, colours in (("blue-grey", BLUE_GREYS), ("white", WHITES)):
        for mean in (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
            row(f"{what} cloud without gaps, {thin(mean)}", decks(lands, colours, mean))
    for share in (0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9):
        row(f"single white clouds over {100 * share:.0f} %", broken_clouds(lands, share))
    for contrast in (0.3, 0.6, 1.0, 1.5):
        row(f"snow, {contrast:.1f} of the land's contrast left", add_snow(lands, contrast))
    for name, colour in SURFACES.items():
        row(name, surfaces(colour))


def main() -> None:
    """Print both tables and the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chips", type=Path, help="a folder with more released chips, named as in the release")
    folders = [REALDATA / "chatearthnet" / name for name in ("chips", "chips_from_figures")]
    more = parser.parse_args().chips
    paths = {
        path.stem: path for folder in (*folders, *([more] if more else [])) for path in sorted(folder.glob("*.png"))
    }
    chips = {
        name: np.asarray(Image.open(path).convert("RGB").resize((256, 256))) for name, path in sorted(paths.items())
    }
    print(describe("chatearthnet-explorer", "numpy", "pillow"))
    real(chips)
    print_made_up([rgb for name, rgb in chips.items() if not BY_EYE.get(name) and name not in ICE])
    for name, rgb in chips.items():
        if name in BY_EYE or name in ICE:
            began = time.process_time()
            for _ in range(200):
                cloud_cover(rgb)
            print(f"{name}: {5 * (time.process_time() - began):.2f} ms of processor time")


if __name__ == "__main__":
    main()
