"""Draw the chips of a bench: the same for every contender, and a picture in small of the catalog."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.pixel_counts import is_read
from chatearthnet_explorer.catalog.query import EVERYTHING
from chatearthnet_explorer.errors import PlanError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import THRESHOLD
from chatearthnet_explorer.review.margin_of_error import check_sample
from chatearthnet_explorer.review.sampling import simple_random

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.catalog import Catalog

BY_LABELS = "largest class and number of classes in the labels"
BY_CONTINENT = "continent"
REST = "rare groups together"
"""The stratum of groups that are too small to give the sample one chip."""

_SEVERAL, _MANY = 3, 5  # classes from which a map has several, and many
_QUARTERS = PARTS.index("middle")  # the parts before it tile the chip


@dataclass(frozen=True, slots=True)
class BenchSample:
    """The chips of a bench."""

    names: tuple[str, ...]
    """Names of the chips, hostile, in a random order: any first part of it is a random sample, too."""

    population: int
    """Chips that it was drawn from."""

    left_out: int
    """Chips of the catalog that it was not drawn from, as no caption of them can be compared."""

    strata: tuple[tuple[str, int, int], ...]
    """Of each stratum its value, its chips in the population and in the sample."""

    facet: str
    """What the strata are, in words."""

    seed: int
    """Seed of the draw."""


def draw_sample(catalog: Catalog, pairs: int, *, seed: int, released_styles: Collection[str] = ()) -> BenchSample:
    """Return a proportionally stratified sample of the chips of a catalog.

    Every stratum has its share of the sample, up to rounding, so that the plain share of captions estimates the share
    in the population without weights (Cochran, Sampling Techniques, 3rd edition, 1977, section 5.4). Strata that are
    due less than one chip are one stratum together. A larger sample of the same seed holds nearly all of a smaller
    one, so that captions that were paid for are used again.

    Args:
        catalog: The catalog. Its labels (``catalog enrich``) make the strata; without labels these are the continents.
        pairs: How many chips.
        seed: Which sample.
        released_styles: Styles of the released captions that every chip must have.

    Raises:
        PlanError: If fewer chips can be used.
        CatalogError: If a file of the catalog is damaged.
    """
    rows = catalog.rows(EVERYTHING.but(sortby="place"))
    rows = np.sort(rows[rows < catalog.files.columns.place_count])
    for style in sorted(set(released_styles)):
        rows = np.intersect1d(rows, catalog.rows(EVERYTHING.but(style=style)))
    counts = catalog.files.counts
    if counts is None:
        columns = catalog.files.columns
        continents = tuple(name or "none" for name in columns.continents)
        values = [continents[code] for code in columns.continent[rows].tolist()]
        facet = BY_CONTINENT
    else:
        rows = rows[_can_be_described(counts[rows])]
        values = _groups_of(counts[rows])
        facet = BY_LABELS
    if not len(rows):
        msg = "The catalog has no chip whose captions could be compared with labels; choose another catalog."
        raise PlanError(msg)
    check_sample(pairs, len(rows))
    strata = _merge_rare(dict(zip(catalog.files.names(rows.tolist()), values, strict=True)), pairs)
    sizes = dict(sorted(Counter(strata.values()).items()))
    shares = _in_proportion(sizes, pairs)
    left, sample = dict(shares), []
    for name, _ in simple_random(strata, len(strata), seed=seed).pairs:  # all of them, in a random order
        if left[strata[name]]:
            left[strata[name]] -= 1
            sample.append(name)
    return BenchSample(
        names=tuple(sample),
        population=len(strata),
        left_out=len(catalog) - len(strata),
        strata=tuple((value, size, shares[value]) for value, size in sizes.items()),
        facet=facet,
        seed=seed,
    )


def _can_be_described(counts: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return which chips have labels with a class that is large enough for a prompt to name, (rows,)."""
    whole = counts[:, :_QUARTERS, BACKGROUND + 1 :].sum(axis=1, dtype=np.int64)
    can: NDArray[np.bool_] = is_read(counts) & (whole.max(axis=1) >= THRESHOLD)
    return can


def _groups_of(counts: NDArray[np.uint16]) -> list[str]:
    """Return the largest class of each chip with how many classes it has."""
    whole = counts[:, :_QUARTERS, BACKGROUND + 1 :].sum(axis=1, dtype=np.int64)
    classes = (whole >= THRESHOLD).sum(axis=1)
    words = np.select(
        [classes >= _MANY, classes >= _SEVERAL], ["5 or more classes", "3 or 4 classes"], "1 or 2 classes"
    )
    return [
        f"{CLASSES[index].name}, {word}"
        for index, word in zip((whole.argmax(axis=1) + BACKGROUND + 1).tolist(), words.tolist(), strict=True)
    ]


def _in_proportion(sizes: Mapping[str, int], pairs: int) -> dict[str, int]:
    """Return how many to draw of each stratum: its exact share of the pairs, rounded by the largest remainder.

    A spot-check gives every stratum one pair at least and weights them; here nothing is weighted.
    """
    total = sum(sizes.values())
    exact = {value: divmod(size * pairs, total) for value, size in sizes.items()}
    shares = {value: whole for value, (whole, _) in exact.items()}
    rest = pairs - sum(shares.values())
    for value in sorted(exact, key=lambda one: (-exact[one][1], one))[:rest]:
        shares[value] += 1
    return shares


def _merge_rare(strata: Mapping[str, str], pairs: int) -> dict[str, str]:
    sizes = Counter(strata.values())
    rare = {value for value, size in sizes.items() if size * pairs < len(strata)}
    return {name: REST if value in rare else value for name, value in strata.items()}
