"""Who writes an Explorer's captions, and when a model is asked: by a press of a button, one request at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners import Captioner, is_free, open_captioner, reads_wording
from chatearthnet_explorer.captioners.service.endpoint import same_address
from chatearthnet_explorer.captioners.service.request_quota import Quota
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.widgets.shared.ask_bar import AskBar, offer_of
from chatearthnet_explorer.widgets.shared.prompt_view import AGAIN

if TYPE_CHECKING:
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
        self._base_url, self._quota = base_url, quota or Quota()
        self._under_way: Captioner | None = None
        self._is_press_due = False
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
        base_url = options.base_url.strip()
        try:
            key = options.key_field.key(base_url)
            own = bool(self._base_url) and same_address(base_url, self._base_url)
            self._captioner = open_captioner(
                options.captioner,
                model=options.model or None,
                base_url=base_url or None,
                image=options.image,
                token_limit=options.token_limit or None,
                reasoning_effort=options.effort or None,
                typed_address=key is not None or not own,
                # asked when it is needed, so that no captioner keeps it; never in the terminal of whoever serves
                ask_key=lambda: options.key_field.key(base_url),
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
            choice["captioner"] = self._under_way = self._quota.within(self._captioner)
        return ask or self.free

    def end(self) -> None:
        """End the request that is under way: nobody will see its answer."""
        cancel = getattr(self._under_way, "cancel", None)
        self._under_way = None
        if cancel is not None:
            cancel()

    def offer(self, prompt: Prompt | None) -> str:
        """Offer to ask about a prompt where asking costs; return the words on the button, empty for no button."""
        view = self._prompt_view
        view.edit_warning = "" if reads_wording(self._captioner) else EDIT_WARNING
        if self.free or prompt is None:
            self.bar.hide()
            view.cost, view.ask_label = "", AGAIN
            return ""
        view.ask_label, view.cost = offer_of(self._captioner, prompt)
        self.bar.show(view.ask_label, view.cost)
        return self.bar.label

    def invite(self) -> str:
        """Return how to ask about the square that is there now, as a sentence; empty where there is no button."""
        label, is_due, self._is_press_due = self.bar.label, self._is_press_due, False
        if is_due and label:
            return f"Nothing was sent to the model, because this square was not there yet. Press '{label}' again."
        return f"Press '{label}' for a caption." if label else ""

    def _notice_press(self) -> None:
        """Remember a press on a button whose square was about to go: the model must be asked about what is seen."""
        self._is_press_due = self._under_way is None  # else the press was the second for the same request

    def wait(self, *, busy: bool) -> None:
        """Take presses, or none while something is under way."""
        self.bar.disabled = busy
        self._prompt_view.busy = busy and not self.free
