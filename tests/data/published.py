"""Values that others published, with their sources: ``published_values.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

PUBLISHED_VALUES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "published_values.toml").read_text("utf-8"))
