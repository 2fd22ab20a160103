"""Choose the clearest of several scenes over a chip, and read its pixels."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.chip import BANDS, Scene
from chatearthnet_explorer.errors import RasterError, SceneError, SourceError
from chatearthnet_explorer.sources.stac.cloud_mask import LAST, NO_DATA, cloud_share, useless_share
from chatearthnet_explorer.sources.stac.raster_windows import Layer, Read, read_layers
from chatearthnet_explorer.sources.stac.reflectance import WHITE, reflectance, true_colour
from chatearthnet_explorer.sources.stac.stac_item import VISIBLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.sources.stac.scenes import SceneInfo
    from chatearthnet_explorer.tile import Tile

    Sign = Callable[[SceneInfo, str], tuple[str, ...]]
    """Returns the addresses at which to read one file of a scene."""

AT_ONCE = 5
"""Scenes whose clouds over the chip are counted concurrently."""

MOST_SCENES = 15
"""Scenes whose clouds are counted before the least cloudy of them is taken."""

CLEAR = 0.05
"""Share of cloud, shadow and gaps that is good enough to stop the search."""

CLOUDY = 0.5
"""Share of cloud over the chip from which it gets a note."""

NOT_COUNTED = "Clouds were not counted: the scene classification could not be read."
"""Note of a chip whose SCL could not be read; the reason follows."""

NOTHING_TO_COUNT = "Clouds were not counted: the scene has no classification."
"""Note of a chip from a scene without SCL."""

COMPOSITE_NOTE = "The scene's true-colour file could not be read, so the picture is made of B04, B03 and B02."
"""Note of a chip whose true-colour file could not be read; the reason follows."""

READ_SECONDS = 15.0
"""Seconds for one round of reading."""

_TRIES = 3
_NO_VISUAL = "The scene's true colour cannot be read; choose another scene."
_COLOURS = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Pixels:
    """The pixels of one scene over a chip."""

    scene: Scene
    """Metadata of the scene and its processing."""

    rgb: NDArray[np.uint8]
    """True colour, (256, 256, 3)."""

    scl: NDArray[np.uint8] | None
    """Scene classification, (256, 256); None if the scene has none."""

    bands: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """Reflectance by band, each (256, 256), NaN for no data."""

    notes: tuple[str, ...] = ()
    """Remarks on the quality, one sentence each."""

    whole: bool = True
    """Whether everything requested could be read."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Look:
    """A scene and its SCL over the chip."""

    scene: SceneInfo
    codes: NDArray[np.uint8] | None
    """None if the scene has none, or it could not be read."""

    trouble: str = ""
    """Why it could not be read, one sentence; empty if it was read or does not exist."""

    @property
    def useless(self) -> float:
        if self.codes is not None:
            return useless_share(self.codes)
        share = 1.0 if self.scene.cloud_share is None else self.scene.cloud_share
        # the catalogue's share is of 110 km: a scene with few clouds counted over the chip comes first
        return max(share, CLOUDY) if self.trouble else share

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes if no clouds were counted."""
        if self.codes is not None:
            return ()
        return (NOT_COUNTED, self.trouble) if self.trouble else (NOTHING_TO_COUNT,)


def clearest(
    scenes: Sequence[SceneInfo],
    tile: Tile,
    *,
    year: int | None,
    bands: bool,
    sign: Sign,
    deadline: float,
    complete: bool = True,
) -> Pixels:
    """Return the pixels of the scene with the least cloud, shadow and gaps over the chip.

    Args:
        scenes: Scenes of the chip, best candidates first.
        tile: Where.
        year: Their year; None if the caller named the scene.
        bands: Whether to read reflectance as well.
        sign: Returns the addresses of a scene's files.
        complete: Whether these are all scenes of the year, as far as the catalogue knows.
        deadline: When to stop the search and take the best so far, on the clock of ``time.monotonic``.

    Raises:
        SceneError: If none has pixels of the place.
        RasterError: If none can be read.
        StacError: If their addresses cannot be signed.
    """
    looks, trouble = _looks(scenes, tile, sign, deadline), None
    # if no classification could be read, the file server is probably down
    tries = 1 if all(look.trouble for look in looks) else _TRIES
    for look in sorted(looks, key=lambda look: look.useless)[:tries]:
        if trouble and time.monotonic() > deadline:
            break
        try:
            pixels = _read(look, tile, bands=bands, sign=sign)
        except SourceError as error:
            trouble = error
            continue
        return (
            pixels
            if year is None
            else _with_note(pixels, year, count=len(looks), all_seen=complete and len(looks) >= len(scenes))
        )
    raise trouble or SceneError("No scene has pixels of this place, though the catalogue lists some.")


def _looks(scenes: Sequence[SceneInfo], tile: Tile, sign: Sign, deadline: float) -> list[_Look]:
    """Return the scenes that have pixels of the chip, with their SCL."""
    looks: list[_Look] = []
    for start in range(0, min(len(scenes), MOST_SCENES), AT_ONCE):
        some = {scene.id: scene for scene in scenes[start : start + AT_ONCE]}
        hrefs = {name: sign(scene, "SCL") for name, scene in some.items()}
        layers = {
            name: Layer(hrefs=at, resampling="nearest", nodata=NO_DATA, local=_is_local(some[name]))
            for name, at in hrefs.items()
            if at
        }
        reads = read_layers(layers, tile, timeout=READ_SECONDS)
        failures = 0
        for name, scene in some.items():
            try:
                codes = _codes(reads[name]) if name in reads else None
            except RasterError as error:
                looks.append(_Look(scene=scene, codes=None, trouble=str(error)))
                failures += 1
                continue
            if codes is None or (codes != NO_DATA).any():
                looks.append(_Look(scene=scene, codes=codes))
        # if none could be read, the file server is down: reading more would fail as well
        if failures == len(some) or time.monotonic() > deadline or any(look.useless <= CLEAR for look in looks):
            break
    return looks


def _codes(read: Read | RasterError) -> NDArray[np.uint8]:
    if isinstance(read, RasterError):
        raise read
    if len(read.data) != 1 or read.data.dtype != np.uint8 or read.data.max(initial=0) > LAST:
        msg = "A scene's classification file has codes outside 0 to 11; choose another scene."
        raise RasterError(msg)
    codes: NDArray[np.uint8] = read.data[0]
    return codes


def _read(look: _Look, tile: Tile, *, bands: bool, sign: Sign) -> Pixels:
    scene = look.scene
    visual = all("visual" in item.assets for item in scene.items)
    names = ("visual",) if visual else VISIBLE
    reads = _files(scene, {*names, *(BANDS if bands else ())}, tile, sign)
    notes: list[str] = list(look.notes)
    whole = not look.trouble
    how_composed = ""
    try:
        rgb, valid = _visual(scene, reads.get("visual"))
    except RasterError as error:
        reads = _files(scene, set(VISIBLE) - reads.keys(), tile, sign) | reads
        rgb, valid, how_composed = _compose(scene, reads, error)
        if visual:
            whole = False
            notes += [COMPOSITE_NOTE, str(error)]
    if not valid.any():
        msg = f"Scene {scene.id} has no pixels of this place, though the catalogue lists it."
        raise SceneError(msg)
    if not valid.all():
        notes.append(f"The scene shows {valid.mean():.0%} of the chip; the rest is black.".replace("%", " %"))
    light, radiometry, troubles = _light(scene, {name: reads.get(name) for name in BANDS} if bands else {})
    return Pixels(
        rgb=rgb,
        scl=look.codes,
        bands=light,
        notes=tuple(dict.fromkeys((*notes, *troubles))),
        whole=whole and not troubles,
        scene=Scene(
            catalogue=scene.catalogue,
            item=scene.id,
            acquisition_time=scene.acquisition_time,
            cloud_share=None if look.codes is None else cloud_share(look.codes),
            tile_cloud_share=scene.cloud_share,
            baseline=scene.items[0].baseline,
            radiometry=" ".join(filter(None, (radiometry, how_composed))),
        ),
    )


def _files(scene: SceneInfo, names: set[str], tile: Tile, sign: Sign) -> dict[str, Read | RasterError]:
    """Read files of a scene; files that no item has are left out."""
    hrefs = {name: sign(scene, name) for name in sorted(names)}
    layers = {
        name: Layer(hrefs=at, resampling="bilinear", nodata=0, local=_is_local(scene))
        for name, at in hrefs.items()
        if at
    }
    return read_layers(layers, tile, timeout=READ_SECONDS)


def _is_local(scene: SceneInfo) -> bool:
    return all(item.local for item in scene.items)


def _visual(scene: SceneInfo, read: Read | RasterError | None) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the picture of a true-colour file, (256, 256, 3), and the mask of its pixels with data."""
    if not isinstance(read, Read):
        raise read or RasterError(_NO_VISUAL)
    if len(read.data) != _COLOURS or read.data.dtype != np.uint8:
        msg = f"The true colour of {scene.id} is not a picture of three 8-bit colours; choose another scene."
        raise RasterError(msg)
    return np.ascontiguousarray(np.moveaxis(read.data, 0, 2)), read.valid


def _compose(
    scene: SceneInfo, reads: Mapping[str, Read | RasterError], trouble: RasterError
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], str]:
    """Return the picture of red, green and blue, the mask of its pixels with data, and how it was made."""
    light, radiometry, _ = _light(scene, {name: reads.get(name) for name in VISIBLE})
    if len(light) < len(VISIBLE):
        failure = next((read for name in VISIBLE if isinstance(read := reads.get(name), RasterError)), None)
        raise failure if failure and str(trouble) == _NO_VISUAL else trouble
    rgb = true_colour(*(light[name] for name in VISIBLE))
    return rgb, rgb[..., 0] > 0, f"True colour is made of B04, B03 and B02, white at {WHITE:g}: {radiometry}"


def _light(
    scene: SceneInfo, reads: Mapping[str, Read | RasterError | None]
) -> tuple[dict[str, NDArray[np.float32]], str, tuple[str, ...]]:
    """Return reflectance by band, how it was computed, and which bands are missing and why."""
    single_band = {name: read for name, read in reads.items() if isinstance(read, Read) and len(read.data) == 1}
    troubles = [
        str(read) if isinstance(read, RasterError) else f"Scene {scene.id} has no usable band {name}."
        for name, read in reads.items()
        if name not in single_band
    ]
    if not single_band:
        return {}, "", tuple(dict.fromkeys(troubles))
    first = next(iter(single_band))
    item, file = scene.items[0], single_band[first]
    asset = item.assets[first]
    # the file's scale is used if the catalogue has none; GDAL reports 1 for a file without one
    own = asset.scale is None and file.scale != 1
    light, radiometry = reflectance(
        np.stack([read.data[0] for read in single_band.values()]),
        valid=np.stack([read.valid for read in single_band.values()]),
        baseline=item.baseline,
        scale=file.scale if own else asset.scale,
        offset=file.offset if own else asset.offset,
        offset_applied=item.offset_applied,
    )
    return dict(zip(single_band, light, strict=True)), radiometry, tuple(dict.fromkeys(troubles))


def _with_note(pixels: Pixels, year: int, *, count: int, all_seen: bool) -> Pixels:
    share = pixels.scene.cloud_share
    if share is None or share < CLOUDY:
        return pixels
    which = f"Every scene of {year} is cloudy here" if all_seen else f"The {count} clearest scenes of {year} are cloudy"
    note = f"{which}; this is the least cloudy: {share * 100:.0f} %."
    return Pixels(**{**vars(pixels), "notes": (note, *pixels.notes)})
