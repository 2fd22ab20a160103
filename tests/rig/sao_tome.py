"""São Tomé on loopback: real WorldCover labels, simulated scenes over them, a real STAC API that knows both."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.chip import BANDS
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile
from rig.cogs import write_scene
from rig.range_server import RangeServer
from rig.stac_api import rustac, scene_item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LON, LAT = 6.73, 0.336
CLEAR = "S2A_32NKF_20200612_1_L2A"
OLDER = "S2A_32NKF_20200612_0_L2A"
DECEIVING = "S2B_32NKF_20200301_0_L2A"
EMPTY = "S2B_32NKF_20200405_0_L2A"
CLOUDY = {"S2A_32NKF_20210110_0_L2A": 0.83, "S2B_32NKF_20210220_0_L2A": 0.97}


@dataclass(frozen=True, kw_only=True)
class SaoTome:
    """What runs, and what is true of it."""

    api: str
    """Address of the STAC API."""

    server: RangeServer
    """Serves ``v100/2020/map`` and ``v200/2021/map`` as ESA does, and the scenes."""

    tile: Tile
    """The tile of the town."""

    truth: dict[str, NDArray[Any]]
    """What the clear scene was made of, on the tile's grid: TCI, SCL, numbers of nine bands."""

    def settings(self, cache: Path, **options: Any) -> Settings:
        """Return settings that lead here."""
        return Settings(
            **{
                "catalogues": (f"{self.api}#sentinel-2-l2a",),
                "worldcover": self.server.url,
                "cache": cache,
                **options,
            }
        )


def truth_of(tile: Tile) -> dict[str, NDArray[Any]]:
    """Return a simulated scene in the numbers of baseline 05.00, a tenth of it under cloud."""
    west, south, east, north = tile.bounds
    chip = SimulatedSource().chip_at((west + east) / 2, (south + north) / 2, bands=True)
    assert chip.rgb is not None
    assert chip.scl is not None
    scl = chip.scl.copy()
    scl[:26] = 9
    numbers = {name: np.rint((band + 0.1) * 10_000).clip(1, 65_535) for name, band in chip.bands.items()}
    return {
        "TCI": np.moveaxis(chip.rgb, 2, 0).clip(1, 255),
        "SCL": scl,
        **{name: numbers[name].astype(np.uint16) for name in BANDS},
    }


@contextmanager
def serve(folder: Path, realdata: Path) -> Iterator[SaoTome]:
    """Make the scenes, start both servers, and end them."""
    tile = Tile.at(LON, LAT)
    truth = truth_of(tile)
    scenes = folder / "scenes"
    worldcover = realdata / "worldcover"
    with RangeServer({"v100/2020/map": worldcover, "v200/2021/map": worldcover, "scenes": scenes}) as server:

        def make_item(
            name: str, pixels: dict[str, NDArray[Any]], size: int = 512, **properties: object
        ) -> dict[str, Any]:
            files = write_scene(scenes / name, tile, pixels, size=size)
            fields: dict[str, Any] = {
                "s2:processing_baseline": "05.00",
                "grid:code": "MGRS-32NKF",
                **properties,
            }
            return scene_item(name, files, f"{server.url}/scenes/{name}", **fields)

        def cloudy(cloud: float) -> dict[str, NDArray[Any]]:
            scl = np.full((256, 256), 4, np.uint8)
            scl[: round(256 * cloud)] = 9
            return {"TCI": truth["TCI"], "SCL": scl}

        nothing = {name: np.zeros_like(truth[name]) for name in ("TCI", "SCL")}
        light = {"scale": 0.0001, "offset": -0.1}
        items = [
            make_item(CLEAR, truth, 768, acquisition_time="2020-06-12T10:00:01.587Z", cloud=20.0, bands=light),
            make_item(
                OLDER,
                cloudy(0),
                acquisition_time="2020-06-12T10:00:01.586Z",
                cloud=1.0,
                **{"s2:processing_baseline": "02.14"},
            ),
            make_item(DECEIVING, cloudy(1), acquisition_time="2020-03-01T10:00:00Z", cloud=3.0),
            make_item(EMPTY, nothing, acquisition_time="2020-04-05T10:00:00Z", cloud=0.0),
            *(
                make_item(
                    name,
                    cloudy(cloud),
                    acquisition_time=f"{name[10:14]}-{name[14:16]}-{name[16:18]}T10:00:00Z",
                    cloud=90.0,
                )
                for name, cloud in CLOUDY.items()
            ),
            *_labels(realdata, server.url),
        ]
        with rustac(items, folder / "api", options=["--create-collections"]) as api:
            yield SaoTome(api=api, server=server, tile=tile, truth=truth)


def _labels(realdata: Path, url: str) -> Iterator[dict[str, Any]]:
    for version, year in (("v100", 2020), ("v200", 2021)):
        name = f"ESA_WorldCover_10m_{year}_{version}_N00E006"
        fields = json.loads((realdata / "stac" / "stactools-esa-worldcover" / f"{name}.json").read_text())
        fields["links"] = []
        fields["assets"]["map"]["href"] = f"{url}/{version}/{year}/map/{name}_Map.tif"
        yield fields
