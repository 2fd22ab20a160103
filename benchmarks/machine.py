"""The machine and the versions that a benchmark's figures belong to."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path


def describe(*packages: str) -> str:
    """Return one line: processor, cores, memory, Python and the versions of packages."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    name = cpu.group(1).strip() if cpu else platform.processor()
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GiB; Python {platform.python_version()}; {versions}"
