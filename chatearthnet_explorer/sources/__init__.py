"""Sources, which return the chip of a place: the protocol, and the registry that opens one by name."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError, SourceError
from chatearthnet_explorer.plugins import Registry, builtin, needs_factory, require_protocol
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.protocol import YEARS, Source, Year

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.plugins import Plugin
    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.tile import Tile

__all__ = [
    "YEARS",
    "Source",
    "Year",
    "fetch_chip",
    "open_source",
    "register_source",
    "source_names",
    "source_problems",
    "unregister_source",
    "usable_sources",
]

_log = logging.getLogger(__name__)

_REGISTRY = Registry(
    "source",
    (
        builtin(
            "sources.auto_source:AutoSource",
            "auto",
            "Sentinel-2 (simulated if you are offline)",
            "Real places where a catalogue answers within two seconds, simulated ones elsewhere.",
        ),
        builtin(
            "sources.stac.stac_source:StacSource",
            "stac",
            "Only Sentinel-2 (online)",
            "Real chips, from STAC catalogues and ESA WorldCover.",
        ),
        builtin(
            "sources.simulated_chips:SimulatedSource",
            "simulated",
            "Simulated (offline)",
            "Simulated chips of any place, without a network.",
        ),
        builtin(
            "sources.release.release_factory:open_release_source",
            "release",
            "ChatEarthNet's release",
            "The chips that ChatEarthNet published; it needs a root.",
            on_menus=False,
        ),
    ),
    verify=needs_factory("chip_at"),
)


def register_source(name: str, factory: Callable[..., Source], *, label: str = "", description: str = "") -> None:
    """Add a source to those that can be opened by name, for this process.

    An installed package does the same with an entry point in the group ``chatearthnet_explorer.sources``.

    Args:
        name: Its name, which its objects have as ``name`` too.
        factory: A class or function that returns the source. It is called with those keywords of ``open_source`` that
            its signature has.
        label: What menus call it; empty for the attribute ``label`` of the factory, or the name.
        description: What it does, in one sentence; empty for the attribute, or the first line of the docstring.

    Raises:
        SettingError: If the name cannot be used or belongs to another, or the factory cannot be called.
    """
    _REGISTRY.register(name, factory, label=label, description=description)


def unregister_source(name: str) -> None:
    """Remove a source that was added by ``register_source``."""
    _REGISTRY.unregister(name)


def source_names() -> tuple[str, ...]:
    """Return the names that ``open_source`` knows, except ``release``, which needs a root; no source is imported."""
    return _REGISTRY.names()


def usable_sources() -> tuple[Plugin, ...]:
    """Return the sources that can be opened by name alone, labelled and described; those of others are imported."""
    return _REGISTRY.usable()


def source_problems() -> tuple[str, ...]:
    """Return why sources of installed packages are left out, one sentence each."""
    return _REGISTRY.problems


def open_source(
    source: str | Source,
    *,
    settings: Settings | None = None,
    root: str | Path | None = None,
    locate: Callable[[Tile], Record | None] | None = None,
    labels: str | Source | None = None,
) -> Source:
    """Return a source by its name, or the object itself.

    Args:
        source: One of ``source_names()``, ``release``, or an object that has their method.
        settings: Where catalogues and the cache are; None to read the environment.
        root: Where the release is, for ``release``: see ``sources.release.open_release``.
        locate: Returns the record of a tile, for ``release``; None to look for the tile's name in its ZIPs.
        labels: Source whose labels go with the chips of ``release``, which has none; None for no labels.

    Raises:
        SettingError: If there is no source of that name, or ``release`` has no root.
        SourceError: If there is no release at the root.
    """
    if not isinstance(source, str):
        require_protocol("source", source, "chip_at")
        return source
    settings = settings or Settings()
    options = {
        "settings": settings,
        "root": root,
        "locate": locate,
        "labels": None if labels is None else open_source(labels, settings=settings),
    }
    instance: Source = _REGISTRY.call(source, options)
    require_protocol("source", instance, "chip_at", source)
    return instance


def fetch_chip(
    source: Source, lon: float, lat: float, *, year: Year = 2020, scene: str | None = None, bands: bool = False
) -> Chip:
    """Return the chip of a place from a source of any origin; see ``Source.chip_at``.

    Raises:
        SourceError: As the source does, or if it fails in another way or returns no chip.
        ExplorerError: As the source does.
    """
    try:
        chip = source.chip_at(lon, lat, year=year, scene=scene, **({"bands": True} if bands else {}))
    except ExplorerError:
        raise
    except Exception as error:
        _log.exception("The source %r failed.", source.name)
        msg = f"The source {source.name!r} failed unexpectedly; see the log for the reason, or choose another one."
        raise SourceError(msg) from error
    if not isinstance(chip, Chip):
        msg = f"The source {source.name!r} returned {type(chip).__name__[:60]} and no chip; choose another one."
        raise SourceError(msg)
    return chip
