"""Captions of one chip by several writers, beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import price_words
from chatearthnet_explorer.captioners import Captioner, is_free, open_writer, reads_wording, write_caption
from chatearthnet_explorer.captioners.model_table import DEFAULT
from chatearthnet_explorer.errors import Cancelled, ExplorerError
from chatearthnet_explorer.places.countries import Country, country_at
from chatearthnet_explorer.prompts.rules import rules_of
from chatearthnet_explorer.review.claim_verification import VerifiedCaption, verify_caption
from chatearthnet_explorer.tile import wrap_longitude
from chatearthnet_explorer.values import Value
from chatearthnet_explorer.writer import Writer, prompt_for_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

MOST = 6
"""Most writers that are compared at once."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ComparedCaption(Value):
    """What became of one writer."""

    writer: Writer
    """Who."""

    prompt: Prompt | None
    """The prompt; None if the writer could not be asked with any."""

    caption: Caption | None
    """The caption; None if there is none."""

    error: str = ""
    """Why there is no caption, or no newer one, in one sentence; empty if it was written, or not requested yet."""

    verification: VerifiedCaption | None = None
    """The caption with its claims against the labels; None without a caption."""

    @property
    def price(self) -> str:
        """The price in words: ``$0.0002``, ``free`` for a captioner without a service, ``price unknown``, or empty."""
        if self.caption is None:
            return ""
        return price_words(0 if self.caption.model is None else self.caption.dollars)

    @property
    def is_waiting(self) -> bool:
        """Whether the writer was not asked yet."""
        return self.caption is None and not self.error

    def count(self, result: str) -> int:
        """Return how many claims have a result, one of ``grounding``'s ``SUPPORTED``, ``CONTRADICTED``, ..."""
        return dict(self.verification.counts).get(result, 0) if self.verification else 0

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        writer, caption = self.writer, self.caption
        return {
            "captioner": writer.captioner,
            "style": writer.style,
            "seed": writer.seed,
            "without_rules": list(writer.without_rules),
            "prompt": {"system": self.prompt.system, "user": self.prompt.user} if self.prompt else None,
            "text": caption.text if caption else None,
            "model": caption.model if caption else writer.model or None,
            "input": caption.input_summary if caption else "",
            "tokens_in": caption.tokens_in if caption else None,
            "tokens_out": caption.tokens_out if caption else None,
            "seconds": caption.seconds if caption else None,
            "dollars": caption.dollars if caption else None,
            "claims": dict(self.verification.counts) if self.verification else {},
            "notes": list(caption.notes) if caption else [],
            "error": self.error or None,
        }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison(Value):
    """Captions of one chip by several writers."""

    lon: float
    """Degrees east of the place, within -180 to 180."""

    lat: float
    """Degrees north of it."""

    country: Country | None
    """Its country; None on the open sea."""

    chip: Chip
    """What is described."""

    captions: tuple[ComparedCaption, ...]
    """One for each writer, in their order."""

    default_model: str = DEFAULT
    """The model of writers that name none."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the writers are called, in their order: see ``writer_names``."""
        return writer_names((one.writer for one in self.captions), self.default_model)

    @property
    def with_caption(self) -> tuple[ComparedCaption, ...]:
        """Those that have a caption."""
        return tuple(one for one in self.captions if one.caption)

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``place``, ``chip`` and ``captions``."""
        chip, scene = self.chip, self.chip.scene
        return {
            "place": {"lon": self.lon, "lat": self.lat, "country": self.country.name if self.country else None},
            "chip": {
                "tile": chip.tile.name,
                "source": chip.source,
                "simulated": chip.simulated,
                "item": scene.item if scene else None,
                "labels": chip.label_version,
                "attribution": list(chip.attribution),
            },
            "captions": [one.to_dict() for one in self.captions],
        }


def writer_names(writers: Iterable[Writer], default_model: str = DEFAULT) -> tuple[str, ...]:
    """Return what writers are called, no two the same: equal labels get a number, as in ``gpt-6-luna, style 3.5 (2)``.

    Args:
        writers: Who is compared.
        default_model: The model of those that name none.
    """
    labels = [
        (replace(one, model=default_model) if one.captioner in {"chat", "vision"} and not one.model else one).label
        for one in writers
    ]
    numbers = [labels[: place + 1].count(label) for place, label in enumerate(labels)]
    return tuple(
        f"{label} ({number})" if labels.count(label) > 1 else label
        for label, number in zip(labels, numbers, strict=True)
    )


def compare_captions(
    chip: Chip,
    lon: float,
    lat: float,
    writers: Iterable[Writer],
    *,
    open_one: Callable[[Writer], Captioner] = open_writer,
    ask: bool = True,
    again: bool = True,
    earlier: Sequence[ComparedCaption] = (),
    default_model: str = DEFAULT,
    on_progress: Callable[[Comparison, Writer | None], None] = lambda _comparison, _next: None,
    on_text: Callable[[str], None] | None = None,
) -> Comparison:
    """Have a chip described by several writers, one after the other; the failure of one does not stop the others.

    Args:
        chip: What to describe.
        lon: Degrees east of the place; wrapped beyond -180 to 180.
        lat: Degrees north of it.
        writers: Who writes, at most ``MOST``.
        open_one: Returns the captioner of a writer.
        ask: Whether captioners that cost something write too; else their captions are left open.
        again: Whether those that cost something write although there is an earlier caption; if that fails, it stays.
        earlier: Captions of the same chip. One that costs something and has the same writer and prompt is kept; each is
            used once, so equal writers keep their own.
        default_model: The model of writers that name none.
        on_progress: Called before each writer with what there is so far and who is next, and at the end with None. It
            may raise ``Cancelled`` to stop.
        on_text: Called with the text so far of the caption that is being written.

    Raises:
        Cancelled: If the person stopped it.
    """
    remaining = [one for one in earlier if one.caption]
    captions: list[ComparedCaption] = []
    country = country_at(*chip.tile.center)
    comparison = Comparison(
        lon=wrap_longitude(lon), lat=lat, country=country, chip=chip, captions=(), default_model=default_model
    )
    for writer in list(writers)[:MOST]:
        on_progress(comparison, writer)
        captions.append(_caption_by(writer, chip, open_one, remaining, ask=ask, again=again, on_text=on_text))
        comparison = replace(comparison, captions=tuple(captions))
    on_progress(comparison, None)
    return comparison


def with_captions_of(so_far: Comparison, before: Comparison) -> Comparison:
    """Return a comparison that was broken off, with the writers of an earlier one that it did not come to."""
    return replace(so_far, captions=(*so_far.captions, *before.captions[len(so_far.captions) :]))


def _caption_by(
    writer: Writer,
    chip: Chip,
    open_one: Callable[[Writer], Captioner],
    remaining: list[ComparedCaption],
    *,
    ask: bool,
    again: bool,
    on_text: Callable[[str], None] | None,
) -> ComparedCaption:
    prompt = earlier = None
    try:
        prompt = prompt_for_writer(writer, chip)
        captioner = open_one(writer)
        if not is_free(captioner):
            earlier = next((one for one in remaining if one.writer == writer and one.prompt == prompt), None)
            if earlier is not None:
                remaining[:] = [one for one in remaining if one is not earlier]
            if not ask or (earlier is not None and not again):
                return earlier or ComparedCaption(writer=writer, prompt=prompt, caption=None)
        caption = write_caption(captioner, prompt, chip, on_text=on_text)
    except Cancelled:
        raise
    except ExplorerError as error:
        if earlier is not None:  # which was paid for
            return replace(earlier, error=str(error))
        return ComparedCaption(writer=writer, prompt=prompt, caption=None, error=str(error))
    notes = _notes(writer, captioner, prompt, chip)
    caption = replace(caption, notes=(*caption.notes, *notes))
    verification = verify_caption(caption.text, style=caption.style, labels=chip.labels)
    return ComparedCaption(writer=writer, prompt=prompt, caption=caption, verification=verification)


def _notes(writer: Writer, captioner: Captioner, prompt: Prompt, chip: Chip) -> tuple[str, ...]:
    if not writer.without_rules:
        return ()
    if not reads_wording(captioner):
        return ("Fixed sentences follow the facts alone, so leaving out rules changes nothing.",)
    full = rules_of(prompt_for_writer(replace(writer, without_rules=()), chip).system)
    texts = [rule.text for rule in full if rule.number in writer.without_rules]
    if len(rules_of(prompt.system)) == len(full):
        return ("The prompt has no rules of these numbers, so all of it was sent.",)
    return tuple(f"Left out of the prompt: “{' '.join(text.split())}”" for text in texts)
