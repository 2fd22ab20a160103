"""Queries: checked when they are made, and the same after a round trip through a link."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chatearthnet_explorer.catalog import Query
from chatearthnet_explorer.catalog.bit_codes import NAMES
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.catalog.permalink import from_url, to_url
from chatearthnet_explorer.catalog.query import MATCHES, SORTS, STYLE_CHOICES
from chatearthnet_explorer.errors import ExplorerError, QueryError
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.record import SPLITS

HOSTILE = [
    "",
    " ",
    "a&b=c",
    "%00",
    "'; DROP TABLE pairs; --",
    "<script>",
    "名前 🌳",
    "a+b",
    "x" * 400,
    "\ud800",
    "?#&;",
]


def random_query(seed: int) -> Query:
    draw = random.Random(seed)
    several = lambda choices: tuple(draw.sample(list(choices), draw.randint(0, 2)))  # noqa: E731 - one line is shorter
    classes = several(NAMES)
    part = draw.choice(["", *PARTS])
    return Query(
        words=draw.choice(HOSTILE),
        continent=several(["Asia", "Africa", "none"]),
        country=several(["São Tomé and Príncipe", "Côte d'Ivoire", "a&b", "RUS"]),
        bbox=draw.choice([None, (170.5, -10.0, -170.25, 1 / 3), (-180.0, -90.0, 180.0, 90.0)]),
        polygon=draw.choice([(), ((0.1, 0.2), (1 / 3, 5.0), (-179.9, 2.0))]),
        classes=classes,
        match=draw.choice(MATCHES),
        part=part,
        min_share=None if part else draw.choice([None, 0.0, 0.123456789]),
        style=draw.choice(["", *STYLE_CHOICES]),
        split=several(SPLITS),
        flag=several([*FLAGS, *(f"-{flag}" for flag in FLAGS)]),
        sortby=draw.choice([sort for sort in SORTS if sort != "share" or classes]),
        descending=draw.random() < 0.5,
        seed=draw.randrange(2**32),
        page=draw.randint(1, 10**9),
        size=draw.randint(1, 1000),
    )


@pytest.mark.parametrize("seed", range(100))
def test_link_gives_the_same_query(seed: int) -> None:
    query = random_query(seed)
    link = to_url(query)
    assert from_url(link) == query
    assert from_url(f"https://example.org/browse?{link}#top") == query
    assert link.isascii()


def test_default_query_has_an_empty_link() -> None:
    assert to_url(Query()) == ""
    assert from_url("") == from_url("?") == from_url("https://example.org/?other=1") == Query()


@pytest.mark.parametrize(
    "link",
    ["page=0", "page=x", "page=1.5", "size=100000", "size=-1", "seed=nan", "bbox=1,2,3", "bbox=a,b,c,d",
     "bbox=0,50,1,10", "bbox=0,-91,1,0", "bbox=nan,0,1,1", "bbox=0,0,1e99,1", "polygon=1,2", "polygon=1,2 3,4",
     "polygon=1,2,3 4,5 6,7",
     "class=forest", "class=", "style=5", "split=all", "flag=odd", "sort=price", "match=none", "part=left",
     "min_share=2", "min_share=x", "min_share=0.5&part=middle", "sort=share",
     "words=" + "x" * 501, "country=" + "x" * 101,
     "&".join(f"class={number}" for number in range(3000)), "words=" + "x" * 70000,
     "polygon=" + " ".join("1,1" for _ in range(1001)), "&".join(f"country=c{number}" for number in range(400))],
)  # fmt: skip
def test_refuses_links_with_wrong_values_in_one_sentence(link: str) -> None:
    if link == "class=":  # an empty value is ignored
        assert from_url(link) == Query()
        return
    with pytest.raises(QueryError) as error:
        from_url(link)
    message = str(error.value)
    assert message.endswith(".")
    assert len(message) < 400
    assert "\n" not in message


@pytest.mark.parametrize("seed", range(300))
def test_any_link_gives_a_query_or_an_error(seed: int) -> None:
    draw = random.Random(seed)
    keys = [
        "words",
        "class",
        "bbox",
        "polygon",
        "page",
        "size",
        "seed",
        "style",
        "sort",
        "flag",
        "min_share",
        "part",
        "x",
    ]
    signs = "0123456789.,-+eE%&=;#?\\\"'<> \tnaNinf\u0660\u2028\ud83d"
    pairs = (draw.choice(keys) + "=" + "".join(draw.choices(signs, k=draw.randint(0, 12))) for _ in range(3))
    try:
        query = from_url("&".join(pairs))
    except ExplorerError:
        return
    assert from_url(to_url(query)) == query


@pytest.mark.parametrize(
    "fields",
    [{"words": 7}, {"words": None}, {"country": "Brazil"}, {"country": [1]}, {"classes": None}, {"bbox": "1,2,3,4"},
     {"bbox": (1, 2, 3)}, {"polygon": [(1,)]}, {"polygon": "x"}, {"page": None}, {"size": float("inf")}, {"style": 3.5},
     {"min_share": "half"}, {"sortby": ""}],
)  # fmt: skip
def test_refuses_values_of_other_types(fields: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        Query(**fields)


def test_values_are_normalized() -> None:
    query = Query(classes=["bare", "developed", "bare land"], country=["a", "a"], words="  x ", page="3")
    assert query.classes == ("bare land", "developed area")
    assert (query.country, query.words, query.page) == (("a",), "x", 3)
    assert Query(bbox=(190.0, 0, 540.0, 1)).bbox == (-170.0, 0.0, -180.0, 1.0)
    assert Query(bbox=(-200.0, 0, 200.0, 1)).bbox == (-180.0, 0.0, 180.0, 1.0)
    assert Query(bbox=(170.0, 0, 180.0, 1)).bbox == (170.0, 0.0, 180.0, 1.0)
    assert Query(polygon=[(0, 0), (361, 0), (1, 1), (0, 0)]).polygon == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    assert hash(query) == hash(query.but(page=3))
    assert query.but(words="y").page == 1


def test_without_removes_the_filter_on_one_facet() -> None:
    query = Query(classes=("tree",), sortby="share", style="4v", split=("val",), continent=("Asia",), page=5)
    assert query.without("class") == Query(style="4v", split=("val",), continent=("Asia",))
    assert query.without("style").style == ""
    assert query.without("continent").continent == ()
