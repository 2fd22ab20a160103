"""Build chatearthnet_explorer/places/outlines/ from Natural Earth, as the npm package world-atlas carries it.

    npm pack world-atlas@2.0.2 && tar -xzf world-atlas-2.0.2.tgz
    pip install geopandas country_converter
    python docs/outlines/build_outlines.py package

The same package gives the same bytes.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT = Path(__file__).parents[2] / "chatearthnet_explorer" / "places" / "outlines"

# Names to show where country_converter is terse or without accents, by ISO code.
NAMES = {
    "BLM": "Saint-Barthélemy",
    "BRN": "Brunei",
    "COG": "Republic of the Congo",
    "FSM": "Micronesia",
    "SGS": "South Georgia and the South Sandwich Islands",
    "STP": "São Tomé and Príncipe",
}

# What Natural Earth draws without an ISO number: name to show, code where its people or its administration use one,
# continent.
WITHOUT_CODE = {
    "Bajo Nuevo Bank": ("Bajo Nuevo Bank", "", "North America"),
    "Clipperton I.": ("Clipperton Island", "", "North America"),
    "Coral Sea Is.": ("Coral Sea Islands", "AUS", "Oceania"),
    "Indian Ocean Ter.": ("Australian Indian Ocean Territories", "AUS", "Asia"),
    "Kosovo": ("Kosovo", "XKX", "Europe"),
    "N. Cyprus": ("Northern Cyprus", "", "Asia"),
    "Scarborough Reef": ("Scarborough Shoal", "", "Asia"),
    "Serranilla Bank": ("Serranilla Bank", "", "North America"),
    "Siachen Glacier": ("Siachen Glacier", "", "Asia"),
    "Somaliland": ("Somaliland", "", "Africa"),
    "Spratly Is.": ("Spratly Islands", "", "Asia"),
}

STEP = 0.001
"""Degrees between coordinates that are asked; 1:50m is already rounded to a third of a hundredth."""

FAR = 0.2
"""Degrees from all 1:50m land beyond which an island of 1:10m is added: 1:50m leaves out Tuvalu and many atolls."""


@dataclass(frozen=True, order=True)
class Country:
    """Whose land a polygon is."""

    name: str
    iso: str
    continent: str


def main() -> None:
    """Write what is drawn and what is asked."""
    folder = Path(sys.argv[1])
    OUT.mkdir(exist_ok=True)
    _write_drawn(_countries(folder, "110m"), OUT / "countries-110m.geojson")
    countries_50m = _countries(folder, "50m")
    _add_islands(countries_50m, _countries(folder, "10m"))
    _write_searchable(countries_50m, OUT / "countries-50m.npz")
    for path in sorted(OUT.glob("countries-*")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def _countries(folder: Path, scale: str) -> dict[Country, list[shapely.Polygon]]:
    table = _iso_table()
    frame = geopandas.read_file(folder / f"countries-{scale}.json", layer="countries")
    countries_found: dict[Country, list[shapely.Polygon]] = {}
    for number, name, shape in zip(frame["id"], frame["name"], frame.geometry, strict=True):
        country = table.get(number) if isinstance(number, str) else Country(*WITHOUT_CODE.get(name, (name, "", "")))
        if country is None:
            sys.exit(f"no country has the ISO number {number} ({name})")
        for part in filter(shapely.area, shapely.get_parts(shape)):
            countries_found.setdefault(country, []).extend(_cut(part))
    return countries_found


def _iso_table() -> dict[str, Country]:
    # the table alone: the converter itself fails beside some versions of pandas
    spec = importlib.util.find_spec("country_converter")
    with (Path(spec.origin).parent / "country_data.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["ISOnumeric"] and row["Continent_7"]]
    return {
        row["ISOnumeric"].split(".")[0].zfill(3): Country(
            NAMES.get(row["ISO3"], row["name_short"]), row["ISO3"], row["Continent_7"]
        )
        for row in rows
    }


def _cut(polygon: shapely.Polygon) -> Iterator[shapely.Polygon]:
    """Cut at the antimeridian what world-atlas has sewn together across it."""
    rings = [_unwrap(ring) for ring in (polygon.exterior, *polygon.interiors)]
    whole = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
    for turn in (-360.0, 0.0, 360.0):
        world = shapely.box(-180.0 + turn, -90.0, 180.0 + turn, 90.0)
        piece = whole if world.covers(whole) else shapely.intersection(whole, world)
        for part in shapely.get_parts(piece):
            if part.geom_type == "Polygon" and part.area > 0.0:
                yield shapely.transform(part, lambda places, turn=turn: places - [turn, 0.0])


def _unwrap(ring: shapely.LinearRing) -> np.ndarray:
    places = shapely.get_coordinates(ring)
    places[:, 0] = np.unwrap(places[:, 0], period=360.0)
    if abs(places[-1, 0] - places[0, 0]) > 1.0:  # once round the Earth: Antarctica holds the pole
        places = np.vstack([places, [places[-1, 0], -90.0], [places[0, 0], -90.0], places[:1]])
    return places


def _add_islands(
    countries_50m: dict[Country, list[shapely.Polygon]], finer: dict[Country, list[shapely.Polygon]]
) -> None:
    land = shapely.union_all([part for parts in countries_50m.values() for part in parts]).buffer(FAR)
    shapely.prepare(land)
    for country, parts in finer.items():
        islands = [part for part in parts if not land.intersects(part)]
        if islands:
            countries_50m.setdefault(country, []).extend(islands)


def _write_drawn(countries: dict[Country, list[shapely.Polygon]], path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"name": country.name, "iso": country.iso, "continent": country.continent},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [np.round(ring.coords, 2).tolist() for ring in (part.exterior, *part.interiors)] for part in parts
                ],
            },
        }
        for country, parts in sorted(countries.items())
    ]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


def _write_searchable(countries: dict[Country, list[shapely.Polygon]], path: Path) -> None:
    # by area, so that of two that hold a place the smaller comes first
    order = sorted(countries, key=lambda country: (sum(part.area for part in countries[country]), country))
    rings, owners = [], []
    for owner, country in enumerate(order):
        for part in countries[country]:
            for ring in (part.exterior, *part.interiors):
                places = np.round(np.array(ring.coords) / STEP).astype(np.int32)
                is_new = np.append(True, np.any(np.diff(places, axis=0), axis=1))
                if is_new.sum() > 3:
                    rings.append(places[is_new])
                    owners.append(owner)
    places = np.concatenate(rings)
    np.savez_compressed(
        path,
        steps=np.diff(places, axis=0, prepend=0).T.astype(np.int32),
        step=np.float64(STEP),
        sizes=np.array([len(ring) for ring in rings], np.int32),
        owners=np.array(owners, np.uint16),
        coast=np.packbits(_coast(rings)),
        countries=np.array([[country.name, country.iso, country.continent] for country in order]),
    )


def _coast(rings: list[np.ndarray]) -> np.ndarray:
    """Tell which edges have sea on one side: those that no second ring and no cut at the antimeridian shares."""
    half = round(180.0 / STEP)
    ends = np.concatenate([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in rings])
    last = np.cumsum([len(ring) for ring in rings]) - 1
    cut = (np.abs(ends[:, 0]) == half) & (ends[:, 0] == ends[:, 2])
    polar = np.minimum(ends[:, 1], ends[:, 3]) < round(-89.9 / STEP)
    ends[ends[:, 0] == half, 0] = -half
    ends[ends[:, 2] == half, 2] = -half
    in_reverse = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[in_reverse] = ends[in_reverse][:, [2, 3, 0, 1]]
    _, which, times = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    coast = (times[which.ravel()] == 1) & ~cut & ~polar
    coast[last] = False  # a ring's last place is its first: no edge starts there
    return coast


if __name__ == "__main__":
    main()
