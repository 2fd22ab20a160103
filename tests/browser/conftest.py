"""One browser and one server of each kind for all the tests of a module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from rig import doors, stage


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with stage.chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with doors.lab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with doors.app(tmp_path_factory.mktemp("app")) as address:
        yield address
