"""CaptionView without a browser: who wrote what, which words name classes, and hostile text that stays text."""

from __future__ import annotations

import pytest
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.sample_chips import caption
from traitlets import TraitError

from chatearthnet_explorer.widgets.shared.caption_view import CaptionView


def test_class_words_are_separate_pieces() -> None:
    column = CaptionView(captions=(caption("Trees stand by the water."),)).columns[0]
    assert column["pieces"] == [["Trees", 3], [" stand by the ", -1], ["water", 1], [".", -1]]
    assert column["classes"] == [3, 1]


def test_two_captions_stand_beside_each_other_with_their_writers() -> None:
    old_captions = [caption(captioner="release", style=style, is_released=True) for style in ("3.5", "4v")]
    columns = CaptionView(captions=old_captions).columns
    assert [column["byline"] for column in columns] == ["ChatEarthNet, GPT-3.5", "ChatEarthNet, GPT-4V"]
    assert [column["released"] for column in columns] == [True, True]
    assert columns[0]["label_maps"] is None
    assert columns[1]["label_maps"][0].startswith("GPT-4V saw the coloured label map")


def test_new_caption_has_style_and_history() -> None:
    caption_with_history = caption(
        style="4v", input_summary="the prompt and 1 label map", tokens_in=812, tokens_out=95, notes=("Cut off.",)
    )
    column = CaptionView(captions=(caption_with_history,)).columns[0]
    assert column["byline"] == ("Written by model-7, in the style of GPT-4V. 812 tokens in, 95 out; price unknown")
    assert column["details"] == [
        ["Model", "model-7"],
        ["Prompt style", "4v"],
        ["What was sent", "the prompt and 1 label map"],
        ["Cost", "812 tokens in, 95 out; price unknown"],
    ]
    assert column["remarks"] == ["Cut off."]


def test_no_token_is_not_an_unknown_number_of_tokens() -> None:
    details = dict(CaptionView(captions=(caption(tokens_in=0),)).columns[0]["details"])
    assert details["Cost"] == "0 tokens in"
    assert "Cost" not in dict(CaptionView(captions=(caption(),)).columns[0]["details"])


def test_an_error_stands_where_the_caption_would() -> None:
    view = CaptionView(error="The key was refused; check OPENAI_API_KEY.")
    text = Page(view._repr_html_()).text
    assert "The key was refused" in text
    assert view.empty not in text
    assert view.empty in Page(CaptionView()._repr_html_()).text


def test_new_captions_end_the_pointing_at_a_word_of_the_old() -> None:
    view = CaptionView(captions=(caption(),), highlight=3)
    view.captions = (caption("Snow."),)
    assert view.highlight == -1


@pytest.mark.parametrize("values", [("text",), (caption(), None)])
def test_only_captions_are_taken(values: tuple[object, ...]) -> None:
    with pytest.raises(TraitError, match="takes Caption objects"):
        CaptionView(captions=values)


def test_hostile_words_are_synced_with_their_controls_written_out_and_harmless_in_the_card() -> None:
    view = CaptionView(captions=(caption(ATTACK, model=ATTACK, input_summary=ATTACK, notes=(ATTACK,)),), error=ATTACK)
    column = view.columns[0]
    assert column["text"] == VISIBLE_ATTACK == "".join(text for text, _ in column["pieces"])
    assert column["remarks"] == [VISIBLE_ATTACK]
    assert dict(column["details"])["Model"] == VISIBLE_ATTACK
    assert VISIBLE_ATTACK in column["byline"]
    assert view.error == VISIBLE_ATTACK
    page = Page(view._repr_html_())
    page.assert_harmless()
    assert page.text.count(VISIBLE_ATTACK) == 6
