"""The clearest of some scenes over a chip, and its pixels."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.chip import BANDS, Scene
from chatearthnet_explorer.errors import RasterError, SceneError, SourceError
from chatearthnet_explorer.sources.raster import Layer, Read, read_layers
from chatearthnet_explorer.sources.reflectance import reflectance
from chatearthnet_explorer.sources.scl import LAST, NO_DATA, cloud_share, useless_share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.sources.scenes import SceneInfo
    from chatearthnet_explorer.tile import Tile

    Sign = Callable[[SceneInfo, str], tuple[str, ...]]
    """Gives the addresses to read one file of a scene at."""

AT_ONCE = 5
"""Scenes whose clouds over the chip are counted side by side."""

MOST_SCENES = 15
"""Scenes that are looked at before the least cloudy of them is taken."""

CLEAR = 0.05
"""Share of cloud, shadow and gaps at which nobody looks for a better scene."""

CLOUDY = 0.5
"""Share of cloud over the chip from which on the chip says that it is cloudy."""

READ_SECONDS = 15.0
"""Seconds that one round of reading may take."""

_TRIES = 3
_COLOURS = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Pixels:
    """What one scene shows of a chip."""

    scene: Scene
    """Which it is, and what was done to it."""

    rgb: NDArray[np.uint8]
    """True colour, (256, 256, 3)."""

    scl: NDArray[np.uint8] | None
    """Scene classification, (256, 256); None if the scene has none."""

    bands: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """Reflectance by band, each (256, 256), NaN for no data."""

    notes: tuple[str, ...] = ()
    """What is not as one would wish, one sentence each."""

    whole: bool = True
    """Whether all that was asked for could be read."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Look:
    """A scene and its SCL over the chip; None where the scene has none."""

    scene: SceneInfo
    codes: NDArray[np.uint8] | None

    @property
    def useless(self) -> float:
        if self.codes is None:
            return 1.0 if self.scene.cloud_share is None else self.scene.cloud_share
        return useless_share(self.codes)


def clearest(  # noqa: PLR0913 - what to choose from, and the bounds of the choice
    scenes: Sequence[SceneInfo], tile: Tile, *, year: int | None, bands: bool, sign: Sign, deadline: float
) -> Pixels:
    """Return the pixels of the scene with the least cloud, shadow and gaps over the chip.

    Args:
        scenes: Scenes of the chip, the most promising first.
        tile: Where.
        year: The year they are of, if there was a choice; None if somebody named the scene.
        bands: Whether to read reflectance as well.
        sign: Gives the addresses of a scene's files.
        deadline: When to be content with what was seen so far, on the clock of ``time.monotonic``.

    Raises:
        SceneError: If none shows the place.
        RasterError: If none can be read.
        CatalogueError: If their addresses cannot be signed.
    """
    looks, trouble = _looks(scenes, tile, sign, deadline)
    for look in sorted(looks, key=lambda look: look.useless)[:_TRIES]:
        try:
            pixels = _read(look, tile, bands=bands, sign=sign)
        except SourceError as error:
            trouble = error
            continue
        return pixels if year is None else _with_note(pixels, year, seen=len(looks), there=len(scenes))
    raise trouble or SceneError("No scene has pixels of this place, though the catalogue lists some.")


def _looks(
    scenes: Sequence[SceneInfo], tile: Tile, sign: Sign, deadline: float
) -> tuple[list[_Look], SourceError | None]:
    """Return the scenes that show something, with their SCL, and the last trouble on the way."""
    looks: list[_Look] = []
    trouble: SourceError | None = None
    for start in range(0, min(len(scenes), MOST_SCENES), AT_ONCE):
        some = {scene.id: scene for scene in scenes[start : start + AT_ONCE]}
        hrefs = {name: sign(scene, "SCL") for name, scene in some.items()}
        layers = {name: Layer(hrefs=at, resampling="nearest", nodata=NO_DATA) for name, at in hrefs.items() if at}
        reads = read_layers(layers, tile, timeout=READ_SECONDS)
        failed = 0
        for name, scene in some.items():
            try:
                codes = _codes(reads[name]) if name in reads else None
            except RasterError as error:
                trouble, failed = error, failed + 1
                continue
            if codes is None or (codes != NO_DATA).any():
                looks.append(_Look(scene=scene, codes=codes))
        # where not one could be read, the server of the files is down: fifteen will not be better than five
        if failed == len(some) or time.monotonic() > deadline or any(look.useless <= CLEAR for look in looks):
            break
    return looks, trouble


def _codes(read: Read | RasterError) -> NDArray[np.uint8]:
    if isinstance(read, RasterError):
        raise read
    if len(read.data) != 1 or read.data.dtype != np.uint8 or read.data.max(initial=0) > LAST:
        msg = "A scene's classification file holds something else than codes 0 to 11; choose another scene."
        raise RasterError(msg)
    codes: NDArray[np.uint8] = read.data[0]
    return codes


def _read(look: _Look, tile: Tile, *, bands: bool, sign: Sign) -> Pixels:
    names = ("visual", *(BANDS if bands else ()))
    hrefs = {name: sign(look.scene, name) for name in names}
    layers = {name: Layer(hrefs=at, resampling="bilinear", nodata=0) for name, at in hrefs.items() if at}
    reads = read_layers(layers, tile, timeout=READ_SECONDS)
    visual = reads["visual"]
    if isinstance(visual, RasterError):
        raise visual
    if len(visual.data) != _COLOURS or visual.data.dtype != np.uint8:
        msg = f"The true colour of {look.scene.id} is no picture of three 8-bit colours; choose another scene."
        raise RasterError(msg)
    if not visual.valid.any():
        msg = f"Scene {look.scene.id} has no pixels of this place, though the catalogue lists it."
        raise SceneError(msg)
    notes: list[str] = []
    if not visual.valid.all():
        notes.append(f"The scene shows {visual.valid.mean():.0%} of the chip; the rest is black.".replace("%", " %"))
    light, radiometry, troubles = _light(look.scene, {name: reads.get(name) for name in names[1:]})
    item = look.scene.items[0]
    return Pixels(
        rgb=np.ascontiguousarray(np.moveaxis(visual.data, 0, 2)),
        scl=look.codes,
        bands=light,
        notes=(*notes, *troubles),
        whole=not troubles,
        scene=Scene(
            catalogue=look.scene.catalogue,
            item=look.scene.id,
            acquired=look.scene.acquired,
            cloud_share=None if look.codes is None else cloud_share(look.codes),
            tile_cloud_share=look.scene.cloud_share,
            baseline=item.baseline,
            radiometry=radiometry,
        ),
    )


def _light(
    scene: SceneInfo, reads: Mapping[str, Read | RasterError | None]
) -> tuple[dict[str, NDArray[np.float32]], str, tuple[str, ...]]:
    """Return reflectance by band, what was done to get it, and what could not be had."""
    got = {name: read for name, read in reads.items() if isinstance(read, Read) and len(read.data) == 1}
    troubles = [
        str(read) if isinstance(read, RasterError) else f"Scene {scene.id} has no usable band {name}."
        for name, read in reads.items()
        if name not in got
    ]
    if not got:
        return {}, "", tuple(dict.fromkeys(troubles))
    first = next(iter(got))
    item, file = scene.items[0], got[first]
    asset = item.assets[first]
    # what a file says of itself counts where the catalogue is silent; 1 is what GDAL says of a silent file
    own = asset.scale is None and file.scale != 1
    light, radiometry = reflectance(
        np.stack([read.data[0] for read in got.values()]),
        valid=np.stack([read.valid for read in got.values()]),
        baseline=item.baseline,
        scale=file.scale if own else asset.scale,
        offset=file.offset if own else asset.offset,
        applied=item.offset_applied,
    )
    return dict(zip(got, light, strict=True)), radiometry, tuple(dict.fromkeys(troubles))


def _with_note(pixels: Pixels, year: int, *, seen: int, there: int) -> Pixels:
    share = pixels.scene.cloud_share
    if share is None or share < CLOUDY:
        return pixels
    which = (
        f"Every scene of {year} is cloudy here" if seen >= there else f"The {seen} clearest scenes of {year} are cloudy"
    )
    note = f"{which}; this is the least cloudy: {share * 100:.0f} %."
    return Pixels(**{**vars(pixels), "notes": (note, *pixels.notes)})
