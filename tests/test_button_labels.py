"""The buttons of the review desk: one for every verdict and cause, each with a key of its own."""

from chatearthnet_explorer.review.verdict import CAUSES, VERDICTS
from chatearthnet_explorer.widgets.review import button_labels
from chatearthnet_explorer.widgets.review.verdict_pad import VerdictPad


def test_every_verdict_and_cause_of_the_ledger_has_a_button() -> None:
    assert tuple(button_labels.VERDICT_BUTTONS) == VERDICTS
    assert list(button_labels.CAUSE_BUTTONS) == [cause for cause in CAUSES if cause]


def test_no_two_buttons_share_a_key() -> None:
    tables = (button_labels.VERDICT_BUTTONS, button_labels.CAUSE_BUTTONS, button_labels.TOOL_BUTTONS)
    keys = [texts[-1] for table in tables for texts in table.values()]
    assert len(set(keys)) == len(keys)


def test_the_page_gets_the_texts_of_the_table() -> None:
    pad = VerdictPad()
    assert [row[1] for row in pad.verdict_buttons] == ["Correct", "Minor error", "Major error"]
    assert pad.cause_buttons[0] == ["caption", "Caption contradicts the labels", "c"]
    assert pad.tool_buttons["undo"] == ("Undo", "u")
    assert pad.field_labels["correction"] == "Corrected caption"
