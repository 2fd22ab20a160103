"""The sentence below the heading of a page: words of the glossary are buttons, and nothing of it becomes markup."""

from __future__ import annotations

import pytest

from chatearthnet_explorer.app.page_intro import intro_html
from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.learn.glossary import define


def test_each_term_opens_its_own_explanation() -> None:
    html = intro_html("A [[chip|square]] and its [[caption]].")
    for number, (words, term) in enumerate((("square", "chip"), ("caption", "caption")), start=1):
        assert f'popovertarget="site-term-{number}">{words}</button>' in html
        note = html.partition(f'<div id="site-term-{number}"')[2].partition("</div>")[0]
        assert 'popover="auto"' in note
        assert f"<strong>{define(term).name}</strong>" in note


def test_text_is_escaped() -> None:
    assert "<script" not in intro_html("<script>alert(1)</script> & [[chip|<b>x</b>]]")


def test_sentence_without_terms_is_one_paragraph() -> None:
    assert intro_html("Plain & short.") == '<p class="site-intro">Plain &amp; short.</p>'


def test_word_that_the_glossary_does_not_have_is_an_error() -> None:
    with pytest.raises(LessonError, match="does not explain 'volcano'"):
        intro_html("A [[volcano]].")
