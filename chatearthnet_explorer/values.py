"""What all values of this package share: comparison by content, hash, pickle and a short repr."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from dataclasses import Field

Key = TypeVar("Key")
Item_co = TypeVar("Item_co", covariant=True)

REPR_LIMIT = 199
"""Characters of a ``repr``: one line of a notebook or a log."""

_IMMUTABLE = frozenset({bool, bytes, float, int, str, type(None)})
_TEXT_LIMIT = 40  # characters of a text within a repr


class FrozenDict(Mapping[Key, Item_co]):
    """A mapping that cannot be changed. It pickles and hashes, which ``MappingProxyType`` does not.

    It keeps the order of its keys and equals any mapping of the same items in any order; arrays compare by content.
    Its items are left as they are: ``freeze`` makes those read-only too.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[Key, Item_co] | None = None) -> None:
        """Copy a mapping, so that a later change of it does not reach this one."""
        self._items: dict[Key, Item_co] = dict(items or {})

    @classmethod
    def wrap(cls, items: dict[Key, Item_co]) -> FrozenDict[Key, Item_co]:
        """Return a mapping over a dictionary without a copy; the caller must not change it, and its items are frozen.

        It is for many small mappings: ``__init__`` looks at every item, which takes five times as long.
        """
        frozen = cls.__new__(cls)
        frozen._items = items  # noqa: SLF001 - of this class
        return frozen

    def __getitem__(self, key: Key) -> Item_co:
        """Return the item of a key."""
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the keys in their order."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        """Compare the items, arrays by content."""
        if not isinstance(other, Mapping):
            return NotImplemented
        return self._items.keys() == other.keys() and all(same(item, other[key]) for key, item in self._items.items())

    def __hash__(self) -> int:
        """Hash the items, whatever their order."""
        return hash_of(self._items)

    def __repr__(self) -> str:
        """Write it as Python that makes it."""
        return f"{type(self).__name__}({self._items!r})"

    def __reduce__(self) -> tuple[type[FrozenDict[Key, Item_co]], tuple[dict[Key, Item_co]]]:
        """Pickle the items as a plain dictionary."""
        return type(self), (self._items,)


class Value:
    """Base of frozen dataclasses that compare by content, array by array, and print briefly.

    Declare them with ``@dataclass(frozen=True, eq=False, repr=False)``: the methods of this class take over.
    Pickling and copying go through the constructor, so that a copy is checked and frozen as the original was.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare the fields of two values of one class: arrays by shape, dtype and content, NaN equal to NaN."""
        if type(self) is not type(other):
            return NotImplemented
        return all(same(getattr(self, one.name), getattr(other, one.name)) for one in _fields(self))

    def __hash__(self) -> int:
        """Hash the fields; values that are equal have equal hashes."""
        return hash((type(self), *(hash_of(getattr(self, one.name)) for one in _fields(self))))

    def __repr__(self) -> str:
        """Write the fields that differ from their defaults, in fewer than 200 characters."""
        name, parts = type(self).__name__, []
        for one in _fields(self):
            value = getattr(self, one.name)
            if not _is_default(one, value):
                parts.append(f"{one.name}={brief(value)}")
        text = f"{name}({', '.join(parts)})"
        return text if len(text) <= REPR_LIMIT else f"{text[: REPR_LIMIT - 4]}...)"

    def __reduce__(self) -> tuple[Any, tuple[type, dict[str, Any]]]:
        """Pickle the fields; the constructor checks them again."""
        return _rebuild, (type(self), {one.name: getattr(self, one.name) for one in _fields(self)})

    def _repr_html_(self) -> str | None:
        """Return its card for a notebook; None, which means the ``repr``, where ``cards`` is not imported."""
        return html_of(self)


@singledispatch
def html_of(value: object) -> str | None:  # noqa: ARG001 - what functions registered for other classes look at
    """Return a value as HTML. ``cards`` registers a function for each class: it is a layer above the values."""
    return None


def freeze(value: Any) -> Any:  # noqa: ANN401 - of any type
    """Return a mapping, list, set or tuple that cannot be changed, nor can what is in it; other values as they are.

    An array becomes a view that cannot be written through. It shares its memory with the original: whoever goes on
    writing to that changes both.
    """
    if type(value) in _IMMUTABLE:  # looking at base classes takes ten times as long
        return value
    if isinstance(value, np.ndarray):
        if not value.flags.writeable:
            return value
        view = value.view()
        view.flags.writeable = False
        return view
    if isinstance(value, Mapping):
        return FrozenDict({key: freeze(item) for key, item in value.items()})
    if isinstance(value, list) or type(value) is tuple:
        return tuple(map(freeze, value))
    return frozenset(value) if isinstance(value, set) else value


def same(one: object, other: object) -> bool:
    """Return whether two values have the same content: arrays by shape, dtype and numbers, NaN equal to NaN."""
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return (
            isinstance(one, np.ndarray)
            and isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
        )
    if (isinstance(one, tuple) and isinstance(other, tuple)) or (isinstance(one, list) and isinstance(other, list)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, BaseException):
        return type(one) is type(other) and one.args == getattr(other, "args", None)
    return bool(one == other)


def hash_of(value: object) -> int:
    """Return a hash that is equal for values that are the ``same``."""
    if isinstance(value, np.ndarray):
        # equal floats can differ in their bits (0.0 and -0.0, the many NaN): these count by shape alone
        content = value.tobytes() if value.dtype.kind in "biu" else b""
        return hash((value.dtype.str, value.shape, content))
    if isinstance(value, tuple | list):
        return hash(tuple(map(hash_of, value)))
    if isinstance(value, Mapping):
        return hash(frozenset((key, hash_of(item)) for key, item in value.items()))
    if isinstance(value, BaseException):
        return hash((type(value), value.args))
    return hash(value)


def brief(value: object) -> str:
    """Return a few characters that stand for a value; text in it is escaped as ``repr`` escapes it, and cut."""
    match value:
        case np.ndarray():
            return f"{value.dtype}{list(value.shape)}"
        case str():
            return repr(value) if len(value) <= _TEXT_LIMIT else f"{value[:_TEXT_LIMIT]!r}..."
        case Value():
            return f"{type(value).__name__}(...)"
        case Mapping():
            return f"{{{', '.join(map(brief, list(value)[:3]))}{', ...' if len(value) > 3 else ''}}}"  # noqa: PLR2004
        case tuple() | list() | frozenset() | set():
            size = len(value)
            return f"({size} items)" if size != 1 else f"({brief(next(iter(value)))},)"
        case _:
            text = repr(value)
            return text if len(text) <= 2 * _TEXT_LIMIT else f"{type(value).__name__}(...)"


def _fields(value: Any) -> tuple[Field[Any], ...]:  # noqa: ANN401 - any dataclass
    return fields(value)


def _is_default(field: Field[Any], value: object) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return default is not MISSING and same(value, default)


def _rebuild(cls: type, values: dict[str, Any]) -> Any:  # noqa: ANN401 - what the class makes
    return cls(**values)
