"""Values: frozen, compared by content, hashed, copied, pickled, printed in one line."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from chatearthnet_explorer.errors import ModelError
from chatearthnet_explorer.values import REPR_LIMIT, FrozenDict, Value, freeze, hash_of, same

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sample(Value):
    text: str = ""
    pixels: np.ndarray | None = None
    layers: Mapping[str, np.ndarray] = field(default_factory=FrozenDict)
    error: Exception | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", freeze(self.pixels))
        object.__setattr__(self, "layers", freeze(self.layers))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Slotted(Value):
    text: str
    tags: tuple[str, ...] = ()


def _sample(**changes: object) -> Sample:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    layers = {"nir": np.array([0.5, np.nan], np.float32)}
    return replace(Sample(text="a", pixels=pixels, layers=layers, error=ModelError("Busy.")), **changes)


def test_compares_by_content() -> None:
    assert _sample() == _sample()
    assert hash(_sample()) == hash(_sample())
    assert len({_sample(), _sample(), _sample(text="b")}) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "b"},
        {"pixels": None},
        {"pixels": np.arange(12, dtype=np.uint16).reshape(3, 4)},
        {"pixels": np.arange(12, dtype=np.uint8).reshape(4, 3)},
        {"pixels": np.zeros((3, 4), np.uint8)},
        {"layers": {}},
        {"layers": {"red": np.array([0.5, np.nan], np.float32)}},
        {"layers": {"nir": np.array([0.5, 0.5], np.float32)}},
        {"error": None},
        {"error": ModelError("Down.")},
        {"error": ValueError("Busy.")},
    ],
)
def test_one_different_field_makes_it_unequal(changes: dict[str, object]) -> None:
    assert _sample() != _sample(**changes)
    assert _sample(**changes) != _sample()


def test_values_of_other_classes_are_unequal() -> None:
    assert Slotted("a") != Sample(text="a")
    assert Slotted("a") != "a"
    assert not same(np.zeros(3), 0.0)
    assert not same(0.0, np.zeros(3))


def test_equal_floats_with_different_bits_hash_alike() -> None:
    one = np.array([0.0, np.nan])
    other = np.array([-0.0, -np.nan])
    assert same(one, other)
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize("value", [_sample(), Slotted("a", ("b",)), FrozenDict({"a": 1, "b": (2,)})])
def test_copies_and_pickles_are_equal(value: object) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value
    for twin in (copy.copy(value), copy.deepcopy(value)):
        assert twin == value
        assert hash(twin) == hash(value)


def test_copies_stay_frozen() -> None:
    for twin in (_sample(), copy.deepcopy(_sample()), pickle.loads(pickle.dumps(_sample()))):
        with pytest.raises(ValueError, match="read-only"):
            twin.pixels[0, 0] = 1
        with pytest.raises(ValueError, match="read-only"):
            twin.layers["nir"][0] = 1
        with pytest.raises(TypeError, match="item assignment"):
            twin.layers["nir"] = twin.pixels


def test_original_array_stays_writable() -> None:
    pixels = np.zeros((2, 2), np.uint8)
    Sample(pixels=pixels)
    pixels[0, 0] = 1
    assert pixels[0, 0] == 1


def test_deep_copy_has_memory_of_its_own() -> None:
    sample = _sample()
    assert not np.shares_memory(sample.pixels, copy.deepcopy(sample).pixels)


def test_frozen_dict_is_a_mapping_that_keeps_its_order() -> None:
    items = {"b": [1, {"c": 2}], "a": {3}}
    mapping = FrozenDict(items)
    items["z"] = []
    items["b"].append(9)
    assert list(mapping) == ["b", "a"]
    assert mapping == {"a": {3}, "b": (1, {"c": 2})}
    assert mapping["b"] == (1, FrozenDict({"c": 2}))
    assert hash(mapping) == hash(FrozenDict({"a": {3}, "b": [1, {"c": 2}]}))
    assert freeze(mapping) is mapping
    assert mapping != {"b": mapping["b"]}
    assert mapping != [("b", 1)]


def test_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(Sample()) == "Sample()"
    assert repr(_sample()) == "Sample(text='a', pixels=uint8[3, 4], layers={'nir'}, error=ModelError('Busy.'))"
    assert repr(Slotted("a", ("b", "c"))) == "Slotted(text='a', tags=(2 items))"


@pytest.mark.parametrize("text", ["word " * 1000, "\x1b[2J\n\r\0\u202e" * 100, "<script>" * 100, "\udc80" * 100])
def test_repr_is_short_and_escapes_what_is_not_printable(text: str) -> None:
    value = Sample(text=text, layers={text: np.zeros(2), text[1:]: np.zeros(2)}, error=ModelError(text))
    assert len(repr(value)) <= REPR_LIMIT < 200
    assert repr(value).isprintable()
    assert len(repr(Slotted("a", (text,)))) <= REPR_LIMIT
