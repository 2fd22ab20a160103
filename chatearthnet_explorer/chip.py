"""A chip: pixels, labels, where on Earth, where from."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import CLASSES, codes_of_indices
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import xarray as xr
    from numpy.typing import NDArray

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12")
"""Sentinel-2 bands of ChatEarthNet: the three of the true colour, then those of the other two archives."""

TRUE_COLOUR_WHITE = 0.3558
"""Reflectance that a Level-1C true-colour image, such as a released chip, shows as 255 (Sentinel-2 products
specification)."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where the pixels of a chip come from."""

    catalogue: str
    """Who answered: the address of a STAC API, or ``simulated``."""

    item: str
    """Identifier of the scene in that catalogue; several of one day are joined by ``+``."""

    acquired: datetime | None = None
    """When the satellite passed, with time zone."""

    cloud_share: float | None = None
    """Share of the chip itself (0 to 1) that SCL calls cloud or cirrus (8, 9, 10); None if not known."""

    tile_cloud_share: float | None = None
    """Share of the whole 110 km scene (0 to 1) that its maker calls cloudy."""

    baseline: str | None = None
    """Processing baseline, such as ``05.09``."""

    radiometry: str = ""
    """What was done to turn numbers into reflectance, in one sentence; empty if no band was read."""


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One 256 x 256 square of the zoom-14 grid, as far as it is known. Row 0 is north, column 0 is west.

    Raises:
        LabelError: If an array is not of the shape and type stated here.
    """

    tile: Tile
    """Where on Earth."""

    source: str
    """Which source gave it: ``stac``, ``simulated``, ``file``, ..."""

    simulated: bool = False
    """Whether pixels and labels are made up. Every view says so where it is True."""

    labels: NDArray[np.uint8] | None = None
    """Class indices of ``legend.CLASSES``, shape (256, 256) uint8; None where nobody mapped the place."""

    label_version: str | None = None
    """WorldCover version and year, such as ``v100/2020``."""

    rgb: NDArray[np.uint8] | None = None
    """True colour, shape (256, 256, 3) uint8; None where no scene was found."""

    bands: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    """Reflectance (1.0 is all light) by name of ``BANDS``, each (256, 256) float32, NaN for no data; read on demand."""

    scl: NDArray[np.uint8] | None = None
    """Sentinel-2 scene classification, codes 0 to 11, shape (256, 256) uint8."""

    scene: Scene | None = None
    """Where the pixels come from; None where there are none."""

    missing: tuple[str, ...] = ()
    """What could not be had and why, one sentence each."""

    attribution: tuple[str, ...] = ()
    """Credits and licences that must be shown with it."""

    def __post_init__(self) -> None:
        """Check shapes and types at the door, so that nobody behind it has to."""
        for name, array, shape, dtype in (
            ("labels", self.labels, (SIZE, SIZE), np.uint8),
            ("rgb", self.rgb, (SIZE, SIZE, 3), np.uint8),
            ("scl", self.scl, (SIZE, SIZE), np.uint8),
            *((name, band, (SIZE, SIZE), np.float32) for name, band in self.bands.items()),
        ):
            if array is not None and (array.shape != shape or array.dtype != dtype):
                msg = (
                    f"A chip's {name} must be {np.dtype(dtype).name} of shape {shape}, "
                    f"got {array.dtype} of shape {array.shape}."
                )
                raise LabelError(msg)
        if self.labels is not None and int(self.labels.max()) >= len(CLASSES):
            msg = f"A chip's labels must be class indices 0 to {len(CLASSES) - 1}, got {self.labels.max()}."
            raise LabelError(msg)

    def __getstate__(self) -> dict[str, object]:
        """Return the fields, for another process: a mapping proxy cannot be pickled."""
        return {**self.__dict__, "bands": dict(self.bands)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the fields of a chip of another process."""
        self.__dict__.update(state, bands=MappingProxyType(state["bands"]))

    def to_xarray(self) -> xr.Dataset:
        """Return what the chip has as a Dataset that rioxarray places correctly (EPSG:3857).

        Variables, each with the dims it needs: ``rgb`` (band, y, x), ``labels`` and ``scl`` (y, x),
        one variable for each band of reflectance; ``x`` and ``y`` are pixel centres in metres, y falling.
        Each carries its nodata value (``rio.nodata``), with which reprojection fills: 0 is no label, no class of SCL
        and no picture, NaN no reflectance.
        """
        import rioxarray  # noqa: F401, PLC0415 - heavy; registers the .rio accessor
        import xarray as xr  # noqa: PLC0415
        from affine import Affine  # noqa: PLC0415

        variables: dict[str, tuple[tuple[str, ...], NDArray[np.generic]]] = {}
        if self.rgb is not None:
            variables["rgb"] = (("band", "y", "x"), np.moveaxis(self.rgb, 2, 0))
        if self.labels is not None:
            variables["labels"] = (("y", "x"), self.labels)
        if self.scl is not None:
            variables["scl"] = (("y", "x"), self.scl)
        variables.update({name: (("y", "x"), band) for name, band in self.bands.items()})
        step, _, west, _, _, north = self.tile.transform
        middle = (np.arange(SIZE) + 0.5) * step
        coords: dict[str, object] = {"x": west + middle, "y": north - middle}
        if self.rgb is not None:
            coords["band"] = ["red", "green", "blue"]
        dataset = xr.Dataset(variables, coords=coords, attrs=self.tags())
        placed: xr.Dataset = dataset.rio.write_crs("EPSG:3857").rio.write_transform(Affine(*self.tile.transform))
        for name in variables:
            nodata = np.nan if name in self.bands else 0
            placed[name] = placed[name].rio.write_nodata(nodata)
        return placed

    def to_geotiff(self, path: str | Path) -> None:
        """Write a GeoTIFF in EPSG:3857 with its history in the tags.

        Bands of the file: red, green, blue where there is a true colour, then ``worldcover``, the ESA codes
        (not class indices), where there are labels; uint8.

        Raises:
            LabelError: If the chip has neither pixels nor labels.
            OSError: If the file cannot be written.
        """
        import rasterio  # noqa: PLC0415 - heavy
        from affine import Affine  # noqa: PLC0415

        layers: dict[str, NDArray[np.uint8]] = {}
        if self.rgb is not None:
            layers |= dict(zip(("red", "green", "blue"), np.moveaxis(self.rgb, 2, 0), strict=True))
        if self.labels is not None:
            layers["worldcover"] = codes_of_indices(self.labels)
        if not layers:
            msg = f"The chip {self.tile.name} has neither pixels nor labels, so there is nothing to write."
            raise LabelError(msg)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=SIZE,
            height=SIZE,
            count=len(layers),
            dtype="uint8",
            crs="EPSG:3857",
            transform=Affine(*self.tile.transform),
            compress="deflate",
            # a first band of codes must not be taken for one of a grey picture with alpha
            photometric="RGB" if self.rgb is not None else "MINISBLACK",
            alpha="unspecified",
        ) as file:
            for number, (name, layer) in enumerate(layers.items(), start=1):
                file.write(layer, number)
                file.set_band_description(number, name)
            file.update_tags(**self.tags())

    def tags(self) -> dict[str, str]:
        """Return where the chip is and where it comes from, as words for a file or a Dataset."""
        scene = self.scene
        told = {
            "chip": self.tile.name,
            "source": self.source,
            "simulated": "yes" if self.simulated else "no",
            "worldcover": self.label_version or "",
            "catalogue": scene.catalogue if scene else "",
            "item": scene.item if scene else "",
            "acquired": scene.acquired.isoformat() if scene and scene.acquired else "",
            "baseline": (scene.baseline or "") if scene else "",
            "radiometry": scene.radiometry if scene else "",
            "missing": " ".join(self.missing),
            "attribution": "; ".join(self.attribution),
        }
        return {key: value for key, value in told.items() if value}
