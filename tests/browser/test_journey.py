"""The whole site as a newcomer uses it, on a desktop and on a phone: the tour of ``rig.tour``, in one fresh profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]")

from rig import tour

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.mark.parametrize("device", [tour.DESKTOP, tour.PHONE], ids=["desktop", "phone"])
def test_newcomer_finds_home_and_learns(browser: Browser, app: str, device: dict[str, object], tmp_path: Path) -> None:
    for name, seconds in tour.take(browser, app, device, tmp_path):
        print(f"{seconds:6.1f} s  {name}")
