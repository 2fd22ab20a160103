"""A whole spot-check on one page: plan it, judge its captions, read and save the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.cards.report_card import report_card
from chatearthnet_explorer.cards.verdict_guide import verdict_guide_card
from chatearthnet_explorer.errors import ExplorerError, LedgerError
from chatearthnet_explorer.review.interval_history import interval_history
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.ledger_entries import line_bytes
from chatearthnet_explorer.review.received_ledger import read_ledger
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.review_folder import ReviewFolder
from chatearthnet_explorer.spot_check import catalog_of_plan
from chatearthnet_explorer.widgets.browse.released_pair import ReleasedPairs
from chatearthnet_explorer.widgets.review import plan_choices
from chatearthnet_explorer.widgets.review.interval_view import IntervalView
from chatearthnet_explorer.widgets.review.ledger_files import FOLDER_NOTICE, TAB_NOTICE, LedgerFiles
from chatearthnet_explorer.widgets.review.optional_check import OptionalCheck
from chatearthnet_explorer.widgets.review.plan_section import PlanSection
from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk
from chatearthnet_explorer.widgets.review.review_files import review_files
from chatearthnet_explorer.widgets.review.review_link import read_review_link, write_review_link
from chatearthnet_explorer.widgets.review.review_steps import JUDGE, PLAN, REPORT, ReviewSteps
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.composite import Composite, report_errors
from chatearthnet_explorer.widgets.shared.download_button import DownloadButton
from chatearthnet_explorer.widgets.shared.share_button import ShareButton
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.review.ledger_entries import Entry
    from chatearthnet_explorer.review.plan import Plan
    from chatearthnet_explorer.review.received_ledger import ReceivedLedger
    from chatearthnet_explorer.review.review_folder import EarlierReview
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.spot_check import PlanRequest
    from chatearthnet_explorer.widgets.review.ledger_files import RememberedReview

LARGEST_LEDGER = 20_000_000
"""Bytes that a ledger may have to which files are added on a page."""


class SpotCheck(Composite):
    """Plan a sample of captions, judge them, and read the report."""

    link = traitlets.Unicode("", read_only=True)
    """Query part of the link that draws the sample on screen; empty before one is drawn."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        release: Release | None = None,
        labels: str | Source | None = "auto",
        folder: str | Path | None = None,
        link: str | None = "",
    ) -> None:
        """Begin with an empty form, or with the sample of a link.

        Args:
            catalog: Where the captions are.
            release: Where the pictures are; None for none.
            labels: Where labels come from, see ``ReleasedPairs``.
            folder: Where plans and verdicts are kept, and offered again. None for a ledger that ends with the widget;
                the browser remembers it until the tab is closed.
            link: Query part of a link, untrusted; ``notes`` says what was left out. None to wait for ``open_link``, as
                on a page that is not there yet.
        """
        self.catalog = self._planned_catalog = catalog
        self._temporary = TemporaryDirectory(prefix="chatearthnet-review-") if folder is None else None
        self._folder = None if folder is None else ReviewFolder(Path(folder).expanduser(), catalog.version)
        self._ledger = Ledger(Path(self._temporary.name) / "verdicts.jsonl") if self._temporary else None
        self._tasks = {name: BackgroundTask() for name in ("report", "ledger")}
        self.plan: Plan | None = None
        """The sample that is judged; None before one is drawn."""
        # all widgets are there from the start: a page that is served may lose what a new one is set to
        self._interval = IntervalView()
        self._pairs_of = partial(ReleasedPairs, release=release, labels=labels)
        self._caption_view = OptionalCheck()
        self.desk = ReviewDesk(
            (),
            self._pairs_of(catalog).pair_of,
            self._empty_ledger(),
            reviewer="-",
            caption_view=self._caption_view,
            beside=[self._interval],
        )
        """Where it is judged."""
        self.desk.on_entry(self._on_entry)
        self.notes: tuple[str, ...] = ()
        """What was left out of the link, one sentence each, made visible."""
        self.steps = ReviewSteps()
        self.planning = PlanSection(
            catalog, on_plan=self._open, on_resume=self._resume_earlier, on_error=self.show_error
        )
        self.files = LedgerFiles(
            take_ledger=self._take_ledger,
            resume=self._resume,
            storage_key=f"chatearthnet-review-{catalog.version[:12]}",
            remembers_verdicts=folder is None,
            notice=TAB_NOTICE if folder is None else FOLDER_NOTICE.format(folder=folder),
        )
        self.download, self.share = DownloadButton(), ShareButton()
        self.download.observe(self._on_download, "busy")
        self._saved_count: int | None = None
        guide = ipywidgets.HTML(verdict_guide_card()._repr_html_())
        self._report = ipywidgets.HTML()
        self._parts = {PLAN: ipywidgets.VBox([self.planning.form]), JUDGE: self.desk, REPORT: self._report}
        super().__init__(
            [self.steps, *self._parts.values(), status := StatusLine(), self.share, self.download, self.files, guide],
            status,
            sheets=("spot_check.css",),
        )
        self.layout.overflow = "visible"
        self.add_class("cen-spot-check")
        self.steps.observe(self._show_step, "step")
        self._show_step(None)
        self._has_link = False
        if link is not None:
            self.open_link(link)

    def open_link(self, link: str) -> None:
        """Show the sample of a link in the form; draw it if it is known who judges.

        Args:
            link: Query part of a link, untrusted.
        """
        request, self._has_link, self.notes = read_review_link(link)
        self._show_earlier()
        self.planning.show(request)
        if self._has_link and self.planning.form.reviewer:
            self.planning.draw()
        else:
            self.steps.step = PLAN
            self.set_trait("link", "")

    def card(self) -> Card:
        """Return the desk, or what verdicts mean before there is one, as static HTML."""
        return self.desk.card() if self.plan else verdict_guide_card()

    def close(self) -> None:
        """Stop all tasks, close the widgets, and delete a ledger that is not kept."""
        self.planning.stop()
        self.download.stop()
        for task in self._tasks.values():
            task.stop()
        self.desk.close()
        super().close()
        if self._temporary:
            self._temporary.cleanup()

    def _empty_ledger(self) -> Ledger:
        """Return the ledger that a desk without a plan has."""
        return self._folder.ledger("") if self._folder else self._ledger or Ledger("none.jsonl")

    def _resume_earlier(self, ident: str) -> None:
        earlier = self._folder.earlier() if self._folder else []
        review = next((one for one in earlier if one.id == ident), None)
        if review:
            self.planning.form.reviewer = self.planning.form.reviewer or next(iter(review.reviewers), "")
            self.planning.show(read_review_link(review.link).request)
            self.planning.draw()

    def _open(self, plan: Plan, request: PlanRequest, reviewer: str) -> None:
        """Open the desk on a plan."""
        link = write_review_link(request)
        ledger = self._ledger
        if self._folder:
            ledger = self._folder.ledger(link)
            self._folder.save(link, plan)
        assert ledger is not None  # noqa: S101 - there is a folder, or a ledger of the tab
        self.plan, self._ledger = plan, ledger
        self._planned_catalog = catalog_of_plan(self.catalog, plan)
        pair_of = self._pairs_of(self._planned_catalog).pair_of
        self._caption_view.shows_check = self.planning.form.shows_check
        self.desk.judge_plan(plan, ledger, reviewer=reviewer, pair_of=pair_of)
        self.download.offers = review_files(
            ledger, plan, reviewer=reviewer, caption_of=self._caption_of, on_ledger=self._note_ledger
        )
        self.files.remember(reviewer, link)
        with self.steps.hold_sync():
            self.steps.summary = (
                f"{plan_choices.request_words(request, plan.population, plan.writer)}; judged by {reviewer}"
            )
            self.steps.ready, self.steps.step = True, JUDGE
        self.set_trait("link", link)
        self.status.show_message("")
        self._show_progress()

    def _on_entry(self, entry: Entry) -> None:
        self.files.remember_lines(entry.to_line())
        if self.files.remembers_verdicts:
            self.files.unsaved_count += 1
        self._show_progress()

    def _show_progress(self) -> None:
        if self.plan:
            points = interval_history(self.desk.verdicts, self.plan)
            self._interval.show_history(points, self.plan)
            self.desk.pad.estimate = self._interval.headline

    @report_errors
    def _show_step(self, _change: object) -> None:
        if self.steps.step != PLAN and not self.plan:
            self.steps.step = PLAN
        if self.steps.step == REPORT and self._ledger:
            ledger, plan = self._ledger, self.plan
            self._report.value = "<p class='cen-status' role='status'>Counting the verdicts ...</p>"
            self._tasks["report"].start(
                lambda _: report_card(
                    report(ledger.verdicts, plan, caption_of=self._caption_of, remarks=ledger.remarks)
                )._repr_html_(),
                on_result=lambda text: setattr(self._report, "value", text),
                on_error=self.show_error,
            )
        for step, part in self._parts.items():  # last: an earlier report is not shown for a moment
            part.layout.display = "" if step == self.steps.step else "none"

    def _caption_of(self, name: str, style: str) -> str | None:
        pair = self._planned_catalog.pair_named(name)
        return pair.record.captions.get(style) if pair else None

    def _show_earlier(self) -> None:
        folder = self._folder
        if folder:
            self._tasks["ledger"].start(
                lambda _: [_earlier_words(one) for one in folder.earlier()],
                on_result=lambda earlier: setattr(self.planning.form, "earlier", earlier),
                on_error=self.show_error,
            )

    def _on_download(self, change: dict[str, Any]) -> None:
        """Count verdicts as saved once the ledger was sent to the browser."""
        if not change["new"] and self._saved_count is not None:
            self.files.unsaved_count = max(self.files.unsaved_count - self._saved_count, 0)
            self._saved_count = None

    def _note_ledger(self) -> None:
        """Note how many verdicts the ledger has that is being saved; a thread makes it, so no trait is set."""
        self._saved_count = self.files.unsaved_count

    def _take_ledger(self, content: bytes, is_remembered: bool) -> None:  # noqa: FBT001 - a message of the page
        if self._ledger is None:
            msg = "Draw the sample first, then add the file."
            raise LedgerError(msg)
        path = self._ledger.path
        if (path.stat().st_size if path.exists() else 0) + len(content) > LARGEST_LEDGER:
            size = f"{LARGEST_LEDGER / 1e6:.0f} MB"
            msg = f"Together the ledgers are larger than {size}; put them together with `review merge`."
            raise LedgerError(msg)
        self._tasks["ledger"].start(
            lambda _: read_ledger(content),
            on_result=lambda addition: self._add(addition, is_remembered=is_remembered),
            on_error=lambda problem: self.files.end_upload(
                error=str(problem) if isinstance(problem, ExplorerError) else "The file could not be read."
            ),
        )

    def _add(self, addition: ReceivedLedger, *, is_remembered: bool) -> None:
        if self._ledger is None:
            return
        before = set(self._ledger.lines)
        try:
            count = self._ledger.add(addition.lines)
        except LedgerError as problem:
            self.files.end_upload(error=str(problem))
            return
        if self.plan:
            self.desk.refresh()
            self._show_progress()
        if is_remembered:
            self.files.end_upload()
            return
        fresh = [line for line in dict.fromkeys(addition.lines) if line not in before]
        self.files.remember_lines(b"".join(map(line_bytes, fresh)))
        self.files.end_upload(message=_received_words(addition, count))

    def _resume(self, review: RememberedReview) -> None:
        self.planning.form.reviewer = review.reviewer[: self.planning.form.limits["reviewer"]]
        if self.files.remembers_verdicts:
            self.files.unsaved_count = review.unsaved_count
        if not self._has_link and review.link:
            self.planning.show(read_review_link(review.link).request)
        if (self._has_link or review.link) and self.planning.form.reviewer:
            self.planning.draw()


def _earlier_words(review: EarlierReview) -> list[str]:
    names = ", ".join(review.reviewers[:3])
    request = read_review_link(review.link).request
    words = plan_choices.request_words(request, review.plan.population, review.plan.writer)
    return [review.id, visible(f"{words}: {review.judged_count:,} of {len(review.plan.pairs):,} judged by {names}")]


def _received_words(addition: ReceivedLedger, count: int) -> str:
    names = ", ".join(addition.reviewers[:3]) + (" and others" if len(addition.reviewers) > 3 else "")  # noqa: PLR2004
    known_count = len(addition.lines) - count
    words = f"{count:,} new entr{'y' if count == 1 else 'ies'} by {names} added"
    words += f", {known_count:,} were there already" if known_count else ""
    words += f", {addition.damaged_count:,} damaged lines left out" if addition.damaged_count else ""
    return f"{words}."
