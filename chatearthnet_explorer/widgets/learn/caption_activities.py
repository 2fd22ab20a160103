"""The views of lessons about prompts, captions and how captions are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.learn.faulty_caption import faulty_sentences, true_caption
from chatearthnet_explorer.learn.lesson_chips import lesson_chip, with_clouds
from chatearthnet_explorer.learn.lesson_figures import MARGIN_COUNTS
from chatearthnet_explorer.learn.spot_check_drill import (
    POPULATION,
    SAMPLE_SIZE,
    WRONG_SHARE,
    Statement,
    draw_statements,
    rate_after,
    statement,
)
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.review.margin_of_error import margin_of
from chatearthnet_explorer.widgets.learn.activity import Activity
from chatearthnet_explorer.widgets.learn.choice_bar import ChoiceBar
from chatearthnet_explorer.widgets.learn.drill_pad import DrillPad
from chatearthnet_explorer.widgets.learn.sentence_picker import SentencePicker
from chatearthnet_explorer.widgets.shared.caption_view import CaptionView
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView
from chatearthnet_explorer.widgets.shared.prompt_view import PromptView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.caption import Style
    from chatearthnet_explorer.chip import Chip

_CLEAR, _CLOUDY = "clear", "cloudy"
_STEP = 5  # judgements between two rows of the chart


def prompt_activity(options: Mapping[str, Any]) -> Activity:
    """Return the prompt of a chip in the style ``style``. Its state is empty."""
    return Activity(_prompt_view(lesson_chip(options), options.get("style", "3.5")), dict)


def inputs_activity(options: Mapping[str, Any]) -> Activity:
    """Return what a reader, GPT-3.5 and GPT-4V each got to see. State: ``opened``, how many of them were opened."""
    chip = lesson_chip(options)
    views = {
        "you": ChipView(chip=chip),
        "gpt-3.5": _prompt_view(chip, "3.5"),
        "gpt-4v": _prompt_view(chip, "4v"),
    }
    names = [["you", "You"], ["gpt-3.5", "GPT-3.5"], ["gpt-4v", "GPT-4V"]]
    bar = ChoiceBar(label="Who sees what", options=names, value="you", note="You see the picture and the labels.")
    notes = {
        "you": "You see the picture and the labels.",
        "gpt-3.5": "GPT-3.5 got this text and no picture at all.",
        "gpt-4v": "GPT-4V got this text and the coloured label map at half size, never the satellite picture.",
    }
    visits = {"you"}
    stage = ipywidgets.VBox([views["you"]])

    def show(_change: object) -> None:
        visits.add(bar.value)
        stage.children = (views[bar.value],)
        bar.note = notes[bar.value]

    bar.observe(show, "value")
    column = ipywidgets.VBox([bar, stage])
    column.views = tuple(views.values())  # so that they are closed with it
    return Activity(column, lambda: {"opened": len(visits)}, ((bar, ("note",)),))


def clouds_activity(options: Mapping[str, Any]) -> Activity:
    """Return a chip under a sky to choose, with its caption. State: ``sky``, ``clear`` or ``cloudy``."""
    chip = lesson_chip(options)
    view = ChipView(chip=chip)
    caption = CaptionView(captions=(true_caption(chip),))
    bar = ChoiceBar(label="Sky", options=[[_CLEAR, "Clear sky"], [_CLOUDY, "Cloudy sky"]], value=_CLEAR)

    def show(_change: object) -> None:
        new_chip = with_clouds(chip) if bar.value == _CLOUDY else chip
        view.chip = new_chip
        caption.captions = (true_caption(new_chip),)

    bar.observe(show, "value")
    return Activity(ipywidgets.VBox([bar, view, caption]), lambda: {"sky": bar.value}, ((bar, ("value",)),))


def grounding_activity(options: Mapping[str, Any]) -> Activity:
    """Return a caption whose claims are compared with the labels. State: ``land``, the class that is pointed at."""
    chip = lesson_chip(options)
    view, words = ChipView(chip=chip, blend=1.0), GroundingView(chip=chip, captions=(true_caption(chip),))
    for trait in ("highlight", "within", "palette"):
        traitlets.link((words, trait), (view, trait))

    def state() -> dict[str, Any]:
        where = " and ".join(words.within) or "whole square"
        return {"land": CLASSES[words.highlight].name, "where": where} if words.highlight >= 0 else {}

    return Activity(ipywidgets.VBox([view, words]), state, ((words, ("highlight", "within")),))


def sentences_activity(options: Mapping[str, Any]) -> Activity:
    """Return a caption with ``faults`` to find.

    State: ``hits``, the false sentences that are marked less the true ones, and ``checked`` (yes or no).
    """
    chip = lesson_chip(options)
    view = ChipView(chip=chip, blend=1.0)
    picker = SentencePicker(faulty_sentences(chip, options["faults"]))

    def state() -> dict[str, Any]:
        return {"hits": picker.hits if picker.is_checked else None, "checked": "yes" if picker.is_checked else "no"}

    return Activity(ipywidgets.VBox([view, picker]), state, ((picker, ("marks", "reasons")),))


def drill_activity(options: Mapping[str, Any]) -> Activity:
    """Return a spot-check in small. State: ``judged``, ``wrong`` (called wrong), ``low`` and ``high`` in percent."""
    names = draw_statements(int(options.get("seed", 1)))
    view, pad = ChipView(blend=1.0), DrillPad(total=SAMPLE_SIZE)
    judgements: list[bool] = []

    def show() -> Statement | None:
        current = statement(names[len(judgements)]) if len(judgements) < SAMPLE_SIZE else None
        if current:
            view.chip, view.part = current.chip, current.part
        with pad.hold_sync():
            pad.judged_count = len(judgements)
            pad.statement = current.text if current else ""
            pad.labels = current.reason if current else ""
            if current is None:
                pad.truth = WRONG_SHARE
        return current

    def judge(judgement: str) -> None:
        last = statement(names[len(judgements)])
        judgements.append(judgement == "right")
        agrees = judgements[-1] == last.is_true
        rate = rate_after(judgements)
        row = [len(judgements), rate.errors, rate.low, rate.rate, rate.high]
        history = [*pad.history[: -1 if len(judgements) % _STEP != 1 and pad.history else None], row]
        with pad.hold_sync():
            pad.note = f"You judged “{last.text}” {'correctly' if agrees else 'wrongly'}. {last.reason}"
            pad.history = history
        show()

    def state() -> dict[str, Any]:
        rate = rate_after(judgements)
        percents = {"low": rate.low or 0, "high": rate.high or 0}
        return {
            "judged": len(judgements),
            "wrong": rate.errors,
            "population": POPULATION,
            **{name: f"{100 * value:.0f}" for name, value in percents.items()},
        }

    pad.on_judge(judge)
    show()
    return Activity(ipywidgets.VBox([pad, view]), state, ((pad, ("judged_count",)),))


def margin_activity(_options: Mapping[str, Any]) -> Activity:
    """Return how far a number is off at most after so many verdicts. State: ``count``, how many."""
    bar = ChoiceBar(
        label="Captions that are judged",
        options=[[str(count), f"{count} captions"] for count in MARGIN_COUNTS],
        value=str(MARGIN_COUNTS[0]),
    )

    def show(_change: object) -> None:
        margin = 100 * margin_of(int(bar.value))
        bar.note = f"After {bar.value} captions the share is known to within {margin:.0f} percentage points up or down."

    bar.observe(show, "value")
    show(None)
    return Activity(bar, lambda: {"count": int(bar.value)}, ((bar, ("value",)),))


def _prompt_view(chip: Chip, style: Style) -> PromptView:
    prompt = None if chip.labels is None else prompt_for(chip.labels, style=style)
    return PromptView(prompt=prompt, may_edit=False, ask_label="")
