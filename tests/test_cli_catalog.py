"""The command line of the dataset: simulate a release, build its catalog, ask it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chatearthnet_explorer.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from rig.sao_tome import SaoTome

RECORDS = 260


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    assert main(["simulate-release", str(folder / "release"), "--records", str(RECORDS), "--images", "2"]) == 0
    assert main(["catalog", "build", str(folder / "release"), str(folder / "catalog")]) == 0
    return folder / "catalog"


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    capsys.readouterr()
    assert main([*arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_info_lists_contents_and_broken_entries(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = _json(capsys, "catalog", "info", str(catalog))
    assert output["simulated"] is True
    assert output["rows"] + output["left_out"] == RECORDS
    assert len(output["broken"]) == output["left_out"] > 0


def test_search_gives_total_facets_and_rows(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = _json(capsys, "catalog", "search", str(catalog), "--size", "5", "--json")
    assert output["total"] == RECORDS - 1
    assert sum(output["facets"]["continent"].values()) == output["total"]
    assert len(output["rows"]) == 5
    for row in output["rows"]:
        assert {"name", "lon", "lat", "country", "split", "captions", "classes"} <= set(row)


def test_every_option_narrows_the_search(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = _json(capsys, "catalog", "search", str(catalog), "--json")["total"]
    for option, value in (
        ("--words", "river OR"),
        ("--country", "Canada"),
        ("--continent", "Africa"),
        ("--bbox", "-20,-35,55,38"),
        ("--class", "snow"),
        ("--style", "4v"),
        ("--split", "test"),
        ("--flag", "-no picture"),
    ):
        output = _json(capsys, "catalog", "search", str(catalog), option, value, "--json")
        assert output["total"] < everything, option


def test_pages_go_on_where_the_one_before_ended(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search = ("catalog", "search", str(catalog), "--sort", "name", "--size", "7", "--json", "--page")
    names = [row["name"] for page in ("1", "2") for row in _json(capsys, *search, page)["rows"]]
    assert len(names) == len(set(names)) == 14
    assert names == sorted(names, key=lambda name: [int(part) for part in name.split("_")[:2]])
    assert _json(capsys, *search, "9999")["rows"] == []


def test_reports_a_page_beyond_the_last(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["catalog", "search", str(catalog), "--page", "9999"]) == 0
    assert "no page 9999: the last is" in capsys.readouterr().out


def test_a_truncated_zip_of_images_costs_the_images_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "release")
    assert main(["simulate-release", folder, "--records", "20", "--images", "2"]) == 0
    images = tmp_path / "release" / "s2_rgb_images.zip"
    images.write_bytes(images.read_bytes()[:-100])
    output = _json(capsys, "catalog", "build", folder, str(tmp_path / "catalog"))
    assert output["rows"] == 20
    (note,) = output["notes"]
    assert "s2_rgb_images.zip" in note
    assert "cut short" in note
    capsys.readouterr()
    for task in ("search", "export"):
        more = [str(tmp_path / "pairs.jsonl")] if task == "export" else []
        assert main(["catalog", task, str(tmp_path / "catalog"), *more]) == 0
        printout = capsys.readouterr()
        assert "s2_rgb_images.zip" in printout.err
        assert "s2_rgb_images.zip" not in printout.out


def test_check_reads_every_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, catalog_folder = str(tmp_path / "release"), tmp_path / "catalog"
    assert main(["simulate-release", folder, "--records", "20", "--images", "0"]) == 0
    output = _json(capsys, "catalog", "build", folder, str(catalog_folder))
    assert main(["catalog", "info", str(catalog_folder), "--check"]) == 0
    rows = catalog_folder / output["version"] / "rows.bin"
    rows.write_bytes(rows.read_bytes()[:-1] + b"\0")
    capsys.readouterr()
    assert main(["catalog", "info", str(catalog_folder)]) == 0
    assert main(["catalog", "info", str(catalog_folder), "--check"]) == 1
    assert "its files are not those that were built" in capsys.readouterr().err


def test_enrich_takes_simulated_labels_for_a_simulated_catalog_and_only_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, catalog_folder = str(tmp_path / "release"), str(tmp_path / "catalog")
    assert main(["simulate-release", folder, "--records", "12", "--images", "0"]) == 0
    assert main(["catalog", "build", folder, catalog_folder]) == 0
    output = _json(capsys, "catalog", "enrich", catalog_folder)
    assert (output["labels"], output["enriched"]) == ("simulated 2020", 12)
    assert (
        main(["catalog", "enrich", catalog_folder, "--labels", "worldcover", "--worldcover", "http://127.0.0.1:9"]) == 1
    )
    error = capsys.readouterr().err
    assert "0 pairs were read" in error
    real = tmp_path / "real"
    real.mkdir()
    (real / "ChatEarthNet_caps_35_train.json").write_text('[{"image": "1_1_patch00.png", "caption": "Trees."}]')
    assert main(["catalog", "build", str(real), str(tmp_path / "c")]) == 0
    assert main(["catalog", "enrich", str(tmp_path / "c"), "--labels", "simulated"]) == 1
    assert "do not describe real places" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["US", "us", "USA", "United States", "United States of America"])
def test_a_country_is_found_by_code_and_name(catalog: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    output = _json(capsys, "catalog", "search", str(catalog), "--country", name, "--json")
    assert output["total"] > 0
    assert {row["country_iso"] for row in output["rows"]} == {"USA"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bbox", "1,2"], "four numbers"),
        (["--class", "lava"], "lava"),
        (["--sort", "colour"], "colour"),
        (["--page", "0"], "page"),
        (["--min-share", "0.5", "--class", "tree"], "enrich"),
    ],
)
def test_invalid_query_prints_one_sentence(
    catalog: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    capsys.readouterr()
    assert main(["catalog", "search", str(catalog), *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_reports_a_folder_without_catalog_or_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "info", str(tmp_path)]) == 1
    assert "no catalog" in capsys.readouterr().err
    assert main(["catalog", "build", str(tmp_path), str(tmp_path / "c")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("ending", ["csv", "jsonl", "geojson", "parquet"])
def test_a_selection_is_exported(
    catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    file = tmp_path / f"africa.{ending}"
    total = _json(capsys, "catalog", "search", str(catalog), "--continent", "Africa", "--json")["total"]
    assert main(["catalog", "export", str(catalog), str(file), "--continent", "Africa"]) == 0
    assert f"{total} pairs" in capsys.readouterr().out
    assert file.stat().st_size > 1000


def test_shares_are_those_of_the_real_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sao_tome: SaoTome
) -> None:
    folder = tmp_path / "release" / "json_files"
    folder.mkdir(parents=True)
    entries = [{"image": f"{sao_tome.tile.name}.png", "caption": "Water dominates, with some developed areas."}]
    (folder / "ChatEarthNet_caps_35_train.json").write_text(json.dumps(entries))
    catalog = str(tmp_path / "catalog")
    assert main(["catalog", "build", str(folder.parent), catalog]) == 0
    output = _json(capsys, "catalog", "enrich", catalog, "--worldcover", sao_tome.server.url)
    assert output["enriched"] == 1
    (row,) = _json(capsys, "catalog", "search", catalog, "--class", "water", "--min-share", "0.5", "--json")["rows"]
    # counted once by hand in the real file: see test_sources for the map itself
    assert row["shares"]["water"] == pytest.approx(0.5394, abs=1e-3)
    assert row["country"] == "São Tomé and Príncipe"
    assert _json(capsys, "catalog", "search", catalog, "--class", "tree", "--min-share", "0.5", "--json")["total"] == 0
