"""Late messages on purpose: a page and its test must wait for the right thing, not just long enough on a fast computer.

``PAGE_DELAY=500 python -m pytest tests/browser`` delays each message between a page and its server by up to that many
milliseconds, in both directions and in order, and each fetch of a page likewise.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

LONGEST = int(os.environ.get("PAGE_DELAY", "0"))
"""Milliseconds that a message is late at most; 0 for messages that arrive at once."""


def delay_messages(context: BrowserContext) -> None:
    """Deliver the messages of all pages late, if that is asked for."""
    if LONGEST:
        context.add_init_script(Path(__file__).with_suffix(".js").read_text("utf-8") % LONGEST)
