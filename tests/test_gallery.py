"""Gallery, facets, search bar and comparison without a browser: what they show, what a press does, hostile text."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.sample_chips import caption, slopes
from rig.samples import press, press_tile, small_sample

from chatearthnet_explorer.catalog import Query
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.values import FrozenDict
from chatearthnet_explorer.widgets.browse.active_filters import choices_of
from chatearthnet_explorer.widgets.browse.caption_agreement import compare
from chatearthnet_explorer.widgets.browse.compare_view import CompareView
from chatearthnet_explorer.widgets.browse.facet_view import FacetView
from chatearthnet_explorer.widgets.browse.gallery import THUMBNAIL, Gallery, picture_words, thumbnail
from chatearthnet_explorer.widgets.browse.search_bar import SearchBar

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.search_result import SearchResult

TWO = ("GPT-3.5", "GPT-4V")


def search(**fields: Any) -> SearchResult:
    return small_sample().catalog.search(Query(**fields))


def hostile() -> SearchResult:
    """A page whose one pair has an attack for a name and for a caption."""
    result = search(size=1)
    record = dataclasses.replace(result.pairs[0].record, name=ATTACK, captions=MappingProxyType({"3.5": ATTACK}))
    return dataclasses.replace(result, pairs=(dataclasses.replace(result.pairs[0], record=record),))


def test_items_have_place_classes_and_counts() -> None:
    result = search(size=5)
    gallery = Gallery(result=result)
    assert [item["name"] for item in gallery.items] == [pair.record.name for pair in result.pairs]
    assert gallery.counts == {
        "state": "some",
        "total": result.total,
        "page": 1,
        "pages": result.pages,
        "first": 1,
        "last": 5,
    }
    assert result.pairs[0].country is not None
    assert gallery.items[0]["country"] == result.pairs[0].country.name
    assert gallery.items[0]["styles"] == list(result.pairs[0].record.captions)


def test_pictures_are_described_by_measured_land_cover_or_by_the_classes_of_the_caption() -> None:
    pair = search(size=1, words="tree").pairs[0]
    assert Gallery(result=search(size=1, words="tree")).items[0]["alt"] == picture_words(pair)
    pair_with_captions = dataclasses.replace(
        pair,
        classes=FrozenDict.wrap({"3.5": ("grass", "tree"), "4v": ("crop", "grass")}),
        dominant=FrozenDict.wrap({"3.5": "tree", "4v": None}),
    )
    assert picture_words(pair_with_captions) == "Satellite picture; the caption names tree, grass, crop."
    shares = FrozenDict.wrap({"tree": 0.604, "water": 0.392, "crop": 0.004, "snow": 0.0})
    pair_with_shares = dataclasses.replace(pair, shares=shares)
    assert picture_words(pair_with_shares) == "Satellite picture: tree 60 %, water 39 %, crop less than 1 %."
    no_class = FrozenDict.wrap({"3.5": ()})
    assert picture_words(dataclasses.replace(pair, classes=no_class, dominant=no_class)) == "Satellite picture."


def test_thumbnails_are_small_jpegs_and_missing_ones_have_a_note() -> None:
    result = search(size=4)
    names = [pair.record.name for pair in result.pairs]
    gallery = Gallery(result=result)
    assert gallery.thumbnails == [b""] * 4
    black, white = np.zeros((256, 256, 3), np.uint8), np.full((256, 256, 3), 255, np.uint8)
    gallery.pictures = {names[0]: slopes(), names[1]: black, names[2]: white, names[3]: "It is <b>gone</b>\u202e."}
    image = Image.open(BytesIO(gallery.thumbnails[0]))
    assert (image.format, image.size) == ("JPEG", (THUMBNAIL, THUMBNAIL))
    assert len(gallery.thumbnails[0]) < 20_000
    assert gallery.notes == [
        "",
        "This picture is all black.",
        "This picture is all white.",
        "It is <b>gone</b>⟨U+202E⟩.",
    ]
    assert gallery.thumbnails[3] == b""


def test_pictures_of_the_page_before_are_gone_with_it() -> None:
    gallery = Gallery(result=search(size=1))
    gallery.pictures = {gallery.items[0]["name"]: slopes()}
    gallery.result = search(size=1, page=2)
    assert gallery.thumbnails == [b""]
    assert gallery.pictures == {}


def test_a_press_turns_the_page_and_opens_a_pair() -> None:
    opened_pairs: list[object] = []
    gallery = Gallery(result=search(size=3), query=Query(size=3))
    gallery.on_open(opened_pairs.append)
    press(gallery, "page", 7)
    assert gallery.query == Query(size=3, page=7)
    press_tile(gallery, 2)
    assert opened_pairs == [gallery.result.pairs[2]]


def test_a_tile_of_the_page_before_opens_its_own_pair() -> None:
    opened_pairs: list[object] = []
    gallery = Gallery(result=search(size=3), query=Query(size=3))
    gallery.on_open(opened_pairs.append)
    name, pair = gallery.items[1]["name"], gallery.result.pairs[1]
    gallery.result = search(size=3, page=2)
    gallery.request = {"what": "open", "value": 1, "name": name, "turn": 1}
    assert opened_pairs == [pair]
    gallery.result = search(size=3, page=3)
    gallery.request = {"what": "open", "value": 1, "name": name, "turn": 2}
    assert opened_pairs == [pair]  # it is long gone


@pytest.mark.parametrize(
    "fields", [("open", 99), ("open", -1), ("open", "0"), ("open", None), ("relax", 5), ("page", "2"), (["open"], 0)]
)
def test_what_no_person_can_press_does_nothing(fields: tuple[object, object]) -> None:
    opened_pairs: list[object] = []
    gallery = Gallery(result=search(size=3), query=Query(size=3))
    gallery.on_open(opened_pairs.append)
    gallery.request = {"what": fields[0], "value": fields[1], "name": gallery.items[0]["name"], "turn": 1}
    assert opened_pairs == []
    assert gallery.query == Query(size=3)


def test_a_page_that_cannot_be_is_refused_in_words() -> None:
    gallery = Gallery(result=search(size=3), query=Query(size=3))
    press(gallery, "page", 0)
    assert "whole number" in gallery.problem or "from 1" in gallery.problem
    assert gallery.query == Query(size=3)


def test_page_beyond_the_end_differs_from_empty_result() -> None:
    assert Gallery().counts["state"] == "waiting"
    assert Gallery(result=search(page=10_000)).counts["state"] == "beyond"
    assert Gallery(result=search(words="zyxwvu")).counts["state"] == "none"


def test_names_and_captions_stay_text() -> None:
    gallery = Gallery(result=hostile())
    assert gallery.items[0]["name"] == VISIBLE_ATTACK
    assert gallery.items[0]["excerpt"].startswith("tree <script>alert(1)</script>")
    page = Page(gallery._repr_html_())
    page.assert_harmless()
    assert VISIBLE_ATTACK in page.text


def test_a_thumbnail_is_what_the_picture_is() -> None:
    thumbnail_pixels = np.asarray(Image.open(BytesIO(thumbnail(slopes()))).resize((256, 256)), np.int16)
    assert np.abs(thumbnail_pixels - slopes()).mean() < 4


def facet(view: FacetView, key: str) -> dict[str, list[Any]]:
    (result,) = (one for one in view.facets if one["key"] == key)
    return {value[0]: value for value in result["values"]}


def test_facets_show_the_counts_of_the_catalog_the_most_first() -> None:
    result = search()
    view = FacetView(result=result)
    counts = {name: value[3] for name, value in facet(view, "class").items()}
    assert counts == result.facets["class"]
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_a_press_chooses_and_another_takes_it_back() -> None:
    view = FacetView(result=search())
    press(view, "class", "tree")
    press(view, "class", "water")
    press(view, "style", "both")
    assert view.query == Query(classes=("tree", "water"), style="both")
    assert facet(view, "class")["tree"][4] == "on"
    press(view, "class", "tree")
    press(view, "style", "both")
    assert view.query == Query(classes=("water",))
    press(view, "clear", "class")
    assert view.query == Query()


def test_the_drawer_counts_the_pairs_and_clears_all_its_filters_at_once() -> None:
    query = Query(classes=("tree",), country=("Brazil",), style="both", words="forest", sortby="share")
    view = FacetView()
    assert view.total == -1
    view.query, view.result = query, small_sample().catalog.search(Query(continent=("Asia",)))
    assert view.total == view.result.total > 0
    press(view, "clear all")
    assert view.query == Query(words="forest")


def test_a_flag_goes_from_with_to_without_to_either() -> None:
    view = FacetView(result=search())
    flags = []
    for _ in range(3):
        press(view, "flag", "blank")
        flags.append(view.query.flag)
    assert flags == [("blank",), ("-blank",), ()]


def test_a_flag_that_must_be_absent_counts_those_without_it() -> None:
    query = Query(flag=("-no picture",))
    view = FacetView(query=query, result=small_sample().catalog.search(query))
    value = facet(view, "flag")["no picture"]
    assert value[1:5] == ["only pairs with a picture", "", 12, "off"]


def test_a_choice_that_no_pair_has_stays_to_be_taken_back() -> None:
    query = Query(country=("Atlantis",))
    assert facet(FacetView(query=query, result=search()), "country")["Atlantis"][3:5] == [0, "on"]


@pytest.mark.parametrize(
    ("what", "value", "expected"),
    [
        ("match", "any", Query(match="any")),
        ("part", "top left", Query(part="top left")),
        ("min_share", 0.25, Query(min_share=0.25)),
    ],
)
def test_how_classes_are_looked_for(what: str, value: object, expected: Query) -> None:
    view = FacetView()
    press(view, what, value)
    assert view.query == expected


def test_a_share_is_of_the_whole_chip_so_the_part_gives_way_and_the_other_way_round() -> None:
    view = FacetView(query=Query(part="middle"))
    press(view, "min_share", 0.5)
    assert view.query == Query(min_share=0.5)
    press(view, "part", "middle")
    assert view.query == Query(part="middle")


@pytest.mark.parametrize(
    ("what", "value"), [("match", 3), ("part", "attic"), ("min_share", 7), ("class", "lava"), ("style", "5.0")]
)
def test_invalid_request_gives_a_problem_and_keeps_the_query(what: str, value: object) -> None:
    view = FacetView()
    press(view, what, value)
    assert view.problem
    assert view.query == Query()


@pytest.mark.parametrize(("what", "value"), [("country", 5), ("clear", "all"), ("__class__", "x"), (None, None)])
def test_what_is_no_press_at_all_does_nothing(what: object, value: object) -> None:
    view = FacetView()
    view.request = {"what": what, "value": value, "turn": 1}
    assert (view.query, view.problem) == (Query(), "")


def test_leaving_the_last_class_ends_the_order_by_its_share() -> None:
    view = FacetView(query=Query(classes=("tree",), sortby="share"))
    press(view, "class", "tree")
    assert view.query == Query()


def test_words_order_and_link_change_the_question() -> None:
    bar = SearchBar()
    press(bar, "words", "river delta")
    press(bar, "sort", "lat")
    press(bar, "descending", value=True)
    assert bar.query == Query(words="river delta", sortby="lat", descending=True)
    assert bar.link == "words=river+delta&sort=lat&descending=1"
    other = SearchBar()
    press(other, "link", f"https://a.example/lab?{bar.link}#here")
    assert other.query == bar.query


def test_invalid_link_gives_a_problem() -> None:
    bar = SearchBar(query=Query(words="sea"))
    for link in ("class=lava", "bbox=1,2,3", "words=" + "x" * 70_000):
        bar.problem = ""
        press(bar, "link", link)
        assert bar.problem
        assert bar.query == Query(words="sea")


def test_every_choice_is_listed_and_can_be_left_out() -> None:
    query = Query(
        words="sea", continent=("Asia",), country=("India", "none"), bbox=(0, 0, 9, 9),
        polygon=((0, 0), (9, 0), (9, 9)),
        classes=("tree", "water"), part="middle", style="4v", split=("val",), flag=("blank", "-no picture"),
    )  # fmt: skip
    bar = SearchBar(query=query)
    assert len(bar.choices) == 13
    while bar.choices:
        left = len(bar.choices)
        press(bar, "drop", left // 2)
        assert len(bar.choices) == left - 1
    assert bar.query == Query()


def test_each_choice_left_out_leaves_the_others() -> None:
    query = Query(classes=("tree", "water"), min_share=0.3, sortby="share", style="both")
    assert dict(choices_of(query)) == {
        "land cover has tree": query.but(classes=("water",)),
        "land cover has water": query.but(classes=("tree",)),
        "at least 30 % of the square": query.but(min_share=None),
        "with both captions": query.but(style=""),
    }


def test_captions_with_equal_claims_agree() -> None:
    reading = read_claims("Tree dominates the image. The top left has a large area of tree and a small area of water.")
    agreement = compare(reading, reading, names=TWO)
    assert agreement.agreement_count == len(agreement.points) + len(agreement.leaders)
    assert ("tree", "top left", "agree") in {(one.name, one.place, one.verdict) for one in agreement.points}
    assert not agreement.contradictions


def test_who_dominates_can_contradict() -> None:
    first = read_claims("The image is dominated by tree.")
    second = read_claims("The image is dominated by crop fields.")
    (point, *_) = compare(first, second, names=TWO).contradictions
    assert (point.place, point.verdict) == ("", "contradict")
    assert point.why == "GPT-3.5 says tree covers most, GPT-4V says crop"


def test_a_class_that_one_denies_and_a_size_far_off_contradict() -> None:
    first = read_claims("The top left has an extra large area of water. The middle has a small area of grass.")
    second = read_claims("The top left has a small area of water. There is no grass in the middle.")
    result = {(one.name, one.place): one.why for one in compare(first, second, names=TWO).contradictions}
    assert result[("water", "top left")] == "GPT-3.5 says extra large, GPT-4V says small"
    assert result[("grass", "middle")] == "GPT-3.5 says present, GPT-4V says absent"


def test_silence_is_no_contradiction() -> None:
    agreement = compare(read_claims("The top left has water."), read_claims("The top right has a town."), names=TWO)
    assert not agreement.contradictions
    assert {one.verdict for one in agreement.points} == {"first", "second"}


def test_comparison_is_in_words_and_hides_without_two_captions() -> None:
    view = CompareView(captions=(caption("Tree dominates the image.", captioner="release", is_released=True),))
    assert view.names == []
    crop = caption("Crop dominates the image.", captioner="release", is_released=True, style="4v", model=None)
    view.captions = (*view.captions, crop)
    assert view.names == ["GPT-3.5", "GPT-4V"]
    assert view.marks == {"agree": "both", "contradict": "differ", "first": "3.5", "second": "4V"}
    assert view.contradictions == ["Whole square: GPT-3.5 says tree covers most, GPT-4V says crop."]
    assert "contradict each other on 1" in view.summary
    page = Page(view._repr_html_())
    page.assert_harmless()
    assert view.summary in page.text


def test_hostile_captions_compare_as_text() -> None:
    view = CompareView(captions=(caption(ATTACK), caption(ATTACK)))
    assert view.names == ["the first", "the second"]
    assert {row["index"] for row in view.rows} == {1, 3}
