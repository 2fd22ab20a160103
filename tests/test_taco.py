"""TACO files of both versions: what is in them is found at run time, and said where it cannot be told."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from rig.range_server import RangeServer

from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.record import read_entry

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyarrow", reason="pyarrow is not installed: chatearthnet-explorer[taco]")

from chatearthnet_explorer.sources.release.taco import open_taco


def test_version_3_gives_captions_by_columns_found_at_run_time(realdata: Path) -> None:
    with RangeServer(realdata / "taco") as server:
        taco = open_taco(f"{server.url}/taco_v3_layout_probe.zip")
        assert server.requests <= 3
        assert server.bytes_sent < 200_000
    assert taco.version.startswith("3")
    assert taco.roles == {"name": "id", "split": "ml:split", "3.5": "cen:caption35", "4v": "cen:caption4v"}
    assert [read_entry(entry) for entry in taco.entries("3.5", "test")] == [("1314_3172_patch11", "probe text")]
    assert len(list(taco.entries("3.5"))) == 2
    assert list(taco.entries("4v")) == []


def test_builds_catalog_from_taco_and_notes_its_columns(
    realdata: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    probe = realdata / "taco" / "taco_v3_layout_probe.zip"
    assert main(["catalog", "build", str(probe), str(tmp_path / "catalog")]) == 0
    output = json.loads(capsys.readouterr().out)
    assert output["captions"] == {"3.5": 2, "4v": 0}
    assert "3.5 in cen:caption35" in output["notes"][0]
    assert main(["catalog", "build", str(realdata / "taco" / "flat.tacozip"), str(tmp_path / "other")]) == 1
    assert "No column is recognised as 3.5" in capsys.readouterr().err
    assert not (tmp_path / "other" / "catalog.json").exists()


@pytest.mark.parametrize("name", ["flat", "nested"])
def test_names_columns_of_version_2_without_captions(realdata: Path, name: str) -> None:
    taco = open_taco(realdata / "taco" / f"{name}.tacozip")
    assert taco.roles == {"name": "id"}
    with pytest.raises(ReleaseError, match=r"No column is recognised as 3\.5.*columns: id, type, istac:geometry"):
        list(taco.entries("3.5"))


def test_refuses_file_that_is_not_taco(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "words")
    with pytest.raises(ReleaseError, match="not a TACO file"):
        open_taco(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("COLLECTION.json", "{}")
        archive.writestr("METADATA/sample.parquet", "words")
    with pytest.raises(ReleaseError, match="cannot be read"):
        open_taco(path)
    path.write_bytes(b"words")
    with pytest.raises(ArchiveError, match="is not a ZIP"):
        open_taco(path)
