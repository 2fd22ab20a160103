"""Files that a browser saves: each is read back by another program's eyes."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install .[ui]")

from chatearthnet_explorer import caption_at
from chatearthnet_explorer.cards.card_png import WIDTH, card_png
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.landcover.legend import codes_of_indices
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.widgets.browse import browse_files
from chatearthnet_explorer.widgets.browse.browse_files import export_command, search_files
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.explore.explore_files import facts_of, place_files
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared import download_button
from chatearthnet_explorer.widgets.shared.download_button import DownloadButton, FileOffer, SavedFile, safe_name

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.pipeline import Captioned

ATTACK = "<script>alert(1)</script>\u202e"


@pytest.fixture(scope="module")
def munich() -> Captioned:
    return caption_at(11.58, 48.14, source="simulated", style="4v", seed=3)


def files_of(captioned: Captioned) -> dict[str, SavedFile]:
    return {offer.key: offer.make() for offer in place_files(captioned, lambda: "chatearthnet")}


def press(button: DownloadButton, key: object) -> list[tuple[dict[str, Any], bytes]]:
    """Choose a file as the script does, and return what is sent to the browser."""
    messages: list[tuple[dict[str, Any], bytes]] = []
    button.send = lambda content, buffers: messages.append((content, *buffers))
    button._receive(button, {"key": key}, [])
    return messages


def test_names_are_safe_everywhere() -> None:
    assert safe_name("São Tomé / ../..\\", "CON:*?", ending="png") == "sao-tome-con.png"
    assert safe_name("\u202e\0東", ending="csv") == "chatearthnet.csv"
    assert len(safe_name("a" * 500, ending="tif")) < 90


def test_each_file_of_a_place_states_that_it_is_simulated(munich: Captioned) -> None:
    files = files_of(munich)
    assert list(files) == ["html", "png", "json", "geotiff"]
    for file in files.values():
        assert file.name.startswith("chatearthnet-simulated-48.1400n-11.5800e.")
    assert "SIMULATED" in files["html"].data.decode()
    assert json.loads(files["json"].data)["chip"]["simulated"] is True


def test_json_has_facts_prompt_caption_and_provenance(munich: Captioned) -> None:
    facts = json.loads(files_of(munich)["json"].data)
    assert facts["place"]["lon"] == 11.58
    assert munich.caption is not None
    assert facts["caption"]["text"] == munich.caption.text
    assert munich.prompt is not None
    assert facts["prompt"]["user"] == munich.prompt.user
    assert facts["shares_by_part"] == json.loads(json.dumps(shares(munich.chip.labels)))
    assert facts["code"] == munich.code
    assert set(facts["provenance"]) == {"baseline", "radiometry", "tile_cloud_share"}


def test_geotiff_has_pixels_codes_and_place(munich: Captioned, tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio", reason="rasterio is not installed: pip install .[stac]")
    path = tmp_path / "chip.tif"
    path.write_bytes(files_of(munich)["geotiff"].data)
    with rasterio.open(path) as file:
        assert file.descriptions == ("red", "green", "blue", "worldcover")
        assert file.crs.to_epsg() == 3857
        from rasterio.warp import transform_bounds

        bounds = transform_bounds(file.crs, "EPSG:4326", *file.bounds)
        assert bounds == pytest.approx(munich.chip.tile.bounds, abs=1e-9)
        assert (np.moveaxis(file.read([1, 2, 3]), 0, 2) == munich.chip.rgb).all()
        assert (file.read(4) == codes_of_indices(munich.chip.labels)).all()
        assert file.tags()["simulated"] == "yes"
        assert "ALPHA" not in [interpretation.name.upper() for interpretation in file.colorinterp]


def test_place_without_pixels_offers_no_geotiff(munich: Captioned) -> None:
    chip = dataclasses.replace(munich.chip, rgb=None, labels=None, bands={}, scl=None)
    empty = dataclasses.replace(munich, chip=chip, prompt=None, caption=None)
    assert list(files_of(empty)) == ["html", "png", "json"]


def test_png_shows_picture_labels_and_a_page_of_text(munich: Captioned) -> None:
    image = Image.open(io.BytesIO(card_png(munich)))
    assert image.width == WIDTH
    pixels = np.asarray(image)
    assert munich.chip.rgb is not None
    top = next(row for row in range(80, 300) if (pixels[row, 36:90] == (0x7A, 0x2E, 0x0E)).all())
    side = (WIDTH - 2 * 36 - 24) // 2
    picture = np.asarray(Image.fromarray(munich.chip.rgb).resize((side, side), Image.Resampling.NEAREST))
    assert (pixels[top + 40 : top + side, 36 : 36 + side] == picture[40:]).all()
    long = dataclasses.replace(munich.caption, text="word " * 1500 + "x" * 2000 + ATTACK)
    longer = Image.open(io.BytesIO(card_png(dataclasses.replace(munich, caption=long))))
    assert image.height < longer.height < 5000


def test_png_writes_names_without_letters_that_its_font_lacks() -> None:
    captioned = caption_at(6.73, 0.336, source="simulated")
    strange = dataclasses.replace(captioned.caption, text="São Tomé \u2013 naïve Łódź \u6771\u202e")
    plain = dataclasses.replace(captioned.caption, text="Sao Tome - naive Lodz")
    assert card_png(dataclasses.replace(captioned, caption=strange)) == card_png(
        dataclasses.replace(captioned, caption=plain)
    )


def test_html_of_a_hostile_caption_is_escaped(munich: Captioned) -> None:
    hostile = dataclasses.replace(munich, caption=dataclasses.replace(munich.caption, text=ATTACK))
    page = files_of(hostile)["html"].data.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert facts_of(hostile)["caption"]["text"] == ATTACK


def test_button_sends_a_file_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_button, "PIECE", 10)
    button = DownloadButton()
    data = bytes(range(35))
    button.offers = [
        FileOffer(key="a", label="A", make=lambda: SavedFile(name="a.bin", data=data, media_type="x/y")),
        FileOffer(key="empty", label="B", make=lambda: SavedFile(name="b.bin", data=b"", media_type="x/y")),
    ]
    messages = press(button, "a")
    assert [content["number"] for content, _ in messages] == [0, 1, 2, 3]
    assert {(content["count"], content["name"], content["type"]) for content, _ in messages} == {(4, "a.bin", "x/y")}
    assert b"".join(piece for _, piece in messages) == data
    assert button.message == "Saved as a.bin."
    assert [piece for _, piece in press(button, "empty")] == [b""]


@pytest.mark.parametrize("key", [None, "b", 7, ["a"], {"a": 1}])
def test_button_makes_only_what_is_offered(key: object) -> None:
    button = DownloadButton()
    button.offers = [FileOffer(key="a", label="A", make=pytest.fail)]
    assert press(button, key) == []
    assert button.message == ""


def test_button_reports_why_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> SavedFile:
        msg = f"Nothing here {ATTACK}."
        raise ExplorerError(msg)

    button = DownloadButton()
    button.offers = [
        FileOffer(key="a", label="A", make=refuse),
        FileOffer(key="b", label="B", make=lambda: 1 / 0),
        FileOffer(key="c", label="C", make=lambda: SavedFile(name="c", data=b"123", media_type="x/y")),
    ]
    assert press(button, "a") == []
    assert (button.message, button.has_failed) == ("Nothing here <script>alert(1)</script>⟨U+202E⟩.", True)
    press(button, "b")
    assert button.message == "The file could not be made because of an unexpected error. Try again, or see the log."
    monkeypatch.setattr(download_button, "LARGEST_FILE", 2)
    assert press(button, "c") == []
    assert "choose fewer pairs" in button.message
    assert button.busy is False


def saved_file(query: Query, kind: str) -> SavedFile:
    catalog = open_sample().catalog
    offers = {offer.key: offer for offer in search_files(catalog, query, catalog.search(query).total)}
    return offers[kind].make()


def test_files_of_a_search_have_its_pairs(tmp_path: Path) -> None:
    query = Query(continent=("Africa",), classes=("bare land",))
    names = {pair.record.name for pair in open_sample().catalog.pairs(query)}
    assert names
    rows = csv.DictReader(io.StringIO(saved_file(query, "csv").data.decode("utf-8-sig")))
    assert {row["name"] for row in rows} == names
    features = json.loads(saved_file(query, "geojson").data)["features"]
    assert {feature["properties"]["name"] for feature in features} == names
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install .[data]")
    pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install .[catalog]")
    file = saved_file(query, "geoparquet")
    (tmp_path / "pairs.parquet").write_bytes(file.data)
    assert set(parquet.read_table(tmp_path / "pairs.parquet")["name"].to_pylist()) == names
    assert file.name == "chatearthnet-simulated-pairs-bare-land.parquet"
    assert file.note == f"Saved {len(names):,} pairs. They are simulated."


def test_large_search_saves_the_first_and_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse_files, "MOST_PAIRS", 5)
    query = Query(continent=("Africa",), words='"rice fields" -x', bbox=(-20.0, -40.0, 60.0, 40.0))
    catalog = open_sample().catalog
    command = export_command(catalog, query, "csv")
    assert command.startswith("chatearthnet-explorer catalog export ")
    query = query.but(words="")
    total = catalog.search(query).total
    [offer, *_] = search_files(catalog, query, total)
    assert offer.label == f"Spreadsheet (CSV): first 5 of {total:,} pairs"
    file = offer.make()
    assert len(file.data.decode().splitlines()) == 6
    assert file.note == (
        f"Saved the first 5 of {total:,} pairs. They are simulated. For all of them run: "
        f"{export_command(catalog, query, 'csv')}"
    )


def test_command_line_selects_the_same_pairs(tmp_path: Path) -> None:
    import shlex

    from chatearthnet_explorer.cli import main

    catalog = open_sample().catalog
    query = Query(
        continent=("Africa",), country=("São Tomé and Príncipe", "Nigeria"), classes=("tree",), style="both",
        words="the", split=("train",), flag=("-no picture",), bbox=(-20.0, -40.0, 60.0, 40.0),
    )  # fmt: skip
    words = shlex.split(export_command(catalog, query, "csv"))[1:]
    path = tmp_path / "pairs.csv"
    assert main([*words[:2], str(catalog.folder), str(path), *words[4:]]) == 0
    names = {row["name"] for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}
    assert names == {pair.record.name for pair in catalog.pairs(query)}
    assert names


def test_search_without_pairs_offers_nothing() -> None:
    assert search_files(open_sample().catalog, Query(words="nosuchword"), 0) == ()
    browser = Browser.sample(query=Query(words="nosuchword"))
    [button] = [one for one in descendants_of(browser) if isinstance(one, DownloadButton)]
    assert button.labels == []
    browser.query = Query(continent=("Africa",))
    assert [key for key, _ in button.labels] == ["csv", "geojson", "geoparquet"]


def test_explorer_offers_files_once_there_is_a_place() -> None:
    explorer = Explorer(source="simulated", place=None)
    [button] = [one for one in descendants_of(explorer) if isinstance(one, DownloadButton)]
    assert button.labels == []
    explorer.go(11.58, 48.14)
    assert [key for key, _ in button.labels] == ["html", "png", "json", "geotiff"]


def descendants_of(widget: object) -> set[object]:
    from chatearthnet_explorer.widgets.shared.composite import descendants

    return descendants(widget)
