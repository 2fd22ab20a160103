"""A small simulated catalog with its pictures, built once a run."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from chatearthnet_explorer.sample import Sample, open_sample
from chatearthnet_explorer.settings import Settings


@cache
def small_sample() -> Sample:
    """Some 1,100 pairs: 12 have a picture, two of those a blank one, one has no place, some have both captions."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return open_sample(settings=Settings(cache=Path(folder.name)), records=1100, images=12)


def press(view: Any, what: str, value: object = None) -> None:  # noqa: ANN401 - any of the views
    """Do what a view's script does when a person presses something."""
    view.asked = {"what": what, "value": value, "turn": view.asked.get("turn", 0) + 1}
