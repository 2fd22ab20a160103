"""One browser and one server of each kind for all the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig import servers, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with stage.chromium() as chromium_browser:
        yield chromium_browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.lab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.app(tmp_path_factory.mktemp("app")) as address:
        yield address
