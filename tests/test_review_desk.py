"""The review desk without a browser: what is pressed is in the ledger before the next pair is shown."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.sample_chips import caption, chip, quarters
from rig.samples import small_sample
from rig.verdicts import verdict

from chatearthnet_explorer.catalog import Query
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import SourceError, VerdictError
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.sampling import simple_random
from chatearthnet_explorer.widgets.browse.released_pair import ReleasedPairs, add_labels
from chatearthnet_explorer.widgets.review.prefetch import Prefetch
from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk
from chatearthnet_explorer.widgets.shared.caption_view import CaptionView
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"{number}.png" for number in range(6)]
LAND = {1: "water", 3: "tree cover", 6: "crop land"}


def pair_of(name: str) -> tuple[Any, ...]:
    return chip(), (caption(f"Trees of {name}"), caption(f"Water of {name}", style="4v")), None


@pytest.fixture
def desk(tmp_path: Path) -> ReviewDesk:
    return ReviewDesk(NAMES, pair_of, tmp_path / "ledger.jsonl", reviewer="Ada")


def press(desk: ReviewDesk, do: str, **more: object) -> None:
    """What the script sends."""
    desk.pad.command = {"do": do, "n": desk.pad.handled_count + 1, "position": desk.position, **more}


def test_verdict_is_on_disk_before_the_next_pair(desk: ReviewDesk) -> None:
    on_disk = []
    desk.pad.observe(lambda _: on_disk.append(len(Ledger(desk.ledger.path).verdicts)), "position")
    for number in range(5):
        press(desk, "judge", verdict="correct", then="next")
        assert desk.caption_view.captions[0].text == f"Trees of {number + 1}.png"
    assert on_disk == [1, 2, 3, 4, 5]
    press(desk, "judge", verdict="minor", then="next")
    assert desk.position == 5
    assert desk.pad.message == "All 6 captions are judged. Thank you."
    assert desk.pad.judged_count == 6


def test_error_without_a_cause_stays_with_the_next_step(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="minor", then="stay")
    assert desk.position == 0
    assert desk.pad.message == "Your verdict is saved. Say why to go on, or press Next."
    press(desk, "judge", verdict="minor", cause="label", then="next")
    assert (desk.position, desk.pad.message) == (1, "")


def test_cause_note_and_correction_are_saved_with_the_verdict_and_restored(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="major", cause="label", note="n", correction="c", then="next")
    press(desk, "go", by=-1)
    assert desk.pad.verdict == {"verdict": "major", "cause": "label", "note": "n", "correction": "c"}
    press(desk, "judge", verdict="major", cause="caption", note="n", correction="c", then="stay")
    assert desk.position == 0
    assert [one.cause for one in desk.ledger.verdicts] == ["caption"]


def test_undo_goes_back_to_what_was_judged_last(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="minor", then="next")
    press(desk, "judge", verdict="major", then="next")
    press(desk, "go", by=1)
    press(desk, "undo")
    assert (desk.position, desk.pad.verdict, desk.pad.judged_count) == (1, {}, 1)
    press(desk, "undo")
    press(desk, "undo")
    assert desk.pad.message == "There is nothing to undo."
    assert desk.ledger.verdicts == ()
    assert len(desk.ledger.entries) == 4


def test_a_new_desk_goes_on_where_the_old_one_stopped(desk: ReviewDesk) -> None:
    for _ in range(2):
        press(desk, "judge", verdict="correct", then="next")
    desk.ledger.record(verdict("2.png", reviewer="Bo"))
    again = ReviewDesk(NAMES, pair_of, desk.ledger.path, reviewer="Ada")
    assert (again.position, again.pad.judged_count) == (2, 2)


def test_what_was_pressed_for_another_pair_is_not_taken(desk: ReviewDesk) -> None:
    press(desk, "judge", verdict="correct", then="next")
    press(desk, "judge", verdict="major", position=0)
    assert [one.name for one in desk.ledger.verdicts] == ["0.png"]
    assert desk.pad.handled_count == 2


@pytest.mark.parametrize("command", [{}, {"do": "x"}, {"do": "go"}, {"do": "judge", "position": 0, "verdict": None}])
def test_nonsense_from_the_page_does_no_harm(desk: ReviewDesk, command: dict[str, object]) -> None:
    desk.pad.command = {"n": 1, **command}
    assert desk.ledger.verdicts == ()
    assert desk.pad.handled_count == 1


def test_plan_sets_the_style(tmp_path: Path) -> None:
    desk = ReviewDesk(simple_random(NAMES, 3, style="4v"), pair_of, tmp_path / "l.jsonl", reviewer="Ada")
    assert desk.caption_view.captions[0].style == "4v"
    desk.judge("correct")
    assert desk.ledger.verdicts[0].style == "4v"


def test_separate_labels_are_added_to_the_chip(tmp_path: Path) -> None:
    desk = ReviewDesk(
        ["a"], lambda _: (chip(labels=None), (caption(),), quarters()), tmp_path / "l.jsonl", reviewer="Ada"
    )
    assert desk.chip_view.label_map
    press(desk, "labels")
    assert desk.chip_view.blend == 1.0


def test_claims_are_checked_and_highlighted_in_the_chip(desk: ReviewDesk) -> None:
    view = desk.caption_view
    assert isinstance(view, GroundingView)
    assert view.chip is desk.chip_view.chip
    (point,) = view.columns[0]["verification"]["points"][:1]
    view.set_state({"highlight": point["index"], "within": ["middle"]})
    assert (desk.chip_view.highlight, desk.chip_view.within) == (3, ["middle"])
    press(desk, "judge", verdict="correct", then="next")
    assert (desk.chip_view.highlight, desk.chip_view.within) == (-1, [])
    page = Page(desk._repr_html_())
    page.assert_harmless()
    assert "supported: the labels show it" in page.text


def test_caption_is_never_checked_against_labels_of_another_pair(tmp_path: Path) -> None:
    def own(name: str) -> tuple[Any, ...]:
        return chip(labels=np.full((256, 256), int(name), np.uint8)), (caption(f"There is {LAND[int(name)]}."),), None

    desk = ReviewDesk(["1", "3", "6"], own, tmp_path / "l.jsonl", reviewer="Ada")
    events: list[str] = []
    desk.caption_view.observe(
        lambda change: events.extend(
            one["result"] for column in change["new"] for one in column["verification"]["points"]
        ),
        "columns",
    )
    press(desk, "go", by=1)
    press(desk, "go", by=1)
    assert set(events) == {"supported", ""}


def test_a_reviewer_who_is_not_to_know_the_labels_has_a_plain_view(tmp_path: Path) -> None:
    plain = CaptionView()
    desk = ReviewDesk(NAMES, pair_of, tmp_path / "l.jsonl", reviewer="Ada", caption_view=plain)
    assert "verification" not in plain.columns[0]
    press(desk, "go", by=1)
    assert plain.captions[0].text == "Trees of 1.png"


def test_pair_that_fails_to_load_gives_an_error_and_can_be_skipped(tmp_path: Path) -> None:
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
    assert desk.caption_view.error.startswith("This pair has no caption in style 3.5")
    press(desk, "judge", verdict="correct", then="next")
    assert desk.ledger.verdicts == ()
    press(desk, "go", by=1)
    assert desk.pad.ready


def test_a_ledger_that_cannot_be_written_keeps_the_pair_on_screen(desk: ReviewDesk) -> None:
    desk.ledger.path.mkdir()
    press(desk, "judge", verdict="correct", then="next")
    assert desk.position == 0
    assert desk.pad.error == f"The ledger {desk.ledger.path.name} is a folder; give a file."


def test_empty_plan_and_nameless_reviewer_give_errors(tmp_path: Path) -> None:
    assert "plan is empty" in ReviewDesk([], pair_of, tmp_path / "l.jsonl", reviewer="Ada").pad.error
    with pytest.raises(VerdictError, match="name of its reviewer"):
        ReviewDesk(NAMES, pair_of, tmp_path / "l.jsonl", reviewer=" ")


def test_torn_ledger_gives_a_message(desk: ReviewDesk) -> None:
    desk.ledger.path.write_bytes(b'{"torn')
    assert "cannot be read" in ReviewDesk(NAMES, pair_of, desk.ledger.path, reviewer="Ada").pad.message


def test_hostile_words_are_text(tmp_path: Path) -> None:
    desk = ReviewDesk(
        [ATTACK[:150]], lambda _: (chip(), (caption(ATTACK),), None), tmp_path / "l.jsonl", reviewer="../<b>"
    )
    desk.judge("correct")
    assert "\u202e" not in desk.pad.heading
    page = Page(desk._repr_html_())
    page.assert_harmless()
    assert VISIBLE_ATTACK in page.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.jsonl", "l.jsonl.lock"]


def test_next_pairs_are_prefetched(tmp_path: Path) -> None:
    names = []
    two = threading.Event()

    def fetch(name: str) -> tuple[Any, ...]:
        names.append(name)
        if name == "2.png":
            two.set()
        return pair_of(name)

    desk = ReviewDesk(NAMES, fetch, tmp_path / "l.jsonl", reviewer="Ada")
    assert two.wait(60)
    press(desk, "go", by=1)
    press(desk, "go", by=-1)
    assert sorted(set(names)) == sorted(names)


def test_what_failed_ahead_of_time_is_tried_again() -> None:
    tries = []

    def second_time(key: str) -> str:
        tries.append(key)
        if len(tries) == 1:
            raise SourceError(key)
        return key

    ahead = Prefetch(second_time)
    assert isinstance(ahead.get("a").exception(10), SourceError)
    assert ahead.get("a").result(10) == "a"
    assert ahead.get("a").result(10) == "a"
    assert tries == ["a", "a"]


def test_closing_closes_everything(desk: ReviewDesk) -> None:
    widgets = [desk, desk.pad, desk.chip_view, desk.caption_view]
    desk.close()
    assert [one.comm for one in widgets] == [None] * 4


# --- of a catalog


def of_sample(path: Path, flag: str = "", **options: Any) -> ReviewDesk:
    """A desk on the pairs of the small sample that have a flag."""
    catalog = small_sample().catalog
    names = [pair.record.name for pair in catalog.search(Query(flag=(flag,) if flag else ())).pairs]
    return ReviewDesk.of_catalog(catalog, names, path / "l.jsonl", reviewer="Ada", **options)


def test_a_pair_of_a_catalog_has_its_picture_its_caption_and_the_labels_of_its_place(tmp_path: Path) -> None:
    sample = small_sample()
    desk = of_sample(tmp_path, "-no picture", release=sample.release)
    pair = sample.catalog.pair_named(desk.names[0])
    chip_ = desk.chip_view.chip
    assert chip_.tile == pair.record.tile
    assert chip_.rgb.shape == (256, 256, 3)
    assert chip_.labels.shape == (256, 256)
    assert chip_.simulated
    assert desk.caption_view.captions[0].text == pair.record.captions["3.5"]
    assert desk.caption_view.captions[0].notes == ("Simulated: no language model wrote this caption.",)
    # the captions of pairs that have pictures are true
    counts = {one["result"]: one["count"] for one in desk.caption_view.columns[0]["verification"]["counts"]}
    assert counts["supported"] > 3
    assert counts["contradicted"] == 0
    assert desk.judge("correct").verdict.name == desk.names[0]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"labels": None}, "No source of labels was chosen"),
        ({"labels": "simulated"}, "No pictures; name their release"),
    ],
)
def test_pair_without_picture_or_labels_can_be_judged_and_has_a_remark(
    tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    desk = of_sample(tmp_path, "-no picture", **options)
    assert any(reason in remark for remark in desk.chip_view.remarks)
    press(desk, "judge", verdict="minor")
    assert desk.pad.error == ""
    assert len(desk.ledger.verdicts) == 1


def test_pair_without_a_place_can_be_judged_and_has_a_remark(tmp_path: Path) -> None:
    desk = of_sample(tmp_path, "no place", release=small_sample().release)
    assert desk.chip_view.chip is None
    assert "gives no location" in desk.chip_view.remarks[-1]
    assert desk.chip_view.simulated
    assert "no claim can be checked" in desk.caption_view.columns[0]["verification"]["note"]
    press(desk, "judge", verdict="correct", then="next")
    assert len(desk.ledger.verdicts) == 1


def test_unknown_name_gives_an_error_and_can_be_skipped(tmp_path: Path) -> None:
    catalog = small_sample().catalog
    names = ["elsewhere.png", catalog.pair(0).record.name]
    desk = ReviewDesk.of_catalog(catalog, names, tmp_path / "l.jsonl", reviewer="Ada", labels=None)
    assert "has no pair called 'elsewhere.png'" in desk.pad.error
    press(desk, "go", by=1)
    assert desk.pad.ready


class LabelSource:
    """A source of labels that fails, has none, or has real ones."""

    name = "mapped"

    def __init__(self, answer: Chip | Exception) -> None:
        self.answer = answer

    def chip_at(self, _lon: float, _lat: float, **_: object) -> Chip:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (SourceError("The map does not answer; try later."), "The map does not answer; try later."),
        (chip(labels=None, missing=("Nobody mapped it.",)), "Nobody mapped it."),
        (chip(labels=None), "This place has no labels."),
        (chip(), "The labels are real but this pair is simulated"),
    ],
)
def test_labels_that_fail_or_do_not_match_are_left_out_with_a_reason(answer: Chip | Exception, reason: str) -> None:
    sample = small_sample()
    (pair, *_) = sample.catalog.search(Query(flag=("-no picture",))).pairs
    pairs = ReleasedPairs(sample.catalog, release=sample.release, labels=LabelSource(answer))
    pair_chip, captions, labels = pairs.pair_of(pair.record.name)
    assert isinstance(pair_chip, Chip)
    assert pair_chip.rgb is not None
    assert pair_chip.labels is None
    assert labels is None
    assert reason in pair_chip.missing[-1]
    assert captions[0].text == pair.record.captions["3.5"]


def test_labels_bring_their_version_and_their_credit_and_nothing_else() -> None:
    picture_chip, label_chip = (
        chip(labels=None, label_version=None, attribution=("A",)),
        chip(attribution=("A", "B"), rgb=None),
    )
    both = add_labels(picture_chip, label_chip)
    assert both.labels is label_chip.labels
    assert both.label_version == "v100/2020"
    assert both.attribution == ("A", "B")
    assert both.rgb is picture_chip.rgb
    assert both.scene is picture_chip.scene
