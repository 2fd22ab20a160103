"""A click becomes a caption on screen, whatever happens on the way."""

import asyncio
import html
import json
import logging
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import ipywidgets
import pytest
from rig.chat_server import chat_server
from rig.map_click import click

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.captioners.estimate import estimate
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ModelError, PlaceError, StacError
from chatearthnet_explorer.prompts.prompt import Prompt
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.sources.stac.scenes import SceneInfo
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.explore.explorer import Explorer

HOSTILE = "<script>alert('tree')</script> <img src=x onerror=alert(1)>"


class Gate:
    """A source whose answers come when the test lets them: the real simulated one behind a gate for each place."""

    name = "gated"

    def __init__(self) -> None:
        self.gates: dict[float, threading.Event] = {}
        self.requests: list[tuple[float, int, str | None]] = []
        self.problem: Exception | None = None

    def chip_at(
        self, lon: float, lat: float, *, year: int = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        self.requests.append((lon, year, scene))
        if gate := self.gates.get(lon):
            assert gate.wait(60)
        if self.problem:
            raise self.problem
        return open_source("simulated").chip_at(lon, lat, year=year, bands=bands)


class Listing(Gate):
    """Likewise, with a list of scenes."""

    def scenes_at(self, lon: float, lat: float, *, year: int = 2020) -> tuple[SceneInfo, ...]:
        assert Tile.at(lon, lat)
        scene_rows = (("late", 7, 9, 0.01), ("early", 3, 2, 0.4))
        return tuple(
            SceneInfo(
                id=name,
                catalogue="http://127.0.0.1",
                acquisition_time=datetime(year, month, day, tzinfo=UTC),
                cloud_share=cloudy,
                covered_share=1.0,
                items=(),
            )
            for name, month, day, cloudy in scene_rows
        )


class Writer:
    """A captioner that writes what the test says."""

    name = "chat"

    def __init__(self, text: str = HOSTILE, problem: Exception | None = None) -> None:
        self.text, self.problem = text, problem
        self.prompts: list[Prompt] = []

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        assert chip.labels is not None
        self.prompts.append(prompt)
        if self.problem:
            raise self.problem
        return Caption(text=self.text, captioner=self.name, style=prompt.style, model=HOSTILE)


def _explorer(**options: object) -> Explorer:
    return Explorer(**{"source": "simulated", "place": None, **options})


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody of it
            await asyncio.sleep(0.005)


def test_a_click_shows_chip_prompt_and_caption() -> None:
    explorer = _explorer()
    assert "Click anywhere" in explorer.status.message
    click(explorer.map, 6.73, 0.336)
    result = explorer.result
    assert result is not None
    assert result.country is not None
    assert result.country.name == "São Tomé and Príncipe"
    assert explorer.map.chip is explorer.chip_view.chip is result.chip
    assert explorer.prompt_view.prompt is result.prompt
    assert explorer.caption_view.captions == (result.caption,)
    assert "São Tomé" in explorer.chip_view.place
    assert explorer.code_view.code == result.code
    assert explorer.status.kind == "done"
    assert not explorer.status.busy


def test_the_first_place_is_there_before_the_first_click() -> None:
    assert Explorer(source="simulated").result is not None


def test_go_returns_what_is_on_screen() -> None:
    explorer = _explorer()
    assert explorer.go(6.73, 0.336) is explorer.result
    assert explorer.map.lonlat == (6.73, 0.336)


def test_the_code_gives_what_is_on_screen() -> None:
    explorer = _explorer()
    explorer.options.style, explorer.options.seed = "4v", 3
    captioned = explorer.go(6.73, 0.336)
    names: dict[str, object] = {}
    exec(explorer.code_view.code, names)  # noqa: S102 - the project's own three lines, what this test is about
    assert names["result"].caption == captioned.caption
    assert names["result"].prompt.id == captioned.prompt.id


def test_equal_result_ends_with_its_message_and_not_with_a_step() -> None:
    explorer = _explorer()
    explorer.go(6.73, 0.336)
    message = explorer.status.message
    explorer.status.show_message("Waiting for the caption.")
    explorer.go(6.73, 0.336)
    assert explorer.status.message == message


def test_style_seed_and_captioner_use_the_chip_that_is_there() -> None:
    source = Gate()
    explorer = _explorer(source=source)
    before = explorer.go(6.73, 0.336)
    explorer.options.style = "4v"
    assert explorer.result.prompt.style == "4v"
    explorer.options.style = "3.5"
    explorer.options.seed = 5
    assert explorer.result.prompt.seed == 5
    assert explorer.result.chip is before.chip
    assert len(source.requests) == 1


def test_another_year_fetches_once() -> None:
    source = Gate()
    explorer = _explorer(source=source)
    explorer.go(6.73, 0.336)
    explorer.options.year = 2021
    assert source.requests == [(6.73, 2020, None), (6.73, 2021, None)]


def test_another_source_fetches_from_it() -> None:
    explorer = _explorer()
    explorer.options.source = "auto"
    explorer.options.source = "simulated"
    assert explorer.go(6.73, 0.336).chip.source == "simulated"


def test_scenes_are_offered_by_date_and_the_chosen_one_is_fetched() -> None:
    source = Listing()
    explorer = _explorer(source=source)
    explorer.go(6.73, 0.336)
    assert explorer.options._scene.options == (
        ("least cloudy", ""),
        ("02 March 2020, 40 % cloudy", "early"),
        ("09 July 2020, 1 % cloudy", "late"),
    )
    explorer.options._scene.value = "early"
    assert source.requests[-1] == (6.73, 2020, "early")
    assert explorer.options.scene == "early"
    assert len(source.requests) == 2
    click(explorer.map, 4.92, 52.55)
    assert source.requests[-1] == (4.92, 2020, None)
    assert explorer.options.scene == ""
    assert len(source.requests) == 3


def test_edited_words_are_captioned_again() -> None:
    writer = Writer("Trees.")
    explorer = _explorer(captioner=writer)
    explorer.go(6.73, 0.336)
    explorer.prompt_view.edited_user = "Only trees, please."
    explorer.prompt_view.presses += 1
    assert writer.prompts[-1].user == "Only trees, please."
    assert explorer.result.prompt.user == "Only trees, please."


def test_pointing_at_a_word_lights_its_class_in_the_chip() -> None:
    explorer = _explorer()
    explorer.go(6.73, 0.336)
    explorer.caption_view.highlight = 3
    assert explorer.chip_view.highlight == 3


def test_error_of_the_source_is_its_own_sentence() -> None:
    source = Gate()
    explorer = _explorer(source=source)
    source.problem = StacError(f"The catalogue says {HOSTILE}; try later.")
    click(explorer.map, 6.73, 0.336)
    assert explorer.status.kind == "error"
    assert explorer.status.message == f"The catalogue says {HOSTILE}; try later."
    assert "<script" not in explorer.status._text.card()._repr_html_()
    source.problem = None
    click(explorer.map, 6.73, 0.336)
    assert explorer.status.kind == "done"


def test_unexpected_error_gives_a_plain_sentence_and_a_log_entry(caplog: pytest.LogCaptureFixture) -> None:
    source = Gate()
    explorer = _explorer(source=source)
    source.problem = ZeroDivisionError("x")
    with caplog.at_level(logging.ERROR):
        click(explorer.map, 6.73, 0.336)
    assert "log" in explorer.status.message
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivision" not in explorer.status.message


def test_beyond_the_map_there_is_no_place() -> None:
    with pytest.raises(PlaceError, match="nearer to the equator"):
        _explorer().go(0, 89)


def test_a_click_beyond_the_map_is_answered_in_the_status_line() -> None:
    explorer = _explorer()
    click(explorer.map, 0, 86)
    assert explorer.status.kind == "error"
    assert "nearer to the equator" in explorer.status.message


def test_a_captioner_that_fails_leaves_chip_and_prompt() -> None:
    explorer = _explorer(captioner=Writer(problem=ModelError("The model said no; ask another.")))
    explorer.go(6.73, 0.336)
    assert explorer.chip_view.chip is not None
    assert explorer.prompt_view.prompt is not None
    assert explorer.caption_view.captions == ()
    assert explorer.caption_view.error == "The model said no; ask another."


def test_open_sea_has_a_picture_and_no_caption() -> None:
    explorer = _explorer()
    captioned = explorer.go(-30, 0)
    assert captioned.country is None
    assert explorer.chip_view.place.startswith("Open sea")
    assert explorer.caption_view.captions == ()


def test_the_late_answer_to_an_old_click_is_dropped() -> None:
    async def two_clicks() -> Explorer:
        source = Gate()
        slow, fast = threading.Event(), threading.Event()
        source.gates = {6.73: slow, 4.92: fast}
        explorer = _explorer(source=source)
        click(explorer.map, 6.73, 0.336)
        await _until(lambda: len(source.requests) == 1)
        click(explorer.map, 4.92, 52.55)
        await _until(lambda: len(source.requests) == 2)
        assert explorer.status.busy
        fast.set()
        await _until(lambda: explorer.result is not None)
        slow.set()
        await asyncio.sleep(0.2)  # time enough for the old answer to do its harm
        return explorer

    explorer = asyncio.run(two_clicks())
    assert explorer.result.lon == 4.92
    assert explorer.map.chip is explorer.result.chip
    assert not explorer.status.busy


def test_a_choice_made_while_a_chip_is_fetched_holds_for_that_chip() -> None:
    async def click_and_choose() -> Explorer:
        source = Gate()
        explorer = _explorer(source=source)
        click(explorer.map, 6.73, 0.336)
        await _until(lambda: explorer.result is not None and not explorer.status.busy)
        source.gates[4.92] = threading.Event()
        click(explorer.map, 4.92, 52.55)
        await _until(lambda: len(source.requests) == 2)
        explorer.options.style = "4v"
        source.gates[4.92].set()
        await _until(lambda: explorer.result.lon == 4.92 and not explorer.status.busy)
        return explorer

    explorer = asyncio.run(click_and_choose())
    assert explorer.result.prompt.style == "4v"
    assert explorer.map.chip is explorer.result.chip


def test_cancel_is_at_once_and_what_was_under_way_ends_at_its_next_step() -> None:
    async def cancelled() -> tuple[Explorer, Writer]:
        source, writer = Gate(), Writer()
        source.gates = {6.73: threading.Event()}
        explorer = _explorer(source=source, captioner=writer)
        click(explorer.map, 6.73, 0.336)
        await _until(lambda: bool(source.requests) and explorer.status.busy)
        explorer.status._cancel.click()
        assert not explorer.status.busy
        assert explorer.status.message.startswith("Stopped")
        source.gates[6.73].set()
        await _until(lambda: not [thread for thread in threading.enumerate() if thread.name == "chatearthnet-work"])
        await asyncio.sleep(0)
        return explorer, writer

    explorer, writer = asyncio.run(cancelled())
    assert explorer.result is None
    assert writer.prompts == []
    assert explorer.status.message.startswith("Stopped")


def test_steps_are_on_screen_during_the_wait() -> None:
    async def steps() -> list[str]:
        source = Gate()
        source.gates = {6.73: threading.Event()}
        explorer = _explorer(source=source)
        steps: list[str] = []
        explorer.status.observe(lambda change: steps.append(change["new"]), "message")
        click(explorer.map, 6.73, 0.336)
        await _until(lambda: bool(steps))
        source.gates[6.73].set()
        await _until(lambda: explorer.result is not None)
        return steps

    assert asyncio.run(steps())[0] == "Fetching the picture and the land cover."


def test_hostile_words_are_text_in_every_view_and_in_the_card() -> None:
    explorer = _explorer(captioner=Writer())
    explorer.go(6.73, 0.336)
    for page in (explorer._repr_html_(), explorer.status._text.card()._repr_html_()):
        assert "<script>" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in explorer._repr_html_()


def test_no_key_is_in_the_state_of_any_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    explorer = _explorer(captioner="chat")
    explorer.go(-30, 0)  # open sea: nothing is sent
    state = ipywidgets.Widget.get_manager_state(widgets=None)
    assert "sk-very-secret" not in json.dumps(state, default=str)
    assert "sk-very-secret" not in explorer._repr_html_()


def test_caption_is_checked_on_request() -> None:
    writer = Writer("Snow covers the middle. There is also a lake <b>somewhere</b>.")
    explorer = _explorer(captioner=writer)
    explorer.go(6.73, 0.336)
    assert explorer.caption_view.columns[0]["verification"] is None
    explorer.check.value = True
    verification = explorer.caption_view.columns[0]["verification"]
    assert {count["result"]: count["count"] for count in verification["counts"]}["contradicted"] > 0
    point = next(point for point in verification["points"] if point["result"] == "contradicted")
    assert "snow" in point["reasons"][0][1]
    explorer.caption_view.within = point["within"]
    assert explorer.chip_view.within == point["within"]
    explorer.go(16.37, 48.2)
    assert explorer.caption_view.chip is explorer.chip_view.chip is explorer.result.chip
    explorer.check.value = False
    assert explorer.caption_view.columns[0]["verification"] is None


def test_cost_is_beside_the_button_and_absent_for_free_captioners() -> None:
    explorer = _explorer()
    explorer.go(6.73, 0.336)
    assert explorer.prompt_view.cost == ""
    with chat_server() as server:
        writer = open_captioner("chat", model="gpt-6-luna", base_url=server.base_url)
        explorer = _explorer(captioner=writer)
        explorer.go(6.73, 0.336)
        prompt = explorer.result.prompt
        assert explorer.prompt_view.cost == estimate(prompt, "gpt-6-luna", picture_sizes=()).summary
        assert "$" in explorer.prompt_view.cost
        captioner = open_captioner("vision", model="mine", base_url=server.base_url, image="true colour")
        assert captioner.estimate(prompt).picture_tokens == 255
        assert "price unknown" in captioner.estimate(prompt).summary


def test_notebooks_that_are_only_read_have_a_card() -> None:
    explorer = _explorer()
    explorer.go(6.73, 0.336)
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert explorer.result.caption.text in html.unescape(re.sub("<[^>]*>", "", bundle["text/html"]))


def test_closing_lets_go_of_every_widget() -> None:
    before = set(_live())
    explorer = Explorer(source="simulated")
    assert set(_live()) - before
    explorer.close()
    assert set(_live()) - before == set()


def _live() -> dict[str, ipywidgets.Widget]:
    return ipywidgets.widgets.widget._instances
