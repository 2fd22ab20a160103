"""The review desk without a browser: what is pressed is in the ledger before the next pair is shown."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
import traitlets
from rig.hostile import ATTACK, ATTACK_SHOWN, Page
from rig.shown import caption, chip, quarters
from rig.verdicts import verdict

from chatearthnet_explorer.errors import SourceError, VerdictError
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.sampling import simple_random
from chatearthnet_explorer.widgets.ahead import Ahead
from chatearthnet_explorer.widgets.caption_view import CaptionView
from chatearthnet_explorer.widgets.review_desk import ReviewDesk

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"{number}.png" for number in range(6)]


def pair_of(name: str) -> tuple[Any, ...]:
    return chip(), (caption(f"Trees of {name}"), caption(f"Water of {name}", style="4v")), None


@pytest.fixture
def desk(tmp_path: Path) -> ReviewDesk:
    return ReviewDesk(NAMES, pair_of, tmp_path / "ledger.jsonl", reviewer="Ada")


def press(desk: ReviewDesk, do: str, **more: object) -> None:
    """What the script sends."""
    desk.pad.asked = {"do": do, "n": desk.pad.answered + 1, "position": desk.position, **more}


def test_a_verdict_is_on_the_disk_before_the_next_pair_is_shown(desk: ReviewDesk) -> None:
    on_disk = []
    desk.pad.observe(lambda _: on_disk.append(len(Ledger(desk.ledger.path).verdicts)), "position")
    for number in range(5):
        press(desk, "judge", verdict="correct", then="next")
        assert desk.caption_view.captions[0].text == f"Trees of {number + 1}.png"
    assert on_disk == [1, 2, 3, 4, 5]
    press(desk, "judge", verdict="minor", then="next")
    assert desk.position == 5
    assert desk.pad.told == "All 6 captions are judged. Thank you."
    assert desk.pad.judged == 6


def test_cause_note_and_correction_go_with_the_verdict_and_come_back_with_the_pair(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="major", cause="label", note="n", corrected="c", then="next")
    press(desk, "go", by=-1)
    assert desk.pad.given == {"verdict": "major", "cause": "label", "note": "n", "corrected": "c"}
    press(desk, "judge", verdict="major", cause="caption", note="n", corrected="c", then="stay")
    assert desk.position == 0
    assert [one.cause for one in desk.ledger.verdicts] == ["caption"]


def test_undo_goes_back_to_what_was_judged_last(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="minor", then="next")
    press(desk, "judge", verdict="major", then="next")
    press(desk, "go", by=1)
    press(desk, "undo")
    assert (desk.position, desk.pad.given, desk.pad.judged) == (1, {}, 1)
    press(desk, "undo")
    press(desk, "undo")
    assert desk.pad.told == "There is nothing to take back."
    assert desk.ledger.verdicts == ()
    assert len(desk.ledger.entries) == 4


def test_a_new_desk_goes_on_where_the_old_one_stopped(desk: ReviewDesk) -> None:
    for _ in range(2):
        press(desk, "judge", verdict="correct", then="next")
    desk.ledger.record(verdict("2.png", reviewer="Bo"))
    again = ReviewDesk(NAMES, pair_of, desk.ledger.path, reviewer="Ada")
    assert (again.position, again.pad.judged) == (2, 2)


def test_what_was_pressed_for_another_pair_is_not_taken(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="correct", then="next")
    press(desk, "judge", verdict="major", position=0)
    assert [one.name for one in desk.ledger.verdicts] == ["0.png"]
    assert desk.pad.answered == 2


@pytest.mark.parametrize("wish", [{}, {"do": "x"}, {"do": "go"}, {"do": "judge", "position": 0, "verdict": None}])
def test_nonsense_from_the_page_does_no_harm(desk: ReviewDesk, wish: dict[str, object]) -> None:
    desk.pad.asked = {"n": 1, **wish}
    assert desk.ledger.verdicts == ()
    assert desk.pad.answered == 1


def test_a_plan_says_which_style_is_judged(tmp_path: Path) -> None:
    desk = ReviewDesk(simple_random(NAMES, 3, style="4v"), pair_of, tmp_path / "l.jsonl", reviewer="Ada")
    assert desk.caption_view.captions[0].style == "4v"
    desk.judge("correct")
    assert desk.ledger.verdicts[0].style == "4v"


def test_labels_that_come_beside_the_chip_are_shown(tmp_path: Path) -> None:
    desk = ReviewDesk(
        ["a"], lambda _: (chip(labels=None), (caption(),), quarters()), tmp_path / "l.jsonl", reviewer="Ada"
    )
    assert desk.chip_view.label_map
    press(desk, "labels")
    assert desk.chip_view.blend == 1.0


def test_a_view_that_holds_words_against_the_labels_is_told_the_chip(tmp_path: Path) -> None:
    class Grounded(CaptionView):
        __module__ = CaptionView.__module__  # where its style is looked for
        chip = traitlets.Any()

    shown = ReviewDesk(NAMES, pair_of, tmp_path / "l.jsonl", reviewer="Ada", caption_view=Grounded())
    assert shown.caption_view.chip is shown.chip_view.chip


def test_a_pair_that_cannot_be_had_is_said_and_can_be_passed(tmp_path: Path) -> None:
    def some(name: str) -> tuple[Any, ...]:
        if name == "0.png":
            msg = "The release is not there; look for it."
            raise SourceError(msg)
        return (None, (), None) if name == "1.png" else pair_of(name)

    desk = ReviewDesk(NAMES, some, tmp_path / "l.jsonl", reviewer="Ada")
    assert desk.pad.error == "The release is not there; look for it."
    press(desk, "judge", verdict="correct", then="next")
    assert desk.position == 0
    press(desk, "go", by=1)
    assert desk.caption_view.error.startswith("There is no caption in style 3.5")
    press(desk, "judge", verdict="correct", then="next")
    assert desk.ledger.verdicts == ()
    press(desk, "go", by=1)
    assert desk.pad.ready


def test_a_ledger_that_cannot_be_written_keeps_the_pair_on_screen(desk: ReviewDesk) -> None:
    desk.ledger.path.mkdir()
    press(desk, "judge", verdict="correct", then="next")
    assert desk.position == 0
    assert "choose another file for the ledger" in desk.pad.error


def test_an_empty_plan_and_a_nameless_reviewer_are_said(tmp_path: Path) -> None:
    assert "plan is empty" in ReviewDesk([], pair_of, tmp_path / "l.jsonl", reviewer="Ada").pad.error
    with pytest.raises(VerdictError, match="name of its reviewer"):
        ReviewDesk(NAMES, pair_of, tmp_path / "l.jsonl", reviewer=" ")


def test_a_torn_ledger_is_told_at_the_desk(desk: ReviewDesk) -> None:
    desk.ledger.path.write_bytes(b'{"torn')
    assert "cannot be read" in ReviewDesk(NAMES, pair_of, desk.ledger.path, reviewer="Ada").pad.told


def test_hostile_words_are_text(tmp_path: Path) -> None:
    desk = ReviewDesk(
        [ATTACK[:150]], lambda _: (chip(), (caption(ATTACK),), None), tmp_path / "l.jsonl", reviewer="../<b>"
    )
    desk.judge("correct")
    assert "\u202e" not in desk.pad.heading
    page = Page(desk._repr_html_())
    page.assert_harmless()
    assert ATTACK_SHOWN in page.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.jsonl", "l.jsonl.lock"]


def test_the_next_pairs_are_fetched_before_they_are_asked_for(tmp_path: Path) -> None:
    asked = []
    two = threading.Event()

    def noted(name: str) -> tuple[Any, ...]:
        asked.append(name)
        if name == "2.png":
            two.set()
        return pair_of(name)

    desk = ReviewDesk(NAMES, noted, tmp_path / "l.jsonl", reviewer="Ada")
    assert two.wait(10)
    press(desk, "go", by=1)
    press(desk, "go", by=-1)
    assert sorted(set(asked)) == sorted(asked)


def test_what_failed_ahead_of_time_is_tried_again() -> None:
    tries = []

    def second_time(key: str) -> str:
        tries.append(key)
        if len(tries) == 1:
            raise SourceError(key)
        return key

    ahead = Ahead(second_time)
    assert isinstance(ahead.get("a").exception(10), SourceError)
    assert ahead.get("a").result(10) == "a"
    assert ahead.get("a").result(10) == "a"
    assert tries == ["a", "a"]


def test_closing_closes_everything(desk: ReviewDesk) -> None:
    held = [desk, desk.pad, desk.chip_view, desk.caption_view]
    desk.close()
    assert [one.comm for one in held] == [None] * 4
