"""Who writes an Explorer's captions, and when a model is asked: by a press of a button, one request at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners import Captioner, cancel_request, is_free, open_captioner, reads_wording
from chatearthnet_explorer.captioners.service.request_quota import Quota
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.widgets.shared.ask_bar import AskBar, offer_of
from chatearthnet_explorer.widgets.shared.prompt_view import AGAIN
from chatearthnet_explorer.widgets.shared.session_budget import SessionBudget

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.widgets.explore.caption_options import CaptionOptions
    from chatearthnet_explorer.widgets.shared.prompt_view import PromptView


EDIT_WARNING = "Fixed sentences do not read your words, only the facts: choose a model under 'Caption by' in Options."
"""Shown while a prompt is edited that the captioner will not read."""


class ModelRequests:
    """Opens the captioner that is chosen, offers to ask it, and ends what is under way."""

    def __init__(
        self,
        captioner: Captioner,
        options: CaptionOptions,
        prompt_view: PromptView,
        *,
        base_url: str = "",
        quota: Quota | None = None,
    ) -> None:
        """Begin with a captioner.

        Args:
            captioner: Who writes until another is chosen.
            options: Where one is chosen.
            prompt_view: Its button asks as the bar does.
            base_url: Address of the service that the owner of the environment chose, and whose key may go there;
                empty for that of the environment. Any other that ``options`` has was typed.
            quota: How often a model may be asked; None for as often as one likes, one request at a time.
        """
        self.bar = AskBar()
        """The button."""
        self._captioner, self._options, self._prompt_view = captioner, options, prompt_view
        self._base_url, self._budget = base_url, SessionBudget(quota or Quota())
        self._under_way: Captioner | None = None
        self._is_press_due = False
        self._offer: tuple[str, str] | None = None
        options.observe(self._set_cap, "cap")
        self._callbacks: list[Callable[[str], None]] = []
        self.bar.on_press(prompt_view.ask_again)
        prompt_view.on_early_press(self._notice_press)

    @property
    def free(self) -> bool:
        """Whether the captioner costs nothing, so that it writes whenever there is something to write about."""
        return is_free(self._captioner)

    def captioner(self) -> Captioner:
        """Return the captioner that is chosen now.

        Raises:
            SettingError: If the choices cannot be used; until they can, nothing is offered.
        """
        options = self._options
        if not options.captioners:
            return self._captioner
        try:
            self._captioner = open_captioner(
                options.captioner,
                model=options.model or None,
                image=options.image or None,
                token_limit=options.token_limit or None,
                reasoning_effort=options.effort or None,
                **options.key_field.access(options.base_url.strip(), self._base_url),
            )
        except SettingError:
            self.offer(None)
            raise
        return self._captioner

    def prepare(self, choice: dict[str, Any], *, ask: bool) -> bool:
        """End the request of the job before, and prepare that of the next.

        Args:
            choice: What the next job is called with; its ``captioner`` is replaced by one that asks within the quota.
            ask: Whether a person wants a model asked.

        Returns:
            Whether the captioner is to be asked: if it is wanted, or costs nothing.
        """
        self.end()
        if ask and not self.free:
            choice["captioner"] = self._under_way = self._budget.within(self._captioner)
        return ask or self.free

    def end(self) -> None:
        """End the request that is under way: nobody will see its answer."""
        captioner, self._under_way = self._under_way, None
        cancel_request(captioner)

    def offer(self, prompt: Prompt | None) -> str:
        """Offer to ask about a prompt where asking costs; return the words on the button, empty for no button."""
        view = self._prompt_view
        view.edit_warning = "" if reads_wording(self._captioner) else EDIT_WARNING
        if self.free or prompt is None:
            self.bar.hide()
            view.cost, view.ask_label, self._offer = "", AGAIN, None
            return ""
        self._offer = view.ask_label, view.cost = offer_of(self._captioner, prompt)
        self._show_offer()
        return self.bar.label

    def _show_offer(self) -> None:
        if self._offer is not None:
            warning = getattr(self._captioner, "warning", "")
            self.bar.show(*self._offer, self._budget.sentence, warning, self._budget.cap_problem)

    def _set_cap(self, change: dict[str, Any]) -> None:
        self._budget.set_cap(change["new"])  # one that is none leaves the cap before
        self._show_offer()

    def invite(self, *, has_caption: bool = False) -> str:
        """Return how to ask about what is there now, as a sentence; empty where there is no button, or no need.

        Args:
            has_caption: Whether there is a caption already.
        """
        label, is_due, self._is_press_due = self.bar.label, self._is_press_due, False
        if is_due and label:
            return f"Nothing was sent to the model, because the page was still changing. Press '{label}' again."
        return f"Press '{label}' for a caption." if label and not has_caption else ""

    def on_notice(self, callback: Callable[[str], None]) -> None:
        """Call a function with a sentence when a press of the button does nothing."""
        self._callbacks.append(callback)

    def _notice_press(self) -> None:
        """Remember a press on a button that was about to change: the model must be asked about what is seen."""
        self._is_press_due = self._under_way is None
        for callback in self._callbacks if self._under_way else ():  # the press was the second for one request
            callback("The model was asked already: wait for its answer, or cancel it.")

    def wait(self, *, busy: bool) -> None:
        """Take presses, or none while something is under way."""
        self.bar.disabled = busy
        self._show_offer()
        self._prompt_view.busy = busy and not self.free
