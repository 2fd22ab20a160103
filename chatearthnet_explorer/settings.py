"""Settings that every front end shares, from options or the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import SettingError

CATALOGUES = (
    "https://earth-search.aws.element84.com/v1#sentinel-2-c1-l2a",
    "https://earth-search.aws.element84.com/v1#sentinel-2-l2a",
    "https://planetarycomputer.microsoft.com/api/stac/v1#sentinel-2-l2a",
)
"""STAC APIs in the order of requests, with the collection after ``#``; without one, any with Sentinel-2 L2A."""

WORLDCOVER = "https://esa-worldcover.s3.eu-central-1.amazonaws.com"
"""Address of the files of ESA WorldCover, by year below it."""

ZENODO = "https://zenodo.org"
"""Address of Zenodo, which has ChatEarthNet: records at ``/api/records/ID``, files at ``/records/ID/files/NAME``."""

MIRROR = "https://huggingface.co/datasets/JessicaYuan/ChatEarthNet"
"""Address of a copy of ChatEarthNet, used if Zenodo does not respond."""

CACHE_BYTES = 500_000_000
"""Bytes that the cache may take on disk; the oldest entries are deleted first."""


def _catalogues() -> tuple[str, ...]:
    addresses = os.environ.get("CHATEARTHNET_STAC", "").split(",")
    return tuple(filter(None, (address.strip() for address in addresses))) or CATALOGUES


def _cache() -> Path:
    folder = os.environ.get("CHATEARTHNET_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Path(folder).expanduser() if folder else home / "chatearthnet_explorer"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Addresses of catalogues, labels and the release, and the cache. The constructor reads the environment.

    Raises:
        SettingError: If an address is not http or https.
    """

    catalogues: tuple[str, ...] = field(default_factory=_catalogues)
    """STAC APIs in the order to try, from ``CHATEARTHNET_STAC`` (comma-separated)."""

    worldcover: str = field(default_factory=lambda: os.environ.get("CHATEARTHNET_WORLDCOVER") or WORLDCOVER)
    """Address under which ``v100/2020/map/...`` lies, from ``CHATEARTHNET_WORLDCOVER``."""

    zenodo: str = field(default_factory=lambda: os.environ.get("CHATEARTHNET_ZENODO") or ZENODO)
    """Address under which ``api/records/ID`` and ``records/ID/files/NAME`` lie, from ``CHATEARTHNET_ZENODO``."""

    mirror: str = field(default_factory=lambda: os.environ.get("CHATEARTHNET_MIRROR") or MIRROR)
    """Address of a copy, from ``CHATEARTHNET_MIRROR``: a data set on a Hugging Face hub, or a folder."""

    cache: Path = field(default_factory=_cache)
    """Folder of the cache, from ``CHATEARTHNET_CACHE``."""

    cache_bytes: int = CACHE_BYTES
    """Bytes that the cache may take on disk."""

    def __post_init__(self) -> None:
        """Refuse addresses that are not http or https."""
        for name, address in (
            *(("CHATEARTHNET_STAC", catalogue) for catalogue in self.catalogues),
            ("CHATEARTHNET_WORLDCOVER", self.worldcover),
            ("CHATEARTHNET_ZENODO", self.zenodo),
            ("CHATEARTHNET_MIRROR", self.mirror),
        ):
            try:
                parts = urlsplit(address)
                usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
            except ValueError:
                usable = False
            if not usable:
                bare = address.partition("?")[0].rpartition("@")[2]
                msg = f"{name} holds {bare[:80]!r}, which is not an http or https address; correct it."
                raise SettingError(msg)
