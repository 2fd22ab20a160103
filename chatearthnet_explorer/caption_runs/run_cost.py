"""What a run will cost before anything is sent, from a sample of its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import money, price_words
from chatearthnet_explorer.captioners import is_free
from chatearthnet_explorer.captioners.estimate import estimate_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatearthnet_explorer.caption_runs.task import CaptionTask
    from chatearthnet_explorer.captioners import Captioner

SAMPLE = 20
"""Tasks whose estimates are averaged; prompts of one style differ little in length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """The rough cost of a run."""

    requests: int
    """Requests to be sent, at most: places without labels are not yet known."""

    in_file: int
    """Places whose results are in the file already."""

    tokens_in: int | None
    """Input tokens of all requests; None if the captioner does not say."""

    tokens_out: int | None
    """Output tokens of all requests, at most."""

    dollars: float | None
    """US dollars, at most; None if the price is not known, which is not 0."""

    @property
    def summary(self) -> str:
        """The cost in words."""
        price = f"at most about {money(self.dollars)}" if self.dollars else price_words(self.dollars)
        tokens = (
            "" if self.tokens_in is None else f" (about {self.tokens_in:,} tokens in, up to {self.tokens_out:,} out)"
        )
        return f"{price}{tokens}"


def run_cost(
    tasks: Iterable[CaptionTask],
    captioner: Captioner,
    *,
    requests: int,
    in_file: int,
    batch: bool = False,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
) -> RunCost:
    """Return the cost of a run, from the first ``SAMPLE`` of its tasks.

    Args:
        tasks: Its tasks; a few are taken.
        captioner: Its captioner.
        requests: How many there are to send.
        in_file: How many are in the file.
        batch: Whether they are sent as a batch.
        progress: Called while tasks are made, with ``price``, how many there are, and how many are needed.
    """
    if is_free(captioner) or not requests:
        return RunCost(requests=requests, in_file=in_file, tokens_in=0, tokens_out=0, dollars=0.0)
    costs = []
    for count, task in enumerate(islice(tasks, SAMPLE)):
        progress("price", count, min(SAMPLE, requests))
        if (cost := estimate_of(captioner, task.prompt)) is None:
            break  # the captioner knows no price
        costs.append(cost)
    if not costs:
        return RunCost(requests=requests, in_file=in_file, tokens_in=None, tokens_out=None, dollars=None)
    model = getattr(captioner, "entry", None)
    prices = [
        model.price(cost.tokens_in, cost.tokens_out, batch=True) if batch and model else cost.dollars for cost in costs
    ]
    dollars = [price for price in prices if price is not None]
    return RunCost(
        requests=requests,
        in_file=in_file,
        tokens_in=round(sum(cost.tokens_in for cost in costs) / len(costs) * requests),
        tokens_out=round(sum(cost.tokens_out for cost in costs) / len(costs) * requests),
        dollars=sum(dollars) / len(dollars) * requests if len(dollars) == len(costs) else None,
    )
