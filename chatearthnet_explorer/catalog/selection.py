"""Which pairs a question selects, and how many of what there are among them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from chatearthnet_explorer.catalog.bounding_box import in_box, in_polygon
from chatearthnet_explorer.catalog.finding_bits import UNAUDITED
from chatearthnet_explorer.catalog.query import FACETS, Query
from chatearthnet_explorer.catalog.schema import BIT, CLASS_BITS, FLAG_BIT, NAMES, NONE, PART_SHIFT, SPLIT_CODE
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.places.country_names import code_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.finding_bits import Marks
    from chatearthnet_explorer.catalog.numeric_columns import Columns

    Mask = NDArray[np.bool_]
    Counts = dict[str, dict[str, int]]
    Bits = NDArray[np.unsignedinteger[Any]]

_T = TypeVar("_T")
_EVERY_CLASS = (1 << CLASS_BITS) - 1


class Selection:
    """One question put to the numbers of all pairs. Nothing is changed and nothing read but what is handed in."""

    def __init__(
        self,
        columns: Columns,
        query: Query,
        *,
        words: Callable[[str, str], Mask],
        shares: Callable[[], NDArray[np.float32] | None] = lambda: None,
        marks: Callable[[], Marks | None] = lambda: None,
    ) -> None:
        """Prepare to select.

        Args:
            columns: The numbers.
            query: The question.
            words: Returns for words and a style which captions hold them.
            shares: Returns the share of every class in the labels, (rows, 11) without background, NaN where it is
                not known; or None.
            marks: Returns what checks found, or None.

        Raises:
            QueryError: If a country, continent or check is none of the catalog's, or shares or findings are asked for
                and not there.
        """
        self._columns, self._query, self._words, self._shares, self._marks = columns, query, words, shares, marks
        self._held: dict[str, Mask] = {}

    def rows(self) -> Mask:
        """Return which pairs are selected, shape (rows,)."""
        return self._all(self._tests(self._query))

    def facets(self) -> Counts:
        """Return how many pairs have each value of each facet, were that facet's own choice left out.

        Values that no pair has are left out, but for classes, styles and splits, of which there are few.
        """
        tests = self._tests(self._query)
        everything = self._all(tests)
        counts: Counts = {}
        for facet in FACETS:
            query = self._query.without(facet)
            if facet == "style" and self._query.style:
                # the style decides which caption is asked, so every test is made anew
                mask = self._all(self._tests(query))
            elif facet in tests:
                mask = self._all({name: test for name, test in tests.items() if name != facet})
            else:
                mask = everything
            counts[facet] = self._counted(facet, mask, query)
        return counts

    def _tests(self, query: Query) -> dict[str, Mask]:
        """Return what each choice of the question selects by itself; choices not made are not in it."""
        tests = self._regions(query)
        if query.classes:
            wanted = sum(1 << BIT[name] for name in query.classes)
            tests["class"] = self._named(query, wanted)
        if query.style:
            tests["style"] = self._of_style(query.style)
        if query.splits:
            wanted = sum(1 << SPLIT_CODE[split] for split in query.splits)
            tests["split"] = (self._splits(query) & wanted) != 0
        if query.flags:
            tests["flag"] = self._flagged(query.flags)
        if query.findings:
            tests["finding"] = self._audited().matching(query.findings, query.style)
        if query.words:
            tests["words"] = self._worded(query)
        return tests

    def _regions(self, query: Query) -> dict[str, Mask]:
        columns, tests = self._columns, {}
        if query.continents:
            chosen = [self._continent(name) for name in query.continents]
            tests["continent"] = np.isin(np.arange(len(columns.continents)), chosen)[columns.continent]
        if query.countries:
            chosen = [place for name in query.countries for place in self._country(name)]
            tests["country"] = np.isin(np.arange(len(columns.countries)), chosen)[columns.country]
        if query.box:
            tests["box"] = in_box(columns, query.box)
        if query.polygon:
            tests["polygon"] = in_polygon(columns, query.polygon)
        return tests

    def _all(self, tests: Mapping[str, Mask]) -> Mask:
        return reduce(np.logical_and, tests.values(), np.ones(len(self._columns), bool))

    def _counted(self, facet: str, mask: Mask, query: Query) -> dict[str, int]:
        columns = self._columns
        if facet in {"continent", "country"}:
            countries = tuple(country.name for country in columns.countries)
            names, values = (
                (columns.continents, columns.continent) if facet == "continent" else (countries, columns.country)
            )
            return _falling(names, values[mask])
        if facet == "style":
            has, has_4v = columns.split_35[mask] > 0, columns.split_4v[mask] > 0
            return {"3.5": int(has.sum()), "4v": int(has_4v.sum()), "both": int((has & has_4v).sum())}
        if facet == "split":
            return _bits_counted(self._splits(query)[mask], SPLIT_CODE)
        if facet == "flag":
            return {flag: count for flag, count in _bits_counted(columns.flags[mask], FLAG_BIT).items() if count}
        if facet == "class":
            named = (bits[mask] for bits in self._class_bits(query))
            return _bits_counted(reduce(np.bitwise_or, named), {name: BIT[name] for name in NAMES})
        marks = self._marks()
        return marks.counted(mask, query.style) if marks else {}

    def _named(self, query: Query, wanted: int) -> Mask:
        """Return which pairs have the classes: all of them in one caption, or any."""
        found = np.zeros(len(self._columns), bool)
        for bits in self._class_bits(query):
            found |= (bits & wanted) == wanted if query.match == "all" else (bits & wanted) != 0
        return found

    def _class_bits(self, query: Query) -> list[NDArray[np.uint16]]:
        """Return bits of classes by row, shape (rows,) each: from the labels, or from every caption that is asked."""
        if query.min_share is not None:
            shares = self._shares()
            if shares is None:
                msg = "This catalog does not know the shares of classes yet; run `catalog enrich` first."
                raise QueryError(msg)
            # at least the share, and something at all: a class that is not there is not found by asking for 0
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
        """Return bits of the splits of each pair's captions that are asked."""
        one = np.uint8(1)
        return reduce(
            np.bitwise_or,
            (one << split for split in _of_style(query.style, self._columns.split_35, self._columns.split_4v)),
        )

    def _flagged(self, flags: tuple[str, ...]) -> Mask:
        wanted = sum(1 << FLAG_BIT[flag] for flag in flags if not flag.startswith("-"))
        barred = sum(1 << FLAG_BIT[flag[1:]] for flag in flags if flag.startswith("-"))
        mask: Mask = (self._columns.flags & np.uint8(barred)) == 0
        if wanted:
            mask &= (self._columns.flags & np.uint8(wanted)) != 0
        return mask

    def _audited(self) -> Marks:
        marks = self._marks()
        if marks is None:
            raise QueryError(UNAUDITED)
        return marks

    def _worded(self, query: Query) -> Mask:
        masks = []
        for style in _of_style(query.style, "3.5", "4v"):
            if style not in self._held:
                self._held[style] = self._words(query.words, style)
            masks.append(self._held[style])
        return reduce(np.logical_or, masks)

    def _continent(self, name: str) -> int:
        wanted = "" if name.lower() == NONE else name.casefold()
        for place, known in enumerate(self._columns.continents):
            if known.casefold() == wanted:
                return place
        known = ", ".join((*self._columns.continents[1:], NONE))
        msg = f"No pair is on the continent {name[:40]!r}; choose of {known}."
        raise QueryError(msg)

    def _country(self, name: str) -> list[int]:
        """Return the places of a country among the catalog's, by name or code: it may be there for two continents."""
        countries = self._columns.countries
        if name.lower() == NONE:
            return [place for place, country in enumerate(countries) if not country.name]
        for wanted, known in (
            (plain(name), [plain(country.name) for country in countries]),
            (code_of(name), [country.iso for country in countries]),
        ):
            if wanted and wanted in known:
                return [place for place, one in enumerate(known) if one == wanted]
        near = get_close_matches(name.casefold(), [country.name.casefold() for country in countries if country.name], 1)
        hint = next((f"did you mean {one.name}?" for one in countries if near and one.name.casefold() == near[0]), "")
        msg = f"No country is called {name[:40]!r}; {hint or 'choose one that the catalog lists, by name or ISO code.'}"
        raise QueryError(msg)


def _of_style(style: str, first: _T, second: _T) -> tuple[_T, ...]:
    return (first,) if style == "3.5" else (second,) if style == "4v" else (first, second)


def _bits_counted(values: Bits, bits: Mapping[str, int]) -> dict[str, int]:
    """Return how often each bit is set, by the bit's name."""
    counts = np.bincount(values, minlength=1)
    numbers = np.arange(len(counts))
    return {name: int(counts[numbers >> bit & 1 == 1].sum()) for name, bit in bits.items()}


def _falling(names: tuple[str, ...], values: Bits) -> dict[str, int]:
    """Return how often each position occurs, by name: the largest count first, ``NONE`` last, zeros left out."""
    counts: dict[str, int] = {}
    for place, count in enumerate(np.bincount(values).tolist()):
        if count:  # a country on two continents has two positions
            counts[names[place] or NONE] = counts.get(names[place] or NONE, 0) + count
    return dict(sorted(counts.items(), key=lambda pair: (pair[0] == NONE, -pair[1], pair[0])))
