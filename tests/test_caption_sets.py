"""Further captions join a catalog as sets of their own: by whole sets, once, and without touching the released ones."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rig.caption_files import TEXT, entry, names_of, write_captions
from rig.pairs import paraphrased_release

from chatearthnet_explorer.caption_file import append_entries
from chatearthnet_explorer.catalog import Catalog, add_captions, build_catalog, enrich_catalog, open_catalog
from chatearthnet_explorer.catalog.caption_set import CaptionSet
from chatearthnet_explorer.catalog.caption_sets import MOST_SETS, folder_of_set
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import CaptionFileError, CatalogError, QueryError
from chatearthnet_explorer.prompts.wording import wording_hash
from chatearthnet_explorer.sources.simulated_chips import SimulatedLabels

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = 120


@pytest.fixture(scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "catalog"
    build_catalog(paraphrased_release(PAIRS), folder)
    return folder


@pytest.fixture
def catalog(built_folder: Path, tmp_path: Path) -> Catalog:
    shutil.copytree(built_folder, tmp_path / "catalog")
    return open_catalog(tmp_path / "catalog")


@pytest.fixture
def file(catalog: Catalog, tmp_path: Path) -> Path:
    return write_captions(tmp_path / "captions.jsonl", catalog, 50)


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_captions_of_a_file_are_searched_as_a_catalog(catalog: Catalog, file: Path) -> None:
    result = add_captions(catalog.folder, [file])
    assert [(one.added_count, one.known_count) for one in result.additions] == [(50, 0)]
    (caption_set,) = catalog.caption_sets
    assert (caption_set.label, caption_set.count) == ("writer-1, style 3.5", 50)
    captions = catalog.captions_of(caption_set)
    result_of_words = captions.search(words="snow covers", classes=["snow", "water"])
    assert result_of_words.total == 50
    assert result_of_words.facets["class"]["snow"] == 50
    for pair in result_of_words:
        released_pair = catalog.pair_named(pair.record.name)
        assert released_pair
        assert pair.record.captions == {"3.5": TEXT}
        assert (pair.country, pair.record.members) == (released_pair.country, released_pair.record.members)
        assert pair.record.splits["3.5"] in released_pair.record.splits.values()
    assert np.all(captions.density(result_of_words.query, (-180, -85, 180, 85), (64, 64)).sum() <= 50)
    assert len(captions.notes) == 1
    assert "ChatEarthNet published none of them" in captions.notes[0]
    assert catalog.search(words="snow covers").total < 50  # the released captions are as before


def test_adding_a_file_again_changes_nothing(catalog: Catalog, file: Path) -> None:
    add_captions(catalog.folder, [file])
    before = state(catalog.folder)
    result = add_captions(catalog.folder, [file, file])
    assert [(one.added_count, one.known_count) for one in result.additions] == [(0, 100)]
    assert state(catalog.folder) == before


def test_a_file_that_has_grown_adds_what_is_new(catalog: Catalog, file: Path) -> None:
    add_captions(catalog.folder, [file])
    write_captions(file, catalog, 20, start=40, caption="Trees cover all of it.", tokens_in=3)
    (addition,) = add_captions(catalog.folder, [file]).additions
    assert (addition.added_count, addition.caption_set.count) == (10, 60)
    assert addition.caption_set.tokens_in == 30
    captions = catalog.captions_of("writer-1")
    texts = [pair.record.captions["3.5"] for pair in captions.pairs()]
    # the first caption of a pair counts
    assert (texts.count(TEXT), texts.count("Trees cover all of it.")) == (50, 10)
    assert ("price unknown" in addition.caption_set.description, addition.caption_set.dollars) == (True, None)
    for dollars, words in ((0.0, "free"), (0.00004, "$0.00004"), (1234.5, "$1,234.50")):
        assert words in replace(addition.caption_set, dollars=dollars).description
    assert [one["captions"] for one in addition.caption_set.files] == [50, 10]


def test_each_writer_has_a_set_of_its_own(catalog: Catalog, tmp_path: Path) -> None:
    names = names_of(catalog, 2)
    changes = ({}, {"requested_model": "writer-2"}, {"style": "4v"}, {"wording": "0123456789ab"}, {"seed": 7})
    more = ({"captioner": "vision"}, {"choices": "token_limit=9"})
    path = tmp_path / "all.jsonl"
    append_entries(path, [entry(name, **change) for change in (*changes, *more) for name in names])
    add_captions(catalog.folder, [path])
    sets = catalog.caption_sets
    assert len(sets) == len({one.id for one in sets}) == 7
    assert {one.count for one in sets} == {2}
    labels = {one.label for one in sets}
    assert {"writer-2, style 3.5", "writer-1, style 4v", "writer-1, style 3.5, wording 01234567"} <= labels
    own = CaptionSet(captioner="chat", style="3.5", requested_model="writer-1", wording=wording_hash("3.5"))
    assert own.label == "writer-1, style 3.5"
    assert {"writer-1, style 3.5, seed 7", "writer-1, style 3.5, token_limit=9"} <= labels
    assert "writer-1, style 3.5, captioner vision" in labels
    with pytest.raises(QueryError, match="sets of captions are called"):
        catalog.captions_of("writer-1, style")
    with pytest.raises(QueryError, match="choose from"):
        catalog.captions_of("nobody")
    assert len(catalog.captions_of(sets[0].id[:6])) == 2


def test_other_names_failures_and_damage_are_counted(catalog: Catalog, tmp_path: Path) -> None:
    first, second, third = names_of(catalog, 3)
    path = tmp_path / "captions.jsonl"
    refusal = {"caption": "", "error": "I cannot.", "error_kind": "refusal"}
    append_entries(
        path,
        [
            entry(first, **refusal),
            entry(first),
            entry(second, **refusal),
            entry(third, caption=" \n"),
            entry("../../../etc/passwd"),
            entry("1_1_patch00.png"),
            entry(third, simulated=False),
        ],
    )
    with path.open("a") as file:
        file.write('{"name": ')
    result = add_captions(catalog.folder, [path])
    assert (result.unknown, result.other_chips, result.damaged_lines) == (2, 1, 1)
    assert len(result.notes) == 3
    (caption_set,) = catalog.caption_sets
    assert (caption_set.count, dict(caption_set.failures)) == (1, {"refusal": 1, "unknown": 1})
    append_entries(path, [entry(second)])  # tried again, with success
    add_captions(catalog.folder, [path])
    (caption_set,) = catalog.caption_sets
    assert (caption_set.count, dict(caption_set.failures)) == (2, {"unknown": 1})


def test_a_file_without_an_entry_adds_nothing(catalog: Catalog, file: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    for content in ("", "not JSON\n", '{"reviewer": "me"}\n'):
        empty.write_text(content)
        with pytest.raises(CaptionFileError, match=r"empty\.jsonl"):
            add_captions(catalog.folder, [file, empty])
    with pytest.raises(CaptionFileError, match="none"):
        add_captions(catalog.folder, [tmp_path / "none.jsonl"])
    assert catalog.caption_sets == ()


def test_labels_of_an_enrichment_reach_the_sets(catalog: Catalog, file: Path, tmp_path: Path) -> None:
    add_captions(catalog.folder, [file])
    enrich_catalog(catalog.folder, SimulatedLabels(2020), labels="simulated 2020")
    other = write_captions(tmp_path / "other.jsonl", catalog, 5, requested_model="writer-2")
    add_captions(catalog.folder, [other])
    enriched_catalog = open_catalog(catalog.folder)
    for name in ("writer-1", "writer-2"):
        captions = enriched_catalog.captions_of(name)
        assert captions.files.report["labels"] == "simulated 2020"
        for pair in captions.pairs():
            released_pair = enriched_catalog.pair_named(pair.record.name)
            assert released_pair
            assert pair.shares == released_pair.shares
        captions.check()


def test_a_damaged_set_costs_a_note_and_not_the_catalog(catalog: Catalog, file: Path, tmp_path: Path) -> None:
    add_captions(catalog.folder, [file])
    other = write_captions(tmp_path / "other.jsonl", catalog, 5, requested_model="writer-2")
    add_captions(catalog.folder, [other])
    ident = catalog.captions_of("writer-1").folder.name
    rows = next(folder_of_set(catalog.folder, ident).rglob("rows.bin"))
    rows.write_bytes(b"")
    again = open_catalog(catalog.folder)
    assert [one.label for one in again.caption_sets] == ["writer-2, style 3.5"]
    (note,) = again.notes
    assert ident in note
    assert "remove-captions" in note
    assert again.search().total == PAIRS
    assert main(["catalog", "remove-captions", str(catalog.folder), ident]) == 0
    assert again.notes == ()
    add_captions(catalog.folder, [file])
    assert len(again.caption_sets) == 2


def test_a_catalog_has_a_limit_of_sets(catalog: Catalog, tmp_path: Path) -> None:
    (name,) = names_of(catalog, 1)
    path = tmp_path / "many.jsonl"
    append_entries(path, [entry(name, seed=seed) for seed in range(MOST_SETS + 1)])
    with pytest.raises(CatalogError, match=f"can have {MOST_SETS} sets"):
        add_captions(catalog.folder, [path])
    assert catalog.caption_sets == ()


def test_a_file_of_too_many_writers_is_not_read_to_its_end(catalog: Catalog, tmp_path: Path) -> None:
    (name,) = names_of(catalog, 1)
    path = tmp_path / "many.jsonl"
    append_entries(path, [entry(name, seed=seed) for seed in range(2000)])
    progress: list[int] = []
    with pytest.raises(CatalogError, match=f"can have {MOST_SETS} sets"):
        add_captions(catalog.folder, [path], progress=lambda _step, count, _total: progress.append(count))
    assert progress == []  # it is called after 500 lines


def test_commands_name_the_writer(catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(catalog.folder)
    assert main(["catalog", "add-captions", folder, str(file)]) == 0
    assert "writer-1, style 3.5: 50 captions added, 50 in all" in capsys.readouterr().out
    assert main(["catalog", "info", folder]) == 0
    (caption_set,) = json.loads(capsys.readouterr().out)["caption_sets"]
    assert caption_set["label"] == "writer-1, style 3.5"
    assert main(["catalog", "search", folder, "--captions", "writer-1", "--words", "snow", "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["total"] == 50
    assert "writer-1" in output.err
    assert main(["catalog", "search", folder, "--captions", "writer-9"]) == 1
    assert "no captions called 'writer-9'" in capsys.readouterr().err
