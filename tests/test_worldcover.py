"""WorldCover by place: names, labels equal to GDAL's, and what is missing told as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rioxarray
from affine import Affine
from rasterio.warp import Resampling
from rig.cogs import write_cog
from rig.range_server import RangeServer

from chatearthnet_explorer.errors import RasterError, SettingError
from chatearthnet_explorer.landcover.legend import CLASSES, indices_of_codes
from chatearthnet_explorer.sources.stac.raster_windows import Read, read_layers
from chatearthnet_explorer.sources.stac.worldcover import ATTRIBUTION, NOT_HERE, VERSIONS, labels_of, worldcover_layer
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ESA = "https://esa-worldcover.s3.eu-central-1.amazonaws.com"


@pytest.fixture
def esa(realdata: Path, tmp_path: Path) -> Iterator[RangeServer]:
    """A server that has ESA's folders and, in them, the two real files."""
    for year, version in VERSIONS.items():
        folder = tmp_path / version / "map"
        folder.mkdir(parents=True)
        for file in (realdata / "worldcover").glob(f"*_{year}_*.tif"):
            (folder / file.name).symlink_to(file)
    with RangeServer(tmp_path) as running:
        yield running


def _corners(tile: Tile) -> list[str]:
    return [href.rpartition("v100_")[2].removesuffix("_Map.tif") for href in worldcover_layer(tile, 2020).hrefs]


def test_addresses_are_esas_own() -> None:
    tile = Tile.at(12.49, 41.89)
    assert worldcover_layer(tile, 2021).hrefs == (f"{ESA}/v200/2021/map/ESA_WorldCover_10m_2021_v200_N39E012_Map.tif",)
    assert worldcover_layer(tile, 2020, "http://x/y/?sig=a%2Bb").hrefs == (
        "http://x/y/v100/2020/map/ESA_WorldCover_10m_2020_v100_N39E012_Map.tif?sig=a%2Bb",
    )
    with pytest.raises(SettingError, match="2020 or 2021"):
        worldcover_layer(tile, 2019)


@pytest.mark.parametrize(
    ("lon", "lat", "corners"),
    [
        (6.73, 0.336, ["N00E006"]),
        (-43.2, -22.9, ["S24W045"]),
        (-0.0001, -0.0001, ["S03W003"]),
        (6.0, 1.0, ["N00E003", "N00E006"]),
        (-180.0, 66.5, ["N66W180"]),
        (179.9999, -17.0, ["S18E177"]),
        (10.0, 84.2, ["N84E009"]),
    ],
)
def test_names_are_those_of_lower_left_corners(lon: float, lat: float, corners: list[str]) -> None:
    tile = Tile.at(lon, lat)
    actual = _corners(tile)
    assert actual == corners or (lon == 6.0 and tile.bounds[0] == 6.0)


def test_a_tile_on_a_corner_touches_four_files() -> None:
    tile = next(tile for tile in _tiles_around(12.0, 45.0) if _holds(tile, 12.0, 45.0))
    assert _corners(tile) == ["N45E009", "N45E012", "N42E009", "N42E012"]


def _tiles_around(lon: float, lat: float) -> list[Tile]:
    middle = Tile.at(lon, lat)
    return [Tile(middle.x + i, middle.y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def _holds(tile: Tile, lon: float, lat: float) -> bool:
    west, south, east, north = tile.bounds
    return west < lon < east and south < lat < north


@pytest.mark.parametrize("year", [2020, 2021])
@pytest.mark.parametrize(("lon", "lat"), [(6.73, 0.336), (6.51, 0.05), (7.4, 1.6), (8.99, 0.5)])
def test_labels_are_exactly_those_gdal_finds(
    realdata: Path, esa: RangeServer, year: int, lon: float, lat: float
) -> None:
    tile = Tile.at(lon, lat)
    layer = worldcover_layer(tile, year, esa.url)
    read = read_layers({"worldcover": layer}, tile)["worldcover"]
    assert isinstance(read, Read), read
    # header and pixels, in spite of the quarter megabyte of tables in a file of 2020
    assert esa.requests == 2 * len(layer.hrefs) - len(read.absent)
    west, south, east, north = tile.bounds
    file = realdata / "worldcover" / layer.hrefs[0].rpartition("/")[2]
    codes = (
        rioxarray.open_rasterio(file)
        .rio.clip_box(west - 0.01, south - 0.01, east + 0.01, north + 0.01)
        .rio.reproject("EPSG:3857", transform=Affine(*tile.transform), shape=(256, 256), resampling=Resampling.nearest)
        .values[0]
    )
    np.testing.assert_array_equal(read.data[0], codes)
    labels, missing = labels_of(read)
    if not codes.any():
        assert labels is None
        assert missing == (NOT_HERE,)
    else:
        assert labels is not None
        np.testing.assert_array_equal(labels, indices_of_codes(codes))
        assert missing == ()


def test_sao_tome_is_what_it_is(esa: RangeServer) -> None:
    tile = Tile.at(6.73, 0.336)
    read = read_layers({"it": worldcover_layer(tile, 2020, esa.url)}, tile)["it"]
    assert isinstance(read, Read), read
    labels, _ = labels_of(read)
    assert labels is not None
    present = {CLASSES[index].name for index in np.unique(labels)}
    assert {"tree", "developed area", "water"} <= present


def test_four_files_are_joined_and_absent_ones_are_sea(tmp_path: Path) -> None:
    tile = next(tile for tile in _tiles_around(12.0, 45.0) if _holds(tile, 12.0, 45.0))
    layer = worldcover_layer(tile, 2020, "http://x")
    codes = {"N45E009": 10, "N45E012": 50, "N42E009": 80}
    for name, code in codes.items():
        href = next(href for href in layer.hrefs if name in href)
        lat, lon = int(name[1:3]), int(name[4:])
        data = np.full((1, 1200, 1200), code, np.uint8)
        write_cog(
            tmp_path / href.removeprefix("http://x/"),
            data,
            crs="EPSG:4326",
            transform=Affine(3 / 1200, 0, lon, 0, -3 / 1200, lat + 3),
            nodata=0,
        )
    with RangeServer(tmp_path) as server:
        read = read_layers({"it": worldcover_layer(tile, 2020, server.url)}, tile)["it"]
        assert isinstance(read, Read), read
        assert [address.rpartition("_Map")[0][-7:] for address in read.absent] == ["N42E012"]
        labels, missing = labels_of(read)
    assert labels is not None
    assert missing == ()
    corners = [labels[0, 0], labels[0, -1], labels[-1, 0], labels[-1, -1]]
    assert [CLASSES[index].code for index in corners] == [10, 50, 80, 0]
    # each boundary between files is one straight line without a gap
    assert (np.diff((labels[0] != labels[0, 0]).astype(int)) != 0).sum() == 1
    assert (np.diff((labels[:, 0] != labels[0, 0]).astype(int)) != 0).sum() == 1


def test_no_file_at_all_is_no_map_and_no_water(tmp_path: Path) -> None:
    tile = Tile.at(-30, 0)
    with RangeServer(tmp_path) as server:
        read = read_layers({"it": worldcover_layer(tile, 2020, server.url)}, tile)["it"]
    assert isinstance(read, Read), read
    labels, missing = labels_of(read)
    assert labels is None
    assert missing == (NOT_HERE,)
    assert "not the same as water" in NOT_HERE


def test_codes_of_another_product_are_refused() -> None:
    read = Read(data=np.full((1, 256, 256), 111, np.uint8), valid=np.ones((256, 256), np.bool_))
    labels, missing = labels_of(read)
    assert labels is None
    assert "111" in missing[0]


def test_a_failing_server_is_an_error_and_not_the_sea(tmp_path: Path) -> None:
    tile = Tile.at(6.73, 0.336)
    with RangeServer(tmp_path) as server:
        layer = worldcover_layer(tile, 2020, server.url)
    assert isinstance(read_layers({"it": layer}, tile)["it"], RasterError)


def test_the_credit_is_complete() -> None:
    assert "© ESA WorldCover project" in ATTRIBUTION
    assert "CC BY 4.0" in ATTRIBUTION
