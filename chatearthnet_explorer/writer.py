"""Who writes a caption, and from which prompt: one value, its label in words, and its short form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, get_args

from chatearthnet_explorer.caption import Style, author_of
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.prompts.chip_prompt import prompt_for_chip
from chatearthnet_explorer.prompts.picture_prompt import IMAGES, needs_bands, needs_pictures
from chatearthnet_explorer.prompts.rules import MOST, without_rules
from chatearthnet_explorer.values import FrozenDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes a caption, and from which prompt. Two writers may differ in the model, or in the prompt alone."""

    captioner: str = "template"
    """Name of the captioner, one of ``captioner_names()``; a bench knows some more."""

    model: str = ""
    """Identifier of the model; empty for the default model."""

    style: Style = "3.5"
    """Style of the prompt."""

    wording: str = ""
    """TOML file with other sentences for the prompt, or ``original``; empty for the project's own."""

    seed: int = 0
    """Seed of the words that the prompt draws."""

    image: str = ""
    """Pictures that ``vision`` is sent, one of ``picture_prompt.IMAGES``; empty for those of the style."""

    without_rules: tuple[int, ...] = ()
    """Numbers of the rules that are left out of the prompt."""

    base_url: str = ""
    """Address of the service; empty for that of the environment, or OpenAI's."""

    token_limit: int | None = None
    """Tokens that an answer may have; None for the prompt's own limit."""

    reasoning_effort: str = ""
    """How long a model reasons; empty leaves it to the model."""

    @property
    def label(self) -> str:
        """The writer in words, such as ``gpt-6-luna, style 3.5, seed 2, without rule 4``; it may hold a hostile name.

        It has no address of a service, so two writers can have the same label.
        """
        rules = " and ".join(map(str, self.without_rules))
        words = (
            author_of(self.captioner, self.model),
            f"style {self.style}",
            f"captioner {self.captioner}" if self.model and self.captioner != "chat" else "",
            f"sent {self.image}" if self.image else "",
            f"wording {PurePath(self.wording).name}" if self.wording else "",
            f"seed {self.seed}" if self.seed else "",
            f"without rule{'s' * (len(self.without_rules) > 1)} {rules}" if rules else "",
            f"at most {self.token_limit:,} tokens" if self.token_limit else "",
            f"reasoning effort {self.reasoning_effort}" if self.reasoning_effort else "",
        )
        return ", ".join(filter(None, words))

    @property
    def spec(self) -> str:
        """The writer as ``read_writer`` reads it, such as ``chat:gpt-6-luna@3.5,seed=2,without-rules=4.6``.

        The address of the service is left out: links and reports are published, and it may name computers of a company.
        """
        model = f":{self.model}" if self.model else ""
        options = [
            f",{name.replace('_', '-')}={_text(name, value)}"
            for name in _OPTIONS
            if (value := getattr(self, name)) and name != "base_url"
        ]
        return f"{self.captioner}{model}@{self.style}{''.join(options)}"

    @property
    def needs_pictures(self) -> bool:
        """Whether the chip must have pictures of the ground for it, and not labels alone."""
        return needs_pictures(self.style, self.image or None)

    @property
    def needs_bands(self) -> bool:
        """Whether the chip must have its bands for the prompt."""
        return needs_bands(self.style, self.image or None)


def read_writer(text: str, *, usual: Writer | None = None) -> Writer:
    """Return the writer of a short form: ``CAPTIONER[:MODEL][@STYLE][,OPTION=VALUE...]``.

    Examples: ``template``, ``chat:gpt-6-luna``, ``vision:my-model@4v,image=true-colour,base-url=http://127.0.0.1:8080/v1``.
    Options: ``wording``, ``seed``, ``image``, ``without-rules``, ``base-url``, ``token-limit``, ``reasoning-effort``.

    Args:
        text: The text.
        usual: Its values stand for what the text leaves out, but for captioner and model; None for the usual ones.

    Raises:
        SettingError: If the text names no captioner or an unknown option, or a value cannot be used.
    """
    head, *choices = text.split(",")
    name, _, style = head.rpartition("@") if head.rpartition("@")[2] in get_args(Style) else (head, "", "")
    captioner, _, model = name.partition(":")
    if not captioner:
        msg = f"The writer {text[:80]!r} must begin with a captioner, as in chat:MODEL."
        raise SettingError(msg)
    if "@" in captioner:
        styles = ", ".join(get_args(Style))
        msg = f"The writer {text[:80]!r} names a style that there is not; choose {styles}, as in chat:MODEL@4v."
        raise SettingError(msg)
    values: dict[str, Any] = {"captioner": captioner, "model": model, **({"style": style} if style else {})}
    for choice in choices:
        option, _, value = choice.partition("=")
        name = option.strip().replace("-", "_")
        name = _OLD_NAMES.get(name, name)
        try:
            values[name] = _OPTIONS[name](value)
        except (KeyError, ValueError):
            names = ", ".join(one.replace("_", "-") for one in _OPTIONS)
            msg = f"{choice[:60]!r} is no option of a writer with a value; choose of {names}, as token-limit=500."
            raise SettingError(msg) from None
    return replace(usual or Writer(), **values)


def prompt_for_writer(writer: Writer, chip: Chip) -> Prompt:
    """Return the prompt that a writer reads about a chip.

    Raises:
        EmptyChipError: If the chip lacks the labels or the pictures that the style describes.
        WordingError: If the wording cannot be used.
    """
    prompt = prompt_for_chip(
        chip, style=writer.style, seed=writer.seed, wording=writer.wording or None, image=writer.image or None
    )
    return without_rules(prompt, writer.without_rules)


def _text(name: str, value: object) -> str:
    """Return the value of an option: without spaces in the names of pictures, which neither shell nor link takes."""
    if isinstance(value, tuple):
        return ".".join(map(str, value))
    return str(value).replace(" ", "-") if name == "image" else str(value)


def _word(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise ValueError
    return int(text)


def _image(text: str) -> str:
    return IMAGES[IMAGES.index(text.replace("-", " "))]


def _rules(text: str) -> tuple[int, ...]:
    numbers = {_whole(one) for one in text.split(".")}
    if not 1 <= min(numbers) <= max(numbers) <= MOST:
        raise ValueError
    return tuple(sorted(numbers))


_OPTIONS: Mapping[str, Callable[[str], Any]] = FrozenDict({
    "wording": _word,
    "seed": _whole,
    "image": _image,
    "without_rules": _rules,
    "base_url": _word,
    "token_limit": _whole,
    "reasoning_effort": _word,
})  # fmt: skip
"""The fields that are options of the short form, each with what reads its value."""

_OLD_NAMES = FrozenDict({"without": "without_rules", "prompt_seed": "seed"})
"""Names of options in links and commands that were written before."""
