"""Notebooks are tests: each cell must run.

nbval is imported here and not as a plugin of every run (``-p no:nbval``): it takes three seconds, which no other test
needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_OPTIONS = {
    "nbval": False,
    "nbval_lax": True,  # outputs differ from run to run; errors count
    "nbval_sanitize_with": None,
    "nbval_current_env": False,
    "nbval_kernel_name": None,
    "nbval_cell_timeout": 2000.0,
    "nbval_kernel_startup_timeout": 60.0,
    "nbdime": False,
}
"""What nbval's command line would have set."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    if file_path.suffix != ".ipynb":
        return None
    from nbval.plugin import IPyNbFile

    for name, value in _OPTIONS.items():
        setattr(parent.config.option, name, value)
    return IPyNbFile.from_parent(parent, path=file_path)
