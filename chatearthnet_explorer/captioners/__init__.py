"""Who writes the caption: one-method protocol + open_captioner(name)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompt import Prompt

CAPTIONERS = ("template", "chat", "vision")
"""Names that ``open_captioner`` knows."""

IMAGES = ("labels", "true colour")
"""What ``vision`` can be shown. ChatEarthNet's 4V was shown the label maps and never the satellite image."""


class Captioner(Protocol):
    """Whatever writes the caption of a prompt."""

    name: str
    """Which captioner it is, as ``Caption.captioner`` says."""

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return the caption of a chip, written from its prompt.

        Raises:
            NothingToDescribeError: If a model should not be asked about this chip.
            KeyMissingError: If a model needs a key and there is none.
            ModelError: If a model's service refused, failed, or answered nothing usable.
        """
        ...


def open_captioner(
    captioner: str | Captioner,
    *,
    model: str | None = None,
    base_url: str | None = None,
    image: str = IMAGES[0],
    ask_key: Callable[[], str | None] | None = None,
) -> Captioner:
    """Return a captioner by its name, or the one given.

    Args:
        captioner: One of ``CAPTIONERS`` or an object that has their method.
        model: Identifier of the model to ask, for ``chat`` and ``vision``; None for the project's choice.
        base_url: Address of an OpenAI-compatible service; None for ``OPENAI_BASE_URL`` or OpenAI's own.
        image: One of ``IMAGES``, for ``vision``.
        ask_key: Asked for a key where the environment has none, such as ``getpass.getpass`` in a notebook; None for a
            prompt in the terminal, if there is one.

    Raises:
        SettingError: If there is no captioner or image of that name, or the address cannot be used.
    """
    if not isinstance(captioner, str):
        return captioner
    # each is imported where it is chosen: openai alone takes 0.7 s
    if captioner == "template":
        from chatearthnet_explorer.captioners.template import TemplateCaptioner  # noqa: PLC0415

        return TemplateCaptioner()
    if captioner == "chat":
        from chatearthnet_explorer.captioners.chat import ChatCaptioner  # noqa: PLC0415

        return ChatCaptioner(model=model, base_url=base_url, ask_key=ask_key)
    if captioner == "vision":
        from chatearthnet_explorer.captioners.vision import VisionCaptioner  # noqa: PLC0415

        return VisionCaptioner(model=model, base_url=base_url, image=image, ask_key=ask_key)
    msg = f"There is no captioner {captioner!r}; choose one of {', '.join(CAPTIONERS)}."
    raise SettingError(msg)
