"""Click a place on Earth: its Sentinel-2 chip, its land cover, ChatEarthNet's prompt of it, and captions."""

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.prompt import Prompt, prompt_for
from chatearthnet_explorer.tile import Tile

__all__ = ["Chip", "ExplorerError", "Prompt", "Tile", "prompt_for"]
