"""Captioners, which write a caption from a prompt: the protocol, and the registry that opens one by name."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from chatearthnet_explorer.caption import LIMIT, MULTISPECTRAL, Caption
from chatearthnet_explorer.errors import CaptionerError, ExplorerError, SettingError
from chatearthnet_explorer.plugins import Registry, builtin, needs_factory, require_protocol
from chatearthnet_explorer.prompts.picture_prompt import IMAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.caption import Style
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.plugins import Plugin
    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.writer import Writer

_log = logging.getLogger(__name__)


class Captioner(Protocol):
    """An object that writes captions."""

    name: str
    """The name that ``Caption.captioner`` repeats."""

    # A captioner may also have ``free = True``: a caption costs nothing, so widgets request it without a button;
    # ``estimate(prompt)``: returns what a caption will cost; ``cancel()``: ends the request that is under way;
    # ``stream(prompt, chip, on_text)``: as ``caption``, and calls ``on_text`` in the same thread with the whole text so
    # far, cleaned, whenever it grew; what that raises (``Cancelled``) ends the request and is raised;
    # ``reads_wording = False``: it writes from the facts alone, so that editing the words of a prompt changes nothing;
    # ``image``: the pictures that it sends of a multispectral prompt, one of ``IMAGES``;
    # ``multispectral_problem``: why it cannot use prompts of that style, in one sentence;
    # ``options``: keywords that ``open_captioner`` needs to open the same one again. A key is never among them.

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return the caption of a chip, written from its prompt.

        Raises:
            EmptyChipError: If no model should be sent this chip.
            KeyMissingError: If the service needs a key and there is none.
            ModelError: If the service refused, failed, or sent no usable answer.
        """
        ...


_REGISTRY = Registry(
    "captioner",
    (
        builtin(
            "captioners.template:TemplateCaptioner",
            "template",
            "Fixed sentences (works without a model)",
            "Writes fixed sentences from the facts of the prompt.",
            needs_service=False,
        ),
        builtin(
            "captioners.chat:ChatCaptioner",
            "chat",
            "A chat model",
            "Sends the words of the prompt to a language model.",
        ),
        builtin(
            "captioners.vision:VisionCaptioner",
            "vision",
            "A vision model",
            "Sends the prompt and its label maps, or satellite pictures, to a model that takes images.",
        ),
    ),
    verify=needs_factory("caption"),
    reserved_names=("release",),  # captions of the data set itself
)


def register_captioner(
    name: str,
    factory: Callable[..., Captioner],
    *,
    label: str = "",
    description: str = "",
    needs_service: bool | None = None,
) -> None:
    """Add a captioner to those that can be opened by name, for this process.

    An installed package does the same with an entry point in the group ``chatearthnet_explorer.captioners``.

    Args:
        name: Its name, which its objects have as ``name`` too.
        factory: A class or function that returns the captioner. It is called with those keywords of ``open_captioner``
            that its signature has.
        label: What menus call it; empty for the attribute ``label`` of the factory, or the name.
        description: What it does, in one sentence; empty for the attribute, or the first line of the docstring.
        needs_service: Whether it asks a service, which may cost; None for the opposite of the attribute ``free``.

    Raises:
        SettingError: If the name cannot be used or belongs to another, or the factory cannot be called.
    """
    _REGISTRY.register(name, factory, label=label, description=description, needs_service=needs_service)


def unregister_captioner(name: str) -> None:
    """Remove a captioner that was added by ``register_captioner``."""
    _REGISTRY.unregister(name)


def captioner_names() -> tuple[str, ...]:
    """Return the names that ``open_captioner`` knows; no captioner is imported for it."""
    return _REGISTRY.names()


def usable_captioners() -> tuple[Plugin, ...]:
    """Return the captioners that can be opened, labelled and described; those of others are imported."""
    return _REGISTRY.usable()


def captioner_problems() -> tuple[str, ...]:
    """Return why captioners of installed packages are left out, one sentence each."""
    return _REGISTRY.problems


def is_free(captioner: Captioner) -> bool:
    """Return whether a caption costs nothing, so that no button is needed; False if the captioner does not say so."""
    return getattr(captioner, "free", False) is True


def model_of(captioner: Captioner) -> str:
    """Return the identifier of the model that a captioner asks; empty if it has none."""
    return str(getattr(captioner, "options", {}).get("model") or "")


def cancel_request(captioner: Captioner | None) -> None:
    """End the request that is under way, if there is one and the captioner can."""
    cancel = getattr(captioner, "cancel", None)
    if cancel is not None:
        cancel()


def reads_wording(captioner: Captioner) -> bool:
    """Return whether the words of a prompt reach the captioner; True if it does not say otherwise."""
    return getattr(captioner, "reads_wording", True) is not False


def check_style(captioner: Captioner, style: Style) -> None:
    """Check that a captioner can use the prompts of a style, before anything is read or sent.

    Raises:
        SettingError: If the style is multispectral and the captioner says that it sends no pictures of the scene.
    """
    problem = getattr(captioner, "multispectral_problem", "") if style == MULTISPECTRAL else ""
    if problem:
        raise SettingError(problem)


def open_captioner(
    captioner: str | Captioner,
    *,
    model: str | None = None,
    base_url: str | None = None,
    image: str | None = None,
    ask_key: Callable[[], str | None] | None = None,
    typed_address: bool = False,
    token_limit: int | None = None,
    reasoning_effort: str | None = None,
) -> Captioner:
    """Return a captioner by its name, or the object itself.

    Args:
        captioner: One of ``captioner_names()``, or an object that has their method.
        model: Identifier of the model, for ``chat`` and ``vision``; None for the default model.
        base_url: Address of an OpenAI-compatible service; None for ``OPENAI_BASE_URL`` or OpenAI's own. The caller
            chose it, so the key of ``OPENAI_API_KEY`` is sent there.
        image: Pictures that ``vision`` sends, one of ``IMAGES``; None for those of the style: all six in the
            multispectral style, else the label maps, as ChatEarthNet sent them.
        ask_key: Called for a key where the environment has none, such as ``getpass.getpass`` in a notebook; None for a
            prompt in the terminal, if there is one.
        typed_address: Whether the address was typed on a page, by a person who may not own the environment: the key of
            ``OPENAI_API_KEY`` is then sent to the environment's own address only, and one of ``ask_key`` before it.
        token_limit: Tokens an answer may have, reasoning included; None for 1,200 in style 4v and 300 in the others.
        reasoning_effort: How long a model reasons, one of ``model_service.EFFORTS``; None leaves it to the model.

    Raises:
        SettingError: If there is no captioner or image of that name, or the address, limit or effort cannot be used.
    """
    if not isinstance(captioner, str):
        require_protocol("captioner", captioner, "caption")
        return captioner
    options = {
        "model": model,
        "base_url": base_url,
        "image": image,
        "ask_key": ask_key,
        "typed_address": typed_address,
        "token_limit": token_limit,
        "reasoning_effort": reasoning_effort,
    }
    instance: Captioner = _REGISTRY.call(captioner, options)
    require_protocol("captioner", instance, "caption", captioner)
    return instance


def open_writer(writer: Writer, **service: Any) -> Captioner:
    """Return the captioner of a writer.

    Args:
        writer: Who.
        service: Further keywords of ``open_captioner``, in place of what the writer says of its service.

    Raises:
        SettingError: As ``open_captioner``.
    """
    names = ("model", "base_url", "image", "token_limit", "reasoning_effort")
    choices = {name: value for name in names if (value := getattr(writer, name)) != ""}
    return open_captioner(writer.captioner, **choices | service)


def sent_image(captioner: Captioner) -> str | None:
    """Return the choice of ``IMAGES`` that a captioner sends of a multispectral prompt; None for that of the style."""
    image = getattr(captioner, "image", None)
    return image if image in IMAGES else None


def write_caption(
    captioner: Captioner, prompt: Prompt, chip: Chip, on_text: Callable[[str], None] | None = None
) -> Caption:
    """Return the caption of any captioner.

    Args:
        captioner: What writes.
        prompt: The messages for a model.
        chip: What to describe.
        on_text: Called in this thread with the whole text so far, if the captioner has the method ``stream``; it may
            raise ``Cancelled`` to end the request. The caption is the same with and without it.

    Raises:
        CaptionerError: As the captioner does, or if it fails in another way or returns no caption.
        Cancelled: If the person stopped it.
    """
    try:
        stream = getattr(captioner, "stream", None) if on_text else None
        caption = stream(prompt, chip, on_text) if stream else captioner.caption(prompt, chip)
    except ExplorerError:
        raise
    except Exception as error:
        _log.exception("The captioner %r failed.", captioner.name)
        msg = (
            f"The captioner {captioner.name!r} failed unexpectedly; see the log for the reason, or choose another one."
        )
        raise CaptionerError(msg) from error
    if not isinstance(caption, Caption):
        msg = f"The captioner {captioner.name!r} returned {type(caption).__name__[:60]} and no caption; choose another."
        raise CaptionerError(msg)
    return caption if len(caption.text) <= LIMIT else replace(caption, text=caption.text[:LIMIT])
