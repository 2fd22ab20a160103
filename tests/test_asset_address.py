"""Addresses of assets as catalogues write them, resolved to what can be read on the web."""

from __future__ import annotations

from typing import Any

import pytest

from chatearthnet_explorer.sources.stac.asset_address import LONGEST, NoAddressError, asset_address, item_base

PAGE = "https://stac.example/api/search"


def alternate(href: str, **others: str) -> dict[str, Any]:
    return {"href": href, "alternate": {name: {"href": other} for name, other in others.items()}}


@pytest.mark.parametrize(
    ("asset", "address"),
    [
        ({"href": "https://files.example/a.tif?sig=x%2F"}, "https://files.example/a.tif?sig=x%2F"),
        ({"href": "./TCI.tif"}, "https://stac.example/api/TCI.tif"),
        ({"href": "../data/TCI.tif"}, "https://stac.example/data/TCI.tif"),
        ({"href": "/data/TCI.tif"}, "https://stac.example/data/TCI.tif"),
        ({"href": "//cdn.example/TCI.tif"}, "https://cdn.example/TCI.tif"),
        ({"href": "s3://sentinel-cogs/a/B 02.tif"}, "https://sentinel-cogs.s3.us-west-2.amazonaws.com/a/B%2002.tif"),
        ({"href": "s3://esa-worldcover/v100/x.tif"}, "https://esa-worldcover.s3.eu-central-1.amazonaws.com/v100/x.tif"),
        ({"href": "S3://some-bucket/a.tif"}, "https://some-bucket.s3.amazonaws.com/a.tif"),
        ({"href": "s3://dotted.bucket/a.tif"}, "https://s3.amazonaws.com/dotted.bucket/a.tif"),
        ({"href": "s3://evil.example#/a.tif"}, "https://s3.amazonaws.com/evil.example"),
        ({"href": "gs://bucket/a.tif"}, "https://storage.googleapis.com/bucket/a.tif"),
        (alternate("s3://eodata/a.tif", https="https://files.example/a.tif"), "https://files.example/a.tif"),
        (alternate("s3://b-x/a.tif", s3="s3://b-y/a.tif", web="http://files.example/a.tif"), "http://files.example/a.tif"),
        (alternate("s3://b-x/a", one="http://files.example/a", two="https://files.example/b"), "https://files.example/b"),
        (alternate("http://own.example/a.tif", https="https://other.example/a.tif"), "http://own.example/a.tif"),
        (alternate("http://own.example/a.jp2", cog="s3://sentinel-cogs/a.tif"),
         "https://sentinel-cogs.s3.us-west-2.amazonaws.com/a.tif"),
        (alternate("file:///a.tif", s3="s3://sentinel-cogs/a.tif"),
         "https://sentinel-cogs.s3.us-west-2.amazonaws.com/a.tif"),
        ({"href": "s3://sentinel-cogs/a.tif", "alternate": ["https://files.example/a.tif", 3, None]},
         "https://sentinel-cogs.s3.us-west-2.amazonaws.com/a.tif"),
    ],
    ids=str,
)  # fmt: skip
def test_resolves_address(asset: dict[str, Any], address: str) -> None:
    assert asset_address(asset, PAGE) == address


@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("s3://sentinel-s2-l2a/a.tif", "reader pays"),
        ("s3://usgs-landsat/a.tif", "reader pays"),
        ("s3://eodata/a.tif", "account"),
        ("s3:///a.tif", "no bucket"),
        ("s3://127.0.0.1/a.tif", "no bucket"),
        ("s3://169.254.169.254/latest", "no bucket"),
        ("s3://me:secret@bucket/a.tif", "no bucket"),
        ("s3://BUCKET/a.tif", "no bucket"),
        ("https://files.example/a.JP2?x=1", "JPEG 2000"),
        ("file:///etc/passwd", "not on the web"),
        ("ftp://files.example/a.tif", "not on the web"),
        ("javascript:alert(1)", "not on the web"),
        ("data:image/tiff;base64,AAAA", "not on the web"),
        ("vsicurl:https://files.example", "not on the web"),
        ("http://[::1/a.tif", "not on the web"),
        ("http:///a.tif", "not on the web"),
        ("http://host:99999/a.tif", "not on the web"),
        ("https://files.example/" + "a" * LONGEST, "too long"),
        ("", "no address"),
        (None, "no address"),
        (3, "no address"),
        (["https://files.example/a.tif"], "no address"),
    ],
    ids=str,
)
def test_names_what_an_address_is_instead(href: object, reason: str) -> None:
    with pytest.raises(NoAddressError, match=reason) as error:
        asset_address({"href": href}, PAGE)
    assert "secret" not in str(error.value)


def test_relative_address_without_base_is_refused() -> None:
    with pytest.raises(NoAddressError, match="not on the web"):
        asset_address({"href": "./TCI.tif"}, "")


@pytest.mark.parametrize(
    ("links", "base"),
    [
        ([{"rel": "self", "href": "https://items.example/x/item.json"}], "https://items.example/x/item.json"),
        ([{"rel": "self", "href": "../items/one"}], "https://stac.example/items/one"),
        (
            [{"rel": "self", "href": "s3://sentinel-cogs/x/item.json"}],
            "https://sentinel-cogs.s3.us-west-2.amazonaws.com/x/item.json",
        ),
        ([{"rel": "parent", "href": "https://items.example/"}], PAGE),
        ([{"rel": "self", "href": "file:///etc/item.json"}], PAGE),
        ([{"rel": "self"}, 3, None], PAGE),
        (None, PAGE),
        ("none", PAGE),
    ],
    ids=str,
)
def test_item_base_is_its_self_link_or_its_page(links: object, base: str) -> None:
    assert item_base({"links": links}, PAGE) == base
