"""What Binder does, without Docker: the steps of repo2docker's Dockerfile in an empty environment, then a tour.

Usage: python benchmarks/binder.py [FOLDER]

FOLDER gets the clone and its environment, and is used again where it is there; without it a temporary one is made.
``jupyter-repo2docker`` must be on the path. What Binder would start runs below 2 GB: in a memory group of Linux where
this user may make one (the kernel enforces it then), else this script stops it when it sees more. The tour is that of
``rig.tour``: every page of the site in Chromium.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from machine import describe
from memory_watch import MemoryWatch, memory
from rig import stage, tour

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LIMIT = 2_000_000_000
"""Bytes that Binder gives."""

BASE = "/user/someone/"
GROUPS = Path("/sys/fs/cgroup/memory")
START_SECONDS = 120
BASH = shutil.which("bash") or "bash"


def dockerfile(clone: Path) -> str:
    """Return the Dockerfile that repo2docker makes of a clone; it builds and runs nothing."""
    command = ["jupyter-repo2docker", "--no-build", "--no-run", "--debug", str(clone)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return result.stdout + result.stderr


def build(folder: Path) -> tuple[Path, dict[str, str], str]:
    """Clone, and run the steps that depend on the repository; return the clone, the variables, and the start script."""
    home = folder / "home"
    if not home.exists():
        subprocess.run([shutil.which("git") or "git", "clone", "--quiet", str(ROOT), str(home)], check=True)
    steps = dockerfile(home)
    version = re.search(r"environment for python=(\S+)", steps)[1]
    prefix = folder / "python"
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON", "XDG"))},
        "HOME": str(home),
        "REPO_DIR": str(home),
        "KERNEL_PYTHON_PREFIX": str(prefix),
        "PATH": f"{prefix}/bin:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
    }
    print(f"Python {version}, as binder/runtime.txt asks")
    if not prefix.exists():
        subprocess.run([f"python{version}", "-m", "venv", str(prefix)], check=True)
    after_copy = steps[steps.index("COPY --chown=0:0 src/ ") :]
    for line in re.findall(r"^RUN (.+)$", after_copy, re.MULTILINE):
        began = time.monotonic()
        subprocess.run([BASH, "-c", line], cwd=home, env=variables, check=True)
        print(f"{time.monotonic() - began:7.1f} s  {line}")
    start = re.search(r'^ENV R2D_ENTRYPOINT="(.+)"$', after_copy, re.MULTILINE)[1]
    return home, variables, start.replace("${REPO_DIR}", str(home))


@contextmanager
def memory_group() -> Iterator[Path | None]:
    """Make a group of processes that may have ``LIMIT`` bytes together; None where this user may not."""
    group = GROUPS / f"binder-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(LIMIT))
    except OSError:
        yield None
        return
    try:
        yield group
    finally:
        group.rmdir()


def tour_of_the_image(home: Path, variables: dict[str, str], start: str) -> None:
    """Start what Binder would start, open the site, and go everywhere in it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    # the command of a hub: its own base URL, an address that the hub's proxy reaches
    command = [start, "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.base_url={BASE}"]
    address = f"http://127.0.0.1:{port}{BASE}"
    with memory_group() as group, (home.parent / "log").open("wb") as log:
        print("2 GB are enforced by the kernel" if group else "2 GB are watched by this script")
        prefix = [BASH, "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "-"] if group else []
        began = time.monotonic()
        process = subprocess.Popen([*prefix, *command], cwd=home, env=variables, stdout=log, stderr=log)

        def stop_above_limit(total: int) -> None:
            if total > LIMIT:
                print(f"{total / 1e6:.0f} MB are above the limit; what Binder started is stopped.")
                process.terminate()

        watch = MemoryWatch(psutil.Process(process.pid), stop_above_limit)
        watch.start()
        try:
            site = f"{address}chatearthnet/?token={token}"
            wait_for(f"{address}api?token={token}", process)
            print(f"{time.monotonic() - began:7.1f} s  Jupyter answers")
            wait_for(site, process)
            print(f"{time.monotonic() - began:7.1f} s  the site answers")
            with stage.chromium() as browser:
                for step, seconds in tour.take(browser, site):
                    total, count = memory(watch.process)
                    print(f"{seconds:7.1f} s  {step:34} {total / 1e6:6.0f} MB in {count} processes")
            watch.stop()
            print(f"peak {watch.peak / 1e6:.0f} MB in {watch.processes} processes (limit {LIMIT / 1e6:.0f} MB)")
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.terminate()
            process.terminate()
            process.wait(30)
            time.sleep(2)  # the group can be removed when its last process has ended


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers."""
    client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            client.open(address, timeout=START_SECONDS).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("What Binder starts did not answer; its log is beside the clone.")


def main() -> None:
    """Build, start, go everywhere."""
    print(describe("panel", "jupyterlab", "jupyter-server-proxy"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        tour_of_the_image(*build(folder.absolute()))
    finally:
        if len(sys.argv) == 1:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
