"""The value ``CaptionSet``: who wrote the captions of a set, and how many there are."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast, get_args

from chatearthnet_explorer.caption import Caption, Style, checked_as, price_words
from chatearthnet_explorer.prompts.wording import wording_hash
from chatearthnet_explorer.values import FrozenDict, Value, freeze
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chatearthnet_explorer.caption_file import CaptionEntry

ID_DIGITS = 12
"""Hexadecimal digits of the id of a set."""

LABEL_LIMIT = 120
"""Most characters of a label."""

_TEXT_LIMIT = 400
MOST_LISTED = 100
"""Most models and files that a set lists."""
IDENTITY = ("captioner", "requested_model", "style", "wording", "seed", "choices")
"""The fields that tell sets apart."""
_MOST_DOLLARS = 10**15
_SHORT = 8  # digits of a wording's hash in a label


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CaptionSet(Value):
    """The captions of one writer: one captioner, model, style, wording and seed. ChatEarthNet published none of them.

    Its texts come from files of strangers: they are hostile until a view escapes them.
    """

    captioner: str
    """The captioner, such as ``chat``."""

    style: Style
    """Style of the prompts."""

    requested_model: str = ""
    """Identifier of the model that was requested; empty without a model."""

    wording: str = ""
    """Hash of the wording of the prompts, see ``prompts.wording.wording_hash``; empty if it is not known."""

    seed: int = 0
    """Seed of the requests."""

    choices: str = ""
    """Other choices of the requests that differ from the usual."""

    input_summary: str = ""
    """What the writer read, in words, as the first caption says it."""

    models: tuple[str, ...] = ()
    """The models that the service reported, the first ``100``."""

    count: int = 0
    """Number of captions."""

    failures: Mapping[str, int] = FrozenDict()
    """Number of pairs without a caption because the request failed, by kind of the failure, such as ``refusal``."""

    tokens_in: int | None = None
    """Tokens of the input of the captions, as the service counts them; None if it reported none."""

    tokens_out: int | None = None
    """Tokens of their output; None if the service reported none."""

    dollars: float | None = None
    """Price in US dollars of those captions whose price is known; None if none is."""

    unpriced: int = 0
    """Number of captions whose price is not known."""

    first: str = ""
    """When the first caption was written, in UTC."""

    last: str = ""
    """When the last caption was written, in UTC."""

    files: tuple[Mapping[str, Any], ...] = ()
    """The files that captions were added from, the latest ``100``: ``name``, ``sha256``, ``captions``."""

    def __post_init__(self) -> None:
        """Freeze what can be changed."""
        for name in ("failures", "files", "models"):
            object.__setattr__(self, name, freeze(getattr(self, name)))

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits of who wrote: the same writer has the same id in every catalog."""
        key = json.dumps([getattr(self, name) for name in IDENTITY])
        return hashlib.sha256(key.encode()).hexdigest()[:ID_DIGITS]

    @property
    def model(self) -> str:
        """The model that was requested, or the only one that the service reported; empty if it is not known."""
        reported_model = self.models[0] if len(self.models) == 1 else ""
        return self.requested_model.strip() or reported_model.strip()

    @property
    def label(self) -> str:
        """The writer in words, see ``Writer.label``, with its other choices.

        Two sets can have the same label; the id tells them apart.
        """
        wording = "" if self.wording == wording_hash(self.style) else self.wording[:_SHORT]
        writer = Writer(captioner=self.captioner, model=self.model, style=self.style, wording=wording, seed=self.seed)
        label = " ".join(", ".join(filter(None, (writer.label, self.choices))).split())
        return label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 2]} …"

    @property
    def failure_count(self) -> int:
        """Number of pairs without a caption because the request failed."""
        return sum(self.failures.values())

    @property
    def column_style(self) -> str:
        """The style whose columns a catalog stores the captions in: its own, or ``4v`` for one that no release has."""
        return checked_as(self.style)

    @property
    def description(self) -> str:
        """Who wrote the captions, of what, when and for how much, in one or two sentences."""
        models = ", ".join(self.models[:3])
        reported_model = f" (the service reports {models})" if models and models != self.model else ""
        what = f", which read {self.input_summary}" if self.input_summary else ""
        captions = f"{self.count:,} caption{'s' * (self.count != 1)}"
        sentence = f"{captions} by {self.label}{reported_model}{what}; ChatEarthNet published none of them."
        details = "; ".join(self._details())
        return f"{sentence} {details[:1].upper()}{details[1:]}." if details else sentence

    def _details(self) -> Iterator[str]:
        if self.tokens_in is not None or self.tokens_out is not None:
            yield f"{self.tokens_in or 0:,} tokens in, {self.tokens_out or 0:,} out"
        if self.dollars is not None:
            yield price_words(self.dollars) + (f" for {self.count - self.unpriced:,} of them" * bool(self.unpriced))
        elif self.count:
            yield "price unknown"
        if count := self.failure_count:
            yield f"no caption of {count:,} more pair{'s' * (count != 1)}, because the request failed"
        if self.first:
            first, last = self.first[:10], self.last[:10]
            yield f"written {first}" + (f" to {last}" * (first != last))

    def caption(self, text: str) -> Caption:
        """Return one of its captions as views show it, with its author."""
        return Caption(
            text=text,
            captioner=self.captioner,
            style=self.style,
            model=self.model or None,
            input_summary=self.input_summary,
            notes=(f"From the further captions {self.label}.",),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {"failures": dict(self.failures), "files": [dict(one) for one in self.files], "models": [*self.models]}
        return {"id": self.id, "label": self.label, **values, **plain}


def set_of(entry: CaptionEntry) -> CaptionSet:
    """Return the set that an entry belongs to, without captions."""
    return CaptionSet(
        **{name: getattr(entry, name) for name in IDENTITY if name != "requested_model"},
        requested_model=entry.requested_model or entry.model,
    )


def read_caption_set(content: object) -> CaptionSet:
    """Return the set that ``to_dict`` wrote; its content is untrusted.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(content, dict) or content.get("style") not in get_args(Style):
        msg = "It is no set of captions."
        raise ValueError(msg)
    files, failures, models = (content.get(name) for name in ("files", "failures", "models"))
    return CaptionSet(
        style=cast("Style", content["style"]),
        **{name: _text(content.get(name)) for name in IDENTITY if name not in {"style", "seed"}},
        **{name: _text(content.get(name)) for name in ("first", "last", "input_summary")},
        seed=_whole(content.get("seed")) or 0,
        models=tuple(map(_text, models[:MOST_LISTED])) if isinstance(models, list) else (),
        count=_whole(content.get("count")) or 0,
        failures={_text(kind): _whole(number) or 0 for kind, number in failures.items()}
        if isinstance(failures, dict)
        else {},
        tokens_in=_whole(content.get("tokens_in")),
        tokens_out=_whole(content.get("tokens_out")),
        dollars=_amount(content.get("dollars")),
        unpriced=_whole(content.get("unpriced")) or 0,
        files=tuple(one for one in files[-MOST_LISTED:] if isinstance(one, dict)) if isinstance(files, list) else (),
    )


def _amount(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(cast("float", value)) if is_number and 0 <= cast("float", value) < _MOST_DOLLARS else None


def _text(value: object) -> str:
    # a lone surrogate is allowed in JSON, but cannot be written to a file
    return value[:_TEXT_LIMIT].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
