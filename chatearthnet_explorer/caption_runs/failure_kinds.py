"""What a failure means for a run of many requests: to stop, to try again, or to go on."""

from __future__ import annotations

from chatearthnet_explorer.errors import CaptionerError, SettingError

STOPS = frozenset({"key", "access", "credit", "model", "address", "budget", "quota"})
"""Kinds of failures that every other request would meet as well: the run stops at once."""

PASSES = frozenset({"busy", "fault", "timeout", "network", "unreachable", "expired", "cancelled", "missing"})
"""Kinds of failures that may pass: the request is tried again, in this run and in the next."""

SAME_IN_A_ROW = 20
"""Failures of one kind in a row after which a run stops: then it is not about the single request."""


def kind_of(error: Exception) -> str:
    """Return the kind of a failure, as ``CaptionEntry.error_kind`` has it."""
    return error.kind if isinstance(error, CaptionerError) else type(error).__name__


def stops_run(error: Exception) -> bool:
    """Return whether all other requests would fail as well."""
    return isinstance(error, SettingError) or kind_of(error) in STOPS


def is_lasting(kind: str) -> bool:
    """Return whether the same request would fail again, as far as can be said."""
    return kind not in PASSES
