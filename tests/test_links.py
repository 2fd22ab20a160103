"""Links of pages: read back as they were written, and whatever a stranger writes there is left out and noted."""

from __future__ import annotations

import random
import string

import pytest

from chatearthnet_explorer.catalog.permalink import read_link, to_url, write_link
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.query_string import (
    LONGEST,
    QueryString,
    left_out_sentence,
    limit_arguments,
    query_string_of,
)
from chatearthnet_explorer.sources import usable_sources

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install .[ui]")

from chatearthnet_explorer.widgets.browse.browse_link import BrowseLink, read_browse_link, write_browse_link
from chatearthnet_explorer.widgets.explore.explore_link import ExploreLink, read_explore_link, write_explore_link

NAMES = ("lon", "lat", "year", "style", "source", "scene", "seed", "words", "class", "bbox", "polygon", "page", "pair")


def explore_notes(query: str) -> str:
    link, notes = read_explore_link(query)
    assert link == ExploreLink()
    return left_out_sentence(notes)


@pytest.mark.parametrize("seed", range(200))
def test_place_survives_its_link(seed: int) -> None:
    dice = random.Random(seed)
    link = ExploreLink(
        lonlat=(round(dice.uniform(-180, 180), 6), round(dice.uniform(-85.05, 85.05), 6)),
        year=dice.choice((2020, 2021)),
        style=dice.choice(("3.5", "4v")),
        source=dice.choice(("", *(source.name for source in usable_sources()))),
        scene=dice.choice(("", "S2B_MSIL2A_20200705T101559_N0500_R065_T32UPU+S2A.2:x")),
        seed=dice.choice((0, dice.randrange(10_000))),
    )
    text = write_explore_link(link)
    assert read_explore_link(text) == (link, ())
    assert read_explore_link(f"https://example.org/explore?{text}#caption") == (link, ())


def test_link_of_a_place_is_short_and_readable() -> None:
    link = ExploreLink(lonlat=(11.58, 48.14))
    assert write_explore_link(link) == "lon=11.58&lat=48.14&year=2020&style=3.5"
    assert write_explore_link(ExploreLink()) == ""


@pytest.mark.parametrize("lonlat", [(180.0, 85.0511287798), (-180.0, -85.0511287798), (-1e-9, 1e-9), (7.0, -0.0)])
def test_link_at_the_edge_of_the_map_is_still_a_place(lonlat: tuple[float, float]) -> None:
    text = write_explore_link(ExploreLink(lonlat=lonlat))
    link, notes = read_explore_link(text)
    assert notes == ()
    assert link.lonlat == pytest.approx(lonlat, abs=1.1e-6)
    assert "-0&" not in text


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("lon=nan&lat=1", "lon 'nan' (a number from -180 to 180 is needed)"),
        ("lon=1&lat=inf", "lat 'inf' (a number from -85.0511 to 85.0511 is needed)"),
        ("lon=180.1&lat=1", "lon '180.1' (a number from -180 to 180 is needed)"),
        ("lon=1&lat=90", "lat '90' (a number from -85.0511 to 85.0511 is needed)"),
        ("lon=1_0&lat=1", "lon '1_0' (a number from -180 to 180 is needed)"),
        ("lon=\uff11&lat=1", "lon '\uff11' (a number from -180 to 180 is needed)"),
        ("lon=1", "the place (a link needs lon and lat)"),
        ("lon=&lat=1", "the place (a link needs lon and lat)"),
        ("lon=" + "1" * 201 + "&lat=1", "at most 200 characters are read"),
        ("year=1999", "year '1999' (choose from 2020, 2021)"),
        ("style=5", "style '5' (choose from 3.5, 4v, multispectral)"),
        ("style=4v%00", "choose from 3.5, 4v, multispectral"),
        ("source=<script>alert(1)</script>", "source '<script>alert(1)</script>'"),
        ("scene=../../etc/passwd", "no scene is called so"),
        ("seed=-1", "seed '-1' (a whole number from 0 to 9999 is needed)"),
        ("seed=1e3", "a whole number from 0 to 9999 is needed"),
        ("version=7", "'version' (unknown field)"),
        ("a=1&b=2&c=3&d=4&e=5", "'a', 'b', 'c', 'd' and 1 more (unknown fields)"),
        (f"q={'x' * 100_000}", "all of it (100,002 characters, and at most 60,000 are read)"),
        ("&".join(f"f{i}=1" for i in range(2001)), "all of it (more than 2,000 fields)"),
        ("overlong=123456", "all of it (123,456 characters, and at most 60,000 are read)"),
        ("overlong=%C2%B2", "all of it (60,001 characters, and at most 60,000 are read)"),
    ],
)
def test_reports_what_was_left_out_of_the_link_of_a_place(query: str, note: str) -> None:
    sentence = explore_notes(query)
    assert sentence.startswith("This was left out of the link: ")
    assert note in sentence
    assert sentence.endswith(".")


def test_first_of_two_different_values_counts() -> None:
    link, notes = read_explore_link("lon=1&lat=2&lon=3&year=2021&year=2021")
    assert link == ExploreLink(lonlat=(1.0, 2.0), year=2021)
    assert (
        left_out_sentence(notes) == "This was left out of the link: lon '3' (it is there twice and the first counts)."
    )


def test_what_others_add_to_every_link_is_no_mistake() -> None:
    assert read_explore_link("utm_source=mail&fbclid=1&token=2&theme=dark")[1] == ()


def test_sentence_is_short_whatever_was_left_out() -> None:
    fields = QueryString("&".join(f"{'n' * 500}{i}={'v' * 20}" for i in range(100)))
    fields.note_unknown()
    assert len(left_out_sentence(fields.notes)) < 300
    assert len(left_out_sentence([f"note {i}" for i in range(1000)])) < 100


def test_source_that_the_page_does_not_offer_is_left_out() -> None:
    link, notes = read_explore_link("lon=1&lat=2&source=stac", sources=("simulated",))
    assert link == ExploreLink(lonlat=(1.0, 2.0))
    assert notes == ("source 'stac' (choose from simulated)",)


@pytest.mark.parametrize("seed", range(300))
def test_any_query_string_gives_a_link_and_a_sentence(seed: int) -> None:
    dice = random.Random(seed)
    letters = string.printable + "é\u202e\ud800%&=+"

    def text(length: int) -> str:
        return "".join(dice.choices(letters, k=length))

    query = "&".join(f"{dice.choice((*NAMES, text(3)))}={text(dice.randrange(9))}" for _ in range(dice.randrange(12)))
    for read in (read_explore_link, read_browse_link):
        _, notes = read(query)
        assert len(left_out_sentence(notes)) < 2000


@pytest.mark.parametrize(
    "query",
    [
        Query(country=("Indonesia", "São Tomé and Príncipe"), classes=("mangroves",), page=3),
        Query(bbox=(100.0, -10.0, 110.5, 5.0), style="both", sortby="random", seed=7),
        Query(polygon=((0.0, 0.0), (10.0, 0.0), (10.0, 10.0)), words='"rice fields" -city', descending=True),
        Query(classes=("tree",), min_share=0.25, sortby="share", match="any"),
        Query(),
    ],
)
@pytest.mark.parametrize("pair", ["", "7_15_patch.png", "a&b=<i>.png"])
def test_query_and_pair_survive_their_link(query: Query, pair: str) -> None:
    text = write_browse_link(query, pair)
    assert read_browse_link(text) == (BrowseLink(query=query, pair=pair), ())


def test_words_of_the_command_line_are_understood() -> None:
    link, notes = read_browse_link("country=Indonesia&classes=Mangroves&sortby=country&limit=48&min-share=0.1")
    assert link.query == Query(country=("Indonesia",), classes=("mangroves",), sortby="country", size=48, min_share=0.1)
    assert notes == ()


def test_query_for_everything_is_not_an_empty_link() -> None:
    assert to_url(Query()) == ""
    assert read_link(QueryString(write_link(Query()))) == Query()
    assert read_link(QueryString("")) is None
    assert read_link(QueryString("lon=1&lat=2")) is None


@pytest.mark.parametrize(
    ("text", "query", "note"),
    [
        ("class=foo&class=tree", Query(classes=("tree",)), "class 'foo'"),
        ("page=-1&continent=Africa", Query(continent=("Africa",)), "page '-1' (page must be a number from 1"),
        ("bbox=a,b&words=sea", Query(words="sea"), "bbox 'a,b' (A bbox is four numbers"),
        ("bbox=1,2,3", None, "A bbox is four numbers: west, south, east, north"),
        ("polygon=1,2 3,4", None, "A polygon needs at least three corners"),
        ("sort=share", None, "To sort by share, choose a class"),
        ("part=middle&min_share=.5&class=tree", Query(classes=("tree",), part="middle"), "min_share '.5'"),
        ("words=" + "x" * 501, None, "at most 500 characters are read"),
        ("&".join(f"country=c{i}" for i in range(301)), Query(country=tuple(f"c{i}" for i in range(300))), "c300"),
        ("country=Chad&<b>=1", Query(country=("Chad",)), "'<b>' (unknown field)"),
    ],
)
def test_reports_what_was_left_out_of_a_query(text: str, query: Query | None, note: str) -> None:
    link, notes = read_browse_link(text)
    assert link.query == query
    assert note in left_out_sentence(notes)


def test_arguments_of_a_request_become_a_query_string() -> None:
    arguments = {"country": [b"Chad", "São Tomé".encode()], "x": [b"\xff"]}
    assert read_link(QueryString(query_string_of(arguments))) == Query(country=("Chad", "São Tomé"))


def test_unknown_name_in_another_script_stays_readable() -> None:
    # as Tornado reads the query of "имя=1"
    arguments = {"имя".encode().decode("latin-1"): [b"1"]}
    _, notes = read_explore_link(query_string_of(arguments))
    assert notes == ("'имя' (unknown field)",)


def test_arguments_of_an_overlong_link_stay_out_of_the_token() -> None:
    arguments = {"words": [b"x" * 100_000]}
    assert limit_arguments(arguments, "x" * LONGEST) is arguments
    limited_arguments = limit_arguments(arguments, "words=" + "x" * 100_000)
    assert sum(len(value) for values in limited_arguments.values() for value in values) < 10
    assert "100,006 characters" in left_out_sentence(read_browse_link(query_string_of(limited_arguments))[1])
