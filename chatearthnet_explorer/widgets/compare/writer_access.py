"""Where the writers of a comparison are asked: address, key and quota, and what a press of the button will cost."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets
import traitlets

from chatearthnet_explorer.caption import money
from chatearthnet_explorer.captioners import Captioner, cancel_request, is_free, open_writer
from chatearthnet_explorer.captioners.estimate import estimate_of
from chatearthnet_explorer.captioners.model_table import DEFAULT
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.widgets.explore.caption_options import KEY_NOTE
from chatearthnet_explorer.widgets.shared.fold_button import FoldButton
from chatearthnet_explorer.widgets.shared.key_field import KeyField
from chatearthnet_explorer.widgets.shared.session_budget import SessionBudget
from chatearthnet_explorer.writer import prompt_for_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.captioners.service.request_quota import Quota
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.comparison import Comparison
    from chatearthnet_explorer.plugins import Plugin
    from chatearthnet_explorer.writer import Writer


class AskOffer(NamedTuple):
    """What a press of the button will do."""

    label: str
    """The words on the button; empty for no button."""

    cost: str
    """What it costs, and what else to know, as HTML."""

    again: bool
    """Whether models are asked that have written already."""


class WriterAccess(traitlets.HasTraits):
    """Opens the captioners of writers at one service, within one quota and one cap."""

    cap = traitlets.Unicode()
    """US dollars that the captions of this session may cost, as somebody typed it; empty for no limit."""

    base_url = traitlets.Unicode()
    """Address of the service; empty for ``OPENAI_BASE_URL`` or OpenAI's own."""

    def __init__(
        self, captioners: Sequence[Plugin], *, model: str, base_url: str, choose_service: bool, quota: Quota
    ) -> None:
        """Begin with the service that whoever serves chose.

        Args:
            captioners: The captioners to choose from.
            model: Identifier of the model where a writer names none; empty for the default model.
            base_url: Address of the service that the owner of the environment chose, and whose key may go there.
            choose_service: Whether a person may choose another address and type a key.
            quota: How often a model may be asked, and what that may cost.
        """
        super().__init__(base_url=base_url)
        self.default_model = model or DEFAULT
        """The model of writers that name none."""
        self._model, self._own_url, self._budget = model, base_url, SessionBudget(quota)
        self._under_way: list[Captioner] = []
        self._key_field = KeyField()
        address = ipywidgets.Text(
            description="Service", placeholder="OPENAI_BASE_URL, or OpenAI's own", continuous_update=False
        )
        cap = ipywidgets.Text(
            description="Stop at $",
            placeholder="no limit",
            continuous_update=False,
            tooltip="No request is sent that could pass this sum",
        )
        if choose_service:
            traitlets.link((self, "base_url"), (address, "value"))
        traitlets.link((self, "cap"), (cap, "value"))
        traitlets.dlink((self, "base_url"), (self._key_field, "base_url"))
        key_label = ipywidgets.HTML("<span class='cen-label'>API key</span>")
        service = [address, key_label, self._key_field, ipywidgets.HTML(KEY_NOTE)] if choose_service else []
        content = ipywidgets.VBox([*service, cap])
        content.add_class("cen-options")
        has_models = any(plugin.needs_service for plugin in captioners)
        label = "Service, key and limit" if choose_service else "Limit"
        self.fields = ipywidgets.VBox([FoldButton(label, content), content] if has_models else [])
        """Where a person chooses the service, and a cap; empty where there are no models."""

    @traitlets.observe("cap")
    def _set_cap(self, _change: object) -> None:
        self._budget.set_cap(self.cap)

    def opener(self) -> Callable[[Writer], Captioner]:
        """Return a function that opens the captioner of a writer with the address and key of this moment.

        The function raises ``SettingError`` if the choices cannot be used.
        """
        base_url = self.base_url.strip()

        def open_one(writer: Writer) -> Captioner:
            captioner = self._open(writer, base_url)
            if is_free(captioner):
                return captioner
            captioner = self._budget.within(captioner)
            self._under_way.append(captioner)
            return captioner

        return open_one

    def offer(self, writers: Sequence[Writer], comparison: Comparison | None) -> AskOffer:
        """Return what a press of the button will do. Those that have a caption are asked once all others have one too.

        Args:
            writers: Who is compared.
            comparison: What there is; None before there is a chip.
        """
        complete = [one.writer for one in comparison.with_caption] if comparison else []
        missing, ready, problem = [], [], ""
        for writer in writers:
            try:
                captioner = self._open(writer, self.base_url.strip())
            except ExplorerError as error:
                problem = str(error)
                continue
            if is_free(captioner):
                continue
            if writer in complete:
                complete.remove(writer)
                ready.append((writer, captioner))
            else:
                missing.append((writer, captioner))
        models = missing or ready
        if not models:
            return AskOffer("", _note(problem), again=False)
        count = len(models)
        label = "Ask the model" if count == 1 else f"Ask {count} models"
        costs: list[float | None] = []
        try:
            if comparison is not None:
                costs = [_cost_of(writer, captioner, comparison.chip) for writer, captioner in models]
        except ExplorerError as error:
            problem = str(error)
        warnings = dict.fromkeys(str(getattr(captioner, "warning", "")) for _, captioner in models)
        sentence = problem or (_cost_words(costs) if comparison else "")
        cost = _note(sentence, self._budget.sentence, *warnings, self._budget.cap_problem)
        return AskOffer(label if missing else f"{label} again", cost, again=not missing)

    def end(self) -> None:
        """End the requests that are under way: nobody will see their answers."""
        captioners, self._under_way = self._under_way, []
        for captioner in captioners:
            cancel_request(captioner)

    def forget_key(self) -> None:
        """Forget a key that was typed."""
        self._key_field.forget()

    def _open(self, writer: Writer, base_url: str) -> Captioner:
        access = self._key_field.access(writer.base_url or base_url, self._own_url)
        return open_writer(writer if writer.model else replace(writer, model=self._model), **access)


def _cost_of(writer: Writer, captioner: Captioner, chip: Chip) -> float | None:
    cost = estimate_of(captioner, prompt_for_writer(writer, chip))
    return cost.dollars if cost else None


def _cost_words(costs: Sequence[float | None]) -> str:
    prices = [cost for cost in costs if cost is not None]
    subject = "Cost of the caption" if len(costs) == 1 else "Cost of all together"
    if not prices:
        return f"{subject}: price unknown."
    unknown = len(costs) - len(prices)
    rest = f", and {unknown} of unknown price" if unknown else ""
    return f"{subject}: at most about {money(sum(prices), 1)}{rest}."


def _note(*sentences: str) -> str:
    lines = "".join(f"<div>{html.escape(sentence)}</div>" for sentence in sentences if sentence)
    return lines and f"<div class='cen-note'>{lines}</div>"
