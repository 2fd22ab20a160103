"""Simulated pairs to try a spot-check on: some captions are known to be wrong."""

from __future__ import annotations

import random
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.caption import Caption, Style
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.places.countries import coast_distance, countries, countries_at
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.sample.paraphrase import SIMULATED, write_paraphrase
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip

MOST = 10_000
"""Most pairs of a request; finding a place takes some milliseconds."""

_NORTH, _SOUTH = 75.0, -55.0  # degrees between which places are drawn
_INLAND = 10.0  # kilometres from the coast

_FACTS: tuple[tuple[Style, Callable[[NDArray[np.uint8]], Any]], ...] = (("3.5", facts_35), ("4v", facts_4v))


class SimulatedPairs:
    """Simulated chips at random places on land, with paraphrased captions. The same arguments give the same pairs."""

    def __init__(self, n: int, *, seed: int = 0, wrong: float = 0.15) -> None:
        """Draw places; chips and captions are made when they are asked for.

        Args:
            n: How many.
            seed: Which ones.
            wrong: Share of the captions that tell of the mirrored map, so that left is right.

        Raises:
            SettingError: If it is more than ``MOST``, or the share is none.
        """
        if not (1 <= n <= MOST and 0 <= wrong <= 1):
            msg = f"Simulated pairs are 1 to {MOST:,}, a share of them wrong; got {n} and {wrong}."
            raise SettingError(msg)
        self._draw = np.random.default_rng(seed)
        self._n, self._seed, self._wrong = n, seed, wrong
        self._source = SimulatedSource()

    @cached_property
    def continents(self) -> Mapping[str, str]:
        """The continent of each name."""
        pairs: dict[str, str] = {}
        south, north = np.sin(np.radians([_SOUTH, _NORTH]))
        while len(pairs) < self._n:
            lons = self._draw.uniform(-180.0, 180.0, 4 * self._n)
            lats = np.degrees(np.arcsin(self._draw.uniform(float(south), float(north), 4 * self._n)))
            for lon, lat, owner in zip(lons, lats, countries_at(lons, lats), strict=True):
                if len(pairs) == self._n:
                    break
                # off a coast there is a country too, but nothing to speak of
                if owner >= 0 and coast_distance([lon], [lat], reach=_INLAND)[0] >= _INLAND:
                    pairs[f"{Tile.at(lon, lat).name}.png"] = countries()[owner].continent
        return MappingProxyType(pairs)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all pairs."""
        return tuple(self.continents)

    def is_wrong(self, name: str) -> bool:
        """Return whether a caption tells of the mirrored map: the answer that a reviewer is to find."""
        return random.Random(f"{self._seed} wrong {name}").random() < self._wrong  # noqa: S311 - no secret

    def pair_of(self, name: str) -> tuple[Chip, tuple[Caption, ...], None]:
        """Return chip and captions of both styles of a name, in about 0.2 seconds.

        Raises:
            PlaceError: If the name gives no location.
        """
        chip = self._source.chip_at(*Tile.from_name(name).center)
        if chip.labels is None:
            return chip, (), None
        labels = np.ascontiguousarray(chip.labels[:, ::-1]) if self.is_wrong(name) else chip.labels
        captions = tuple(
            Caption(
                text=write_paraphrase(facts(labels), seed=f"{self._seed} {name}").text,
                captioner="template",
                style=style,
                notes=(SIMULATED,),
            )
            for style, facts in _FACTS
        )
        return chip, captions, None
