"""One browser and one server of each kind for all the tests of a module; a page with a stage for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig import servers
from rig.stage import Stage, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as chromium_browser:
        yield chromium_browser


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    new_stage = Stage(page)
    yield new_stage
    assert new_stage.errors == []
    page.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.lab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.app(tmp_path_factory.mktemp("app")) as address:
        yield address
