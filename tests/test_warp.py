"""Windows and warping, with GDAL as the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import pytest
from affine import Affine
from rasterio.warp import Resampling, reproject, transform_bounds

from chatearthnet_explorer.errors import RasterError
from chatearthnet_explorer.sources.stac.warp import (
    WINDOW_LIMIT,
    Grid,
    WarpedPixels,
    Window,
    fill_of,
    mosaic,
    valid_pixels,
    warp,
    window_of,
)
from chatearthnet_explorer.tile import Tile

Pixels = np.ndarray[Any, np.dtype[Any]]
# GDAL finds positions to an eighth of a pixel and interpolates from there; our waves rise by up to 20 a pixel.
GDAL_OFF = 3
SAO_TOME = Tile.at(6.73, 0.336)


def _grid(tile: Tile, crs: str, *, step: float = 10, size: int = 600, angle: float = 0) -> Grid:
    """Return a grid in whose middle the tile lies."""
    left, bottom, right, top = transform_bounds("EPSG:4326", crs, *tile.bounds)
    middle = Affine.translation((left + right) / 2 + 1.7, (bottom + top) / 2 - 2.9)
    place = middle * Affine.rotation(angle) * Affine.scale(step, -step) * Affine.translation(-size / 2, -size / 2)
    return Grid(crs=crs, transform=tuple(place[:6]), width=size, height=size)  # type: ignore[arg-type]


def _pixels(size: int, dtype: str = "uint16") -> Pixels:
    """Return smooth pixels, (2, size, size), never 0."""
    row, column = np.mgrid[:size, :size] / 25
    return np.stack([1000 + 500 * np.sin(row) * np.cos(column), 900 + 400 * np.cos(row + column)]).astype(dtype)


def _part(data: Pixels, window: Window) -> Pixels:
    return data[:, window.row : window.row + window.height, window.column : window.column + window.width]


def _oracle(data: Pixels, grid: Grid, tile: Tile, resampling: Resampling, **options: float) -> Pixels:
    whole = np.zeros((len(data), 256, 256), data.dtype)
    reproject(
        data,
        whole,
        src_transform=Affine(*grid.transform),
        src_crs=grid.crs,
        dst_transform=Affine(*tile.transform),
        dst_crs="EPSG:3857",
        resampling=resampling,
        tolerance=0,
        **options,
    )
    return whole


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (6.73, 0.336, "EPSG:32632"),
        (11.9999, 47.5, "EPSG:32632"),
        (12.001, 47.5, "EPSG:32632"),
        (-72.48, -38.83, "EPSG:32718"),
        (179.999, -17.0, "EPSG:32701"),
        (-179.999, -17.0, "EPSG:32760"),
        (20.0, 83.5, "EPSG:32634"),
        (10.0, 50.0, "EPSG:3035"),
    ],
)
def test_pixels_land_where_gdal_puts_them(lon: float, lat: float, crs: str) -> None:
    tile = Tile.at(lon, lat)
    grid = _grid(tile, crs)
    data = _pixels(600)
    window = window_of(grid, tile)
    assert window is not None
    assert window.width <= 600
    result = warp(_part(data, window), None, window, resampling="bilinear")
    assert result.valid.all()
    assert result.data.dtype == np.uint16
    expected = _oracle(data, grid, tile, Resampling.bilinear)
    assert np.abs(result.data.astype(int) - expected).max() <= GDAL_OFF
    codes = np.random.default_rng(1).integers(1, 255, (1, 600, 600), np.uint8)
    nearest = warp(_part(codes, window), None, window, resampling="nearest").data
    assert (nearest != _oracle(codes, grid, tile, Resampling.nearest)).mean() < 0.005


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (6.73, 0.336, "EPSG:32632"),
        (-179.999, -17.0, "EPSG:32760"),
        (20.0, 84.9, "EPSG:32634"),
        (10.0, 50.0, "EPSG:3035"),
    ],
)
def test_positions_are_those_of_proj(lon: float, lat: float, crs: str) -> None:
    tile = Tile.at(lon, lat)
    grid = _grid(tile, crs)
    window = window_of(grid, tile)
    assert window is not None
    a, _, c, _, e, f = tile.transform
    centre = np.arange(256) + 0.5
    place = np.meshgrid(c + a * centre, f + e * centre)
    x, y = pyproj.Transformer.from_crs("EPSG:3857", crs, always_xy=True).transform(*place)
    column, row = ~Affine(*grid.transform) * (x, y)
    np.testing.assert_allclose(window.u + window.column, column, rtol=0, atol=1e-7)
    np.testing.assert_allclose(window.v + window.row, row, rtol=0, atol=1e-7)


def test_a_turned_grid_is_read_as_well() -> None:
    grid = _grid(SAO_TOME, "EPSG:32632", angle=20)
    data = _pixels(600)
    window = window_of(grid, SAO_TOME)
    assert window is not None
    result = warp(_part(data, window), None, window, resampling="bilinear")
    expected = _oracle(data, grid, SAO_TOME, Resampling.bilinear)
    assert np.abs(result.data.astype(int) - expected).max() <= GDAL_OFF


def test_twenty_metre_pixels_are_blown_up_smoothly() -> None:
    grid = _grid(SAO_TOME, "EPSG:32632", step=20, size=300)
    data = _pixels(300)
    window = window_of(grid, SAO_TOME)
    assert window is not None
    assert window.width < 150
    result = warp(_part(data, window), None, window, resampling="bilinear")
    assert np.abs(result.data.astype(int) - _oracle(data, grid, SAO_TOME, Resampling.bilinear)).max() <= 1


def test_window_is_no_larger_than_the_tile_needs() -> None:
    window = window_of(_grid(SAO_TOME, "EPSG:32632"), SAO_TOME)
    assert window is not None
    # 256 x 9.55 m are 245 pixels of 10 m; a grid turned by 0.02 degrees adds one, the margin two
    assert 245 <= window.width <= 250
    assert 243 <= window.height <= 250


def test_gap_does_not_bleed_into_neighbours() -> None:
    grid = _grid(SAO_TOME, "EPSG:32632")
    data = np.full((1, 600, 600), 1000, np.uint16)
    data[:, 280:320, 250:330] = 0
    window = window_of(grid, SAO_TOME)
    assert window is not None
    part = _part(data, window)
    result = warp(part, valid_pixels(part, 0), window, resampling="bilinear")
    assert set(np.unique(result.data[0][result.valid])) == {1000}
    assert set(np.unique(result.data[0][~result.valid])) == {0}
    expected = _oracle(data, grid, SAO_TOME, Resampling.bilinear, src_nodata=0)
    assert ((expected[0] > 0) == result.valid).mean() > 0.9999


def test_dark_pixels_are_not_nodata() -> None:
    picture = np.zeros((3, 2, 2), np.uint8)
    picture[:, 0, 0] = (0, 12, 30)
    assert valid_pixels(picture, 0) is not None
    np.testing.assert_array_equal(valid_pixels(picture, 0), [[True, False], [False, False]])
    assert valid_pixels(picture, None) is None
    floats = np.array([[[1.0, np.nan]]])
    np.testing.assert_array_equal(valid_pixels(floats, None), [[True, False]])
    np.testing.assert_array_equal(valid_pixels(floats, np.nan), [[True, False]])


def test_not_a_number_does_not_spread() -> None:
    grid = _grid(SAO_TOME, "EPSG:32632")
    data = np.ones((1, 600, 600), np.float32)
    data[0, 300, 300] = np.nan
    window = window_of(grid, SAO_TOME)
    assert window is not None
    part = _part(data, window)
    result = warp(part, valid_pixels(part, None), window, resampling="bilinear", fill=np.nan)
    assert 0 < (~result.valid).sum() <= 4
    np.testing.assert_array_equal(np.isnan(result.data[0]), ~result.valid)


@pytest.mark.parametrize("east", [-2900, -1500, 1500, 2900])
def test_a_window_partly_outside_the_file_is_valid_inside(east: float) -> None:
    grid = _grid(SAO_TOME, "EPSG:32632")
    a, b, c, d, e, f = grid.transform
    shifted_grid = Grid(crs=grid.crs, transform=(a, b, c + east + 2000 * np.sign(east), d, e, f), width=600, height=600)
    window = window_of(shifted_grid, SAO_TOME)
    if window is None:
        assert abs(east) == 2900
        return
    data = _pixels(600)
    result = warp(_part(data, window), None, window, resampling="bilinear")
    expected = _oracle(data, shifted_grid, SAO_TOME, Resampling.bilinear)
    assert 0.1 < result.valid.mean() < 0.9
    assert ((expected[0] > 0) == result.valid).mean() > 0.999
    both = (expected[0] > 0) & result.valid
    assert np.abs(result.data[:, both].astype(int) - expected[:, both]).max() <= 1


@pytest.mark.parametrize(("lon", "lat"), [(7.5, 0.336), (6.73, 60.0), (-170.0, 0.3), (96.0, 10.0)])
def test_a_file_elsewhere_has_no_window(lon: float, lat: float) -> None:
    assert window_of(_grid(SAO_TOME, "EPSG:32632"), Tile.at(lon, lat)) is None


@pytest.mark.parametrize("x", [0, 16383])
def test_degrees_at_the_antimeridian_do_not_jump(x: int) -> None:
    tile = Tile(x, 9000)
    west = -180.0 if x == 0 else 177.0
    grid = Grid(crs="EPSG:4326", transform=(3 / 36000, 0, west, 0, -3 / 36000, -15), width=36000, height=36000)
    window = window_of(grid, tile)
    assert window is not None
    assert 260 <= window.width <= 270
    inside = (window.u >= 0) & (window.u < window.width)
    assert inside.all()


@pytest.mark.parametrize(
    ("crs", "transform", "words"),
    [
        ("EPSG:99999", (10, 0, 0, 0, -10, 0), "unknown"),
        ('LOCAL_CS["here",UNIT["metre",1]]', (10, 0, 0, 0, -10, 0), "unknown or not on Earth"),
        ("EPSG:32632", (0, 0, 0, 0, -10, 0), "transform is singular"),
        ("EPSG:32632", (float("nan"), 0, 0, 0, -10, 0), "transform is singular"),
        ("EPSG:3857", (0.001, 0, 747000, 0, -0.001, 39500), "implausibly large"),
    ],
)
def test_grids_that_cannot_be_used_are_refused(crs: str, transform: tuple[float, ...], words: str) -> None:
    grid = Grid(crs=crs, transform=transform, width=2**31, height=2**31)  # type: ignore[arg-type]
    with pytest.raises(RasterError, match=words):
        window_of(grid, SAO_TOME)
    assert WINDOW_LIMIT > 70_000 * 4


def test_the_first_piece_with_data_wins() -> None:
    left = np.zeros((256, 256), np.bool_)
    left[:, :128] = True
    pieces = [
        WarpedPixels(data=np.full((1, 256, 256), number, np.uint8), valid=valid)
        for number, valid in ((1, left), (2, np.ones_like(left)), (3, np.ones_like(left)))
    ]
    whole = mosaic(pieces)
    assert whole is not None
    assert whole.valid.all()
    assert (whole.data[0] == np.where(left, 1, 2)).all()
    assert mosaic([]) is None


def test_the_fill_fits_its_type() -> None:
    assert fill_of(np.dtype("uint8"), -9999) == 0
    assert fill_of(np.dtype("int16"), -9999) == -9999
    assert fill_of(np.dtype("uint8"), None) == 0
    assert np.isnan(fill_of(np.dtype("float32"), np.nan))
