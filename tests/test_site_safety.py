"""What strangers may ask of the site: nothing grows with what they ask for."""

from __future__ import annotations

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

from chatearthnet_explorer.app import assets


@pytest.mark.parametrize("package", assets.WIDGET_PACKAGES)
def test_script_of_a_package_is_in_memory_once_for_every_version_in_an_address(package: str) -> None:
    addresses = [f"widgets/{package}@{version}" for version in ("^0.1", "*", "~9.9.9/dist/index", "x" * 100)]
    files = [assets.asset(address) for address in addresses]
    assert files[0] is not None
    assert files[0].content_type.startswith("text/javascript")
    assert all(one is files[0] for one in files)


@pytest.mark.parametrize(
    "name",
    [
        *("page.html", "dark.css", "../server.py", "/etc/passwd", "widgets/anywidget", "widgets/react@1"),
        *("widgets/anywidget@1/../../x", "widgets/../anywidget@1", "..", "", "x" * 200),
    ],
)
def test_only_files_of_the_pages_are_sent_and_unknown_names_are_not_remembered(name: str) -> None:
    assert assets.asset("favicon.svg") is not None
    before = assets._file.cache_info().currsize
    assert assets.asset(name) is None
    assert assets._file.cache_info().currsize == before
