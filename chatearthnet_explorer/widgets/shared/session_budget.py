"""What the models of one page cost: the sum so far, the cap that a person typed, and that of whoever serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.budget import Budget, read_cap
from chatearthnet_explorer.captioners.budget_captioner import BudgetCaptioner
from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.service.request_quota import Quota


class SessionBudget:
    """The sum of a page, within a quota and its budgets."""

    def __init__(self, quota: Quota) -> None:
        """Begin without costs.

        Args:
            quota: How often a model may be asked, and what that may cost.
        """
        self.cap_problem = ""
        """Why the cap that was typed last is none, in a sentence; empty if it is one."""
        self.quota = quota
        """How often a model may be asked."""
        self._budget = Budget()

    def within(self, captioner: Captioner) -> Captioner:
        """Return a captioner whose requests stay within the cap of the person, and within the quota and its budgets."""
        return self.quota.within(BudgetCaptioner(captioner, (self._budget, *self.quota.budgets)))

    def set_cap(self, text: str) -> None:
        """Set the cap that somebody typed, in US dollars; an empty text is no cap. Anything else changes nothing."""
        try:
            self._budget.cap, self.cap_problem = read_cap(text), ""
        except SettingError as error:
            self.cap_problem = str(error)

    @property
    def sentence(self) -> str:
        """What the requests cost so far, in a sentence; empty before the first, if there is no cap."""
        own = self.quota.budgets[0] if self.quota.budgets else None
        caps = [budget.cap for budget in (self._budget, own) if budget and budget.cap is not None]
        if not caps and not self._budget.spent.requests:
            return ""
        # a visitor's budget counts all tabs, so it may be the one that ends first
        budget = own if own and own.cap == min(caps) else self._budget
        return f"This session: {budget.summary}."
