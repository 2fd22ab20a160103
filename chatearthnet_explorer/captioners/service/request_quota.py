"""Limit requests to models: one at a time for each visitor, and a maximum for each hour."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import write_caption
from chatearthnet_explorer.captioners.budget import Budget
from chatearthnet_explorer.errors import CaptionerError, ModelError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

HOUR = 3600.0
"""Seconds within which requests are counted."""

WHOLE = 10
"""Factor between the limit of one visitor and that of all visitors of a server together."""

_PATIENCE = 2.0
_MOST_VISITORS = 5_000
_MINUTE = 60


class Quota:
    """The limit on one person's requests to models. It may be used from several threads."""

    def __init__(
        self,
        per_hour: int | None = None,
        *,
        whole: Quota | None = None,
        budgets: tuple[Budget, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start without requests.

        Args:
            per_hour: Requests within any hour; None for any number.
            whole: The quota that all visitors share, which must have requests left too.
            budgets: What the person's requests may cost: the person's own budget first, then one that is shared.
            clock: Returns the time in seconds.
        """
        self.budgets = budgets
        """Budgets that must have enough left for each request; the first is the person's own."""
        self._per_hour, self._whole, self._clock = per_hour, whole, clock
        self._times: deque[float] = deque()
        self._lock, self._under_way = threading.Lock(), threading.Lock()

    @property
    def idle(self) -> bool:
        """Whether there is no running request, and was none within the hour, nor any that a budget counts."""
        is_new = not any(budget.spent.requests for budget in self.budgets[:1])
        return is_new and not self._under_way.locked() and not self._recent()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Allow one request, for as long as the block lasts.

        Failures before the service is reached (a missing key, a chip without labels) are not counted; failures of the
        service are.

        Raises:
            QuotaError: If another request is running, or the limit within the hour is reached.
        """
        # one that was just cancelled takes a moment to end
        if not self._under_way.acquire(timeout=_PATIENCE):
            msg = "Another request of yours is still under way; wait for its answer, or cancel it."
            raise QuotaError(msg)
        try:
            request_time = self._take()
            try:
                yield
            except CaptionerError as error:
                if not isinstance(error, ModelError):
                    self._give_back(request_time)
                raise
        finally:
            self._under_way.release()

    def within(self, captioner: Captioner) -> Captioner:
        """Return a captioner whose requests count against this quota."""
        return _QuotaCaptioner(captioner, self)

    def _recent(self) -> int:
        with self._lock:
            return self._forget_old()

    def _forget_old(self) -> int:
        while self._times and self._times[0] <= self._clock() - HOUR:
            self._times.popleft()
        return len(self._times)

    def _take(self) -> float:
        with self._lock:
            if self._per_hour is not None and self._forget_old() >= self._per_hour:
                raise QuotaError(self._limit_message())
            now = self._clock()
            if self._whole is not None:
                self._whole._take()  # noqa: SLF001 - of the same class
            if self._per_hour is not None:
                self._times.append(now)
            return now

    def _give_back(self, request_time: float) -> None:
        with self._lock:
            if request_time in self._times:
                self._times.remove(request_time)
        if self._whole is not None:
            self._whole._give_back_last()  # noqa: SLF001 - of the same class

    def _give_back_last(self) -> None:
        with self._lock:
            if self._times:
                self._times.pop()

    def _limit_message(self) -> str:
        if not self._per_hour:
            return "No model is asked here; choose the captions without a model."
        minutes = max(1, round((self._times[0] + HOUR - self._clock()) / _MINUTE))
        subject = "Within the last hour a model was asked" if self._whole else "Within the last hour visitors asked"
        return f"{subject} {self._per_hour} times, as often as it may be; try again in {minutes} min."


class Quotas:
    """The quotas of all visitors of a server.

    Visitors are told apart by their network address: see ``app.model_access.visitor_of``. A person with many addresses
    counts as many visitors, so all visitors together have a limit too: ``WHOLE`` times that of one.
    """

    def __init__(self, per_hour: int, *, cap: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without visitors.

        Args:
            per_hour: Requests of one visitor within any hour; 0 for none.
            cap: US dollars that the requests of one visitor may cost until the server ends, and ``WHOLE`` times that
                for all visitors; None for no limit.
            clock: Returns the time in seconds.

        Raises:
            SettingError: If it is no amount that a cap may be.
        """
        self._per_hour, self._clock, self._cap = per_hour, clock, cap
        self._whole_budget = None if cap is None else Budget(WHOLE * cap)
        self._whole = Quota(WHOLE * per_hour, clock=clock)
        self._quotas: dict[str, Quota] = {}
        self._lock = threading.Lock()

    def of(self, visitor: str) -> Quota:
        """Return the quota of a visitor; all tabs of a visitor share one."""
        with self._lock:
            if visitor not in self._quotas and len(self._quotas) >= _MOST_VISITORS:
                self._quotas = {name: quota for name, quota in self._quotas.items() if not quota.idle}
            if visitor not in self._quotas:
                budgets = (Budget(self._cap), self._whole_budget) if self._whole_budget else ()
                self._quotas[visitor] = Quota(self._per_hour, whole=self._whole, budgets=budgets, clock=self._clock)
            return self._quotas[visitor]


class _QuotaCaptioner:
    """A captioner within a quota; its other attributes are those of the captioner that it wraps."""

    def __init__(self, captioner: Captioner, quota: Quota) -> None:
        self._captioner, self._quota = captioner, quota
        self.name = captioner.name

    def __getattr__(self, name: str) -> object:
        """Return an attribute of the captioner, such as ``options``, ``image`` or ``cancel``."""
        return getattr(self._captioner, name)

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return what the captioner writes.

        Raises:
            QuotaError: If the quota allows no request now.
            CaptionerError: As the captioner does.
        """
        with self._quota.request():
            return self._captioner.caption(prompt, chip)

    def stream(self, prompt: Prompt, chip: Chip, on_text: Callable[[str], None]) -> Caption:
        """Return what the captioner writes, and hand over its text while it is written, if the captioner can.

        Raises:
            QuotaError: If the quota allows no request now.
            CaptionerError: As the captioner does.
        """
        with self._quota.request():
            return write_caption(self._captioner, prompt, chip, on_text)
