"""The prompt: its facts, its exact words, and a way to change them and ask again."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import traitlets as t

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.cards import prompt_card
from chatearthnet_explorer.cards.text_cards import EDITED_NOTE, NO_PROMPT
from chatearthnet_explorer.prompts.prompt import Prompt
from chatearthnet_explorer.render import png
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.caption import Style
    from chatearthnet_explorer.cards import Card

LIMIT = 20_000
"""Characters that an edited system or user text may have; the longest of our own has about 6,000."""


AGAIN = "Caption again"
"""What the button says where asking costs nothing."""

_DIFFERENCES = {
    "3.5": "ChatEarthNet's published script counts only the points that have a label, rounds each share to two "
    "decimals and then cuts off the rest, so 29 % can become 28 %. It leaves out what covers fewer than 20 points of a "
    "part. The land-cover step counts every point and rounds.",
    "4v": "These percentages have two decimals, and those of the land-cover step are rounded to whole ones.",
}
_METHODS = {
    "3.5": "whose rules and facts these are, those for GPT-3.5 or those for GPT-4V.",
    "4v": "whose rules and facts these are, those for GPT-3.5 or those for GPT-4V.",
    MULTISPECTRAL: "rules and pictures of this program; it is no style of ChatEarthNet.",
}


class PromptView(View):
    """Shows a prompt: set ``prompt``, and register what shall happen when a person asks again."""

    _esm = script("prompt_view")

    prompt = t.Instance(Prompt, allow_none=True)
    """What is shown, as the method made it; None before there is something to describe."""

    edited_system = t.Unicode("").tag(sync=True)
    """The rules as the person left them: the prompt's own, or edited; cut off after ``LIMIT`` + 1 characters."""

    edited_user = t.Unicode("").tag(sync=True)
    """The facts in words as the person left them, likewise."""

    cost = t.Unicode("").tag(sync=True)
    """What a caption of this prompt will roughly cost, in words; empty where it costs nothing."""

    ask_label = t.Unicode(AGAIN).tag(sync=True)
    """The words on the button that has a caption written; empty for no button."""

    busy = t.Bool(default_value=False).tag(sync=True)
    """Whether a model is being asked, so that the button does nothing."""

    editable = t.Bool(default_value=True, read_only=True).tag(sync=True)
    """Whether the page offers to change the words."""

    edit_warning = t.Unicode("").tag(sync=True)
    """Why the captioner will not read edited words, in one sentence; empty if it will."""

    presses = t.Int(0).tag(sync=True)
    """How often the button was pressed."""

    saved_edit = t.Unicode("", read_only=True).tag(sync=True)
    """What there is to bring back of earlier edits in this style, in one sentence; empty for nothing."""

    restores = t.Int(0).tag(sync=True)
    """How often the button that brings them back was pressed."""

    error = t.Unicode("", read_only=True).tag(sync=True)
    """Why the edited text cannot be used, in one sentence; empty if it can."""

    empty = t.Unicode(NO_PROMPT, read_only=True).tag(sync=True)
    """Shown if there is no prompt."""

    edited_note = t.Unicode(EDITED_NOTE, read_only=True).tag(sync=True)
    """Shown while the words differ from the prompt's own."""

    limit = t.Int(LIMIT, read_only=True).tag(sync=True)
    """``LIMIT``, for the script."""

    fields = t.Dict(read_only=True).tag(sync=True)
    """The prompt as the script draws it: style, seed, id, words, overall, facts, image_texts, difference, terms."""

    images = t.List(t.Bytes(), read_only=True).tag(sync=True)
    """Pictures sent with it, PNG each: label maps of 128 x 128, or pictures of 256 x 256."""

    def __init__(self, *, may_edit: bool = True, **traits: object) -> None:
        """Show a prompt.

        Args:
            may_edit: Whether a person may change the words; if not, what a page sends of them all the same is ignored.
            traits: Traits by name.
        """
        self._callbacks: list[Callable[[Prompt], None]] = []
        self._early_callbacks: list[Callable[[], None]] = []
        self._edits: dict[Style, _Edit] = {}
        self._may_edit = may_edit  # no trait: a page can set those
        super().__init__(**traits)
        self.set_trait("editable", may_edit)

    @property
    def is_edited(self) -> bool:
        """Whether a person changed the words, which is then no longer ChatEarthNet's method."""
        return self.current != self.prompt

    @property
    def current(self) -> Prompt | None:
        """The prompt with the words as they are in the view now."""
        if self.prompt is None:
            return None
        if not self._may_edit or (self.edited_system, self.edited_user) == (self.prompt.system, self.prompt.user):
            return self.prompt
        return dataclasses.replace(self.prompt, system=self.edited_system, user=self.edited_user)

    def show(self, prompt: Prompt | None) -> None:
        """Show what a caption was made from; edits of the same prompt stay, with their note and the way back."""
        own = self.prompt
        if own is None or prompt is None or dataclasses.replace(prompt, system=own.system, user=own.user) != own:
            self.prompt = prompt

    def restore(self) -> None:
        """Bring the latest edits in this style back."""
        edit = self._edits.get(self.prompt.style) if self.prompt else None
        if edit is not None and self._may_edit:
            with self.hold_sync():
                self.edited_system, self.edited_user = edit.system, edit.user
                self.set_trait("saved_edit", "")

    def on_caption_again(self, callback: Callable[[Prompt], None]) -> None:
        """Call a function with the prompt, edited or not, whenever a person asks for a caption again."""
        self._callbacks.append(callback)

    def on_early_press(self, callback: Callable[[], None]) -> None:
        """Call a function when a person asks while ``busy``: nothing is asked then."""
        self._early_callbacks.append(callback)

    def card(self) -> Card:
        """Return the prompt as static HTML."""
        return prompt_card(self.current, note=EDITED_NOTE if self.is_edited else "")

    @t.validate("edited_system", "edited_user")
    def _bound_length(self, proposal: dict[str, Any]) -> str:
        # a lone surrogate, which a browser can send, could be neither hashed nor sent on
        text: str = proposal["value"][: LIMIT + 1]
        return text.encode("utf-8", "replace").decode("utf-8")

    @t.observe("prompt")
    def _show(self, change: dict[str, Any]) -> None:
        self._save_edit(change["old"])
        prompt = self.prompt
        with self.hold_sync():
            self.set_trait("fields", _fields(prompt) if prompt else {})
            self.set_trait("images", [png(image) for image in prompt.images] if prompt else [])
            self.set_trait("error", "")
            self.edited_system = prompt.system if prompt else ""
            self.edited_user = prompt.user if prompt else ""
            self.set_trait("saved_edit", self._describe_edit())

    def _save_edit(self, prompt: Prompt | None) -> None:
        """Save the edits of a prompt that makes room for another."""
        if isinstance(prompt, Prompt) and self._may_edit:
            edit = _Edit(prompt.id, self.edited_system, self.edited_user)
            if (edit.system, edit.user) != (prompt.system, prompt.user):
                self._edits[prompt.style] = edit

    def _describe_edit(self) -> str:
        prompt = self.prompt
        edit = self._edits.get(prompt.style) if prompt else None
        if prompt is None or edit is None:
            return ""
        if edit.prompt_id == prompt.id:
            return "You edited this question before."
        return "You edited the question before, for other facts: check that your words fit this square."

    @t.observe("restores")
    def _restore(self, _change: object) -> None:
        self.restore()

    @t.observe("presses")
    def _press(self, _change: object) -> None:
        self.ask_again()

    def ask_again(self) -> None:
        """Do what the button does: have the prompt as it is now captioned, or say why it cannot be."""
        prompt = self.current
        if self.busy:
            for notice in self._early_callbacks:
                notice()
        if prompt is None or self.busy:
            return
        self.set_trait("error", _fault(prompt))
        if not self.error:
            for callback in self._callbacks:
                callback(prompt)


class _Edit(NamedTuple):
    """Edits of a prompt."""

    prompt_id: str  # of the prompt before it was edited
    system: str
    user: str


def _fields(prompt: Prompt) -> dict[str, object]:
    facts = prompt.facts.to_dict()
    overall = facts.get("overall") or list(facts.get("percents", {}))  # type: ignore[call-overload]
    return {
        "style": prompt.style,
        "seed": prompt.seed,
        "id": prompt.id,
        "system": prompt.system,
        "user": prompt.user,
        "overall": overall,
        "facts": facts,
        "image_texts": list(prompt.image_texts),
        "difference": _DIFFERENCES.get(prompt.style, ""),
        "terms": [
            ["Style", prompt.style, _METHODS[prompt.style]],
            ["Seed", str(prompt.seed), "a number that decides which of several words for an amount is used."],
            ["Identifier", prompt.id, "the same text always has the same identifier."],
        ],
    }


def _fault(prompt: Prompt) -> str:
    for name, text in (("rules", prompt.system), ("facts", prompt.user)):
        if not text.strip():
            return f"The {name} are empty; write something or undo your changes."
        if len(text) > LIMIT:
            return f"The {name} are longer than {LIMIT:,} characters; make them shorter."
    return ""
