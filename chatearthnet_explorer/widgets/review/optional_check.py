"""The caption of a review desk: with or without what the labels say of its words."""

from __future__ import annotations

import traitlets as t

from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView


class OptionalCheck(GroundingView):
    """Shows captions like ``GroundingView``, or without any checking for reviewers who are to judge by themselves."""

    shows_check = t.Bool(default_value=True)
    """Whether words are held against the labels."""

    def _is_plain(self) -> bool:
        return not self.shows_check or super()._is_plain()

    @t.observe("shows_check")
    def _switch(self, change: object) -> None:
        self._show(change)
