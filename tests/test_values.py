"""Values: frozen, compared by content, hashed, copied, pickled, printed in one line."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rig.hostile import ATTACK, Page
from rig.sample_chips import caption, chip, quarters, slopes

from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.value_card import ITEM_LIMIT, TEXT_LIMIT
from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import ModelError
from chatearthnet_explorer.net.zip_directory import Member
from chatearthnet_explorer.pipeline import Captioned
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.record import Record
from chatearthnet_explorer.review.finding import Finding
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
class WithSlots(Value):
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
    assert WithSlots("a") != Sample(text="a")
    assert WithSlots("a") != "a"
    assert not same(np.zeros(3), 0.0)
    assert not same(0.0, np.zeros(3))


def test_equal_floats_with_different_bits_hash_alike() -> None:
    one = np.array([0.0, np.nan])
    other = np.array([-0.0, -np.nan])
    assert same(one, other)
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize("value", [_sample(), WithSlots("a", ("b",)), FrozenDict({"a": 1, "b": (2,)})])
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
    mapping = freeze(items)
    items["z"] = []
    items["b"].append(9)
    assert list(mapping) == ["b", "a"]
    assert mapping == {"a": {3}, "b": (1, {"c": 2})}
    assert mapping["b"] == (1, FrozenDict({"c": 2}))
    assert hash(mapping) == hash(freeze({"a": {3}, "b": [1, {"c": 2}]})) == hash(freeze(mapping))
    assert hash(FrozenDict({"a": [{"b": 1}]})) == hash(FrozenDict({"a": [{"b": 1}]}))
    assert mapping != {"b": mapping["b"]}
    assert mapping != [("b", 1)]


def test_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(Sample()) == "Sample()"
    assert repr(_sample()) == "Sample(text='a', pixels=uint8[3, 4], layers={'nir'}, error=ModelError('Busy.'))"
    assert repr(WithSlots("a", ("b", "c"))) == "WithSlots(text='a', tags=(2 items))"


@pytest.mark.parametrize("text", ["word " * 1000, "\x1b[2J\n\r\0\u202e" * 100, "<script>" * 100, "\udc80" * 100])
def test_repr_is_short_and_escapes_what_is_not_printable(text: str) -> None:
    value = Sample(text=text, layers={text: np.zeros(2), text[1:]: np.zeros(2)}, error=ModelError(text))
    assert len(repr(value)) <= REPR_LIMIT < 200
    assert repr(value).isprintable()
    assert len(repr(WithSlots("a", (text,)))) <= REPR_LIMIT


def _values() -> dict[str, Value]:
    """Return one value of each class, with all that it can have."""
    click = Captioned(
        lon=-9.2175,
        lat=38.6426,
        country=country_at(-9.2175, 38.6426),
        chip=chip(bands={"B08": np.where(slopes()[..., 0] > 9, np.float32(0.5), np.float32(np.nan))}),
        prompt=prompt_for(quarters(), style="4v"),
        caption=caption(),
        error=ModelError("The model is busy; try again."),
    )
    member = Member("a/3886_3141_patch00.png", offset=9, compressed_size=8, size=7, method=0, crc=5)
    record = Record(
        name="3886_3141_patch00.png",
        captions={"3.5": "Water.", "4v": "Trees."},
        splits={"3.5": "train", "4v": "val"},
        members={"s2_rgb_images": member},
        tile=click.chip.tile,
    )
    finding = Finding("hallucinated", "It names snow.", "snow", "middle", 0.0, 3, 7)
    claim = {"class": "water", "part": "middle", "size": None, "leads": True, "negated": False}
    pair = Pair(
        row=7,
        record=record,
        country=click.country,
        flags=(),
        classes={"3.5": ("water",), "4v": ("tree",)},
        dominant={"3.5": "water", "4v": None},
        claims={"3.5": (claim,), "4v": ()},
        shares={"water": 0.5},
        findings=None,
    )
    query = Query(words="river delta", polygon=((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)))
    parts = (click.chip, click.chip.scene, click.prompt, click.prompt.facts, click.caption)
    values = (click, *parts, prompt_for(quarters()).facts, record, pair, query, finding)
    return {type(one).__name__: one for one in values}


VALUES = tuple(_values())
HOSTILE = f"{ATTACK}\x1b[2J\n\u202e" * 30


@pytest.mark.parametrize("name", VALUES)
def test_equal_values_are_equal_and_hash_alike(name: str) -> None:
    one, other = _values()[name], _values()[name]
    assert one is not other
    assert one == other
    assert hash(one) == hash(other)
    assert {one: 1}[other] == 1
    assert one != None  # noqa: E711 - the comparison itself is what is tested


@pytest.mark.parametrize("name", VALUES)
def test_values_survive_copy_and_pickle(name: str) -> None:
    value = _values()[name]
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert twin == value
        assert repr(twin) == repr(value)


@pytest.mark.parametrize("name", VALUES)
def test_repr_of_values_is_one_short_line(name: str) -> None:
    text = repr(_values()[name])
    assert text.startswith(f"{name}(")
    assert text.endswith(")")
    assert len(text) < 200
    assert text.isprintable()


def test_one_pixel_makes_a_chip_unequal() -> None:
    labels = quarters()
    labels[255, 255] = 7
    assert chip(labels=labels) != chip()
    assert chip(rgb=None) != chip()
    assert prompt_for(labels, style="4v") != prompt_for(quarters(), style="4v")


def test_arrays_of_a_chip_stay_read_only() -> None:
    for twin in (chip(), pickle.loads(pickle.dumps(chip())), replace(chip(), source="file")):
        for array in (twin.labels, twin.rgb):
            with pytest.raises(ValueError, match="read-only"):
                array[0, 0] = 1


def _hostile() -> list[Value]:
    scene = replace(chip().scene, catalogue=HOSTILE, item=HOSTILE)
    words = caption(HOSTILE, model=HOSTILE, input_summary=HOSTILE, notes=(HOSTILE,))
    here = chip(scene=scene, missing=(HOSTILE,), attribution=(HOSTILE,), label_version=HOSTILE)
    prompt = replace(prompt_for(quarters()), system=HOSTILE, user=HOSTILE)
    click = Captioned(
        lon=0.0, lat=0.0, country=None, chip=here, prompt=prompt, caption=words, error=ModelError(HOSTILE)
    )
    record = Record(name=HOSTILE, captions={"3.5": HOSTILE, HOSTILE: HOSTILE}, splits={"3.5": HOSTILE})
    return [click, here, scene, prompt, words, record, Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE)]


@pytest.mark.parametrize("value", _hostile(), ids=lambda value: type(value).__name__)
def test_hostile_text_does_no_harm_in_a_notebook(value: Value) -> None:
    assert len(repr(value)) < 200
    assert repr(value).isprintable()
    page = Page(value._repr_html_())
    page.assert_harmless()
    assert len(page.text) > 20


def test_notebook_shows_the_card_of_each_value() -> None:
    values = _values()
    assert values["Captioned"]._repr_html_() == card(values["Captioned"])._repr_html_()
    for name, expected in {
        "Chip": "3886_3141_patch00",
        "Prompt": "Rules (system message)",
        "Caption": "Water lies beside trees",
        "Record": "Trees.",
        "Finding": "It names snow.",
        "Pair": "Portugal",
        "Query": "river delta",
        "Scene": "S2B_29SMC_20200704_0_L2A",
    }.items():
        assert expected in Page(values[name]._repr_html_()).text


def test_long_values_make_short_tables() -> None:
    record = Record(
        name="x", captions={str(number): "long " * 10_000 for number in range(100)}, splits={}, members={}, tile=None
    )
    page = Page(record._repr_html_())
    assert f"and {100 - ITEM_LIMIT} more" in page.text
    assert len(page.text) < ITEM_LIMIT * (TEXT_LIMIT + 200)  # the rules of the card among it


def test_chips_go_through_multiprocessing() -> None:
    values = list(_values().values())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(copy.copy, values)) == values


def test_chips_go_through_joblib() -> None:
    joblib = pytest.importorskip("joblib")
    values = list(_values().values())
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(copy.copy)(value) for value in values)
    assert results == values
    assert len({joblib.hash(value.labels) for value in (chip(), results[1])}) == 1


def test_chips_go_through_dask() -> None:
    from distributed import Client, LocalCluster

    values = list(_values().values())
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster.scheduler_address, set_as_default=False) as client,
    ):
        assert client.gather(client.map(copy.copy, values)) == values
        (remote,) = client.scatter([values[1]])
        assert client.submit(hash, remote).result() is not None
        assert remote.result() == values[1]
