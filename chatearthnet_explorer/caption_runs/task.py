"""One request of many: a chip, its prompt, and the entry that its result gets in the file of captions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_file import NAME_LIMIT, CaptionEntry, now
from chatearthnet_explorer.captioners import is_free, model_of
from chatearthnet_explorer.captioners.service.endpoint import OPENAI, same_address
from chatearthnet_explorer.writer import prompt_for_writer

if TYPE_CHECKING:
    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.writer import Writer

USUAL_YEAR = 2020
"""Year of the labels that entries do not mention: most likely that of ChatEarthNet."""


@dataclass(frozen=True, slots=True, eq=False)
class CaptionTask:
    """A caption to be written. Compared by identity."""

    name: str
    """Name of the chip, as in a release: ``3886_3141_patch11.png``."""

    chip: Chip
    """The chip, at least with its labels."""

    prompt: Prompt
    """The prompt."""

    seed: int = 0
    """Seed of the nouns that the prompt draws."""

    wording: str = ""
    """``Wording.hash`` of the wording of the prompt."""

    year: int = USUAL_YEAR
    """Year of the labels and of the scene."""

    without_rules: tuple[int, ...] = ()
    """Numbers of the rules that are left out of the prompt."""


def task_of(name: str, chip: Chip, writer: Writer, *, wording: str, year: int = USUAL_YEAR) -> CaptionTask:
    """Return the request to a writer about a chip.

    Args:
        name: Name of the chip.
        chip: The chip.
        writer: Who is to write, from which prompt.
        wording: ``Wording.hash`` of the writer's wording, which all tasks of a run share.
        year: Year of the labels and of the scene.

    Raises:
        EmptyChipError: If the chip lacks the labels or the pictures that the style describes.
        WordingError: If the wording cannot be used.
    """
    prompt = prompt_for_writer(writer, chip)
    return CaptionTask(name, chip, prompt, writer.seed, wording, year, writer.without_rules)


def choices_of(captioner: Captioner, *, year: int = USUAL_YEAR, without_rules: tuple[int, ...] = ()) -> str:
    """Return the choices of a captioner beside its model, such as ``image=true colour, token_limit=500``.

    The address of a service is a digest: the file may be published, and an address may name machines of a company.

    Args:
        captioner: The captioner.
        year: Year of the labels; ``USUAL_YEAR`` is left out.
        without_rules: Numbers of the rules that are left out of the prompt.
    """
    options = dict(getattr(captioner, "options", {})) | ({} if year == USUAL_YEAR else {"year": year})
    options |= {"without_rules": ".".join(map(str, without_rules))} if without_rules else {}
    service = getattr(captioner, "service", None)
    options.pop("model", None)
    address = options.pop("base_url", None)
    if service is not None:  # that of the environment counts too
        address = service.endpoint.url
    if address and not same_address(str(address), OPENAI):
        options["service"] = hashlib.sha256(str(address).rstrip("/").encode()).hexdigest()[:8]
    choices = ", ".join(f"{name}={value}" for name, value in sorted(options.items()))
    if len(choices) > NAME_LIMIT:  # it would be cut when it is read again
        return hashlib.sha256(choices.encode()).hexdigest()
    return choices


def entry_of_task(task: CaptionTask, captioner: Captioner) -> CaptionEntry:
    """Return the entry of a task before it has a result; its ``request_id`` is that of the request."""
    return CaptionEntry(
        name=task.name[:NAME_LIMIT],
        style=task.prompt.style,
        captioner=captioner.name,
        requested_model=bounded_name(model_of(captioner)),
        wording=task.wording,
        seed=task.seed,
        prompt_id=task.prompt.id,
        choices=choices_of(captioner, year=task.year, without_rules=task.without_rules),
        simulated=task.chip.simulated,
    )


def bounded_name(name: str) -> str:
    """Return a name as it is read again: the end of a long one, which would be cut, becomes a digest of it all."""
    if len(name) <= NAME_LIMIT:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[: NAME_LIMIT - len(digest) - 1]}-{digest}"


def with_caption(entry: CaptionEntry, caption: Caption, captioner: Captioner) -> CaptionEntry:
    """Return an entry with its caption, usage, price and time."""
    return replace(
        entry,
        caption=caption.text,
        model=caption.model or "",
        input_summary=caption.input_summary,
        tokens_in=caption.tokens_in,
        tokens_out=caption.tokens_out,
        dollars=0.0 if is_free(captioner) else caption.dollars,
        seconds=None if caption.seconds is None else round(caption.seconds, 3),
        notes=caption.notes,
        timestamp=now(),
    )
