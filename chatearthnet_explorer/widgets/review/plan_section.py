"""The plan of a spot-check: connects its form with a catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.spot_check import PlanRequest, draw_plan
from chatearthnet_explorer.widgets.review import plan_choices
from chatearthnet_explorer.widgets.review.plan_form import PlanForm
from chatearthnet_explorer.widgets.review.review_link import MOST_PAIRS
from chatearthnet_explorer.widgets.shared.background import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.review.plan import Plan

    OnPlan = Callable[[Plan, PlanRequest, str], None]

_NAME_NEEDED = "Write your name first, so that your verdicts can be told from those of others; a nickname will do."

_SIMULATED = (
    "The captions here are simulated, which is good for practice. To check the real ones, load them on the page Browse."
)


class PlanSection:
    """Counts what the form's choices draw from, and draws."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        on_plan: OnPlan,
        on_resume: Callable[[str], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Take the handlers.

        Args:
            catalog: What is drawn from.
            on_plan: Called with a plan, its request and who judges.
            on_resume: Called with the id of an earlier review that the person chose.
            on_error: Called with what went wrong, after the form has said it.
        """
        self._catalog, self._on_plan, self._on_resume, self._on_error = catalog, on_plan, on_resume, on_error
        self._counting, self._drawing = BackgroundTask(), BackgroundTask()
        self.request = PlanRequest()
        """What the form says now."""
        self.form = PlanForm(notice=_SIMULATED if catalog.simulated else "")
        self.form.on_command(self._on_command)
        self.form.observe(self._on_form, ["pairs", "seed", "choices"])

    def show(self, request: PlanRequest) -> None:
        """Bring the form to a request, and count what it draws from."""
        self.request = request
        with self.form.hold_sync():
            self.form.pairs, self.form.seed = request.pairs, request.seed
            self.form.choices = plan_choices.form_choices(request)
            self.form.filters = [words for words, _ in plan_choices.other_filters(request.query)]
        self._counting.start(
            lambda _: plan_choices.outlook_of(self._catalog, request),
            on_result=lambda outlook: self._show_outlook(request, outlook),
            on_error=self._show_error,
        )

    def draw(self) -> None:
        """Draw the sample of the form, if it is known who judges."""
        reviewer = " ".join(self.form.reviewer.split())
        if not reviewer:
            self.form.problem = _NAME_NEEDED
            return
        request = self.request
        if request.pairs > MOST_PAIRS:
            self.form.problem = plan_choices.outlook_problem(request, request.pairs)
            return
        self.form.busy, self.form.problem = True, ""
        self._drawing.start(
            lambda _: draw_plan(self._catalog, request),
            on_result=lambda plan: self._finish(plan, request, reviewer),
            on_error=self._show_error,
        )

    def stop(self) -> None:
        """Stop what is under way."""
        self._counting.stop()
        self._drawing.stop()

    def _finish(self, plan: Plan, request: PlanRequest, reviewer: str) -> None:
        self.form.busy = False
        try:
            self._on_plan(plan, request, reviewer)
        except Exception as problem:  # noqa: BLE001 - the loop would swallow it
            self._show_error(problem)

    def _show_outlook(self, request: PlanRequest, outlook: plan_choices.PlanOutlook) -> None:
        with self.form.hold_sync():
            self.form.options = plan_choices.form_options(outlook, request.query)
            self.form.outlook = plan_choices.outlook_words(request, outlook.population)
            self.form.problem = plan_choices.outlook_problem(request, outlook.population)

    def _show_error(self, problem: Exception) -> None:
        self.form.busy = False
        if isinstance(problem, ExplorerError):
            self.form.problem = str(problem)
        else:
            self._on_error(problem)

    def _on_form(self, _change: object) -> None:
        form = self.form
        try:
            request = plan_choices.apply_choices(replace(self.request, pairs=form.pairs, seed=form.seed), form.choices)
        except ExplorerError as problem:
            form.problem = str(problem)
            return
        if request != self.request:
            self.show(request)

    def _on_command(self, command: dict[str, Any]) -> None:
        try:
            self._do(command)
        except Exception as problem:  # noqa: BLE001 - widgets swallow what their callbacks raise
            self._show_error(problem)

    def _do(self, command: dict[str, Any]) -> None:
        if command.get("do") == "draw":
            self.draw()
        elif command.get("do") == "resume":
            self._on_resume(str(command.get("id")))
        elif command.get("do") == "remove":
            filters = plan_choices.other_filters(self.request.query)
            index = command.get("index")
            if isinstance(index, int) and 0 <= index < len(filters):
                self.show(replace(self.request, query=filters[index][1]))
