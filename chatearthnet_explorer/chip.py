"""The value ``Chip``: the pixels, labels, location and provenance of one tile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import CLASSES, codes_of_indices
from chatearthnet_explorer.tile import SIZE, Tile
from chatearthnet_explorer.values import FrozenDict, Value, freeze

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import xarray as xr
    from numpy.typing import NDArray

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B11", "B12")
"""Sentinel-2 bands of ChatEarthNet: the three of the true-colour picture, then those of the other two archives."""

TRUE_COLOUR_WHITE = 0.3558
"""Reflectance that a Level-1C true-colour image, such as a released chip, shows as 255 (Sentinel-2 products
specification)."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scene(Value):
    """The origin of the pixels of a chip."""

    catalogue: str
    """Address of the STAC API that has it, or ``simulated``."""

    item: str
    """Identifier of the scene in that catalogue; several of one day are joined by ``+``."""

    acquisition_time: datetime | None = None
    """When the satellite passed, with time zone."""

    cloud_share: float | None = None
    """Share of the chip itself (0 to 1) that SCL calls cloud or cirrus (8, 9, 10); None if not known."""

    tile_cloud_share: float | None = None
    """Share of the whole 110 km scene (0 to 1) that its producer calls cloudy."""

    baseline: str | None = None
    """Processing baseline, such as ``05.09``."""

    radiometry: str = ""
    """How numbers were turned into reflectance, in one sentence; empty if no band was read."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Chip(Value):
    """One 256 x 256 square of the zoom-14 grid, as far as it is known. Row 0 is north, column 0 is west.

    Two chips are equal if all their fields are, arrays pixel by pixel. The arrays cannot be written to; copy one to
    change it.

    Raises:
        LabelError: If an array is not of the shape and type stated here.
    """

    tile: Tile
    """Where on Earth."""

    source: str
    """The source it is from: ``stac``, ``simulated``, ``file``, ..."""

    simulated: bool = False
    """Whether pixels and labels are simulated. If so, every view says it."""

    labels: NDArray[np.uint8] | None = None
    """Class indices of ``legend.CLASSES``, shape (256, 256) uint8; None where the place is not mapped."""

    label_version: str | None = None
    """WorldCover version and year, such as ``v100/2020``."""

    rgb: NDArray[np.uint8] | None = None
    """True colour, shape (256, 256, 3) uint8; None without a scene."""

    bands: Mapping[str, NDArray[np.float32]] = field(default_factory=FrozenDict)
    """Reflectance (1.0 is all light) by name of ``BANDS``, each (256, 256) float32, NaN for no data; read on demand."""

    scl: NDArray[np.uint8] | None = None
    """Sentinel-2 scene classification, codes 0 to 11, shape (256, 256) uint8."""

    scene: Scene | None = None
    """The origin of the pixels; None without pixels."""

    missing: tuple[str, ...] = ()
    """What is missing and why, one sentence each."""

    attribution: tuple[str, ...] = ()
    """Credits and licences that must be shown with it."""

    def __post_init__(self) -> None:
        """Check shapes and types once, so that no other code has to, and make the arrays read-only."""
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
        for name in ("labels", "rgb", "bands", "scl"):
            object.__setattr__(self, name, freeze(getattr(self, name)))

    def to_xarray(self) -> xr.Dataset:
        """Return pixels and labels as a Dataset that rioxarray places correctly (EPSG:3857).

        Variables, each with the dims it needs: ``rgb`` (band, y, x), ``labels`` and ``scl`` (y, x),
        one variable for each band of reflectance; ``x`` and ``y`` are pixel centres in metres, y falling.
        Each has its nodata value (``rio.nodata``), which reprojection fills in: 0 is not a label and not a class of SCL
        and no picture, NaN no reflectance.
        """
        import rioxarray  # noqa: F401 - heavy; registers the .rio accessor
        import xarray as xr
        from affine import Affine

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
        raster: xr.Dataset = dataset.rio.write_crs("EPSG:3857").rio.write_transform(Affine(*self.tile.transform))
        for name in variables:
            nodata = np.nan if name in self.bands else 0
            raster[name] = raster[name].rio.write_nodata(nodata)
        return raster

    def to_geotiff(self, path: str | Path) -> None:
        """Write a GeoTIFF in EPSG:3857 with the origin of the data in its tags.

        Bands of the file: red, green, blue where there is a true colour, then ``worldcover``, the ESA codes
        (not class indices), where there are labels; uint8.

        Raises:
            LabelError: If the chip has neither pixels nor labels.
            OSError: If the file cannot be written.
        """
        import rasterio
        from affine import Affine

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
            # a first band of codes must not be read as a grey picture with an alpha band
            photometric="RGB" if self.rgb is not None else "MINISBLACK",
            alpha="unspecified",
        ) as file:
            for number, (name, layer) in enumerate(layers.items(), start=1):
                file.write(layer, number)
                file.set_band_description(number, name)
            file.update_tags(**self.tags())

    def tags(self) -> dict[str, str]:
        """Return place and origin of the chip as text, for the tags of a file or the attributes of a Dataset."""
        scene = self.scene
        tags = {
            "chip": self.tile.name,
            "source": self.source,
            "simulated": "yes" if self.simulated else "no",
            "worldcover": self.label_version or "",
            "catalogue": scene.catalogue if scene else "",
            "item": scene.item if scene else "",
            "acquired": scene.acquisition_time.isoformat() if scene and scene.acquisition_time else "",
            "baseline": (scene.baseline or "") if scene else "",
            "radiometry": scene.radiometry if scene else "",
            "missing": " ".join(self.missing),
            "attribution": "; ".join(self.attribution),
        }
        return {key: value for key, value in tags.items() if value}
