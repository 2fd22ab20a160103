"""The command `caption-many`: which chips, at what price, and what a hostile list can do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rig.batch_server import batch_server
from rig.chat_server import ChatServer, chat_server

from chatearthnet_explorer.caption_file import read_caption_file
from chatearthnet_explorer.caption_runs.chip_tasks import FAILURES_IN_A_ROW, ChipTasks
from chatearthnet_explorer.caption_runs.places import LINE_LIMIT, Place, file_places
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import CaptionFileError, RasterError, SettingError, SourceError
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.testing.simulated_model import SimulatedModel
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "sk-rig-0123456789abcdef"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server() as chat:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", chat.base_url)
        yield chat


def run(*arguments: object) -> int:
    return main(["caption-many", *map(str, arguments)])


def test_dry_run_prints_the_price_and_sends_nothing(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.jsonl"
    options = ("simulated", "--count", 15, "--captioner", "chat", "--model", "gpt-6-luna", "--out", path)
    assert run(*options, "--dry-run", "--json") == 0
    cost = json.loads(capsys.readouterr().out)
    assert (cost["requests"], cost["in_file"]) == (15, 0)
    assert cost["dollars"] == pytest.approx((cost["tokens_in"] * 0.10 + cost["tokens_out"] * 0.50) / 1e6, rel=1e-3)
    assert run(*options, "--dry-run", "--json", "--batch") == 0
    assert json.loads(capsys.readouterr().out)["dollars"] == pytest.approx(cost["dollars"] / 2, rel=1e-3)
    assert not server.requests
    assert not path.exists()


def test_many_requests_that_cost_need_a_yes(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("simulated", "--count", 15, "--captioner", "chat", "--out", tmp_path / "c.jsonl")
    assert run(*options) == 1
    assert "repeat the command with --yes" in capsys.readouterr().err
    assert not server.requests
    assert run(*options, "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["new"] == len(server.requests) == 15
    assert run(*options, "--json") == 0  # nothing is left to pay for
    result = json.loads(capsys.readouterr().out)
    assert (result["new"], result["in_file"]) == (0, 15)
    assert KEY not in (tmp_path / "c.jsonl").read_text("utf-8")


def test_a_model_that_is_free_needs_no_yes_and_keeps_any_cap(
    server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('as_of = 2026-12-01\n[[models]]\nid = "mine"\nprice_in = 0\nprice_out = 0\n', "utf-8")
    monkeypatch.setenv("CHATEARTHNET_MODELS", str(prices))
    options = ("simulated", "--count", 12, "--captioner", "chat", "--model", "mine", "--out", tmp_path / "c.jsonl")
    assert run(*options, "--batch", "--dry-run") == 0
    assert "12 requests to mine, free (" in capsys.readouterr().out
    assert run(*options, "--cap", 0, "--json") == 0
    assert json.loads(capsys.readouterr().out)["new"] == len(server.requests) == 12


def test_a_catalog_is_captioned_from_its_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.jsonl"
    with open_sample().catalog as catalog:
        names = set(catalog.files.names(range(len(catalog))))
        folder = catalog.folder
    assert run(folder, "--words", "snow", "--out", path, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    entries = read_caption_file(path).entries
    assert result["new"] == len(entries) > 0
    assert {entry.name for entry in entries} <= names
    assert all(entry.simulated for entry in entries)
    assert run(folder, "--words", "nosuchword", "--out", path) == 1
    assert "remove a filter" in capsys.readouterr().err


LISTS = {
    "names.txt": "3886_3141_patch11.png\n1314_3172_patch00\n\n",
    "places.txt": "-9.24,38.62\n11.58, 48.14\n",
    "table.csv": 'image,caption\ns2_images/3886_3141_patch11.png,"a, b"\n1314_3172_patch00.png,x\n',
    "table2.csv": "\ufefflat;lon\n38.62;-9.24\n48.14;11.58\n",
    "list.jsonl": '{"image_id": "3886_3141_patch11.png"}\n"1314_3172_patch00"\n',
    "pairs.jsonl": '[-9.24, 38.62]\n{"lon": 11.58, "lat": 48.14}\n',
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_name_chips_or_places(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(LISTS[name], "utf-8")
    place_list = file_places(path)
    names = [place.name for place in place_list.places()]
    expected = [Tile.at(-9.24, 38.62), Tile.at(11.58, 48.14)]
    if "places" in name or name in {"table2.csv", "pairs.jsonl"}:
        assert names == [f"{tile.name}.png" for tile in expected]
    else:
        assert names == ["3886_3141_patch11.png", "1314_3172_patch00.png"]
    assert (place_list.total, place_list.notes) == (2, ())


def test_a_line_may_have_a_space_between_longitude_and_latitude(tmp_path: Path) -> None:
    path = tmp_path / "chips.txt"
    path.write_text("6.73 0.336\n6.73, 0.336\n-58.4 -34.6\n")
    place_list = file_places(path)
    names = [place.name for place in place_list.places()]
    assert (place_list.total, names[0]) == (3, names[1])
    assert not place_list.notes
    path.write_text("6.73 0.336\nhere\n")
    assert file_places(path).notes == (f"Lines of {path} that name no chip are left out: 1; the first is line 2.",)


def test_options_that_have_no_effect_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.jsonl"
    assert run("simulated", "--country", "Kenya", "--out", path) == 1
    assert "leave out options such as --country" in capsys.readouterr().err
    assert run("simulated", "--captioner", "chat", "--style", "multispectral", "--out", path, "--yes") == 1
    assert "choose vision" in capsys.readouterr().err
    assert run(tmp_path / "none", "--out", path) == 1
    assert "There is no catalog and no list of chips at" in capsys.readouterr().err
    for option in ("--poll", "--batch-size"):
        assert run("simulated", option, "5", "--out", path) == 1
        assert "add --batch, or leave them out" in capsys.readouterr().err
    assert not path.exists()


def test_a_service_without_batches_is_reported_and_its_parts_have_no_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("CHATEARTHNET_MODELS", raising=False)
    options = ("--captioner", "chat", "--model", "mine", "--out", tmp_path / "c.jsonl", "--batch")
    with SimulatedModel() as service:
        assert run("simulated", "--count", 2, *options, "--base-url", service.base_url) == 1
        assert "without --batch the requests are sent one by one" in capsys.readouterr().err
        assert run("simulated", "--status", *options, "--base-url", service.base_url) == 0
        assert capsys.readouterr().out == "Part 1, 2 requests: written, no batch yet.\n"
        assert run("simulated", "--cancel", *options, "--base-url", service.base_url) == 0
        capsys.readouterr()
    with batch_server() as server:
        assert run("simulated", "--count", 2, "--cap", 1, *options, "--base-url", server.base_url) == 1
    assert "give it (batch_discount) in the file that CHATEARTHNET_MODELS names" in capsys.readouterr().err


def test_count_takes_the_first_chips_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "chips.txt"
    path.write_text("".join(f"3886_31{number}_patch11.png\n" for number in range(10, 20)))
    place_list = file_places(path).first(3)
    assert (place_list.total, len(list(place_list.places()))) == (3, 3)
    assert file_places(path).first(20).total == 10
    with pytest.raises(SettingError, match="At least one chip"):
        place_list.first(0)


def test_a_run_without_any_caption_has_a_reason_and_is_not_complete(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.modes = ["refusal"]
    options = ("simulated", "--count", 2, "--captioner", "chat", "--out", tmp_path / "c.jsonl")
    assert run(*options) == 1
    output = capsys.readouterr()
    assert "Failures: 2 refusal." in output.out
    assert "There is no caption." in output.err
    assert "declined" in output.err or "refused" in output.err


def test_a_hostile_list_loses_its_bad_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    bad = [b"<script>alert(1)</script>", b"../../etc/passwd", b"nan,inf", b"1e999,3", b"\x00\xff\xfe", b'"', b"999,999"]
    bad += [b"9" * (LINE_LIMIT + 5), b"99999_1_patch00", "\uff13886_3141_patch11".encode()]
    path.write_bytes(b"\n".join([*bad, b"3886_3141_patch11"]))
    place_list = file_places(path)
    assert place_list.total == 1
    assert f"left out: {len(bad)};" in place_list.notes[0]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"nothing here\n", b"name\n"])
def test_a_list_without_chips_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(CaptionFileError, match="names no chip"):
        file_places(path)
    with pytest.raises(CaptionFileError, match="is a folder"):
        file_places(tmp_path)


def test_places_that_cannot_be_read_are_counted_until_it_is_the_server() -> None:
    def chip_at(tile: Tile) -> Chip:
        if tile.x % 3 == 0:
            msg = "The file is damaged."
            raise RasterError(msg)
        labels = None if tile.x % 3 == 1 else np.full((256, 256), 3, np.uint8)
        return Chip(tile=tile, source="test", labels=labels)

    places = [Place(f"{number}.png", Tile(number, 5000)) for number in range(30)]
    tasks = ChipTasks(places, chip_at, Writer())
    assert [task.name for task in tasks] == [f"{number}.png" for number in range(30) if number % 3 == 2]
    assert (tasks.unreadable, tasks.without_labels) == (10, 10)
    bad_places = [Place(f"{number}.png", Tile(3 * number, 5000)) for number in range(100)]
    with pytest.raises(SourceError, match=f"{FAILURES_IN_A_ROW} places in a row"):
        list(ChipTasks(bad_places, chip_at, Writer()))
