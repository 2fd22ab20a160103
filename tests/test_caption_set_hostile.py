"""Further captions from strangers: markup, NULs, long texts, foreign names, many writers, kills in the middle."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rig.caption_files import TEXT, entry, names_of, write_captions
from rig.pairs import paraphrased_release

from chatearthnet_explorer.caption_file import append_entries, entry_of
from chatearthnet_explorer.catalog import add_captions, build_catalog, open_catalog
from chatearthnet_explorer.catalog.caption_set import LABEL_LIMIT, read_caption_set
from chatearthnet_explorer.catalog.caption_sets import FOLDER, MOST_SETS, folder_of_set, list_caption_sets
from chatearthnet_explorer.catalog_audit import audit_catalog
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import CatalogError, QueryError

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog import Catalog

HTML = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "catalog"
    build_catalog(paraphrased_release(60), folder)
    return folder


@pytest.fixture
def catalog(built_folder: Path, tmp_path: Path) -> Catalog:
    shutil.copytree(built_folder, tmp_path / "catalog")
    return open_catalog(tmp_path / "catalog")


def test_any_text_can_be_a_caption(catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [HTML, "a\0b \x1b[31m snow", "snow " * 4000, "\N{SNOWMAN}\u202e snow", "'; DROP TABLE pairs; --", '"\\"']
    path = tmp_path / "captions.jsonl"
    names = names_of(catalog, len(texts))
    append_entries(path, [entry(name, caption=text) for name, text in zip(names, texts, strict=True)])
    with path.open("a") as file:  # longer than any caption may be: its beginning is taken
        long = {"name": names_of(catalog, 1, start=20)[0], "style": "3.5", "captioner": "chat", "simulated": True}
        file.write(json.dumps({**long, "requested_model": "writer-1", "caption": "snow " * 20_000}) + "\n")
    add_captions(catalog.folder, [path])
    captions = catalog.captions_of("writer-1")
    captions.check()
    by_name = {pair.record.name: pair.record.captions["3.5"] for pair in captions.pairs()}
    assert [by_name[name] for name in names] == [text.strip() for text in texts]
    assert max(map(len, by_name.values())) <= 20_000
    assert captions.search(words="snow").total == 4
    audit_catalog(captions.folder)
    assert captions.export(path=tmp_path / "pairs.csv") == len(texts) + 1
    assert main(["catalog", "search", str(catalog.folder), "--captions", "writer-1"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_labels_are_bounded_and_never_name_a_file(catalog: Catalog, tmp_path: Path) -> None:
    (name,) = names_of(catalog, 1)
    models = [HTML, "../../../../tmp/evil", "x" * 10_000, "\0\n\u202e", "a\n\nb", " "]
    path = tmp_path / "captions.jsonl"
    fields = {"name": name, "style": "3.5", "captioner": "chat", "simulated": True, "caption": TEXT}
    path.write_text("".join(json.dumps({**fields, "requested_model": model}) + "\n" for model in models))
    before = {one.name for one in tmp_path.iterdir()}
    add_captions(catalog.folder, [path])
    assert {one.name for one in tmp_path.iterdir()} == before
    sets = catalog.caption_sets
    assert len(sets) == len(models)
    assert {one.name for one in (catalog.folder / FOLDER).iterdir() if one.is_dir()} == {one.id for one in sets}
    for one in sets:
        assert len(one.label) <= LABEL_LIMIT
        assert "\n" not in one.label
        assert len(catalog.captions_of(one.id)) == 1
    for words in ("", "../x", "/etc", "x" * 10_000):
        with pytest.raises(QueryError) as error:
            catalog.captions_of(words)
        assert len(str(error.value)) < 1500


def test_report_of_a_set_is_read_as_untrusted(catalog: Catalog, tmp_path: Path) -> None:
    add_captions(catalog.folder, [write_captions(tmp_path / "captions.jsonl", catalog, 3)])
    captions = catalog.captions_of("writer-1")
    path = captions.files.folder / "report.json"
    report = json.loads(path.read_text())
    size = path.stat().st_size
    for change in (None, [], {"style": "9"}, {"style": "3.5", "captioner": "chat", "requested_model": "other"}):
        path.write_text(json.dumps({**report, "notes": [], "caption_set": change}).ljust(size))
        sets, notes = list_caption_sets(catalog.folder)
        assert (len(sets), len(notes)) == (0, 1)
        assert open_catalog(catalog.folder).search().total == 60


def test_fields_of_other_kinds_are_left_out_of_a_set() -> None:
    fields = {
        "files": [1],
        "failures": [2],
        "models": {"a": 1},
        "dollars": "x",
        "count": -1.5,
        "first": [],
        "seed": None,
    }
    one = read_caption_set({"style": "3.5", "captioner": 7, **fields})
    assert (one.files, dict(one.failures), one.models, one.dollars, one.count, one.first, one.seed, one.captioner) == (
        (),
        {},
        (),
        None,
        0,
        "",
        0,
        "",
    )
    assert read_caption_set({"style": "3.5", "dollars": 10**400, "captioner": "\ud800"}).to_dict()["dollars"] is None
    assert read_caption_set({"style": "3.5", "models": [[], "m"], "failures": {"a": "b"}}).models == ("", "m")


def test_too_many_folders_of_sets_are_one_sentence(catalog: Catalog, tmp_path: Path) -> None:
    add_captions(catalog.folder, [write_captions(tmp_path / "captions.jsonl", catalog, 3)])
    source = catalog.captions_of("writer-1").folder
    for number in range(1000):  # a folder like this comes from elsewhere
        folder = folder_of_set(catalog.folder, f"{number:012x}")
        folder.mkdir()
        (folder / "catalog.json").write_text((source / "catalog.json").read_text())
    sets, notes = list_caption_sets(catalog.folder)
    assert len(sets) <= 1
    assert len(notes) <= 5
    assert f"the first {MOST_SETS} are read" in notes[-1]
    assert open_catalog(catalog.folder).search().total == 60


def test_an_addition_that_is_killed_leaves_the_set_as_before(catalog: Catalog, tmp_path: Path) -> None:
    file = write_captions(tmp_path / "captions.jsonl", catalog, 10)
    add_captions(catalog.folder, [file])
    write_captions(file, catalog, 10, start=20)
    code = """
import sys, pathlib
from chatearthnet_explorer.catalog import add_captions
add_captions(sys.argv[1], [sys.argv[2]], progress=lambda step, done, total: step == "captions" and (
    pathlib.Path(sys.argv[1], "here").touch(), sys.stdin.read()))
"""
    command = [sys.executable, "-c", code, str(catalog.folder), str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not Path(catalog.folder, "here").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert catalog.captions_of("writer-1").search().total == 10  # it is searched meanwhile
        with pytest.raises(CatalogError, match="Another build"):
            add_captions(catalog.folder, [file])
        os.kill(process.pid, signal.SIGKILL)
    assert catalog.captions_of("writer-1").search().total == 10
    assert open_catalog(catalog.folder).notes == ()
    (addition,) = add_captions(catalog.folder, [file]).additions
    assert (addition.added_count, addition.caption_set.count) == (10, 20)


def test_a_first_addition_that_is_killed_leaves_no_set(catalog: Catalog) -> None:
    folder = folder_of_set(catalog.folder, "0123456789ab")
    (folder / ".unfinished").mkdir(parents=True)
    (folder / ".lock").touch()
    assert (catalog.caption_sets, catalog.notes) == ((), ())


def test_further_captions_have_no_further_captions(catalog: Catalog, tmp_path: Path) -> None:
    file = write_captions(tmp_path / "captions.jsonl", catalog, 3)
    add_captions(catalog.folder, [file])
    with pytest.raises(CatalogError, match="the catalog that it belongs to"):
        add_captions(catalog.captions_of("writer-1").folder, [file])


def test_numbers_that_lie_are_bounded(catalog: Catalog) -> None:
    line = {"name": "a", "style": "3.5", "captioner": "chat", "tokens_in": 10**30, "dollars": -1, "seed": 10**300}
    one = entry_of(json.dumps(line))
    assert (one.tokens_in, one.dollars) == (None, None)
    assert len(catalog.caption_sets) == 0
