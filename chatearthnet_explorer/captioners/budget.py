"""A cap on what requests to models may cost: dollars, tokens, or both.

A request reserves its estimate before it is sent, and settles what it used afterwards. So no request is sent that
could pass the cap, however many run at once, as long as the service writes no more than the request allows.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import money
from chatearthnet_explorer.errors import BudgetError, SettingError

if TYPE_CHECKING:
    from chatearthnet_explorer.captioners.estimate import Estimate

_UNITS = 10**12  # of a dollar: sums of whole numbers are exact, so that a cap holds exactly as many as it pays for
_MOST_DOLLARS = 1_000_000
_MOST_TOKENS = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What requests used."""

    tokens_in: int = 0
    """Input tokens."""

    tokens_out: int = 0
    """Output tokens."""

    dollars: float | None = 0.0
    """US dollars; None if the price is not known, which is not 0."""

    @property
    def tokens(self) -> int:
        """Return input and output tokens together."""
        return self.tokens_in + self.tokens_out


NOTHING = Usage()
"""The usage of a request that never reached the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The running sum of a budget."""

    requests: int = 0
    """Requests that were settled."""

    tokens: int = 0
    """Tokens of these, input and output together."""

    dollars: float = 0.0
    """US dollars of those whose price is known."""

    unpriced: int = 0
    """Requests whose price is not known; their dollars are missing from the sum."""

    estimates: int = 0
    """Requests that count as estimated, because their usage is not known, as after a failure."""

    def __add__(self, other: Spending) -> Spending:
        """Return both sums together."""
        return Spending(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


@dataclass(frozen=True, slots=True, eq=False)
class Reservation:
    """The part of a budget that one request may use. Compared by identity."""

    estimate: Estimate
    """What it may cost, at most."""


class Budget:
    """A running sum with a cap, for any number of threads."""

    def __init__(
        self, cap: float | None = None, token_cap: int | None = None, *, spent: Spending | None = None
    ) -> None:
        """Begin.

        Args:
            cap: US dollars that may be spent in all; None for no limit, 0 for nothing that costs.
            token_cap: Tokens that may be used in all, input and output together; None for no limit, 0 for none.
            spent: What was spent before, such as in a run that is resumed; it counts against both caps.

        Raises:
            SettingError: If a cap is negative, not a number, or above a million dollars or 10^12 tokens.
        """
        if token_cap is not None and not 0 <= token_cap <= _MOST_TOKENS:
            msg = f"A cap is from 0 to {_MOST_TOKENS:,} tokens, not {token_cap!r:.40}; choose another."
            raise SettingError(msg)
        before = spent or Spending()
        self._cap, self._token_cap = _check(cap), token_cap
        self._requests, self._tokens, self._unpriced = before.requests, before.tokens, before.unpriced
        self._units, self._estimates = _units(before.dollars), before.estimates
        self._reservations: set[Reservation] = set()
        self._change = threading.Condition()

    @property
    def cap(self) -> float | None:
        """US dollars that may be spent in all; None for no limit. What is under way is not ended by a lower one.

        Raises:
            SettingError: If it is set to what no cap may be.
        """
        return self._cap

    @cap.setter
    def cap(self, value: float | None) -> None:
        with self._change:
            self._cap = _check(value)
            self._change.notify_all()

    @property
    def token_cap(self) -> int | None:
        """Tokens that may be used in all; None for no limit."""
        return self._token_cap

    @property
    def summary(self) -> str:
        """The sum in words, such as ``3 captions, $0.0006 of $1.00``."""
        spent, cap = self.spent, self._cap
        limit = "" if cap is None else f" of {money(cap)}"
        price = "price unknown" if spent.unpriced and not spent.dollars else f"{money(spent.dollars)}{limit}"
        rest = f" and {spent.unpriced} of unknown price" if spent.unpriced and spent.dollars else ""
        return f"{spent.requests:,} caption{'' if spent.requests == 1 else 's'}, {price}{rest}"

    @property
    def has_cap(self) -> bool:
        """Whether there is a limit."""
        return self._cap is not None or self._token_cap is not None

    @property
    def spent(self) -> Spending:
        """The sum of what was settled, and what was spent before."""
        with self._change:
            return Spending(
                requests=self._requests,
                tokens=self._tokens,
                dollars=self._units / _UNITS,
                unpriced=self._unpriced,
                estimates=self._estimates,
            )

    def reserve(self, estimate: Estimate, *, wait: bool = False) -> Reservation:
        """Reserve what a request may cost, before it is sent.

        Args:
            estimate: The most it may cost.
            wait: Whether to wait while other requests are under way that may turn out cheaper than they reserved.

        Raises:
            BudgetError: If the request could pass a cap, or there is a cap in dollars and its price is not known.
        """
        if self._cap is not None and estimate.dollars is None:
            msg = (
                f"The price of the model {estimate.model[:100]!r} is not known, so a cap in dollars cannot be kept; "
                "give its price in the file that CHATEARTHNET_MODELS names, or leave out the cap in dollars."
            )
            raise BudgetError(msg)
        reservation = Reservation(estimate)
        with self._change:
            while (refusal := self._refusal(estimate)) and wait and self._reservations:
                self._change.wait()
            if refusal:
                raise BudgetError(refusal)
            self._reservations.add(reservation)
        return reservation

    def settle(self, reservation: Reservation, usage: Usage | None = None) -> None:
        """Count what a request used, in place of what it reserved. A second call for the same one changes nothing.

        Args:
            reservation: That of the request.
            usage: What it used; ``NOTHING`` if it never reached the service. None if nobody knows, as after a failure
                or a cancelled request: the whole estimate counts, since the service may charge that much.
        """
        estimate = reservation.estimate
        dollars = usage.dollars if usage else None if estimate.dollars is None else _most_units(estimate) / _UNITS
        with self._change:
            if reservation not in self._reservations:
                return
            self._reservations.remove(reservation)
            self._change.notify_all()
            if usage == NOTHING:
                return
            self._requests += 1
            self._estimates += usage is None
            self._tokens += estimate.most_tokens if usage is None else usage.tokens
            self._units += _units(dollars or 0)
            self._unpriced += dollars is None

    def _refusal(self, estimate: Estimate) -> str:
        """Return why a request must not be sent, as a sentence; empty if it may be."""
        before = [reservation.estimate for reservation in self._reservations]
        units = self._units + sum(_most_units(one) for one in before)
        if self._cap is not None and units + _most_units(estimate) > _units(self._cap):
            return (
                f"The next request was not sent: {money(units / _UNITS)} of the cap of {money(self._cap)} is spent or "
                f"reserved, and it may cost {money(_most_units(estimate) / _UNITS)}; raise the cap to go on."
            )
        tokens = self._tokens + sum(one.most_tokens for one in before)
        if self._token_cap is not None and tokens + estimate.most_tokens > self._token_cap:
            return (
                f"The next request was not sent: {tokens:,} of the cap of {self._token_cap:,} tokens are used or "
                f"reserved, and it may take {estimate.most_tokens:,}; raise the cap to go on."
            )
        return ""


def read_cap(text: str) -> float | None:
    """Return the cap that somebody typed, with or without a dollar sign; None for an empty text, which sets no limit.

    Raises:
        SettingError: If it is no amount that a cap may have.
    """
    try:
        return _check(float(text.strip().removeprefix("$"))) if text.strip() else None
    except ValueError:  # a SettingError is one too
        msg = f"{text[:40]!r} is not an amount of dollars from 0 to {_MOST_DOLLARS:,}, such as 0.50; correct it."
        raise SettingError(msg) from None


def _check(cap: float | None) -> float | None:
    if cap is not None and not 0 <= cap <= _MOST_DOLLARS:  # NaN fails both comparisons
        msg = f"A cap is from 0 to {_MOST_DOLLARS:,} dollars, not {cap!r:.40}; choose another."
        raise SettingError(msg)
    return cap


def _units(dollars: float) -> int:
    return math.ceil(round(dollars * _UNITS, 3))  # up: never less than what it costs


def _most_units(estimate: Estimate) -> int:
    return _units(max(estimate.dollars or 0, estimate.most_dollars or 0))
