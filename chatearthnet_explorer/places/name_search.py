"""Search the gazetteer by name: the first letters of a name are enough, in any spelling and script."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.places.country_names import code_of
from chatearthnet_explorer.places.gazetteer import NONE, table
from chatearthnet_explorer.places.spelling import spelling_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from chatearthnet_explorer.places.gazetteer import NamedPlace

MOST = 50
"""Places that a search returns at most."""

_FILE = files(__package__) / "names" / "gazetteer.npz"
_LAST = b"\xff"  # sorts after any letter in UTF-8
_SURE = 4
"""Letters from which another spelling counts as much as a name: "Lon" is one of London's, and of no use."""

_EXACT = 1e12
"""Weight of names that are spelled out: they come first."""

_COUNTRY = 0.25
"""Weight of countries of which only the first letters are written: "par" is Paris rather than Paraguay."""

_OTHER, _OTHER_EXACT, _HINT, _INNER = 0.5, 0.05, 0.01, 0.1
"""Weights of other spellings, of those spelled out beside a name spelled out, of those that few letters begin, and of
names whose later words are written: "York" finds New York too."""

_CODE = 3  # letters of the longest code of a country


@dataclass(frozen=True, slots=True)
class _Spellings:
    """All spellings, sorted, with the places they stand for."""

    text: bytes  # sorted, a newline after each
    starts: NDArray[np.int32]  # (spellings + 1,)
    owners: NDArray[np.uint16]  # (spellings,): numbers of places
    is_other: NDArray[np.bool_]  # (spellings,): not the name that is shown
    inner: list[bytes]  # sorted: names without their first words
    inner_owners: NDArray[np.uint16]  # (inner names,)

    def span(self, first: bytes) -> slice:
        """Return the spellings that begin with some bytes."""
        numbers = range(len(self.owners))
        low = bisect_left(numbers, first, key=self._spelling)
        return slice(low, bisect_left(numbers, first + _LAST, lo=low, key=self._spelling))

    def _spelling(self, number: int) -> bytes:
        return self.text[self.starts[number] : self.starts[number + 1] - 1]


def suggest(text: str, limit: int = 8) -> list[NamedPlace]:
    """Return the places that a text may mean, the likeliest first.

    A name that is spelled out comes before one that only begins so; then the larger place comes first. After a comma,
    or as last words, a country or a region may stand: ``paris, texas``.

    Args:
        text: What somebody wrote, of any length and in any script; only its first 80 characters count.
        limit: Places to return at most, up to 50.
    """
    limit = min(max(limit, 0), MOST)
    numbers: list[int] = []
    for name, areas in _readings(text):
        numbers = _numbers_by_rank(name, areas)
        if numbers:
            break
    places = table()
    suggestions: dict[tuple[str, str], NamedPlace] = {}
    for number in numbers:
        if len(suggestions) == limit:
            break
        place = places.place(number)
        suggestions.setdefault((place.label, place.description), place)
    return list(suggestions.values())


def load_names() -> None:
    """Read the names now, so that the first search is as quick as the next."""
    table()
    _spellings()


def _readings(text: str) -> Iterator[tuple[str, list[str]]]:
    """Return the ways to read a text: a name, and the names of the areas that it lies in."""
    head, *rest = text[:200].split(",")
    name, areas = spelling_key(head), [key for key in map(spelling_key, rest) if key]
    if not name:
        return
    yield name, areas
    words = name.split(" ")
    for count in range(len(words) - 1, 0, -1):
        yield " ".join(words[:count]), [" ".join(words[count:]), *areas]


def _numbers_by_rank(name: str, areas: list[str]) -> list[int]:
    """Return the numbers of the places with a name, the likeliest first."""
    places, spellings = table(), _spellings()
    first = name.encode()
    span = spellings.span(first)
    owners, is_other = spellings.owners[span], spellings.is_other[span]
    is_sure = len(name) >= _SURE or not name.isascii()
    weights = np.where(is_other, _OTHER if is_sure else _HINT, 1.0)
    is_country = (owners >= places.ends[1]) & (owners < places.ends[2])  # "UK" is as good as its name
    is_whole = (np.diff(spellings.starts[span.start : span.stop + 1]) - 1 == len(first)) & (
        ~is_other | is_sure | is_country
    )
    weights[is_country] *= _COUNTRY
    weights[is_whole] = np.where(is_other[is_whole] & ~is_country[is_whole], _OTHER_EXACT * _EXACT, _EXACT)
    low = bisect_left(spellings.inner, first)
    high = bisect_left(spellings.inner, first + _LAST, lo=low)
    owners = np.concatenate([owners, spellings.inner_owners[low:high]])
    weights = np.concatenate([weights, np.full(high - low, _INNER)])
    for area in areas:
        is_inside = _inside(area, owners)
        owners, weights = owners[is_inside], weights[is_inside]
    scores = weights * (1.0 + places.people[owners])
    order = np.argsort(-scores, kind="stable")[: 8 * MOST]
    return list(dict.fromkeys(owners[order].tolist()))


def _inside(area: str, owners: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return which places lie in an area whose name begins so."""
    places, spellings = table(), _spellings()
    towns, regions, countries = places.ends[:3]
    areas_of_name = spellings.owners[spellings.span(area.encode())]
    in_country = np.zeros(256, bool)
    in_country[areas_of_name[(areas_of_name >= regions) & (areas_of_name < countries)] - regions] = True
    if len(area) <= _CODE and (code := code_of(area)):
        in_country[: countries - regions] |= np.array(places.codes) == code
    in_region = np.zeros(NONE + 1, bool)
    in_region[areas_of_name[(areas_of_name >= towns) & (areas_of_name < regions)] - towns] = True
    is_country_itself = owners >= regions
    return (in_country[places.country[owners]] & ~is_country_itself) | in_region[places.region[owners]]


@cache
def _spellings() -> _Spellings:
    """Read the spellings once: some 100 ms and 10 MB."""
    with _FILE.open("rb") as file, np.load(file, allow_pickle=False) as data:
        keys, owners, others = data["keys"], data["owners"], data["others"]
    text = keys.tobytes() + b"\n"
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n")) + 1
    is_other = np.unpackbits(others, count=len(owners)).astype(bool)
    all_words = text.split(b"\n")
    inner = []
    for number in np.flatnonzero(~is_other).tolist():
        spelling = all_words[number]
        at = spelling.find(b" ")
        while at >= 0:
            inner.append((spelling[at + 1 :], int(owners[number])))
            at = spelling.find(b" ", at + 1)
    inner.sort()
    starts = np.concatenate([[0], ends]).astype(np.int32)
    return _Spellings(
        text, starts, owners, is_other, [name for name, _ in inner], np.array([owner for _, owner in inner], np.uint16)
    )
