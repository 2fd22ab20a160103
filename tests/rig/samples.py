"""A small simulated catalog with its pictures, built once a run."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chatearthnet_explorer.catalog import Catalog, build_catalog
from chatearthnet_explorer.sample.simulated_release import write_release
from chatearthnet_explorer.sources.release.release_reader import Release, open_release

if TYPE_CHECKING:
    from chatearthnet_explorer.widgets.browse.gallery import Gallery


class SmallSample(NamedTuple):
    """A release of files, and its catalog."""

    catalog: Catalog
    release: Release


@cache
def small_sample() -> SmallSample:
    """Some 1,100 pairs: 12 have a picture, two of those a blank one, one has no place, some have both captions."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    write_release(Path(folder.name, "release"), records=1100, images=12)
    release = open_release(Path(folder.name, "release"))
    return SmallSample(build_catalog(release, Path(folder.name, "catalog"), processes=1), release)


def press(view: Any, what: str, value: object = None) -> None:
    """Do what a view's script does when a person presses something."""
    view.request = {"what": what, "value": value, "turn": view.request.get("turn", 0) + 1}


def press_tile(gallery: Gallery, position: int) -> None:
    """Do what the script of a gallery does when a person opens a pair."""
    name = gallery.items[position]["name"]
    gallery.request = {"what": "open", "value": position, "name": name, "turn": gallery.request.get("turn", 0) + 1}
