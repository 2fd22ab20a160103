"""Where what a person makes or downloads is kept on this computer."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder(*parts: str) -> Path:
    """Return a folder for a person's own data: in ``XDG_DATA_HOME``, by default ``~/.local/share``.

    Unlike the cache, nothing deletes what is in it.
    """
    home = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    return home.joinpath("chatearthnet_explorer", *parts)
