"""Who writes the caption: one-method protocol + open_captioner(name)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

CAPTIONERS = ("template", "chat", "vision")
"""Names that ``open_captioner`` knows."""

IMAGES = ("labels", "true colour")
"""What ``vision`` can be shown. ChatEarthNet's 4V was shown the label maps and never the satellite image."""


class Captioner(Protocol):
    """Whatever writes the caption of a prompt."""

    name: str
    """Which captioner it is, as ``Caption.captioner`` says."""

    # A captioner may also have ``free = True``: asking it costs nothing, so widgets do so without a press of a button;
    # ``estimate(prompt)``: what asking will cost; ``cancel()``: end what is under way.

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return the caption of a chip, written from its prompt.

        Raises:
            NothingToDescribeError: If a model should not be asked about this chip.
            KeyMissingError: If a model needs a key and there is none.
            ModelError: If a model's service refused, failed, or answered nothing usable.
        """
        ...


def is_free(captioner: Captioner) -> bool:
    """Return whether asking costs nothing, so that nobody need press a button for it; in doubt it costs."""
    return getattr(captioner, "free", False) is True


def open_captioner(  # noqa: PLR0913 - each is its own choice
    captioner: str | Captioner,
    *,
    model: str | None = None,
    base_url: str | None = None,
    image: str = IMAGES[0],
    ask_key: Callable[[], str | None] | None = None,
    typed_address: bool = False,
    token_limit: int | None = None,
    reasoning_effort: str | None = None,
) -> Captioner:
    """Return a captioner by its name, or the one given.

    Args:
        captioner: One of ``CAPTIONERS`` or an object that has their method.
        model: Identifier of the model to ask, for ``chat`` and ``vision``; None for the project's choice.
        base_url: Address of an OpenAI-compatible service; None for ``OPENAI_BASE_URL`` or OpenAI's own. Who calls this
            chose it, so the key of ``OPENAI_API_KEY`` is sent there.
        image: One of ``IMAGES``, for ``vision``.
        ask_key: Asked for a key where the environment has none, such as ``getpass.getpass`` in a notebook; None for a
            prompt in the terminal, if there is one.
        typed_address: Whether the address was typed on a page, by somebody who may not own the environment: the key of
            ``OPENAI_API_KEY`` is then sent to the environment's own address only, and one of ``ask_key`` before it.
        token_limit: Tokens an answer may have, thinking included; None for 300 (style 3.5) or 1,200 (4v).
        reasoning_effort: How long a model is to think, one of ``service.EFFORTS``; None to leave that to the model.

    Raises:
        SettingError: If there is no captioner or image of that name, or the address, limit or effort cannot be used.
    """
    if not isinstance(captioner, str):
        return captioner
    # each is imported where it is chosen: openai alone takes 0.7 s
    if captioner == "template":
        from chatearthnet_explorer.captioners.template import TemplateCaptioner  # noqa: PLC0415

        return TemplateCaptioner()
    whom: dict[str, Any] = {
        "model": model,
        "base_url": base_url,
        "ask_key": ask_key,
        "typed_address": typed_address,
        "token_limit": token_limit,
        "reasoning_effort": reasoning_effort,
    }
    if captioner == "chat":
        from chatearthnet_explorer.captioners.chat import ChatCaptioner  # noqa: PLC0415

        return ChatCaptioner(**whom)
    if captioner == "vision":
        from chatearthnet_explorer.captioners.vision import VisionCaptioner  # noqa: PLC0415

        return VisionCaptioner(image=image, **whom)
    msg = f"There is no captioner {captioner!r}; choose one of {', '.join(CAPTIONERS)}."
    raise SettingError(msg)
