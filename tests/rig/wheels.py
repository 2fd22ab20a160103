"""A package that somebody else wrote, as a wheel, installed by pip into a folder of its own; no network is needed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def recipe_files() -> dict[str, str]:
    """Return the files of the recipe in CONTRIBUTING.md by name."""
    return dict(
        re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", CONTRIBUTING.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )


def build_wheel(files: Mapping[str, str], folder: Path) -> Path:
    """Write a wheel of a package's modules and ``pyproject.toml``, as a build backend would, and return its path."""
    project = tomllib.loads(files["pyproject.toml"])["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    sections = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
        for group, points in project.get("entry-points", {}).items()
    ]
    info = f"{stem}.dist-info"
    members = {name: text for name, text in files.items() if name.endswith(".py")} | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: rig\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "\n".join(sections),
    }
    members[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*members, f"{info}/RECORD"))
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in members.items():
            wheel.writestr(name, text)
    return path


def install(files: Mapping[str, str], folder: Path) -> Path:
    """Install a package with pip into a folder for ``PYTHONPATH``, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = build_wheel(files, folder)
    target = folder / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "install"),
            *("--quiet", "--no-index", "--no-deps", "--upgrade", "--target", str(target), str(wheel)),
        ],
        check=True,
    )
    return target
