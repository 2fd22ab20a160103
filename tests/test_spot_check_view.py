"""The whole spot-check without a browser: what the page sends, and what becomes of it."""

from __future__ import annotations

import base64
import gc
import json
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from ipywidgets.widgets.widget import _instances
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.samples import small_sample
from rig.verdicts import verdict

from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.plan import Plan
from chatearthnet_explorer.review.received_ledger import LIMIT, PIECE
from chatearthnet_explorer.spot_check import PlanRequest, draw_plan
from chatearthnet_explorer.widgets.review import spot_check_view
from chatearthnet_explorer.widgets.review.spot_check_view import SpotCheck
from chatearthnet_explorer.widgets.shared.download_button import SavedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Tab:
    """A page with a spot-check: it keeps what Python sends, and sends what the script would."""

    def __init__(self, folder: Path | None = None, link: str = "") -> None:
        sample = small_sample()
        self.view = SpotCheck(sample.catalog, release=sample.release, folder=folder, link=link)
        self.messages: list[dict[str, Any]] = []
        self.view.files.send = lambda content, _buffers=None: self.messages.append(content)

    def draw(self, reviewer: str = "Ada", pairs: int = 6) -> None:
        form = self.view.planning.form
        form.set_state({"reviewer": reviewer, "pairs": pairs})
        form.command = {"do": "draw", "n": form.command.get("n", 0) + 1}

    def judge(self, value: str, count: int = 1) -> None:
        pad = self.view.desk.pad
        for _ in range(count):
            number = pad.handled_count + 1
            pad.command = {"do": "judge", "n": number, "position": pad.position, "verdict": value, "then": "next"}

    def send(self, **content: object) -> list[dict[str, Any]]:
        self.messages.clear()
        self.view.files._receive(self.view.files, content, None)
        return list(self.messages)

    def upload(self, content: bytes, *, is_remembered: bool = False) -> None:
        self.send(do="begin", size=len(content))
        for number, start in enumerate(range(0, len(content), PIECE)):
            data = base64.b64encode(content[start : start + PIECE]).decode()
            self.send(do="piece", number=number, data=data, remembered=is_remembered)


@pytest.fixture
def tab() -> Iterator[Tab]:
    tab = Tab()
    yield tab
    tab.view.close()


def file_of(tab: Tab, key: str) -> SavedFile:
    """What the browser saves when the person presses a file of the menu."""
    files: list[SavedFile] = []
    button = tab.view.download
    button.send = lambda head, buffers: files.append(
        SavedFile(name=head["name"], data=bytes(buffers[0]), media_type=head["type"])
    )
    button._receive(button, {"key": key}, None)
    (file,) = files
    return file


def test_number_of_captions_gives_a_margin_before_anything_is_drawn(tab: Tab) -> None:
    form = tab.view.planning.form
    form.set_state({"pairs": 100})
    # n = 100 of N = 1,100: 1.96 * sqrt(0.25 / 100 * 1000 / 1099) = 0.0935
    assert "±9 points" in form.outlook
    form.set_state({"pairs": 2000})
    assert form.outlook == ""
    assert "lower the number" in form.problem
    form.set_state({"pairs": 10**9})
    tab.draw(pairs=10**9)
    assert "At most 2,000 captions" in form.problem
    assert tab.view.plan is None


def test_choices_narrow_the_population_and_their_counts(tab: Tab) -> None:
    form = tab.view.planning.form
    africa = next(label for value, label in form.options["continent"] if value == "Africa")
    form.set_state({"choices": {**form.choices, "continent": "Africa"}})
    count = int(africa.partition("(")[2].rstrip(")").replace(",", ""))
    assert tab.view.planning.request.query.continent == ("Africa",)
    assert f"among {count:,} " in form.outlook
    countries = {value for value, _ in form.options["country"]}
    assert "Angola" in countries
    assert "Germany" not in countries


def test_name_is_needed(tab: Tab) -> None:
    tab.draw(reviewer="  ")
    assert tab.view.plan is None
    assert "Write your name first" in tab.view.planning.form.problem


def test_from_plan_to_report(tab: Tab) -> None:
    tab.draw()
    view = tab.view
    assert view.plan == draw_plan(view.catalog, PlanRequest(pairs=6))
    assert (view.steps.step, view.link) == ("judge", "pairs=6&seed=0&style=3.5")
    tab.judge("correct", 2)
    tab.judge("major")
    assert view.desk.pad.estimate.startswith("33 % wrong")
    tab.judge("correct")
    assert view._interval.points[-1][:2] == [4, 0.25]
    view.steps.step = "report"
    assert "25.0 %" in view._report.value
    assert "4 of the 6 captions of the plan have been judged so far." in view._report.value


def test_reviewer_may_judge_without_the_check(tab: Tab) -> None:
    tab.draw()
    assert tab.view.desk.caption_view.columns[0]["verification"]
    tab.view.planning.form.set_state({"shows_check": False})
    tab.draw(pairs=5)
    assert tab.view.desk.caption_view.columns[0]["verification"] is None
    assert "the labels show it" not in tab.view.desk._repr_html_()
    tab.view.planning.form.set_state({"shows_check": True})
    tab.draw(pairs=5)
    assert tab.view.desk.caption_view.columns[0]["verification"]


def test_every_download_has_the_verdicts(tab: Tab, tmp_path: Path) -> None:
    tab.draw(reviewer="=1+1")
    tab.judge("minor", 2)
    assert tab.view.files.unsaved_count == 2
    files = {offer.key: file_of(tab, offer.key) for offer in tab.view.download.offers}
    assert [file.name for file in files.values()] == [
        "verdicts-1-1.jsonl",
        "report-1-1.html",
        "verdicts-1-1.csv",
        "corrections-1-1.json",
        "plan-1-1.json",
    ]
    ledger = tmp_path / files["ledger"].name
    ledger.write_bytes(files["ledger"].data)
    assert [one.verdict for one in Ledger(ledger).verdicts] == ["minor", "minor"]
    assert tab.view.files.unsaved_count == 0
    assert files["report"].data.startswith(b"<!DOCTYPE html>")
    assert b",'=1+1," in files["table"].data
    assert json.loads(files["corrections"].data) == []
    assert Plan.from_dict(json.loads(files["plan"].data)) == tab.view.plan


def test_a_downloaded_ledger_goes_on_in_another_tab(tab: Tab) -> None:
    tab.draw()
    tab.judge("minor", 2)
    content = file_of(tab, "ledger").data
    other = Tab(link=tab.view.link)
    other.draw()
    other.upload(content)
    assert other.view.files.message == "2 new entries by Ada added."
    assert other.view.desk.pad.judged_count == 2
    other.upload(content)
    assert other.view.files.message == "0 new entries by Ada added, 2 were there already."
    other.view.close()


def test_ledgers_of_two_reviewers_give_their_agreement(tab: Tab) -> None:
    tab.draw()
    tab.judge("correct", 3)
    tab.judge("major", 3)
    other = Tab()
    other.draw(reviewer="Bo")
    other.judge("correct", 4)
    other.judge("major", 2)
    other.upload(file_of(tab, "ledger").data)
    other.view.steps.step = "report"
    # five of six agree; by chance 3/6 * 4/6 + 3/6 * 2/6 = 0.5: kappa = (5/6 - 0.5) / 0.5
    assert "0.67 [" in other.view._report.value
    other.view.close()


def test_what_the_browser_remembered_is_taken_back_after_a_reload(tab: Tab) -> None:
    tab.draw(reviewer="Ada", pairs=5)
    tab.judge("major", 2)
    lines = "".join(one["text"] for one in tab.messages if one["do"] == "lines")
    (state,) = [one for one in tab.messages if one["do"] == "remember"]
    after = Tab()
    after.upload(lines.encode(), is_remembered=True)
    after.send(do="resume", reviewer=state["reviewer"], link=state["link"], unsaved=2)
    assert after.view.plan == tab.view.plan
    assert (after.view.desk.pad.judged_count, after.view.desk.position) == (2, 2)
    assert after.view.files.unsaved_count == 2
    after.view.close()


def test_link_has_priority_over_what_the_browser_remembered() -> None:
    tab = Tab(link="pairs=4&seed=9")
    tab.send(do="resume", reviewer="Ada", link="pairs=7&seed=1&style=3.5", unsaved=0)
    assert tab.view.link == "pairs=4&seed=9&style=3.5"
    tab.view.close()


def test_broken_link_opens_with_notes() -> None:
    tab = Tab(link="pairs=many&country=Indonesia")
    assert tab.view.planning.request.query.country == ("Indonesia",)
    assert "pairs 'many'" in tab.view.notes[0]
    tab.view.close()


@pytest.mark.parametrize(
    "content",
    [
        {"do": "begin", "size": LIMIT + 1},
        {"do": "begin", "size": "1"},
        {"do": "piece", "number": 0, "data": "QUJD"},
        {"do": "resume", "reviewer": 5, "link": None},
        {"do": "resume", "reviewer": "", "link": "x" * 100_000, "unsaved": -3},
        {"do": ["x"]},
        {},
    ],
)
def test_nonsense_from_the_page_does_no_harm(tab: Tab, content: dict[str, object]) -> None:
    tab.send(**content)
    assert tab.view.plan is None
    tab.draw()
    tab.judge("correct")
    assert tab.view.desk.pad.judged_count == 1


def test_hostile_names_are_text_everywhere(tab: Tab) -> None:
    tab.draw(reviewer=ATTACK[:200].replace("\x00", ""))
    tab.judge("major")
    ledger = Ledger(tab.view.desk.ledger.path)
    assert len(ledger.verdicts) == 1
    tab.view.steps.step = "report"
    Page(tab.view._report.value).assert_harmless()
    Page(file_of(tab, "report").data.decode()).assert_harmless()
    assert "\u202e" not in tab.view.steps.summary


def test_ledgers_of_a_tab_are_bounded_and_end_with_it(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    tab.draw()
    tab.judge("correct")
    path = tab.view.desk.ledger.path
    monkeypatch.setattr(spot_check_view, "LARGEST_LEDGER", path.stat().st_size + 10)
    tab.upload(path.read_bytes())
    assert "`review merge`" in tab.view.files.error
    tab.view.close()
    assert not path.exists()


def test_kept_review_is_offered_again(tmp_path: Path) -> None:
    first = Tab(folder=tmp_path / "reviews")
    first.draw(pairs=5)
    first.judge("correct", 2)
    assert first.view.files.unsaved_count == 0
    first.view.close()
    second = Tab(folder=tmp_path / "reviews")
    ((ident, words),) = second.view.planning.form.earlier
    assert words == "5 of 1,097 captions in GPT-3.5 style, sample 0: 2 of 5 judged by Ada"
    second.view.planning.form.command = {"do": "resume", "n": 1, "id": ident}
    assert (second.view.desk.pad.judged_count, second.view.desk.reviewer) == (2, "Ada")
    second.view.close()


def test_two_tabs_share_a_kept_ledger(tmp_path: Path) -> None:
    one, two = Tab(folder=tmp_path), Tab(folder=tmp_path)
    one.draw()
    two.draw(reviewer="Bo")
    one.judge("correct", 2)
    two.judge("minor")
    two.view.steps.step = "report"
    assert "2 reviewers judged 2" in two.view._report.value
    one.view.close()
    two.view.close()


def test_damaged_plans_are_not_offered(tmp_path: Path) -> None:
    (tmp_path / "a.plan.json").write_text("{")
    (tmp_path / "b.plan.json").write_text(json.dumps({"plan": 99}))
    (tmp_path / "c.plan.json").mkdir()
    tab = Tab(folder=tmp_path)
    assert tab.view.planning.form.earlier == []
    tab.view.close()


def test_a_second_sample_replaces_the_first(tab: Tab) -> None:
    tab.draw(pairs=4)
    tab.judge("correct", 4)
    tab.view.steps.step = "plan"
    tab.draw(pairs=8)
    # the larger sample holds the smaller one
    assert (tab.view.desk.pad.judged_count, tab.view.desk.pad.total, tab.view.desk.position) == (4, 8, 4)


def test_verdicts_of_others_in_the_ledger_do_not_count_as_mine(tab: Tab, tmp_path: Path) -> None:
    tab.draw()
    other = Ledger(tmp_path / "bo.jsonl")
    other.record(verdict(tab.view.plan.names[0], "major", reviewer=VISIBLE_ATTACK[:100]))
    tab.upload(other.path.read_bytes())
    assert tab.view.desk.pad.judged_count == 0
    assert "<script>" in tab.view.files.message  # as text; the script sets text alone


def test_nothing_is_left_when_the_page_closes(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        before = set(_instances)
        tab = Tab(folder=folder)
        tab.draw()
        tab.judge("major")
        view = weakref.ref(tab.view)
        tab.view.close()
        assert set(_instances) - before == set()
        del tab
        gc.collect()
        assert view() is None
