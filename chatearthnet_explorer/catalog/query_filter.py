"""Filter the catalog: select the pairs that match a query, and count them by facet value."""

from __future__ import annotations

from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from chatearthnet_explorer.catalog.audit_findings import NOT_AUDITED
from chatearthnet_explorer.catalog.bit_codes import BIT, CLASS_BITS, NAMES, NONE, PART_SHIFT, SPLIT_CODE
from chatearthnet_explorer.catalog.facet_order import FACETS
from chatearthnet_explorer.catalog.pair_flags import FLAG_BIT
from chatearthnet_explorer.catalog.spatial_filter import in_box, in_polygon
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.places.country_names import code_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.audit_findings import AuditFindings
    from chatearthnet_explorer.catalog.column_arrays import PairColumns
    from chatearthnet_explorer.catalog.query import Query

    Mask = NDArray[np.bool_]
    Counts = dict[str, dict[str, int]]
    Bits = NDArray[np.unsignedinteger[Any]]

_T = TypeVar("_T")
_EVERY_CLASS = (1 << CLASS_BITS) - 1


class QueryFilter:
    """One query on the columns of all pairs. It changes nothing, and reads only its arguments."""

    def __init__(
        self,
        columns: PairColumns,
        query: Query,
        *,
        words: Callable[[str, str], Mask],
        shares: Callable[[], NDArray[np.float32] | None] = lambda: None,
        findings: Callable[[], AuditFindings | None] = lambda: None,
    ) -> None:
        """Prepare to filter.

        Args:
            columns: One number per pair in each.
            query: The query.
            words: Returns for a search text and a style which captions match, shape (rows,).
            shares: Returns the share of every class in the labels, (rows, 11) without background, NaN where it is
                not known; or None.
            findings: Returns what checks found, or None.

        Raises:
            QueryError: If a country, continent or check is unknown, or the catalog has no shares or findings yet.
        """
        self._columns, self._query, self._words = columns, query, words
        self._shares, self._findings = shares, findings
        self._word_masks: dict[str, Mask] = {}

    def rows(self) -> Mask:
        """Return which pairs match, shape (rows,)."""
        return self._combine(self._masks(self._query))

    def facets(self) -> Counts:
        """Return how many pairs have each value of each facet, without the filter on that facet itself.

        If all the classes must match, each class is counted together with the chosen ones, as one more narrows the
        search. Values without a pair are left out, except for classes, styles and splits, which are few.
        """
        masks = self._masks(self._query)
        all_filters = self._combine(masks)
        counts: Counts = {}
        for facet in FACETS:
            query = self._query.without(facet)
            if facet == "style" and self._query.style:
                # the style decides which caption counts, so every mask is computed again
                mask = self._combine(self._masks(query))
            elif facet in masks:
                mask = self._combine({name: mask for name, mask in masks.items() if name != facet})
            else:
                mask = all_filters
            counts[facet] = self._count(facet, mask, query)
        return counts

    def _masks(self, query: Query) -> dict[str, Mask]:
        """Return which pairs match each filter of the query by itself."""
        masks = self._region_masks(query)
        if query.classes:
            bits = sum(1 << BIT[name] for name in query.classes)
            masks["class"] = self._matches_classes(query, bits)
        if query.style:
            masks["style"] = self._of_style(query.style)
        if query.split:
            bits = sum(1 << SPLIT_CODE[split] for split in query.split)
            masks["split"] = (self._splits(query) & bits) != 0
        if query.flag:
            masks["flag"] = self._matches_flags(query.flag)
        if query.finding:
            masks["finding"] = self._findings_or_error().matching(query.finding, query.style)
        if query.words:
            masks["words"] = self._matches_words(query)
        return masks

    def _region_masks(self, query: Query) -> dict[str, Mask]:
        columns, masks = self._columns, {}
        if query.continent:
            positions = [self._continent(name) for name in query.continent]
            masks["continent"] = np.isin(np.arange(len(columns.continents)), positions)[columns.continent]
        if query.country:
            positions = [position for name in query.country for position in self._country(name)]
            masks["country"] = np.isin(np.arange(len(columns.countries)), positions)[columns.country]
        if query.bbox:
            masks["bbox"] = in_box(columns, query.bbox)
        if query.polygon:
            masks["polygon"] = in_polygon(columns, query.polygon)
        return masks

    def _combine(self, masks: Mapping[str, Mask]) -> Mask:
        return reduce(np.logical_and, masks.values(), np.ones(len(self._columns), bool))

    def _count(self, facet: str, mask: Mask, query: Query) -> dict[str, int]:
        columns = self._columns
        if facet in {"continent", "country"}:
            countries = tuple(country.name for country in columns.countries)
            names, values = (
                (columns.continents, columns.continent) if facet == "continent" else (countries, columns.country)
            )
            return _count_names(names, values[mask])
        if facet == "style":
            has, has_4v = columns.split_35[mask] > 0, columns.split_4v[mask] > 0
            return {"3.5": int(has.sum()), "4v": int(has_4v.sum()), "both": int((has & has_4v).sum())}
        if facet == "split":
            return _count_bits(self._splits(query)[mask], SPLIT_CODE)
        if facet == "flag":
            return {flag: count for flag, count in _count_bits(columns.flags[mask], FLAG_BIT).items() if count}
        if facet == "class":
            class_bits = (self._of_all_classes(bits[mask]) for bits in self._class_bits(query))
            return _count_bits(reduce(np.bitwise_or, class_bits), {name: BIT[name] for name in NAMES})
        findings = self._findings()
        return findings.count(mask, query.style) if findings else {}

    def _matches_classes(self, query: Query, mask_bits: int) -> Mask:
        """Return which pairs have the classes: all of them in one caption, or any."""
        mask = np.zeros(len(self._columns), bool)
        for bits in self._class_bits(query):
            mask |= (bits & mask_bits) == mask_bits if query.match == "all" else (bits & mask_bits) != 0
        return mask

    def _of_all_classes(self, bits: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Return the bits of classes, or 0 for a caption that lacks one of the chosen classes if all must match."""
        if self._query.match != "all":
            return bits
        selection = np.uint16(sum(1 << BIT[name] for name in self._query.classes))
        return np.where((bits & selection) == selection, bits, np.uint16(0))

    def _class_bits(self, query: Query) -> list[NDArray[np.uint16]]:
        """Return bits of classes by row, shape (rows,) each: from the labels, or from every caption of the style."""
        if query.min_share is not None:
            shares = self._shares()
            if shares is None:
                msg = "This catalog does not know the shares of classes yet; run `catalog enrich` first."
                raise QueryError(msg)
            # a minimum of 0 still means that the class is there
            large = (shares >= query.min_share) & (shares > 0)
            return [(large << np.arange(1, CLASS_BITS, dtype=np.uint16)).sum(axis=1, dtype=np.uint16)]
        columns = self._columns
        if not query.part:
            return list(_of_style(query.style, columns.classes_35, columns.classes_4v))
        shift = np.uint64(PART_SHIFT[query.part])
        parts = _of_style(query.style, columns.parts_35, columns.parts_4v)
        return [((bits >> shift) & np.uint64(_EVERY_CLASS)).astype(np.uint16) for bits in parts]

    def _of_style(self, style: str) -> Mask:
        has, has_4v = self._columns.split_35 > 0, self._columns.split_4v > 0
        return has & has_4v if style == "both" else has if style == "3.5" else has_4v

    def _splits(self, query: Query) -> NDArray[np.uint8]:
        """Return bits of the splits of each pair's captions, of those of the style."""
        one = np.uint8(1)
        return reduce(
            np.bitwise_or,
            (one << split for split in _of_style(query.style, self._columns.split_35, self._columns.split_4v)),
        )

    def _matches_flags(self, flags: tuple[str, ...]) -> Mask:
        bits = sum(1 << FLAG_BIT[flag] for flag in flags if not flag.startswith("-"))
        excluded_bits = sum(1 << FLAG_BIT[flag[1:]] for flag in flags if flag.startswith("-"))
        mask: Mask = (self._columns.flags & np.uint8(excluded_bits)) == 0
        if bits:
            mask &= (self._columns.flags & np.uint8(bits)) != 0
        return mask

    def _findings_or_error(self) -> AuditFindings:
        findings = self._findings()
        if findings is None:
            raise QueryError(NOT_AUDITED)
        return findings

    def _matches_words(self, query: Query) -> Mask:
        masks = []
        for style in _of_style(query.style, "3.5", "4v"):
            if style not in self._word_masks:
                self._word_masks[style] = self._words(query.words, style)
            masks.append(self._word_masks[style])
        return reduce(np.logical_or, masks)

    def _continent(self, name: str) -> int:
        key = "" if name.lower() == NONE else name.casefold()
        for position, continent in enumerate(self._columns.continents):
            if continent.casefold() == key:
                return position
        choices = ", ".join((*self._columns.continents[1:], NONE))
        msg = f"No pair is on the continent {name[:40]!r}; choose from {choices}."
        raise QueryError(msg)

    def _country(self, name: str) -> list[int]:
        """Return the positions of a country by name or code; a country on two continents has two."""
        countries = self._columns.countries
        if name.lower() == NONE:
            return [position for position, country in enumerate(countries) if not country.name]
        for key, keys in (
            (plain(name), [plain(country.name) for country in countries]),
            (code_of(name), [country.iso for country in countries]),
        ):
            if key and key in keys:
                return [position for position, one in enumerate(keys) if one == key]
        near = get_close_matches(name.casefold(), [country.name.casefold() for country in countries if country.name], 1)
        hint = next((f"did you mean {one.name}?" for one in countries if near and one.name.casefold() == near[0]), "")
        msg = f"No country is called {name[:40]!r}; {hint or 'choose one that the catalog lists, by name or ISO code.'}"
        raise QueryError(msg)


def _of_style(style: str, first: _T, second: _T) -> tuple[_T, ...]:
    return (first,) if style == "3.5" else (second,) if style == "4v" else (first, second)


def _count_bits(values: Bits, bits: Mapping[str, int]) -> dict[str, int]:
    """Return how often each bit is set, by the bit's name."""
    counts = np.bincount(values, minlength=1)
    numbers = np.arange(len(counts))
    return {name: int(counts[numbers >> bit & 1 == 1].sum()) for name, bit in bits.items()}


def _count_names(names: tuple[str, ...], values: Bits) -> dict[str, int]:
    """Return how often each position occurs, by name: the largest count first, ``NONE`` last, zeros left out."""
    counts: dict[str, int] = {}
    for position, count in enumerate(np.bincount(values).tolist()):
        if count:  # a country on two continents has two positions
            counts[names[position] or NONE] = counts.get(names[position] or NONE, 0) + count
    return dict(sorted(counts.items(), key=lambda pair: (pair[0] == NONE, -pair[1], pair[0])))
