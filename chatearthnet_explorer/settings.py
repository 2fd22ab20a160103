"""The settings that all front ends share, from options or environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.net.addresses import is_web_address, redact
from chatearthnet_explorer.net.service_addresses import MIRROR, STAC_APIS, WORLDCOVER, ZENODO

CACHE_BYTES = 500_000_000
"""Bytes that the cache may take on disk; the oldest entries are deleted first."""


def _catalogues() -> tuple[str, ...]:
    addresses = os.environ.get("CHATEARTHNET_STAC", "").split(",")
    return tuple(filter(None, (address.strip() for address in addresses))) or STAC_APIS


def _cache() -> Path:
    folder = os.environ.get("CHATEARTHNET_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Path(folder).expanduser() if folder else home / "chatearthnet_explorer"


def models_file() -> Path | None:
    """Return the user's own table of models, from ``CHATEARTHNET_MODELS``; None without one."""
    path = os.environ.get("CHATEARTHNET_MODELS")
    return Path(path).expanduser() if path else None


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

    models: Path | None = field(default_factory=models_file)
    """Your own table of models, from ``CHATEARTHNET_MODELS``: prices, limits and last days."""

    def __post_init__(self) -> None:
        """Refuse addresses that are not http or https."""
        for name, address in (
            *(("CHATEARTHNET_STAC", catalogue) for catalogue in self.catalogues),
            ("CHATEARTHNET_WORLDCOVER", self.worldcover),
            ("CHATEARTHNET_ZENODO", self.zenodo),
            ("CHATEARTHNET_MIRROR", self.mirror),
        ):
            if not is_web_address(address):
                msg = f"{name} holds {redact(address)!r}, which is not an http or https address; correct it."
                raise SettingError(msg)
