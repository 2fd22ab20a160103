"""What the app weighs: megabytes on disk, seconds to import the Explorer, seconds until the server is ready.

``python benchmarks/weight.py`` measures this checkout in the environment that runs it. ``--beside CHECKOUT`` measures
another commit in turns with it. ``--venvs NEW [OLD]`` takes the environments of fresh installs of ``.[app]`` instead:
their sizes, and their interpreters for the times; ``--install`` makes them first (needs the package registry).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from machine import describe

ROOT = Path(__file__).parents[1]
RUNS = 5
IMPORT = (
    "import time; began = time.perf_counter(); from chatearthnet_explorer import Explorer; "
    "print(time.perf_counter() - began)"
)
SERVE = "import sys; from chatearthnet_explorer.cli import main; sys.exit(main(['serve', '--no-browser', '--port=0']))"
LARGEST = 12


class Install(NamedTuple):
    """A commit and the interpreter that runs it."""

    name: str
    checkout: Path
    python: Path
    venv: Path | None


def megabytes(path: Path) -> float:
    """Return what a folder or file takes on disk, each file once, as ``du`` counts it."""
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    blocks = {status.st_ino: status.st_blocks for status in (file.lstat() for file in files)}
    return sum(blocks.values()) * 512 / 2**20


def packages(venv: Path) -> list[tuple[str, float]]:
    """Return the largest folders and files of the environment's packages, with their megabytes."""
    (folder,) = venv.glob("lib/python3.*/site-packages")
    sizes = [(entry.name, megabytes(entry)) for entry in folder.iterdir()]
    return sorted(sizes, key=lambda size: -size[1])[:LARGEST]


def bytecode(venv: Path) -> float:
    """Return the megabytes of the modules that pip compiled."""
    return sum(map(megabytes, venv.rglob("__pycache__")))


def environment(install: Install, home: Path) -> dict[str, str]:
    """Return variables with which a process runs a commit, with nothing kept from before and no catalogue to ask."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "OPENAI", "XDG"))}
    # from the checkout in either case, so that both have been compiled
    return {
        **variables,
        "HOME": str(home),
        "CHATEARTHNET_STAC": "http://127.0.0.1:9",
        "PYTHONPATH": str(install.checkout),
    }


def import_seconds(install: Install, home: Path) -> float:
    """Return the seconds that a new process takes to import the Explorer."""
    command = [install.python, "-c", IMPORT]
    process = subprocess.run(
        command, env=environment(install, home), cwd=home, check=True, capture_output=True, text=True
    )
    return float(process.stdout)


def ready_seconds(install: Install, home: Path) -> float:
    """Return the seconds from the start of ``serve`` to the line with its address: then it answers."""
    began = time.perf_counter()
    with subprocess.Popen(
        [install.python, "-c", SERVE],
        env=environment(install, home),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        ready = any(re.search(r" is at http\S+ until", line) for line in process.stdout or ())
        took = time.perf_counter() - began
        process.terminate()
    if not ready:
        sys.exit(f"The server of {install.name} did not start.")
    return took


def make(checkout: Path, venv: Path) -> None:
    """Install ``.[app]`` of a checkout into a new environment."""
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin" / "pip", "install", "--quiet", f"{checkout}[app]"], check=True)


def print_size(install: Install) -> None:
    """Print what an environment takes, and what of it."""
    if install.venv is None:
        return
    whole, bytecode_size = megabytes(install.venv), bytecode(install.venv)
    print(f"{install.name:<10} {whole:7.0f} MB installed, of which {bytecode_size:.0f} MB bytecode")
    print("           " + ", ".join(f"{name} {size:.0f}" for name, size in packages(install.venv)))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, help="checkout of another commit")
    parser.add_argument("--venvs", type=Path, nargs="+", default=[], help="environments of this and the other commit")
    parser.add_argument("--install", action="store_true", help="make the environments first")
    options = parser.parse_args()
    installs = []
    for number, (name, checkout) in enumerate((("now", ROOT), ("before", options.beside))):
        if checkout is None:
            continue
        venv = options.venvs[number].absolute() if number < len(options.venvs) else None
        if venv and options.install:
            make(checkout.absolute(), venv)
        python = venv / "bin" / "python" if venv else Path(sys.executable)
        installs.append(Install(name, checkout.absolute(), python, venv))
    print(describe("ipyleaflet", "ipywidgets", "panel", "bokeh"))
    print(f"load of the machine at the start: {os.getloadavg()[0]:.1f}")
    for install in installs:
        print_size(install)
    with tempfile.TemporaryDirectory() as home:
        for what, measure in (("import of Explorer", import_seconds), ("serve ready", ready_seconds)):
            for install in installs:
                measure(install, Path(home))  # compiles, and fills the system's cache of files
            runs: dict[str, list[float]] = {install.name: [] for install in installs}
            for _ in range(RUNS):
                for install in installs:
                    runs[install.name].append(measure(install, Path(home)))
            for name, seconds in runs.items():
                each = ", ".join(f"{second:.2f}" for second in sorted(seconds))
                print(f"{name:<10} {what:<20} best {min(seconds):5.2f} s   ({each})")
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
