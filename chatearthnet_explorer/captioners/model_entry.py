"""The entry of one model: price, limits, last day, and the sentences about its end.

None stands for what is not known, which is never 0. A price of 0 in the user's file means free of charge.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from chatearthnet_explorer.captioners.service.endpoint import same_address
from chatearthnet_explorer.errors import RetiredModelError

ENDS_SOON = 90
"""Days before its last day from which a model is announced to end: about the notice that OpenAI gave for gpt-4o."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. None or an empty text stands for what is not known."""

    id: str
    """Its identifier at a service."""

    takes_images: bool | None = None
    """Whether it accepts pictures."""

    price_in: float | None = None
    """US dollars for a million input tokens."""

    price_out: float | None = None
    """US dollars for a million output tokens."""

    batch_discount: float | None = None
    """Share of both prices that is taken off in a batch, from 0 to 1."""

    context_limit: int | None = None
    """Most tokens of input and output together."""

    output_limit: int | None = None
    """Most tokens of an answer, reasoning included."""

    last_day: date | None = None
    """Last day on which its service answers, in UTC."""

    service: str = ""
    """Address of the service that the last day is about; empty for any."""

    successors: tuple[str, ...] = ()
    """Models that its maker recommends in its place."""

    tokenizer: str = ""
    """Name of its encoding, such as ``o200k_base``."""

    picture_base: int | None = None
    """Tokens of every picture, before those of its squares of 512 x 512 pixels."""

    picture_tile: int | None = None
    """Tokens of each square of 512 x 512 pixels of a picture."""

    picture_patch: float | None = None
    """Tokens of each square of 32 x 32 pixels of a picture, for models without ``picture_base``."""

    source: str = ""
    """Where the values are from."""

    as_of: date | None = None
    """When they were compared with their source."""

    @property
    def has_price(self) -> bool:
        """Return whether both prices are known."""
        return self.price_in is not None and self.price_out is not None

    def to_dict(self) -> dict[str, object]:
        """Return its fields as JSON; null for what is not known."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    def price(self, tokens_in: int, tokens_out: int, *, batch: bool = False) -> float | None:
        """Return US dollars for input and output tokens; None if a price, or the discount of a batch, is not known."""
        if self.price_in is None or self.price_out is None:
            return None
        if batch and self.batch_discount is None and (self.price_in or self.price_out):
            return None
        factor = 1 - (self.batch_discount or 0) if batch else 1
        return factor * (tokens_in * self.price_in + tokens_out * self.price_out) / 1_000_000

    def ends_at(self, address: str) -> date | None:
        """Return its last day at the service of an address; None if none is known.

        Another service may serve a model of the same name for longer.
        """
        return self.last_day if not self.service or same_address(self.service, address) else None

    def end_note(self, address: str, today: date | None = None) -> str:
        """Return that the model ended, or ends within ``ENDS_SOON`` days, at a service; empty if it does not.

        Args:
            address: That of the service.
            today: The day in UTC; None for the present one.
        """
        last_day = self.ends_at(address)
        if last_day is None or (last_day - (today or today_utc())).days > ENDS_SOON:
            return ""
        return end_sentence(self, last_day, today)


def today_utc() -> date:
    """Return the present day in UTC."""
    return datetime.now(UTC).date()


def end_sentence(model: Model, last_day: date, today: date | None = None) -> str:
    """Return the sentence about the last day of a model."""
    verb = "was" if last_day < (today or today_utc()) else "is"
    server = "OpenAI" if "openai.com" in model.service else "its service"
    advice = f"; in its place {server} names {' or '.join(model.successors)}" if model.successors else ""
    return f"{model.id[:100]} {verb} served by {server} until {last_day:%Y-%m-%d}{advice}."


def refuse_retired(model: Model, address: str, today: date | None = None) -> None:
    """Refuse a model whose last day at a service is over; the day itself still works.

    Args:
        model: The entry of the model.
        address: That of the service.
        today: The day in UTC; None for the present one.

    Raises:
        RetiredModelError: If it is over.
    """
    last_day = model.ends_at(address)
    if last_day is not None and last_day < (today or today_utc()):
        sentence = end_sentence(model, last_day, today).removesuffix(".")
        choice = f"choose {model.successors[0]}" if len(model.successors) == 1 else "choose one that it still has"
        msg = f"Nothing was sent, because {sentence}; {choice}."
        raise RetiredModelError(msg)
