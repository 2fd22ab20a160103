"""One suite for every source: whoever gives chips, a chip is a chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from rig.sao_tome import LAT, LON

from chatearthnet_explorer.chip import BANDS
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.landcover.legend import codes_of_indices
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS, Source, open_source, source_names
from chatearthnet_explorer.testing.contracts import SOURCE_RULES, check_source
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rig.sao_tome import SaoTome

CLOSED_ADDRESS = "http://127.0.0.1:9"
RIGS = ("stac", "simulated", "auto", "auto without a network")
OTHERS = tuple(name for name in source_names() if name not in RIGS)
"""Sources of packages that are installed here: the contract holds for them too."""


@pytest.fixture(params=RIGS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """Each source, with São Tomé within its reach; the simulated ones need no rig."""
    kind = request.param
    if kind in {"stac", "auto"}:
        sao_tome: SaoTome = request.getfixturevalue("sao_tome")
        return open_source(kind, settings=sao_tome.settings(tmp_path))
    offline = Settings(catalogues=(CLOSED_ADDRESS,), worldcover=CLOSED_ADDRESS, cache=tmp_path)
    return open_source(kind.split()[0], settings=offline)


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=lambda rule: rule.__name__)
def test_built_in_source_keeps_contract(source: Source, rule: Callable[[Source, float, float], None]) -> None:
    rule(source, LON, LAT)


@pytest.mark.parametrize("name", OTHERS)
def test_installed_source_keeps_contract(name: str) -> None:
    check_source(open_source(name))


def test_every_built_in_source_is_in_suite() -> None:
    assert set(source_names()) == {rig.split()[0] for rig in RIGS} | set(OTHERS)


@pytest.mark.parametrize("bands", [False, True])
def test_same_place_gives_same_bands(source: Source, bands: bool) -> None:
    first, second = (source.chip_at(LON, LAT, bands=bands) for _ in range(2))
    assert list(first.bands) == list(second.bands)
    for name, band in second.bands.items():
        assert np.array_equal(first.bands[name], band, equal_nan=True), name


@pytest.mark.parametrize("year", YEARS)
def test_shapes_types_and_ranges(source: Source, year: int) -> None:
    chip = source.chip_at(LON, LAT, year=year)
    assert chip.tile == Tile.at(LON, LAT)
    assert chip.labels is not None
    assert chip.rgb is not None
    assert chip.scl is not None
    assert (chip.labels.shape, chip.labels.dtype) == ((256, 256), np.uint8)
    assert (chip.rgb.shape, chip.rgb.dtype) == ((256, 256, 3), np.uint8)
    assert (chip.scl.shape, chip.scl.dtype) == ((256, 256), np.uint8)
    assert chip.labels.max() <= 11
    assert chip.scl.max() <= 11
    assert chip.rgb.std() > 1  # something is to be seen
    assert not chip.bands


def test_bands_are_reflectance(source: Source) -> None:
    chip = source.chip_at(LON, LAT, bands=True)
    assert tuple(chip.bands) == BANDS
    for band in chip.bands.values():
        assert (band.shape, band.dtype) == ((256, 256), np.float32)
        assert np.nanmin(band) > -0.1
        assert np.nanmax(band) < 1.5
    assert chip.scene
    assert chip.scene.radiometry.endswith(".")


def test_chip_names_its_origin(source: Source) -> None:
    chip = source.chip_at(LON, LAT)
    assert chip.source in {"stac", "simulated"}
    assert chip.simulated == (chip.source == "simulated")
    assert chip.scene
    assert chip.scene.catalogue
    assert chip.scene.item
    assert chip.scene.acquisition_time
    assert chip.scene.acquisition_time.tzinfo
    assert chip.scene.cloud_share is not None
    assert 0 <= chip.scene.cloud_share <= 1
    assert chip.attribution
    assert chip.label_version
    if chip.simulated:
        assert any("simulated" in credit.lower() for credit in chip.attribution)
        assert "simulated" in chip.label_version
    else:
        assert any("Copernicus" in credit for credit in chip.attribution)
        assert any("WorldCover" in credit for credit in chip.attribution)
        assert chip.label_version == "v100/2020"


def test_xarray_is_placed(source: Source) -> None:
    pytest.importorskip("rioxarray")
    chip = source.chip_at(LON, LAT, bands=True)
    dataset = chip.to_xarray()
    assert dataset.rio.crs.to_epsg() == 3857
    west, south, east, north = chip.tile.bounds
    assert dataset.rio.transform_bounds("EPSG:4326") == pytest.approx((west, south, east, north), abs=1e-9)
    assert set(BANDS) | {"rgb", "labels", "scl"} <= set(dataset)
    assert np.array_equal(dataset["rgb"].to_numpy()[0], chip.rgb[..., 0])
    assert dataset.attrs["simulated"] == ("yes" if chip.simulated else "no")


def test_reprojection_fills_with_what_is_no_data(source: Source) -> None:
    pytest.importorskip("rioxarray")
    dataset = source.chip_at(LON, LAT, bands=True).to_xarray()
    polar_dataset = dataset.rio.reproject("EPSG:3413")  # polar: there the square of the chip stands askew
    for name in ("labels", "scl", "rgb", *BANDS):
        assert dataset[name].dtype == polar_dataset[name].dtype
        corners = polar_dataset[name].to_numpy()[..., [0, 0, -1, -1], [0, -1, 0, -1]]
        is_nodata = np.isnan(corners) if name in BANDS else corners == 0
        assert is_nodata.any(axis=-1).all(), name
        assert np.isnan(polar_dataset[name].rio.nodata) if name in BANDS else polar_dataset[name].rio.nodata == 0
    # no pixel outside the chip becomes a class: what is not 0 is what was there
    assert set(np.unique(polar_dataset["labels"])) <= {0, *np.unique(dataset["labels"]).tolist()}
    assert set(np.unique(polar_dataset["rgb"])) <= {0, *np.unique(dataset["rgb"]).tolist()}


def test_a_geotiff_is_placed(source: Source, tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    chip = source.chip_at(LON, LAT)
    path = tmp_path / "chip.tif"
    chip.to_geotiff(path)
    with rasterio.open(path) as file:
        assert file.crs.to_epsg() == 3857
        assert file.transform[:6] == pytest.approx(chip.tile.transform)
        assert file.descriptions == ("red", "green", "blue", "worldcover")
        assert np.array_equal(np.moveaxis(file.read((1, 2, 3)), 0, 2), chip.rgb)
        assert np.array_equal(file.read(4), codes_of_indices(chip.labels))
        assert file.tags()["source"] == chip.source
        assert file.tags()["simulated"] == ("yes" if chip.simulated else "no")


def test_a_source_is_opened_by_name_or_taken_as_it_is() -> None:
    for name in source_names():
        instance = open_source(name, settings=Settings(catalogues=(CLOSED_ADDRESS,)))
        assert instance.name == name
        assert open_source(instance) is instance
    with pytest.raises(SettingError, match="simulated"):
        open_source("sattelite")
