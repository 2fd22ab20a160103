"""What a question finds, and what its facets count, beside the same in plain Python."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pytest
import shapely
from rig.pairs import ListedRelease, one, paraphrased_release

from chatearthnet_explorer.catalog import Query, build_catalog, open_catalog
from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, AuditFindings
from chatearthnet_explorer.catalog.bit_codes import KINDS, NAMES
from chatearthnet_explorer.catalog.facet_order import FACETS
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.catalog.query import SORTS
from chatearthnet_explorer.catalog.save_findings import save_findings
from chatearthnet_explorer.errors import CatalogError, QueryError
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.record import SPLITS
from chatearthnet_explorer.tile import Tile

CHECKS = {"cut off": "It stops.", "hallucinated": "It names what is not there.", "all black": "It is black."}

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.catalog.pair import Pair


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("catalog")
    new_catalog = build_catalog(paraphrased_release(400, seed=1), folder)
    draw = np.random.default_rng(1)
    rows = np.flatnonzero(draw.random(len(new_catalog)) < 0.8)
    bits = (draw.random((len(rows), len(KINDS), len(CHECKS))) < 0.1) @ (1 << np.arange(len(CHECKS), dtype=np.uint32))
    checked_pairs = draw.random(bits.shape) < [0.9, 0.3, 0.3]
    bits = np.where(checked_pairs, bits.astype(np.uint32) | CHECKED_BIT, np.uint32(0))
    scores = np.where(checked_pairs, draw.integers(0, 9, bits.shape), 0).astype(np.int16)
    return save_findings(folder, rows, AuditFindings(CHECKS, bits, scores), about={"labels": None})


@pytest.fixture(scope="module")
def pairs(catalog: Catalog) -> list[Pair]:
    return list(catalog.pairs())


# --- the same in plain Python, from the records alone


def styles_of(query: Query) -> tuple[str, ...]:
    return (query.style,) if query.style in {"3.5", "4v"} else ("3.5", "4v")


def claimed_classes(pair: Pair, style: str, part: str) -> set[str]:
    return {
        claim["class"]
        for claim in pair.claims.get(style, ())
        if not claim["negated"] and (not part or claim["part"] == part)
    }


def holds(text: str, words: str) -> bool:
    text_words = re.findall(r"\w+", text.lower())
    for sign, phrase, plain in re.findall(r'(-?)(?:"([^"]*)"|(\S+))', words):
        pattern = re.findall(r"\w+\*?", (phrase or plain).lower())
        here = any(
            all(
                at + k < len(text_words)
                and (text_words[at + k].startswith(word[:-1]) if word.endswith("*") else text_words[at + k] == word)
                for k, word in enumerate(pattern)
            )
            for at in range(len(text_words))
        )
        if here == bool(sign):
            return False
    return True


def values(pair: Pair, facet: str, query: Query) -> set[str]:
    """Return the values of a facet that a pair has."""
    if facet == "class":
        by_caption = [claimed_classes(pair, style, query.part) for style in styles_of(query)]
        # one more class that must match narrows the search
        return set().union(*(names for names in by_caption if query.match == "any" or names >= set(query.classes)))
    if facet == "style":
        has = set(pair.record.captions)
        return has | ({"both"} if len(has) == 2 else set())
    if facet == "split":
        return {split for style, split in pair.record.splits.items() if style in styles_of(query)}
    if facet == "finding":
        checks = [pair.findings[kind] for kind in (*styles_of(query), "picture") if kind in (pair.findings or {})]
        return set().union(*checks) or ({"none"} if checks else set())
    return {
        "continent": {pair.country.continent if pair.country else "none"},
        "country": {pair.country.name if pair.country else "none"},
        "flag": set(pair.flags),
    }[facet]


def meets(present: set[str], choices: tuple[str, ...]) -> bool:
    any_of = {one for one in choices if not one.startswith("-")}
    none_of = {one[1:] for one in choices if one.startswith("-")}
    return (not any_of or bool(any_of & present)) and not none_of & present


def matches(pair: Pair, query: Query) -> bool:
    lon, lat = pair.record.tile.center if pair.record.tile else (np.nan, np.nan)
    captions = [pair.record.captions[style] for style in styles_of(query) if style in pair.record.captions]
    in_box = True
    if query.bbox:
        west, south, east, north = query.bbox
        in_box = south <= lat <= north and (west <= lon <= east if west <= east else lon >= west or lon <= east)
    combine = all if query.match == "all" else any
    iso = {pair.country.iso} if pair.country else set()
    flags = [flag for flag in query.flag if not flag.startswith("-")]
    absent_flags = {flag[1:] for flag in query.flag if flag.startswith("-")}
    return (
        in_box
        and (not query.continent or bool(values(pair, "continent", query) & set(query.continent)))
        and (not query.country or bool((values(pair, "country", query) | iso) & set(query.country)))
        and (
            not query.classes
            or any(
                combine(name in claimed_classes(pair, style, query.part) for name in query.classes)
                for style in styles_of(query)
            )
        )
        and (not query.style or query.style in values(pair, "style", query))
        and (not query.split or bool(values(pair, "split", query) & set(query.split)))
        and (not flags or bool(set(flags) & set(pair.flags)))
        and not absent_flags & set(pair.flags)
        and meets(values(pair, "finding", query), query.finding)
        and (not query.words or any(holds(text, query.words) for text in captions))
    )


def counts_of(pairs: list[Pair], facet: str, query: Query) -> dict[str, int]:
    counts: dict[str, int] = {}
    for pair in pairs:
        if matches(pair, query.without(facet)):
            for value in values(pair, facet, query if facet == "class" else query.without(facet)):
                counts[value] = counts.get(value, 0) + 1
    return counts


def random_query(seed: int) -> Query:
    """Return a question drawn at random, with most choices left alone."""
    draw = random.Random(seed)
    maybe: dict[str, Any] = {
        "words": draw.choice(["tree*", '"the top left"', "water -crop", "grass the", "-snow", '"cro* fields" small']),
        "continent": tuple(draw.sample(["Africa", "Asia", "Europe", "none", "South America"], 2)),
        "country": tuple(draw.sample(["Brazil", "RUS", "China", "none", "Canada"], 3)),
        "bbox": draw.choice([(-20.0, -35.0, 60.0, 60.0), (100.0, -50.0, -100.0, 70.0), (-180.0, 0.0, 180.0, 90.0)]),
        "classes": tuple(draw.sample(NAMES[:7], draw.randint(1, 2))),
        "match": draw.choice(["all", "any"]),
        "part": draw.choice(PARTS),
        "style": draw.choice(["3.5", "4v", "both"]),
        "split": tuple(draw.sample(SPLITS, draw.randint(1, 2))),
        "flag": draw.choice([("no place",), ("-no place",), ("splits differ", "no place"), ("-splits differ",)]),
        "finding": draw.choice([("cut off",), ("none",), ("-hallucinated", "all black"), ("-none", "cut off", "none")]),
    }
    return Query(**{name: value for name, value in maybe.items() if draw.random() < 0.25})


@pytest.mark.parametrize("seed", range(60))
def test_total_rows_and_facets_are_those_of_plain_python(catalog: Catalog, pairs: list[Pair], seed: int) -> None:
    query = random_query(seed).but(size=1000)
    result = catalog.search(query)
    expected = [pair for pair in pairs if matches(pair, query)]
    assert [pair.record.name for pair in result.pairs] == [pair.record.name for pair in expected], query.filters
    assert result.total == len(expected)
    for facet in FACETS:
        counts = {value: count for value, count in result.facets[facet].items() if count}
        assert counts == counts_of(pairs, facet, query), (facet, query.filters)


def test_random_queries_match_some_pairs_and_not_all(pairs: list[Pair]) -> None:
    totals = [sum(matches(pair, random_query(seed)) for pair in pairs) for seed in range(60)]
    assert sum(0 < total < len(pairs) for total in totals) > 25


def test_pages_together_are_all_matches_and_later_pages_are_empty(catalog: Catalog, pairs: list[Pair]) -> None:
    for sort in ("place", "name", "lat", "lon", "country", "random"):
        for descending in (False, True):
            query = Query(sortby=sort, descending=descending, seed=3, size=37)
            pages = [catalog.search(query.but(page=page)).pairs for page in range(1, 13)]
            rows = [pair.row for page in pages for pair in page]
            assert sorted(rows) == list(range(len(pairs)))
            assert rows == catalog.rows(query).tolist()
            assert [len(page) for page in pages] == [37] * 10 + [30, 0]
    beyond = catalog.search(Query(page=10**9, sortby="lat"))
    assert (beyond.total, beyond.pairs) == (len(pairs), ())
    assert beyond.facets["style"]["3.5"] == len(pairs)


def test_sorts_with_missing_values_last(catalog: Catalog) -> None:
    lats = [pair.record.tile.center[1] if pair.record.tile else 99.0 for pair in catalog.pairs(Query(sortby="lat"))]
    assert lats == sorted(lats)
    falling = [pair.record.tile for pair in catalog.pairs(Query(sortby="lon", descending=True))]
    assert falling[-1] is None
    lons = [tile.center[0] for tile in falling if tile]
    assert lons == sorted(lons, reverse=True)
    names = [pair.record.tile for pair in catalog.pairs(Query(sortby="name", flag=("-no place",)))]
    keys = [(tile.x // 2, tile.y // 2, tile.y % 2, tile.x % 2) for tile in names if tile]
    assert keys == sorted(keys)
    countries = [pair.country.name if pair.country else "zz" for pair in catalog.pairs(Query(sortby="country"))]
    assert countries == sorted(countries)
    shuffles = {tuple(catalog.rows(Query(sortby="random", seed=seed)).tolist()) for seed in (0, 1, 2**32 - 1)}
    assert len(shuffles) == 3
    assert set(SORTS) == {"place", "name", "lat", "lon", "country", "share", "worst", "random"}


def test_sorts_worst_first_and_unchecked_last(catalog: Catalog) -> None:
    marks = catalog.files.findings
    assert marks is not None
    for style in ("", "3.5", "4v", "both"):
        for descending in (False, True):
            rows = catalog.rows(Query(sortby="worst", style=style, descending=descending))
            checked_rows = (marks.bits_of_style(style)[rows] & CHECKED_BIT) > 0
            assert checked_rows[: checked_rows.sum()].all()
            assert 0 < checked_rows.sum() < len(rows)
            badness = marks.severity(style)[rows][checked_rows]
            assert (np.diff(badness) * (1 if descending else -1) >= 0).all()
            page = catalog.search(Query(sortby="worst", style=style, descending=descending, page=2, size=20))
            assert [pair.row for pair in page.pairs] == rows[20:40].tolist()


def test_findings_before_an_audit_and_unknown_checks_raise(catalog: Catalog, tmp_path: Path) -> None:
    fresh = build_catalog(paraphrased_release(5, seed=1), tmp_path)
    assert fresh.search().facets["finding"] == {}
    assert fresh.pair(0).findings is None
    for query in (Query(finding=("cut off",)), Query(sortby="worst")):
        with pytest.raises(QueryError, match="not been through the checks yet; run `audit CATALOG`"):
            fresh.search(query)
    with pytest.raises(QueryError, match="No check is called 'torn'; choose from cut off"):
        catalog.search(Query(finding=("-torn",)))


def test_saved_findings_are_merged_with_earlier_ones(tmp_path: Path) -> None:
    build_catalog(paraphrased_release(5, seed=1), tmp_path)

    def findings_of(bit: int, rows: int) -> AuditFindings:
        kinds = (rows, len(KINDS))
        return AuditFindings(CHECKS, np.full(kinds, CHECKED_BIT | np.uint32(bit)), np.full(kinds, bit, np.int16))

    save_findings(tmp_path, np.array([0, 3]), findings_of(1, 2), about={})
    both = save_findings(tmp_path, np.array([3, 4]), findings_of(2, 2), about={})
    findings = [pair.findings and pair.findings["3.5"] for pair in both.pairs()]
    assert findings == [("cut off",), None, None, ("hallucinated",), ("hallucinated",)]
    assert both.info()["audited"] == 3
    frame = geopandas.read_parquet(both.path)
    assert [None if one is None else tuple(one) for one in frame["findings_35"]] == findings
    assert save_findings(tmp_path, np.array([3]), findings_of(2, 1), about={}).version == both.version
    many = AuditFindings({str(number): "" for number in range(32)}, findings_of(0, 1).bits, findings_of(0, 1).scores)
    with pytest.raises(CatalogError, match="31 checks, not 32"):
        save_findings(tmp_path, np.array([3]), many, about={})
    other = AuditFindings({"else": "Something else."}, *(getattr(findings_of(0, 1), one) for one in ("bits", "scores")))
    assert save_findings(tmp_path, np.array([1]), other, about={}).search().facets["finding"] == {"none": 1}


def test_polygon_search_agrees_with_shapely_also_over_the_antimeridian(catalog: Catalog, pairs: list[Pair]) -> None:
    star = ((10.0, 10.0), (40.0, 60.0), (70.0, 10.0), (-5.0, 45.0), (85.0, 45.0))
    across = ((150.0, -30.0), (-120.0, -60.0), (-140.0, 70.0), (170.0, 60.0))
    for corners, shape in (
        (((-20.0, -40.0), (60.0, -40.0), (30.0, 70.0)), None),
        (across, shapely.Polygon([(lon % 360.0, lat) for lon, lat in across])),
    ):
        area = shape or shapely.Polygon(corners)
        turn = 360.0 if shape else 1e9
        expected = [
            pair.row
            for pair in pairs
            if pair.record.tile
            and area.contains(
                shapely.Point(
                    pair.record.tile.center[0] % turn if shape else pair.record.tile.center[0],
                    pair.record.tile.center[1],
                )
            )
        ]
        assert len(expected) > 20
        assert catalog.rows(Query(polygon=corners)).tolist() == expected
        assert catalog.rows(Query(polygon=(*corners[::-1], corners[-1]))).tolist() == expected
    # a star's middle is outside by the even-odd rule
    lons = [pair.record.tile.center for pair in catalog.pairs(Query(polygon=star)) if pair.record.tile]
    assert all(not (35.0 < lon < 45.0 and 30.0 < lat < 40.0) for lon, lat in lons)
    with pytest.raises(QueryError, match="contains a pole"):
        catalog.search(Query(polygon=((0.0, 70.0), (90.0, 70.0), (180.0, 70.0), (-90.0, 70.0))))


def test_finds_countries_by_name_and_code_and_refuses_unknown_ones(catalog: Catalog) -> None:
    assert catalog.search(Query(country=("russia",))).total == catalog.search(Query(country=("RUS",))).total > 0
    assert catalog.search(Query(country=("Vatican",))).total == 0
    russia = catalog.search(Query(country=("Russia",)))
    for name in ("RU", "ru", "Russian Federation", " RUSSIA "):
        assert catalog.search(Query(country=(name,))).total == russia.total
    for names in (
        ("US", "USA", "United States", "United States of America"),
        ("AU", "AUS"),
        ("tr", "Turkey", "Türkiye"),
    ):
        assert len({tuple(catalog.rows(Query(country=(name,))).tolist()) for name in names}) == 1
    with pytest.raises(QueryError, match="did you mean Germany"):
        catalog.search(Query(country=("Germny",)))
    with pytest.raises(QueryError, match="'Atlantis'"):
        catalog.search(Query(country=("Atlantis",)))
    with pytest.raises(QueryError, match="'Gondwana'"):
        catalog.search(Query(continent=("Gondwana",)))


def test_a_country_on_two_continents_is_one_country_and_its_places_are_on_either(tmp_path: Path) -> None:
    places = {"west": (37.6, 55.75), "middle": (70.0, 62.0), "east": (177.5, 64.7), "far": (-173.2, 64.4)}
    entries = [one(f"{Tile.at(*place).name}.png") for place in places.values()]
    catalog = build_catalog(ListedRelease({("3.5", "train"): entries}), tmp_path)
    assert catalog.search().facets["country"] == {"Russia": 4}
    assert catalog.search().facets["continent"] == {"Asia": 3, "Europe": 1}
    assert catalog.search(Query(country=("RU",), continent=("Asia",))).total == 3
    (europe,) = catalog.pairs(Query(continent=("Europe",)))
    assert europe.record.tile == Tile.at(*places["west"])
    assert len(catalog.rows(Query(sortby="country"))) == 4
    frame = geopandas.read_parquet(catalog.path)
    assert sorted(frame["continent"]) == ["Asia", "Asia", "Asia", "Europe"]


def test_shares_before_enrichment_raise(catalog: Catalog) -> None:
    with pytest.raises(QueryError, match="run `catalog enrich` first"):
        catalog.search(Query(classes=("tree",), min_share=0.5))
    with pytest.raises(QueryError, match="run `catalog enrich` first"):
        catalog.search(Query(classes=("tree",), sortby="share"))
    with pytest.raises(QueryError, match="run `catalog enrich` first"):
        catalog.search(Query(min_share=0.5))


def test_density_counts_each_place_once(catalog: Catalog, pairs: list[Pair]) -> None:
    tiles = [pair.record.tile for pair in pairs if pair.record.tile]
    world = catalog.density(Query(), (-180.0, -85.05, 180.0, 85.05), (512, 256))
    assert world.shape == (256, 512)
    assert world.sum() == len(tiles)
    box = (-20.0, -35.0, 60.0, 60.0)
    view = catalog.density(Query(classes=("tree",)), box, (100, 80))
    assert view.sum() == catalog.search(Query(classes=("tree",), bbox=box)).total
    # a picture over the antimeridian is its two halves side by side
    both = catalog.density(Query(), (170.0, -50.0, -170.0, 50.0), (200, 90))
    halves = [catalog.density(Query(), (west, -50.0, west + 10.0, 50.0), (100, 90)) for west in (170.0, -180.0)]
    assert both.sum() > 0
    assert np.array_equal(both, np.hstack(halves))
    tile = tiles[7]
    assert catalog.density(Query(), tile.bounds, (3, 3)).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    for bounds, size in (
        ((0.0, 10.0, 10.0, 10.0), (10, 10)),
        ((0.0, 0.0, 1.0, 1.0), (0, 10)),
        ((0, 0, 1, 1), (9999, 1)),
    ):
        with pytest.raises(QueryError, match="A map needs"):
            catalog.density(Query(), bounds, size)


def test_one_pair_by_tile_name_row_and_chance(catalog: Catalog, pairs: list[Pair]) -> None:
    for pair in pairs[::17]:
        name = pair.record.name
        assert catalog.record(name) == catalog.record(name.removesuffix(".png")) == pair.record
        assert catalog.pair(pair.row) == pair
        if pair.record.tile:
            assert catalog.at(pair.record.tile) == pair.record
    assert catalog.at(Tile(0, 0)) is None
    assert catalog.record("0_0_patch00") is None
    assert catalog.record("nowhere to be found") is None
    with pytest.raises(IndexError, match="rows run from 0 to 399"):
        catalog.pair(400)
    query = Query(continent=("Africa",))
    names = {catalog.random(query, seed=seed).record.name for seed in range(20)}  # type: ignore[union-attr]
    assert len(names) > 5
    assert names <= {pair.record.name for pair in catalog.pairs(query)}
    assert catalog.random(query, seed=4) == catalog.random(query, seed=4)
    assert catalog.random(Query(words="nosuchwordatall"), seed=0) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("manmade", set()),
        ("man-made", {"a"}),
        ('"made man"', set()),
        ('"man made"', {"a"}),
        ("TREES", {"a", "b", "c"}),
        ('"trees and"', {"b"}),
        ('"trees and', {"b"}),
        ("tree", set()),
        ("tree*", {"a", "b", "c"}),
        ('"wat* an"', {"b"}),
        ("trees -water", {"a", "c"}),
        ("-water", {"a", "c", "d", "e"}),
        ("ÎLE", {"c"}),
        ("i\u0302le", {"c"}),
        ("森林", {"d"}),
        ("森*", {"d"}),
        ("Лес", {"e"}),
        ("STRASSE", {"e"}),
        ("🌳", set()),
        ('trees 🌳 & -- \' * - ""', {"a", "b", "c"}),
        ('"', set()),
        ("*", set()),
        ("trees' OR 1=1 --", set()),
        ("NEAR(trees, water) AND NOT x:y^2 {a} [b] \\ / %", set()),
        ("a" * 500, set()),
        ("\x00\u202e trees", {"a", "b", "c"}),
        ("b and trees", set()),
    ],
)
def test_finds_words_phrases_prefixes_and_exclusions(some_words: Catalog, words: str, expected: set[str]) -> None:
    result = some_words.search(Query(words=words))
    assert {pair.record.name for pair in result.pairs} == expected


@pytest.fixture(scope="module")
def some_words(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    entries = [
        one("a", "A man-made thing beside Trees."),
        one("b", "water, an island; trees and bush"),
        one("c", "trees of an île"),
        one("d", "森林 🌳"),
        one("e", "лес, Straße"),
    ]
    return build_catalog(ListedRelease({("3.5", "train"): entries}), tmp_path_factory.mktemp("words"))


def test_all_words_must_be_in_one_caption(tmp_path_factory: pytest.TempPathFactory) -> None:
    release = ListedRelease({("3.5", "val"): [one("x", "Only trees.")], ("4v", "val"): [one("x", "Only water.")]})
    catalog = build_catalog(release, tmp_path_factory.mktemp("two"))
    totals = {
        (words, style): catalog.search(Query(words=words, style=style)).total
        for words in ("trees water", "trees", "water", "only")
        for style in ("", "3.5", "4v", "both")
    }
    assert {key for key, total in totals.items() if total} == {
        ("trees", ""), ("trees", "3.5"), ("trees", "both"), ("water", ""), ("water", "4v"), ("water", "both"),
        ("only", ""), ("only", "3.5"), ("only", "4v"), ("only", "both"),
    }  # fmt: skip


def test_threads_search_at_the_same_time(catalog: Catalog) -> None:
    from concurrent.futures import ThreadPoolExecutor

    fresh = open_catalog(catalog.folder)
    queries = [random_query(seed) for seed in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(fresh.search, queries))
    assert [result.to_dict() for result in together] == [catalog.search(query).to_dict() for query in queries]


def test_pair_as_json_has_the_fields_of_a_reader(catalog: Catalog) -> None:
    payload = catalog.search(Query(style="both", size=1)).to_dict()
    assert set(payload) == {"total", "page", "pages", "size", "facets", "rows"}
    (row,) = payload["rows"]
    assert set(row["captions"]) == {"3.5", "4v"}
    assert row["split"] in SPLITS
    assert set(row["classes"]) <= set(NAMES)
    assert tuple(payload["facets"]) == tuple(FACETS)
    assert set(payload["facets"]["flag"]) <= set(FLAGS)
