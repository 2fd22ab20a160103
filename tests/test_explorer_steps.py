"""The steps of the Explorer: what a newcomer reads, what happens to edits, and the way from a simulated place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rig.hostile import ATTACK, Page
from rig.map_click import click
from rig.sample_chips import chip, quarters
from traitlets import TraitError

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards.chip_html import describe_chip
from chatearthnet_explorer.cards.provenance import SIMULATED, why_simulated
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.pipeline import FETCHING, WRITING
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.sources.fallback_notes import NOT_INSTALLED, OFFLINE
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.explore.next_steps import NextSteps
from chatearthnet_explorer.widgets.explore.similar_places import COUNT, SimilarPlace, similar_places
from chatearthnet_explorer.widgets.shared.choice_tabs import ChoiceTabs
from chatearthnet_explorer.widgets.shared.prompt_view import PromptView

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

PLACE, ELSEWHERE = (6.73, 0.336), (4.92, 52.55)


class Offline:
    """A source that finds no catalogue, until the test lets it."""

    name = "auto"

    def __init__(self) -> None:
        self.retries = self.fetches = 0

    def retry(self) -> None:
        self.retries += 1

    def chip_at(self, lon: float, lat: float, **options: object) -> Chip:
        self.fetches += 1
        chip = open_source("simulated").chip_at(lon, lat, **options)
        return replace(chip, missing=(OFFLINE,))


class Writer:
    """A captioner that reads the words of its prompt."""

    name = "writer"
    free = True

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        assert chip.labels is not None
        return Caption(text=prompt.user, captioner=self.name, style=prompt.style, prompt_id=prompt.id)


def open_explorer(**options: object) -> Explorer:
    explorer = Explorer(**{"source": "simulated", "place": None, **options})
    click(explorer.map, *PLACE)
    return explorer


def press(view: PromptView, **edits: str) -> None:
    """Press the button as the browser does: edits and the count in one message."""
    view.set_state({"presses": view.presses + 1, **{f"edited_{name}": text for name, text in edits.items()}})


def test_cards_stand_in_the_order_of_reading() -> None:
    explorer = open_explorer()
    story = explorer.children[-1]
    names = [next(name for name in card._dom_classes if name.endswith("-card")) for card in story.children]
    assert names == ["cen-place-card", "cen-chip-card", "cen-caption-card", "cen-question-card", "cen-next-card"]
    assert [step[:2] for step in explorer.chip_view.steps] == [[2, "Picture"], [3, "Land cover"]]
    assert "2.4 km wide" in explorer.chip_view.steps[0][2]


def test_static_card_has_the_steps_in_the_same_order() -> None:
    text = Page(open_explorer()._repr_html_()).text
    titles = ["1 Place near São Tomé", "2 Picture simulated", "3 Land cover", "4 Caption", "5 Question"]
    assert [title for title in titles if title not in text] == []
    assert sorted(titles, key=text.index) == titles
    assert "What is asked to get the caption" in text


def test_edits_keep_their_note_and_their_undo_after_the_caption() -> None:
    explorer = open_explorer(captioner=Writer())
    own = explorer.prompt_view.prompt
    press(explorer.prompt_view, user="Only the water.")
    assert explorer.result.caption.text == "Only the water."
    assert explorer.prompt_view.prompt == own
    assert explorer.prompt_view.is_edited
    assert explorer.prompt_view.fields["user"] == own.user  # what undo puts back


def test_edits_of_a_style_are_offered_again_when_the_style_returns() -> None:
    explorer = open_explorer(captioner=Writer())
    view = explorer.prompt_view
    view.edited_user = "Only the water."
    explorer.options.style = "4v"
    assert (view.is_edited, view.saved_edit) == (False, "")
    explorer.options.style = "3.5"
    assert view.saved_edit == "You edited this question before."
    assert not view.is_edited
    view.set_state({"restores": 1})
    assert view.edited_user == "Only the water."
    assert view.saved_edit == ""


def test_edits_for_another_place_are_offered_with_a_warning() -> None:
    explorer = open_explorer(captioner=Writer())
    explorer.prompt_view.edited_system = "Write one word."
    click(explorer.map, *ELSEWHERE)
    assert "for other facts" in explorer.prompt_view.saved_edit
    explorer.prompt_view.restore()
    assert explorer.prompt_view.edited_system == "Write one word."


def test_edits_are_still_there_after_a_change_of_the_captioner() -> None:
    explorer = open_explorer()
    explorer.prompt_view.edited_user = "Only the water."
    explorer.options.captioner = "chat"
    assert explorer.prompt_view.edited_user == "Only the water."
    assert explorer.prompt_view.edit_warning == ""
    explorer.options.captioner = "template"
    assert explorer.prompt_view.edited_user == "Only the water."


def test_fixed_sentences_ignore_edits_with_a_warning() -> None:
    explorer = open_explorer()
    before = explorer.result
    assert "do not read your words" in explorer.prompt_view.edit_warning
    press(explorer.prompt_view, user="Only the water.")
    assert explorer.result.caption == before.caption
    assert explorer.result.prompt == before.prompt  # the card shows no prompt that nobody read


def test_nothing_is_saved_where_a_page_may_not_edit() -> None:
    view = PromptView(may_edit=False, prompt=prompt_for(quarters()))
    view.set_state({"edited_user": "Write my homework."})
    view.prompt = prompt_for(quarters(), seed=3)
    view.prompt = prompt_for(quarters())
    assert view.saved_edit == ""
    view.set_state({"restores": 1})
    assert view.current == view.prompt


def test_reason_of_a_simulated_place_stands_on_the_page_once() -> None:
    source = Offline()
    explorer = open_explorer(source=source)
    view = explorer.chip_view
    assert view.notice == OFFLINE
    assert OFFLINE not in view.remarks
    assert SIMULATED not in view.remarks
    assert explorer.caption_view.columns[0]["remarks"] == []
    assert view.action == ""  # a source of the caller's own, with no other to choose
    view.set_state({"actions": 1})
    assert (source.fetches, source.retries) == (1, 0)


def test_button_of_a_simulated_place_tests_the_catalogues_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Offline()
    explorer = open_explorer(source="auto")
    monkeypatch.setattr(explorer, "_source", source)
    click(explorer.map, *ELSEWHERE)
    assert explorer.chip_view.action == "Try Sentinel-2 again"
    explorer.chip_view.set_state({"actions": 1})
    assert (source.retries, source.fetches) == (1, 2)


def test_chosen_simulation_offers_the_real_place() -> None:
    explorer = open_explorer()
    assert explorer.chip_view.notice == SIMULATED
    assert explorer.chip_view.action == "Use Sentinel-2"
    explorer.chip_view.set_state({"actions": 1})
    assert explorer.options.source == "auto"


def test_real_chip_has_no_notice() -> None:
    assert why_simulated(chip()) == ""
    assert why_simulated(chip(simulated=True, missing=(NOT_INSTALLED,))) == NOT_INSTALLED


def test_options_button_names_what_is_chosen() -> None:
    explorer = open_explorer()
    assert explorer.options.button.summary == "Simulated, 2020, fixed sentences"
    explorer.options.seed, explorer.options.year = 7, 2021
    assert explorer.options.button.summary == "Simulated, 2021, fixed sentences, seed 7"
    explorer.options.captioner, explorer.options.model = "chat", "llama3"
    assert explorer.options.button.summary == "Simulated, 2021, llama3, seed 7"


def test_options_are_closed_until_the_button_is_pressed() -> None:
    options = open_explorer().options
    panel = options.children[-1]
    assert panel.layout.display == "none"
    options.button.set_state({"is_open": True})
    assert panel.layout.display != "none"


def test_tabs_take_only_their_own_values() -> None:
    tabs = ChoiceTabs([("a", "First", ""), ("b", "Second", "")], label="Choice")
    assert tabs.value == "a"
    tabs.set_state({"value": "b"})
    with pytest.raises(TraitError, match="There is no tab 'c'"):
        tabs.set_state({"value": "c"})
    assert tabs.value == "b"


def test_progress_stands_on_the_card_that_is_filled() -> None:
    progress: list[tuple[str, str]] = []

    class Slow(Writer):
        def caption(self, prompt: Prompt, chip: Chip) -> Caption:
            progress.append((explorer.chip_view.progress, explorer.caption_view.progress))
            return super().caption(prompt, chip)

    explorer = Explorer(source="simulated", place=None, captioner=Slow())
    steps: list[str] = []
    explorer.chip_view.observe(lambda change: steps.append(change["new"]), "progress")
    click(explorer.map, *PLACE)
    assert steps[0] == FETCHING
    assert (explorer.chip_view.progress, explorer.caption_view.progress) == ("", "")
    explorer.options.seed = 4
    assert progress[-1] == ("", WRITING)


def test_picture_is_described_by_its_shares() -> None:
    real = describe_chip(chip())
    assert real.startswith("Satellite picture of a square 1.9 km wide, north up: 24 % no label, 24 % water")
    assert describe_chip(chip(simulated=True)).startswith("Simulated picture")
    assert describe_chip(chip(rgb=None)).startswith("Land-cover map")
    assert describe_chip(chip(labels=None)).endswith("its land cover is unknown.")
    explorer = open_explorer()
    assert explorer.chip_view.alternative == describe_chip(explorer.result.chip)


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


def test_similar_places_name_the_same_land_cover(sample_folder: Path) -> None:
    catalog = open_sample(settings=Settings(cache=sample_folder)).catalog
    here = open_source("simulated").chip_at(*PLACE)
    places = similar_places(catalog, here)
    assert len(places) == COUNT
    assert all({"water", "developed area"} <= set(place.classes) for place in places)
    assert len({(place.lon, place.lat) for place in places}) == COUNT
    assert similar_places(catalog, here) == places
    assert similar_places(catalog, replace(here, labels=None)) == ()


def test_similar_place_is_visited_by_a_press(sample_folder: Path) -> None:
    catalog = open_sample(settings=Settings(cache=sample_folder)).catalog
    explorer = open_explorer(find_catalog=lambda: catalog)
    view = explorer._next._view
    view._handle_custom_msg({"action": "similar"}, [])
    assert len(view.places) == COUNT
    place = view._places[2]
    view._handle_custom_msg({"action": "visit", "number": 2}, [])
    assert (explorer.result.lon, explorer.result.lat) == pytest.approx((place.lon, place.lat))
    assert view.places == []


def test_catalog_that_fails_is_one_sentence() -> None:
    def fail() -> None:
        msg = "The sample is damaged; install the package again."
        raise CatalogError(msg)

    explorer = open_explorer(find_catalog=fail)
    explorer._next._view._handle_custom_msg({"action": "similar"}, [])
    assert explorer._next._view.note == "The sample is damaged; install the package again."


@pytest.mark.parametrize(
    "content",
    [
        *({"action": "visit", "number": number} for number in (-1, 1, "0", None, 1e9, True)),
        *({"action": action} for action in ("close", "", None, 7, ["check"], "visit", "x" * 9999)),
        {},
    ],
)
def test_messages_that_no_button_sends_do_nothing(content: dict[str, object]) -> None:
    view = NextSteps()
    calls: list[object] = []
    for action in ("check", "similar", "visit"):
        view.on_action(action, lambda *arguments: calls.append(arguments))
    view.set_places([SimilarPlace(1.0, 2.0, ATTACK, ("water",))])
    view._handle_custom_msg(content, [])
    assert calls == []
    Page(view._repr_html_()).assert_harmless()


def test_check_of_the_caption_is_one_press_away() -> None:
    explorer = open_explorer()
    explorer._next._view._handle_custom_msg({"action": "check"}, [])
    assert explorer.check.value
    assert explorer.caption_view.columns[0]["verification"] is not None
    assert explorer.caption_view.calls == 1
