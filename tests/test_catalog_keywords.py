"""Search by keywords: the same words as on the command line, and a result that is a sequence of pairs."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rig.pairs import ListedRelease, one, paraphrased_release

from chatearthnet_explorer.catalog import Catalog, Query, build_catalog, enrich_catalog, open_catalog
from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, AuditFindings
from chatearthnet_explorer.catalog.save_findings import save_findings
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from pathlib import Path

# A keyword of Catalog.search, its value, and the options of the command line that ask for the same.
KEYWORDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"words": '"top left" -water'}, ["--words", '"top left" -water']),
    ({"country": "Russia"}, ["--country", "Russia"]),
    ({"country": ["RUS", "BR"]}, ["--country", "RUS", "--country", "BR"]),
    ({"continent": "Africa"}, ["--continent", "Africa"]),
    ({"continent": ("Asia", "none")}, ["--continent", "Asia", "--continent", "none"]),
    ({"classes": "tree"}, ["--class", "tree"]),
    ({"classes": ["tree", "water"]}, ["--classes", "tree", "--classes", "water"]),
    ({"classes": ["grass"], "min_share": 0.25}, ["--class", "grass", "--min-share", "0.25"]),
    ({"bbox": [-20, -35, 55, 38]}, ["--bbox", "-20,-35,55,38"]),
    ({"bbox": np.array([170.0, -60.0, -170.0, 60.0])}, ["--bbox", "170,-60,-170,60"]),
    ({"style": "4v"}, ["--style", "4v"]),
    ({"style": "both"}, ["--style", "both"]),
    ({"split": "val"}, ["--split", "val"]),
    ({"split": {"val", "test"}}, ["--split", "val", "--split", "test"]),
    ({"flag": "no place"}, ["--flag", "no place"]),
    ({"flag": "-no place"}, ["--flag=-no place"]),
    ({"finding": "contradiction"}, ["--finding", "contradiction"]),
    ({"finding": ("none",)}, ["--finding", "none"]),
    ({"sortby": "lat"}, ["--sort", "lat"]),
    ({"sortby": "worst"}, ["--sortby", "worst"]),
    ({"sortby": "share", "classes": "tree"}, ["--sort", "share", "--class", "tree"]),
    ({"limit": 7, "sortby": "name"}, ["--limit", "7", "--sortby", "name"]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog with shares and findings."""
    folder = tmp_path_factory.mktemp("catalog")
    pairs = build_catalog(paraphrased_release(200, seed=7), folder)
    enrich_catalog(folder, lambda tile: np.full((256, 256), 1 + tile.x % 11, np.uint8), labels="made up")
    bits = np.zeros((len(pairs), 3), np.uint32)
    bits[::2, 0] = CHECKED_BIT
    bits[::6, 0] |= 1
    scores = (bits & 1).astype(np.int16) * np.arange(len(pairs), dtype=np.int16)[:, None]
    save_findings(
        folder, np.arange(len(pairs)), AuditFindings({"contradiction": "It is wrong."}, bits, scores), about={}
    )
    return folder


@pytest.fixture(scope="module")
def catalog(folder: Path) -> Catalog:
    return open_catalog(folder)


def search_on_command_line(folder: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["catalog", "search", str(folder), *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("keywords", "options"), KEYWORDS)
def test_each_keyword_gives_what_the_command_line_gives(
    catalog: Catalog, folder: Path, keywords: dict[str, Any], options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    result = catalog.search(**keywords)
    assert result.total > 0
    assert (result.total < len(catalog)) == bool({*keywords} - {"sortby", "limit"})
    assert json.loads(json.dumps(result.to_dict())) == search_on_command_line(folder, options, capsys)


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"country": "Germny"}, "did you mean Germany"),
        ({"continent": "Gondwana"}, "No pair is on the continent 'Gondwana'"),
        ({"classes": "lava"}, "'lava' is not a known value of classes"),
        ({"style": "5"}, "'5' is not a known value of style"),
        ({"split": "all"}, "'all' is not a known value of split"),
        ({"finding": "spelling"}, "No check is called 'spelling'"),
        ({"sortby": "price"}, "'price' is not a known value of sortby"),
        ({"bbox": (1, 2, 3)}, "A bbox is four numbers"),
        ({"bbox": 7}, "A bbox is four numbers"),
        ({"country": 7}, "country must be a list of texts"),
        ({"limit": 0}, "limit must be a number from 1"),
        ({"limit": 2.5}, "limit must be a whole number"),
    ],
)
def test_values_that_cannot_be_searched_for_raise_one_sentence(
    catalog: Catalog, keywords: dict[str, Any], words: str
) -> None:
    with pytest.raises(QueryError) as error:
        catalog.search(**keywords)
    assert words in str(error.value)
    assert str(error.value)[-1] in ".?"


def test_keywords_replace_the_fields_of_a_query(catalog: Catalog) -> None:
    query = Query(style="both", classes=("tree",), sortby="name")
    assert catalog.search(query) == catalog.search(style="both", classes="tree", sortby="name")
    assert catalog.search(query, style="3.5", sortby="place") == catalog.search(style="3.5", classes="tree")
    assert catalog.search(query).query == query


def test_result_is_a_sequence_of_all_matches(catalog: Catalog) -> None:
    result = catalog.search(classes="tree", sortby="lat")
    pairs = list(result)
    assert len(pairs) == len(result) == result.total > len(result.pairs) == 24
    assert (
        [pair.row for pair in pairs]
        == result.rows.tolist()
        == catalog.rows(Query(classes=("tree",), sortby="lat")).tolist()
    )
    assert tuple(pairs[:24]) == result.pairs
    assert (result[0], result[-1], result[3:9:2]) == (pairs[0], pairs[-1], tuple(pairs[3:9:2]))
    assert pairs[30] in result
    for index in (len(pairs), -len(pairs) - 1):
        with pytest.raises(IndexError, match=f"the result has {len(pairs)}"):
            result[index]


def test_limit_bounds_the_sequence_but_not_the_total(catalog: Catalog) -> None:
    everything, few = catalog.search(sortby="name"), catalog.search(sortby="name", limit=30)
    assert (len(few), few.total) == (30, len(catalog))
    assert list(few) == list(everything[:30])
    assert few.pairs == tuple(few)
    assert len(few.to_pandas()) == len(few.to_geopandas()) == 30
    with pytest.raises(IndexError):
        few[30]
    assert len(catalog.search(limit=10_000)) == len(catalog)


def test_result_without_matches_is_empty(catalog: Catalog) -> None:
    result = catalog.search(words="nosuchword")
    assert (len(result), list(result), bool(result), result.pages) == (0, [], False, 0)
    assert len(result.to_pandas()) == len(result.to_geopandas()) == 0


def test_data_frames_have_the_pairs_in_order(catalog: Catalog, tmp_path: Path) -> None:
    result = catalog.search(continent="Asia", sortby="lon", style="both")
    names = [pair.record.name for pair in result]
    frame, places = result.to_pandas(), result.to_geopandas()
    assert names == frame["name"].tolist() == places["name"].tolist()
    assert "geometry" not in frame.columns
    assert {*places.columns} - {"geometry"} == {*frame.columns} - {"bbox"}  # the cover of the footprints
    assert places.crs.to_string() == "OGC:CRS84"
    assert frame["lon"].is_monotonic_increasing
    middles = (places.geometry.bounds["minx"] + places.geometry.bounds["maxx"]) / 2
    assert middles.tolist() == pytest.approx(frame["lon"].tolist())
    assert result.export(tmp_path / "asia.csv") == len(names)


def test_result_survives_pickle_and_copy(catalog: Catalog) -> None:
    result = catalog.search(classes="water", limit=5)
    for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert again == result
        assert list(again) == list(result)


def test_pairs_and_queries_are_values(catalog: Catalog) -> None:
    query = Query(words="tree " * 90, bbox=(1, 2, 3, 4), country=("France",), classes=["tree"])
    pair, other = catalog.search(style="both", finding="contradiction")[:2]
    assert pair.shares is not None
    assert pair.findings is not None
    for value in (query, pair):
        for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), dataclasses.replace(value)):
            assert again == value
            assert hash(again) == hash(value)
        assert len(repr(value)) < 200
        assert len({value, copy.copy(value)}) == 1
    assert pair != other
    assert query != Query()
    assert repr(Query(style="4v", page=2)) == "Query(style='4v', page=2)"
    with pytest.raises(TypeError):
        pair.shares["tree"] = 1.0


def test_html_of_pairs_and_queries_escapes(catalog: Catalog) -> None:
    importlib.import_module("chatearthnet_explorer.cards")
    pair = catalog.search(style="both")[0]
    attack = "<script>alert(1)</script>"
    hostile = dataclasses.replace(pair, record=dataclasses.replace(pair.record, name=attack))
    for value in (hostile, Query(words=attack)):
        html = value._repr_html_()
        assert html is not None
        assert attack not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_repr_is_short(catalog: Catalog) -> None:
    assert repr(catalog.search(style="4v")) == f"SearchResult({catalog.search(style='4v').total} pairs, style='4v')"
    assert len(repr(catalog.search(words="tree " * 90, country=["none"]))) < 200


def test_html_escapes_names_and_captions(tmp_path: Path) -> None:
    attack = "<script>alert(1)</script>"
    with build_catalog(
        ListedRelease({("3.5", "train"): [one(f"{attack}.png", f"{attack} trees " * 20)]}), tmp_path
    ) as catalog:
        html = catalog.search()._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "1 pairs" not in html
    assert "1 pair, page 1 of 1" in html
