"""Further captions in Browse: chosen by writer, linked, beside the released ones, and never taken for those."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from rig.caption_files import TEXT, entry, names_of, write_captions
from rig.samples import press, small_sample

from chatearthnet_explorer.caption_file import append_entries
from chatearthnet_explorer.catalog import Query, add_captions, open_catalog
from chatearthnet_explorer.catalog.caption_sets import folder_of_set, remove_caption_set

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install .[ui]")

from chatearthnet_explorer.widgets.browse.browse_history import BrowseHistory, browse_query
from chatearthnet_explorer.widgets.browse.browse_link import read_browse_link
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.browse.pair_captions import MOST_CAPTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog

HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """A small catalog with the captions of two writers: of some 40 pairs in style 3.5, and of 10 in style 4V."""
    shutil.copytree(small_sample().catalog.folder, tmp_path / "catalog")
    catalog = open_catalog(tmp_path / "catalog")
    first = write_captions(tmp_path / "first.jsonl", catalog, 40)
    second = tmp_path / "second.jsonl"
    both = [pair.record.name for pair in catalog.search(style="both", limit=10)]
    fields = {"requested_model": HTML, "style": "4v", "caption": "No snow. Trees everywhere."}
    append_entries(second, [entry(name, **fields) for name in both])
    append_entries(first, [entry(both[0])])
    add_captions(catalog.folder, [first, second])
    return catalog


def count_of(catalog: Catalog) -> int:
    """Return the number of captions by the first writer."""
    return next(one.count for one in catalog.caption_sets if one.label.startswith("writer-1"))


def browse(catalog: Catalog, query: Query | None = None) -> Browser:
    return Browser(catalog, release=small_sample().release, labels="simulated", query=query or Query())


def ident_of(browser: Browser, label: str) -> str:
    return next(one.id for one in browser.caption_choice.sets if one.label.startswith(label))


def test_without_further_captions_there_is_no_choice() -> None:
    assert len(browse(small_sample().catalog).caption_choice.options) == 1


def test_chosen_captions_are_what_all_parts_show(catalog: Catalog) -> None:
    browser = browse(catalog)
    labels = dict(browser.caption_choice.options)
    assert labels[""] == f"ChatEarthNet ({len(catalog):,} pairs)"
    assert f"writer-1, style 3.5 ({count_of(catalog)})" in labels.values()
    ident = ident_of(browser, "writer-1")
    press(browser.caption_choice, "captions", ident)
    assert browser.captions == ident
    assert browser.gallery.counts["total"] == count_of(catalog)
    assert browser.gallery.items[0]["excerpt"] == TEXT
    assert browser.gallery.items[0]["styles"] == ["3.5"]
    facets = {facet["key"]: facet["values"] for facet in browser.facet_view.facets}
    assert "style" not in facets
    counts = {value: count for value, _, _, count, *_ in facets["class"]}
    assert counts["snow"] == counts["water"] == count_of(catalog)
    assert "ChatEarthNet published none of them" in browser._notes.value
    press(browser.caption_choice, "captions", "")
    assert browser.gallery.counts["total"] == len(catalog)
    press(browser.caption_choice, "captions", "../../x")
    assert browser.captions == ""


def test_filters_that_captions_cannot_answer_are_dropped(catalog: Catalog) -> None:
    browser = browse(catalog, Query(style="both", classes=("snow",)))
    browser.captions = ident_of(browser, "writer-1")
    assert browser.query == Query(classes=("snow",))
    assert browser.gallery.counts["total"] == count_of(catalog)


def test_a_pair_has_all_its_captions_and_any_two_are_compared(catalog: Catalog) -> None:
    browser = browse(catalog)
    (name,) = (pair.record.name for pair in catalog.search(style="both", limit=1))
    browser.show(name)
    view = browser.pair_view
    bylines = [one.byline for one in view.caption_view.captions]
    assert bylines == [
        "Written by rules of this program, in the style of GPT-3.5",
        "Written by rules of this program, in the style of GPT-4V",
        f"Written by {HTML}, in the style of GPT-4V",
        "Written by writer-1, in the style of GPT-3.5",
    ]
    assert not any(one.is_released for one in view.caption_view.captions[2:])
    compare = view.compare_view
    assert compare.options == ["the 3.5 caption", "the 4V caption", f"{HTML}, style 4v", "writer-1, style 3.5"]
    assert compare.names == compare.options[:2]
    press(compare, "compare", [2, 3])
    assert compare.names == compare.options[2:]
    assert any("snow" in sentence for sentence in compare.contradictions)
    for wrong in ([2, 2], [0, 9], [-1, 0], ["0", 1], [0], None):
        press(compare, "compare", wrong)
        assert compare.selection == [2, 3]
    assert "<img" not in browser.card()._repr_html_()


def test_pair_of_a_set_names_its_writer(catalog: Catalog) -> None:
    browser = browse(catalog)
    browser.captions = ident_of(browser, "writer-1")
    browser.show(names_of(catalog, 1)[0])
    assert ["Captions by", "writer-1, style 3.5"] in browser.pair_view.head.details
    captions = browser.pair_view.caption_view.captions
    assert [one.byline for one in captions if one.captioner != "release"] == [
        "Written by writer-1, in the style of GPT-3.5"
    ]
    assert captions[0].captioner == "chat"  # what was chosen comes first
    assert captions[1].captioner == "release"


def test_most_captions_of_a_pair_are_bounded(catalog: Catalog, tmp_path: Path) -> None:
    (name,) = names_of(catalog, 1)
    append_entries(tmp_path / "more.jsonl", [entry(name, seed=seed) for seed in range(1, MOST_CAPTIONS + 1)])
    add_captions(catalog.folder, [tmp_path / "more.jsonl"])
    browser = browse(catalog)
    browser.show(name)
    further = [one for one in browser.pair_view.caption_view.captions if one.captioner != "release"]
    assert len(further) == MOST_CAPTIONS
    assert "1 more caption of this pair" in browser.pair_view.status.message


def test_link_names_the_writer(catalog: Catalog) -> None:
    browser = browse(catalog)
    history = BrowseHistory(browser, "")
    browser.captions = ident = ident_of(browser, "writer-1")
    browser.pair = browser.gallery.result.pairs[0]
    name = browser.pair.record.name
    link, notes = read_browse_link(history.link.query)
    assert (link.captions, link.pair, notes) == (ident, name, ())
    other = browse(catalog, browse_query(history.link.query, Query()))
    BrowseHistory(other, history.link.query)
    assert (other.captions, other.pair.record.name if other.pair else "") == (ident, name)
    assert other.gallery.counts["total"] == count_of(catalog)


@pytest.mark.parametrize("value", ["0123456789ab", HTML, "../../x", "x" * 10_000])
def test_link_to_other_captions_is_left_out_with_a_note(catalog: Catalog, value: str) -> None:
    browser = browse(catalog)
    history = BrowseHistory(browser, f"sort=place&captions={value}")
    assert browser.captions == ""
    assert browser.gallery.counts["total"] == len(catalog)
    assert "captions" in str(history._notes)


def test_damaged_set_is_a_sentence_and_the_released_captions_stay(catalog: Catalog) -> None:
    browser = browse(catalog)
    ident = ident_of(browser, "writer-1")
    version = json.loads((folder_of_set(catalog.folder, ident) / "catalog.json").read_text())["version"]
    shutil.rmtree(folder_of_set(catalog.folder, ident) / version)
    browser.captions = ident
    assert browser.captions == ""
    assert "lacks its files" in browser.status.message
    assert browser.gallery.counts["total"] == len(catalog)
    browser.show(names_of(catalog, 1)[0])
    assert {one.captioner for one in browser.pair_view.caption_view.captions} == {"release"}
    again = browse(catalog)
    assert "remove-captions" in again._notes.value
    remove_caption_set(catalog.folder, ident)
    assert browse(catalog)._notes.value.count("remove-captions") == 0


def test_catalog_of_a_set_is_browsed_by_itself(catalog: Catalog) -> None:
    browser = browse(catalog.captions_of("writer-1"))
    assert browser.gallery.counts["total"] == count_of(catalog)
    assert len(browser.caption_choice.options) == 1
    browser.pair = browser.gallery.result.pairs[0]
    (caption,) = browser.pair_view.caption_view.captions
    assert caption.byline == "Written by writer-1, in the style of GPT-3.5"
