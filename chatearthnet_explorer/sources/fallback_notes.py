"""The notes of a chip that is simulated because no real one could be had."""

from __future__ import annotations

OFFLINE = "You seem to be offline, so this is a simulated place."
"""No STAC API answered within ``auto_source.PATIENCE`` seconds."""

NOT_INSTALLED = "This is a simulated place; to see real ones, install chatearthnet-explorer[stac]."
"""The ``stac`` extra is not installed."""
