"""Requirements of the contracts: each function raises ``AssertionError`` with a sentence if one is not met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.errors import ExplorerError


def require(condition: bool, problem: str) -> None:  # noqa: FBT001 - it reads as an assertion
    """Raise ``AssertionError`` with the problem unless a condition holds."""
    if not condition:
        raise AssertionError(f"{problem[:1].upper()}{problem[1:]}.")  # noqa: EM102 - likewise


def require_sentences(texts: Any, what: str) -> None:  # noqa: ANN401 - untrusted result of the object
    """Require each text to be one sentence on one line."""
    for text in texts:
        require(text.endswith(".") and "\n" not in text, f"{what} is not one sentence on one line: {text[:120]!r}")


def require_error(call: Callable[[], object], kind: type[ExplorerError], what: str) -> None:
    """Require a call to raise an error of a kind, with one sentence."""
    try:
        call()
    except kind as error:
        require_sentences([str(error)], "an error")
        return
    except Exception as error:
        msg = f"{what} raises {type(error).__name__} and not {kind.__name__}."
        raise AssertionError(msg) from error
    require(condition=False, problem=f"{what} is not refused")


def require_alike(one: Chip, other: Chip) -> None:
    """Require two chips to have the same tile, scene and pixels."""
    require(one.tile == other.tile, "two places of one tile give different tiles")
    require(one.scene == other.scene, "two places of one tile give different scenes")
    pairs = [(name, getattr(one, name), getattr(other, name)) for name in ("labels", "rgb", "scl")]
    for name, first, second in pairs:
        require(np.array_equal(first, second), f"two places of one tile give different {name}")
