"""PromptView without a browser: exact words, bounded edits, and who is told when a person asks again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.sample_chips import quarters

from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.widgets.shared.prompt_view import LIMIT, PromptView

if TYPE_CHECKING:
    from chatearthnet_explorer.prompts.prompt import Prompt

EDITED_NOTE = "it is no longer ChatEarthNet's method"


@pytest.fixture
def view() -> PromptView:
    return PromptView(prompt=prompt_for(quarters(), seed=3))


@pytest.fixture
def prompts(view: PromptView) -> list[Prompt]:
    prompts: list[Prompt] = []
    view.on_caption_again(prompts.append)
    return prompts


def ask(view: PromptView, **edits: str) -> None:
    """Press the button as the browser does: edits and the count in one message."""
    view.set_state({"presses": view.presses + 1, **{f"edited_{name}": text for name, text in edits.items()}})


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_words_and_facts_are_the_prompts_own(style: str) -> None:
    prompt = prompt_for(quarters(), style=style, seed=3)
    view = PromptView(prompt=prompt)
    assert (view.edited_system, view.edited_user) == (prompt.system, prompt.user)
    assert (view.fields["system"], view.fields["user"]) == (prompt.system, prompt.user)
    assert view.fields["facts"] == prompt.facts.to_dict()
    assert view.fields["overall"] == [*(["water", "tree", "crop"]), "developed area" if style == "3.5" else "developed"]
    assert view.fields["seed"] == 3
    assert len(view.images) == len(prompt.images)
    assert not view.is_edited


def test_press_without_edits_gives_the_prompt_itself(view: PromptView, prompts: list[Prompt]) -> None:
    ask(view)
    assert prompts == [view.prompt]
    assert prompts[0].id == view.prompt.id


def test_press_with_edits_gives_another_prompt_that_is_marked(view: PromptView, prompts: list[Prompt]) -> None:
    ask(view, user="Describe the water alone.")
    assert prompts == [replace(view.prompt, user="Describe the water alone.")]
    assert prompts[0].id != view.prompt.id
    assert view.is_edited
    assert EDITED_NOTE in Page(view._repr_html_()).text


def test_a_new_prompt_forgets_edits_and_errors(view: PromptView, prompts: list[Prompt]) -> None:
    ask(view, user=" ")
    assert view.error
    view.prompt = prompt_for(quarters(), style="4v")
    assert (view.is_edited, view.error) == (False, "")
    assert EDITED_NOTE not in Page(view._repr_html_()).text
    assert prompts == []


@pytest.mark.parametrize(
    ("edits", "error"),
    [
        ({"user": "x" * (LIMIT + 1)}, "The facts are longer than 20,000 characters"),
        ({"system": "x" * 10 * LIMIT}, "The rules are longer than 20,000 characters"),
        ({"user": " \n\t "}, "The facts are empty"),
        ({"system": ""}, "The rules are empty"),
    ],
)
def test_edits_that_cannot_be_sent_are_refused_in_one_sentence(
    view: PromptView, prompts: list[Prompt], edits: dict[str, str], error: str
) -> None:
    ask(view, **edits)
    assert view.error.startswith(error)
    assert prompts == []
    assert len(view.edited_system) <= LIMIT + 1
    assert len(view.edited_user) <= LIMIT + 1


def test_edits_at_the_limit_are_sent(view: PromptView, prompts: list[Prompt]) -> None:
    ask(view, user="x" * LIMIT)
    assert view.error == ""
    assert len(prompts[0].user) == LIMIT


def test_half_a_surrogate_pair_breaks_nothing(view: PromptView, prompts: list[Prompt]) -> None:
    ask(view, user="tree \ud800")
    assert prompts[0].user == "tree ?"
    assert len(prompts[0].id) == 12


def test_press_without_a_prompt_calls_nothing() -> None:
    view = PromptView()
    prompts: list[Prompt] = []
    view.on_caption_again(prompts.append)
    ask(view, user="Hello")
    assert prompts == []
    assert view.current is None
    assert "No prompt yet" in Page(view._repr_html_()).text


def test_hostile_words_stay_as_they_are(view: PromptView, prompts: list[Prompt]) -> None:
    ask(view, user=ATTACK)
    assert prompts[0].user == ATTACK.replace("\ud800", "?")
    page = Page(view._repr_html_())
    page.assert_harmless()
    assert VISIBLE_ATTACK.replace("⟨U+D800⟩", "?") in page.text


def test_label_maps_are_sent_in_the_style_that_sends_them() -> None:
    view = PromptView(prompt=prompt_for(quarters(), quarters(), style="4v"))
    assert len(view.images) == 2
    view.prompt = prompt_for(quarters())
    assert view.images == []
