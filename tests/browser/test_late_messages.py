"""What a person presses or writes while a message is on its way: nothing of it is lost when the message arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chatearthnet_explorer.catalog import Query
from chatearthnet_explorer.places.place_finder import Destination
from chatearthnet_explorer.widgets.browse.search_bar import SearchBar
from chatearthnet_explorer.widgets.shared.place_field import PlaceField

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from rig.stage import Stage


BEFORE = Query(words="sea", continent=("Asia",))
AFTER = BEFORE.but(style="both")

HOLD = """() => {
  const real = window.toPython;
  const gate = new Promise((open) => { window.release = open; });
  window.toPython = async (...all) => { await gate; return real(...all); };
}"""
"""Keeps every message to Python back until ``release`` is called."""


@pytest.fixture
def bar(stage: Stage) -> SearchBar:
    widget = SearchBar(query=BEFORE)
    stage.mount("bar", widget)
    expect(pills(stage)).to_have_count(2)
    return widget


def pills(stage: Stage) -> Locator:
    return stage.page.locator(".cen-pill")


def words(stage: Stage) -> Locator:
    return stage.page.get_by_label("Words in the captions")


def test_button_stays_while_it_is_pressed(stage: Stage, bar: SearchBar) -> None:
    pills(stage).nth(1).hover()
    stage.page.mouse.down()
    stage.set_traits("bar", query=AFTER)
    stage.page.mouse.up()
    expect(pills(stage)).to_have_count(2)
    stage.settle()
    assert bar.query == AFTER.but(continent=())


def test_message_during_a_press_is_drawn_after_the_press(stage: Stage, bar: SearchBar) -> None:
    pills(stage).nth(1).hover()
    stage.page.mouse.down()
    stage.set_traits("bar", query=AFTER)
    stage.page.mouse.move(900, 700)  # no press after all
    stage.page.mouse.up()
    expect(pills(stage)).to_have_count(3)
    assert bar.query == AFTER


def test_button_that_is_never_let_go_stops_drawing_for_a_moment_alone(stage: Stage, bar: SearchBar) -> None:
    pills(stage).nth(1).hover()
    stage.page.mouse.down()
    stage.set_traits("bar", query=AFTER)
    expect(pills(stage)).to_have_count(3)
    assert bar.query == AFTER


@pytest.mark.parametrize("beginning", ["", "sea"])
def test_words_that_are_being_written_stay(stage: Stage, bar: SearchBar, beginning: str) -> None:
    words(stage).fill(f"{beginning} grass")
    stage.set_traits("bar", query=AFTER.but(words="tree"))
    expect(pills(stage)).to_have_count(3)
    expect(words(stage)).to_have_value(f"{beginning} grass")
    words(stage).press("Enter")
    stage.settle()
    assert bar.query.words == f"{beginning} grass".strip()


def test_field_shows_words_of_another_query(stage: Stage, bar: SearchBar) -> None:
    words(stage).fill("grass")
    words(stage).press("Enter")
    stage.settle()
    stage.set_traits("bar", query=AFTER.but(words="tree"))
    expect(words(stage)).to_have_value("tree")
    assert bar.query.words == "tree"


def test_link_that_is_being_written_stays(stage: Stage, bar: SearchBar) -> None:
    stage.page.get_by_text("Link to this page").click()
    link = stage.page.get_by_label("Link to this page")
    expect(link).to_have_value(bar.link)
    link.fill("words=rice")
    stage.set_traits("bar", query=AFTER)
    expect(pills(stage)).to_have_count(3)
    expect(link).to_have_value("words=rice")
    link.press("Enter")
    stage.settle()
    assert bar.query == Query(words="rice")
    stage.set_traits("bar", query=BEFORE)
    expect(link).to_have_value(bar.link)


def test_focus_stays_with_its_filter(stage: Stage, bar: SearchBar) -> None:
    pills(stage).nth(1).focus()
    stage.set_traits("bar", query=AFTER)
    expect(pills(stage)).to_have_count(3)
    expect(pills(stage).nth(1)).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(pills(stage)).to_have_count(2)
    expect(pills(stage).nth(1)).to_be_focused()
    stage.settle()
    assert bar.query == AFTER.but(continent=())


def test_suggestion_is_taken_from_the_list_on_screen(stage: Stage) -> None:
    widget, places = PlaceField(), list[Destination]()
    widget.on_find(places.append)
    stage.mount("field", widget)
    field, options = stage.page.get_by_role("combobox"), stage.page.get_by_role("option")
    field.press_sequentially("augsb")
    expect(options.first).to_contain_text("Augsburg, Germany")
    stage.page.evaluate(HOLD)
    field.press("Backspace")
    stage.page.wait_for_function("window.pending === 1")  # it asks what the shorter text may mean
    options.first.click()
    stage.page.evaluate("window.release()")
    stage.settle()
    assert [place.label for place in places] == ["Augsburg, Germany"]
    expect(field).to_have_value("Augsburg, Germany")
    expect(options).to_have_count(0)
