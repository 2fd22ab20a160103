"""What a page shows before its widgets: made within limits, without a request to anybody, and safe to show."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

from chatearthnet_explorer.app import chip_at_hand, explore_first_paint
from chatearthnet_explorer.app.explore_first_paint import ExploreFirstPaint
from chatearthnet_explorer.app.first_paint import FirstPaints
from chatearthnet_explorer.app.map_outline import SharedOutline
from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions
from chatearthnet_explorer.app.pictures import PictureStore
from chatearthnet_explorer.app.shared_parts import KEY, SharedParts
from chatearthnet_explorer.app.site import Site
from chatearthnet_explorer.render import data_url
from chatearthnet_explorer.sources.auto_source import OFFLINE

if TYPE_CHECKING:
    from pathlib import Path


def _site(source: str) -> Site:
    return Site(models=ModelAccess(ModelOptions(), near=False), source=source)


def test_page_waits_only_so_long() -> None:
    release = threading.Event()

    async def visit() -> list[str]:
        paints = FirstPaints(at_once=1, patience=0.05)
        slow = await paints.make(lambda: "slow" if release.wait(60) else None, "skeleton")
        # the slow one still runs: a second one is not even begun
        second = await paints.make(lambda: "second", "skeleton")
        release.set()
        while paints._under_way:  # noqa: ASYNC110 - a counter tells nobody
            await asyncio.sleep(0.01)
        return [slow, second, await FirstPaints(patience=60).make(lambda: "in time", "skeleton")]

    assert asyncio.run(visit()) == ["skeleton", "skeleton", "in time"]


def test_page_has_a_skeleton_where_nothing_is_made() -> None:
    assert asyncio.run(FirstPaints(patience=60).make(lambda: None, "skeleton")) == "skeleton"


def test_failure_after_the_page_was_sent_frees_its_place() -> None:
    release = threading.Event()

    def fail() -> str:
        release.wait(60)
        raise ValueError

    async def visit() -> str:
        paints = FirstPaints(at_once=1, patience=0.05)
        assert await paints.make(fail, "skeleton") == "skeleton"
        release.set()
        while paints._under_way:  # noqa: ASYNC110 - a counter tells nobody
            await asyncio.sleep(0.01)
        paints._patience = 60
        return await paints.make(lambda: "next", "skeleton")

    assert asyncio.run(visit()) == "next"


@pytest.fixture
def _no_requests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> str:
        pytest.fail("asked a catalogue")

    monkeypatch.setenv("CHATEARTHNET_CACHE", str(tmp_path))
    monkeypatch.setattr(explore_first_paint, "probe_catalogues", fail)
    monkeypatch.setattr("chatearthnet_explorer.sources.auto_source.probe_catalogues", fail)
    monkeypatch.setattr("chatearthnet_explorer.sources.stac.stac_source.StacSource.chip_at", fail)


def _paint(site: Site, **query: str) -> str:
    site.first_paints = FirstPaints(patience=60)
    arguments = {name: [value.encode()] for name, value in query.items()}
    return asyncio.run(ExploreFirstPaint(site)(arguments))


@pytest.mark.usefixtures("_no_requests")
def test_simulated_place_of_a_link_is_there_with_picture_and_caption() -> None:
    page = _paint(_site("simulated"), lon="11.58", lat="48.14")
    assert "Germany" in page
    assert "data:image/png" in page
    assert "SIMULATED" in page.upper()
    assert "<script" not in page


@pytest.mark.usefixtures("_no_requests")
@pytest.mark.parametrize("source", ["auto", "stac"])
def test_place_that_needs_the_network_is_given_in_words(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chip_at_hand, "last_reason", lambda _: None)  # another test of this process was offline
    page = _paint(_site(source), lon="11.58", lat="48.14")
    assert "Germany" in page
    assert "48.14" in page
    assert "<img" not in page


@pytest.mark.usefixtures("_no_requests")
def test_offline_server_shows_the_simulated_place_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chip_at_hand, "last_reason", lambda _: OFFLINE)
    page = _paint(_site("auto"), lon="11.58", lat="48.14")
    assert OFFLINE.split("[", maxsplit=1)[0].strip() in page
    assert "<img" in page


@pytest.mark.usefixtures("_no_requests")
@pytest.mark.parametrize("query", [{"lon": "<script>alert(1)</script>", "lat": "1"}, {"lon": "nan", "lat": "inf"}, {}])
def test_hostile_link_shows_the_first_place(query: dict[str, str]) -> None:
    page = _paint(_site("simulated"), **query)
    assert "<script" not in page
    assert "São Tomé" in page


def test_pictures_have_addresses_and_the_oldest_are_forgotten() -> None:
    store = PictureStore(limit=25)
    first = store.url(b"first picture")
    assert store.url(b"first picture") == first
    assert store.get(first.removeprefix("pictures/")) == b"first picture"
    page = store.link(f"<img src='{data_url(b'second picture')}' alt=''>")
    assert "base64" not in page
    assert store.get(first.removeprefix("pictures/")) is None
    assert store.get("0" * 32 + ".png") is None


def test_shared_values_become_digests_and_others_stay() -> None:
    parts = SharedParts()
    script = "x" * 5000
    state = {"_esm": script, "style_sheet": "short", "label": "y" * 5000, "value": f"<style>{script}</style>"}
    bundle = {"state": {"state": {"1": {"state": state}, "2": {"state": {"_esm": script}}}}}
    parts.replace(bundle)
    one, other = (widget["state"] for widget in bundle["state"]["state"].values())
    assert one["_esm"] == other["_esm"]
    assert parts.get(one["_esm"][KEY]) is not None
    assert KEY in one["value"]
    assert (one["style_sheet"], one["label"]) == ("short", "y" * 5000)
    assert parts.get("0" * 32) is None


def test_polygon_of_a_visitor_is_no_shared_part() -> None:
    parts = SharedParts()
    polygon = [[float(number), 0.5] for number in range(1000)]
    bundle = {
        "state": {"state": {"1": {"state": {"locations": polygon}}, "2": {"state": {"locations": SharedOutline()}}}}
    }
    parts.replace(bundle)
    visitors, outline = (widget["state"]["locations"] for widget in bundle["state"]["state"].values())
    assert visitors == polygon
    assert parts.get(outline[KEY]) is not None
