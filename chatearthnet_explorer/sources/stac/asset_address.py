"""Resolve the web address of a STAC asset: relative, alternate and bucket addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from chatearthnet_explorer.net.addresses import is_web_address
from chatearthnet_explorer.net.service_addresses import BUCKET_REGIONS, CLOSED_BUCKETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = 2_000
"""Characters that an address may have."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_NUMBERS = re.compile(r"[\d.]+", re.ASCII)
_JPEG_2000 = (".jp2", ".j2k")


class NoAddressError(ValueError):
    """An asset has no web address that can be read; the text says where it is, as in "files in ..."."""


def asset_address(asset: Mapping[str, Any], base: str) -> str:
    """Return the http or https address of an asset.

    Its own address is taken if it is one of the web or relative; then those that the alternate-assets extension
    (https://github.com/stac-extensions/alternate-assets) gives, https first; then its bucket.

    Args:
        asset: The asset of the item, untrusted.
        base: Address against which relative ones are resolved; empty if there is none.

    Raises:
        NoAddressError: If it has no such address.
    """
    trouble = NoAddressError("no address")
    hrefs = list(_hrefs(asset))
    for href in [*filter(_on_web_or_relative, hrefs[:1]), *sorted(hrefs, key=_rank)]:
        try:
            return _on_the_web(href, base)
        except NoAddressError as error:
            trouble = error
    raise trouble


def item_base(item: Mapping[str, Any], page: str) -> str:
    """Return the address against which an item's relative addresses are resolved: its own, else that of its page."""
    links = item.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "self" and isinstance(link.get("href"), str):
            try:
                return _on_the_web(link["href"], page)
            except NoAddressError:
                break
    return page


def _hrefs(asset: Mapping[str, Any]) -> Iterator[str]:
    others = asset.get("alternate")
    for one in (asset, *(others.values() if isinstance(others, dict) else ())):
        href = one.get("href") if isinstance(one, dict) else None
        if isinstance(href, str) and href:
            yield href


def _rank(href: str) -> int:
    scheme = href.partition("://")[0].lower() if "://" in href else ""
    return {"https": 0, "http": 1, "": 2}.get(scheme, 3)


def _on_web_or_relative(href: str) -> bool:
    return _rank(href) <= _rank("")


def _on_the_web(href: str, base: str) -> str:
    if len(href) > LONGEST:
        msg = "files at addresses that are too long"
        raise NoAddressError(msg)
    try:
        scheme = urlsplit(href).scheme.lower()
        address = _of_bucket(scheme, href) if scheme in {"s3", "gs"} else urljoin(base, href)
    except NoAddressError:
        raise
    except ValueError:
        address = ""
    if not is_web_address(address):
        msg = "files that are not on the web"
        raise NoAddressError(msg)
    if urlsplit(address).path.lower().endswith(_JPEG_2000):
        msg = "files in JPEG 2000, which cannot be read in parts"
        raise NoAddressError(msg)
    return address


def _of_bucket(scheme: str, href: str) -> str:
    parts = urlsplit(href)
    bucket, key = parts.netloc, quote(parts.path, safe="/%~!*'()")
    if bucket in CLOSED_BUCKETS:
        msg = f"files in {CLOSED_BUCKETS[bucket]}"
        raise NoAddressError(msg)
    if not _BUCKET.fullmatch(bucket) or _NUMBERS.fullmatch(bucket):
        msg = f"files at {scheme}:// addresses that name no bucket"
        raise NoAddressError(msg)
    if scheme == "gs":
        return f"https://storage.googleapis.com/{bucket}{key}"
    host = f"s3.{BUCKET_REGIONS[bucket]}.amazonaws.com" if bucket in BUCKET_REGIONS else "s3.amazonaws.com"
    # a certificate for *.s3.amazonaws.com is not valid for names with more dots
    return f"https://{host}/{bucket}{key}" if "." in bucket else f"https://{bucket}.{host}{key}"
