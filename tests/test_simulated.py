"""The simulated Earth: the same every time, joined at every seam, and like the real one."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chatearthnet_explorer.chip import BANDS, Chip
from chatearthnet_explorer.errors import PlaceError, SettingError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.simulation.class_map import cover_of
from chatearthnet_explorer.simulation.label_map_batches import sample_label_maps
from chatearthnet_explorer.simulation.noise import PAD, Window
from chatearthnet_explorer.simulation.settlement import people_in
from chatearthnet_explorer.simulation.terrain import terrain_of
from chatearthnet_explorer.sources import Source, open_source
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile

SAO_TOME, PARIS, AMAZON = (6.73, 0.336), (2.12, 48.72), (-62.0, -4.0)
SAHARA, SUNDARBANS, TUNDRA = (0.0, 23.0), (89.45, 21.95), (100.0, 72.0)
BEAUCE, SAVANNA, GREENLAND, LENA = (1.5, 48.1), (35.0, -2.5), (-40.0, 72.0), (126.6, 72.6)
ANTARCTICA, ATLANTIC = (0.0, -75.0), (-30.0, 30.0)
PLACES = (SAO_TOME, PARIS, AMAZON, SAHARA, SUNDARBANS, TUNDRA, BEAUCE, SAVANNA, GREENLAND, LENA)


@pytest.fixture(scope="module")
def source() -> SimulatedSource:
    return SimulatedSource()


def neighbour(tile: Tile, *, east: int = 0, south: int = 0) -> tuple[float, float]:
    return Tile((tile.x + east) % 2**14, tile.y + south).center


def shares(chip: Chip) -> dict[str, float]:
    assert chip.labels is not None
    counts = np.bincount(chip.labels.ravel(), minlength=len(CLASSES)) / chip.labels.size
    return {land.name: float(counts[land.index]) for land in CLASSES}


def digest(chip: Chip) -> str:
    assert chip.labels is not None
    assert chip.rgb is not None
    assert chip.scl is not None
    return sha256(chip.labels.tobytes() + chip.rgb.tobytes() + chip.scl.tobytes()).hexdigest()


def test_source_opens_by_name() -> None:
    source: Source = open_source("simulated")
    assert source.name == "simulated"


def test_every_place_of_a_tile_gives_the_same_chip_in_every_process(source: SimulatedSource) -> None:
    here = source.chip_at(*SAO_TOME)
    corner = here.tile.bounds
    again = source.chip_at(corner[0] + 1e-6, corner[1] + 1e-6)
    assert digest(here) == digest(again)
    code = (
        "from hashlib import sha256; from chatearthnet_explorer.sources.simulated_chips import SimulatedSource as S;"
        f"c = S().chip_at(*{SAO_TOME});"
        "print(sha256(c.labels.tobytes() + c.rgb.tobytes() + c.scl.tobytes()).hexdigest())"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.strip() == digest(here)


def test_bands_are_read_on_demand_and_agree_with_the_true_colour(source: SimulatedSource) -> None:
    plain, full = source.chip_at(*PARIS), source.chip_at(*PARIS, bands=True)
    assert not plain.bands
    assert tuple(full.bands) == BANDS
    assert plain.rgb is not None
    assert full.rgb is not None
    assert np.array_equal(plain.rgb, full.rgb)
    for band in full.bands.values():
        assert band.shape == (256, 256)
        assert band.dtype == np.float32
        assert 0.0 < band.min() <= band.max() <= 1.6
    red = full.bands["B04"]
    dark = red < 0.25
    assert np.abs(red[dark] / 0.3558 * 255.0 - full.rgb[..., 0][dark]).max() <= 1.0


def test_reflectance_is_that_of_the_classes(source: SimulatedSource) -> None:
    chip = source.chip_at(*SAO_TOME, bands=True)
    forest = source.chip_at(*AMAZON, bands=True)
    water = (chip.bands["B08"] - chip.bands["B04"])[chip.labels == 1]
    trees = forest.bands["B08"][forest.labels == 3]
    index = (trees - forest.bands["B04"][forest.labels == 3]) / (trees + forest.bands["B04"][forest.labels == 3])
    assert np.median(water) < 0.0
    assert np.median(index) > 0.7
    snow = source.chip_at(*GREENLAND, bands=True)
    assert np.median((snow.bands["B03"] - snow.bands["B11"]) / (snow.bands["B03"] + snow.bands["B11"])) > 0.6


@pytest.mark.parametrize("place", [SAO_TOME, PARIS, BEAUCE, AMAZON, TUNDRA, SAVANNA, SUNDARBANS, GREENLAND, (8, 46.2)])
def test_neighbours_see_the_same_ground(source: SimulatedSource, place: tuple[float, float]) -> None:
    # a window reaches PAD pixels into its neighbours: there both must have found the same
    tile = Tile.at(*place)
    window = Window(tile)
    ground = terrain_of(window)
    cover = cover_of(window, ground, people_in(window, ground), year=2020)
    east = source.chip_at(*neighbour(tile, east=1)).labels
    south = source.chip_at(*neighbour(tile, south=1)).labels
    # less two pixels: at the very rim of a window slopes are one-sided
    assert (cover[PAD:-PAD, -PAD:-2] == east[:, : PAD - 2]).all()
    assert (cover[-PAD:-2, PAD:-PAD] == south[: PAD - 2]).mean() > 0.995


def test_labels_go_on_across_a_seam(source: SimulatedSource) -> None:
    across, chance = [], []
    for place in (SAO_TOME, PARIS, BEAUCE, TUNDRA, SAVANNA):
        tile = Tile.at(*place)
        ours = source.chip_at(*tile.center).labels[:, -1]
        theirs = source.chip_at(*neighbour(tile, east=1)).labels[:, 0]
        across.append((ours == theirs).mean())
        chance.append((ours == np.random.default_rng(0).permutation(theirs)).mean())
    assert np.mean(across) > 0.9
    assert np.mean(across) > np.mean(chance) + 0.15


def test_images_join_at_chip_edges(source: SimulatedSource) -> None:
    tile = Tile.at(*BEAUCE)
    chip, east = source.chip_at(*tile.center), source.chip_at(*neighbour(tile, east=1))
    last, first = chip.rgb[:, -1].astype(int), east.rgb[:, 0].astype(int)
    inside = np.abs(chip.rgb[:, -2].astype(int) - last).mean()
    assert np.abs(last - first).mean() < 1.3 * inside + 1.0


def test_chips_join_across_the_antimeridian(source: SimulatedSource) -> None:
    west, east = Tile(2**14 - 1, Tile.at(179.9, 68.3).y), Tile(0, Tile.at(179.9, 68.3).y)
    ours, theirs = source.chip_at(*west.center), source.chip_at(*east.center)
    assert (ours.labels[:, -1] == theirs.labels[:, 0]).mean() > 0.85


@pytest.mark.parametrize(
    ("place", "classes", "least"),
    [
        (AMAZON, {"tree"}, 0.8),
        (SAHARA, {"bare land"}, 0.8),
        (SUNDARBANS, {"mangroves"}, 0.6),
        (TUNDRA, {"moss", "grass", "bare land", "wetland"}, 0.8),
        (GREENLAND, {"snow"}, 0.9),
        (BEAUCE, {"crop"}, 0.4),
        ((2.35, 48.86), {"developed area"}, 0.7),
        ((95.0, 61.0), {"tree"}, 0.6),
        (SAVANNA, {"shrub", "grass", "tree"}, 0.8),
        (SAO_TOME, {"water", "developed area"}, 0.6),
    ],
)
def test_a_climate_gives_its_classes(
    source: SimulatedSource, place: tuple[float, float], classes: set[str], least: float
) -> None:
    actual = shares(source.chip_at(*place))
    assert sum(actual[name] for name in classes) > least


def test_every_class_occurs_somewhere(source: SimulatedSource) -> None:
    classes = set().union(*(np.unique(source.chip_at(*place).labels).tolist() for place in PLACES))
    assert classes >= set(range(1, len(CLASSES)))


@pytest.mark.parametrize(
    ("place", "words"), [(ATLANTIC, "open sea"), (ANTARCTICA, "60 degrees south"), ((0, 84.5), "84")]
)
def test_has_no_labels_where_worldcover_has_no_map(
    source: SimulatedSource, place: tuple[float, float], words: str
) -> None:
    chip = source.chip_at(*place)
    assert chip.labels is None
    assert chip.label_version is None
    assert chip.rgb is not None
    (sentence,) = chip.missing
    assert words in sentence
    assert sentence.endswith(".")


def test_far_from_land_the_map_ends_pixel_by_pixel(source: SimulatedSource) -> None:
    # westwards from São Tomé the last mapped chips are water and background, never anything else
    actual = [source.chip_at(6.42 - step * 0.02, 0.25) for step in range(7)]
    label_maps = [chip.labels for chip in actual if chip.labels is not None]
    assert len(label_maps) < len(actual)
    assert any(set(np.unique(labels)) == {0, 1} for labels in label_maps)


def test_marks_chip_as_simulated_everywhere(source: SimulatedSource) -> None:
    chip = source.chip_at(*PARIS, bands=True)
    assert chip.simulated
    assert chip.source == "simulated"
    assert chip.scene is not None
    assert chip.scene.catalogue == "simulated"
    assert chip.scene.item == f"simulated-{chip.tile.name}-2020"
    assert "simulated" in (chip.label_version or "")
    assert "simulated" in chip.scene.radiometry
    assert any("Simulated" in credit for credit in chip.attribution)
    assert chip.tags()["simulated"] == "yes"


def test_the_two_years_differ_a_little_as_two_algorithms_would(source: SimulatedSource) -> None:
    first, second = source.chip_at(*BEAUCE, year=2020), source.chip_at(*BEAUCE, year=2021)
    assert 0.5 < (first.labels == second.labels).mean() < 1.0
    assert "v200/2021" in (second.label_version or "")
    assert second.scene is not None
    assert second.scene.acquisition_time is not None
    assert second.scene.acquisition_time.year == 2021


@pytest.mark.parametrize(("lat", "months"), [(48.0, {7, 8}), (-30.0, {1, 2})])
def test_the_satellite_passes_in_summer_with_a_time_zone(source: SimulatedSource, lat: float, months: set[int]) -> None:
    for lon in (-179.0, -60.0, 20.0, 120.0):
        moment = source.chip_at(lon, lat).scene.acquisition_time
        assert moment.month in months
        assert moment.year == 2020
        assert moment.tzinfo is not None


def test_refuses_invalid_arguments_in_one_sentence(source: SimulatedSource) -> None:
    with pytest.raises(SettingError, match="2020 and 2021, not 2019"):
        source.chip_at(*PARIS, year=2019)
    with pytest.raises(SettingError, match="one scene of this place"):
        source.chip_at(*PARIS, scene="S2A_31UDQ")
    with pytest.raises(PlaceError):
        source.chip_at(0.0, 86.0)
    item = source.chip_at(*PARIS).scene.item
    assert source.chip_at(*PARIS, scene=item).scene.item == item


@pytest.mark.parametrize("place", [(-180.0, 85.05), (179.9999, 85.05), (-180.0, -85.05), (179.9999, -85.05)])
def test_the_corners_of_the_grid_have_chips(source: SimulatedSource, place: tuple[float, float]) -> None:
    assert source.chip_at(*place).rgb.shape == (256, 256, 3)


def test_a_survey_has_the_shares_that_the_source_has(source: SimulatedSource) -> None:
    tiles = [*[sibling for place in PLACES for sibling in Tile.at(*place).siblings][::3], Tile.at(*ATLANTIC)]
    apart = []
    for tile, labels in sample_label_maps(tiles, year=2020):
        chip = source.chip_at(*tile.center)
        if chip.labels is None:
            assert not labels.any()
            continue
        ours, theirs = (count_pixels(one)[:5] / 128**2 for one in (labels, chip.labels))  # by part and class
        apart.append(np.abs(ours - theirs))
    assert np.mean(apart) < 0.005
    assert np.quantile(apart, 0.99) < 0.04
    assert len(apart) == len(tiles) - 1


def test_a_survey_is_the_same_for_a_tile_alone_and_among_others() -> None:
    four = list(Tile.at(*SAO_TOME).siblings)
    together = dict(sample_label_maps(four, year=2020))
    agreement = [
        (labels == together[tile]).mean() for tile in four for _, labels in sample_label_maps([tile], year=2020)
    ]
    assert min(agreement) > 0.97  # slopes at the rim of a window are one-sided


def test_scene_classes_fit_the_labels(source: SimulatedSource) -> None:
    chip = source.chip_at(*SAO_TOME)
    assert set(np.unique(chip.scl[chip.labels == 1])) == {6}
    assert set(np.unique(chip.scl[chip.labels == 3])) <= {4}
    assert set(np.unique(source.chip_at(*GREENLAND).scl)) == {11}


def test_colours_lie_in_the_range_of_real_chips(source: SimulatedSource, realdata: Path) -> None:
    real = [np.asarray(Image.open(path).convert("RGB")) for path in (realdata / "chatearthnet" / "chips").glob("*.png")]
    assert real
    rasterio = pytest.importorskip("rasterio")
    for path in (realdata / "sentinel2" / "S2RGB").glob("*.tif"):
        with rasterio.open(path) as file:
            real.append(np.moveaxis(file.read(), 0, 2))
    lows, highs = zip(*(np.percentile(chip.reshape(-1, 3), (2, 98), axis=0) for chip in real), strict=True)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    spread = max(float(chip.std(axis=(0, 1)).max()) for chip in real)
    for place in (SAO_TOME, PARIS, BEAUCE, AMAZON, SAVANNA, SAHARA):
        rgb = source.chip_at(*place).rgb
        middle = np.median(rgb.reshape(-1, 3), axis=0)
        assert (middle >= low - 3).all()
        assert (middle <= high + 3).all()
        assert 1.5 < rgb.std(axis=(0, 1)).max() < spread
