"""Mutation testing: change one constant or operator of a module, run its quick tests, count the changes they miss.

    python benchmarks/mutants.py                     all modules of the table below
    python benchmarks/mutants.py legend tile         some of them
    python benchmarks/mutants.py legend --limit 40   a random sample of each, by a fixed seed
    python benchmarks/mutants.py legend --list       the mutants, without a run

It works on a copy of the tree in a temporary folder. One parent imports libraries and package once and forks a child
for each mutant and test file, one at a time. The child imports anew what depends on the mutant.
`docs/reference/mutation-testing.md` says why this is not mutmut or cosmic-ray, and has the scores.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fresh_imports import dependents, forget
from mutations import Mutant, mutants, mutate

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "chatearthnet_explorer"

CONSTANTS, STATISTICS, THRESHOLDS, INPUTS = (
    "published_constants",
    "published_statistics",
    "thresholds",
    "input_limits",
)
MODULES: dict[str, tuple[str, ...]] = {
    "tile": ("tile", INPUTS, CONSTANTS),
    "landcover/legend": ("legend", CONSTANTS, INPUTS),
    "landcover/shares": ("landcover", THRESHOLDS, INPUTS),
    "claims/conflicts": ("conflicts",),
    "prompts/facts": ("landcover", THRESHOLDS, CONSTANTS),
    "prompts/size_words": (THRESHOLDS, CONSTANTS),
    "prompts/prompt": ("prompt", CONSTANTS),
    "review/checks": ("check_table", THRESHOLDS, "checks"),
    "review/language_checks": ("check_table", THRESHOLDS, "checks"),
    "review/label_checks": ("order_and_omission", THRESHOLDS, "checks"),
    "review/pair_checks": ("contradictions", THRESHOLDS, "checks"),
    "review/chip_checks": (INPUTS, CONSTANTS, "checks"),
    "review/certainty": ("certainty", "checks"),
    "review/grounding": (THRESHOLDS, "grounding_reasons", "checks"),
    "review/label_counts": (THRESHOLDS, "grounding_reasons", "checks"),
    "review/audit_parts": ("audit_parts",),
    "review/methods_paragraph": ("methods_paragraph",),
    "review/sampling": ("sampling", INPUTS, STATISTICS),
    "review/margin_of_error": ("sampling", INPUTS, STATISTICS),
    "review/error_rates": ("error_rates", STATISTICS),
    "review/reviewer_agreement": (STATISTICS, "report"),
    "sources/stac/cloud_mask": (CONSTANTS, INPUTS),
    "sources/stac/reflectance": ("reflectance", CONSTANTS, INPUTS),
    "sources/release/chip_pngs": (CONSTANTS,),
}
"""Module -> its test files, those most likely to notice first. Slow suites are left out: they would only kill more."""

IMPORTED_ONCE = (
    *("numpy", "numpy.random", "PIL.Image", "PIL.PngImagePlugin"),
    *("pytest", "statsmodels.stats.api", "krippendorff", "pyarrow.parquet", "pyarrow.compute", "pyproj"),
    *(
        f"{PACKAGE}.{name}"
        for name in ("review.checks", "review.report", "review.audit_worker", "sources.stac.worldcover")
    ),
)
"""What the parent imports before it forks: what the tests need, and nothing that starts threads."""

OPTIONS = (
    *("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "pytest_socket"),
    *("-o", "addopts=--import-mode=importlib --allow-hosts=127.0.0.1,::1,localhost --allow-unix-socket"),
)
"""Options of each run: those of the project without the plugins that only notebooks need."""

TIMEOUT = 120.0
"""Seconds after which a mutant counts as killed: it runs for ever."""

SEED = 9
"""Seed of the sample that ``--limit`` takes."""


def passes(tree: Path, test: str, modules: set[str], *, baseline: bool = False) -> bool:
    """Return whether a test file passes in a forked child that imports what has changed; if it hangs it fails."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(tree)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        status = 1
        try:
            import pytest

            sys.dont_write_bytecode = not baseline
            forget(modules)
            status = int(pytest.main([*OPTIONS, test]))
        finally:
            os._exit(min(status, 1))
    end = time.monotonic() + (10 * TIMEOUT if baseline else TIMEOUT)
    while time.monotonic() < end:
        finished_pid, status = os.waitpid(child, os.WNOHANG)
        if finished_pid:
            return status == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def copy_tree(folder: Path) -> Path:
    """Return a compiled copy of the package and its tests, which this process and its children import from."""
    tree = folder / "tree"
    for name in (PACKAGE, "tests", "docs", "notebooks", "benchmarks"):
        shutil.copytree(ROOT / name, tree / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, tree)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(tree / PACKAGE)], check=True)
    os.environ["PYTHONPATH"] = str(tree)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.setdefault("CHATEARTHNET_REALDATA", str(ROOT.parent / "shared" / "realdata"))
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(tree)]
    return tree


def score(tree: Path, module: str, sample: list[Mutant]) -> tuple[int, int]:
    """Return how many mutants of a module were killed and how many survived; the survivors are printed."""
    names = [f"tests/test_{name}.py" for name in MODULES[module]]
    tests = [name for name in names if (tree / name).exists()]
    path = tree / PACKAGE / f"{module}.py"
    source = path.read_text("utf-8")
    modules = dependents(tree / PACKAGE, f"{PACKAGE}.{module.replace('/', '.')}")
    path.write_text(ast.unparse(ast.parse(source)), "utf-8")
    if not all(passes(tree, test, modules, baseline=True) for test in tests):
        sys.exit(f"The tests of {module} fail without any mutant: {' '.join(tests)}; mend them first.")
    for bytecode in path.parent.glob(f"__pycache__/{path.stem}.*"):  # a mutant of the same second and size is another
        bytecode.unlink()
    count = 0
    for mutant in sample:
        path.write_text(mutate(source, mutant), "utf-8")
        if all(passes(tree, test, modules) for test in tests):
            print(f"  survived {module} {mutant}", flush=True)
        else:
            count += 1
    path.write_text(source, "utf-8")
    return count, len(sample) - count


def main() -> None:
    """Print the survivors and the score of each module."""
    parser = argparse.ArgumentParser(description="Score the tests by the mutants they kill.")
    parser.add_argument("modules", nargs="*", choices=[*MODULES, []], metavar="MODULE")
    parser.add_argument("--limit", type=int, help="mutants of a module at most, drawn with a fixed seed")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only the survivors that an earlier run printed")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    args = parser.parse_args()
    earlier = set(args.again.read_text("utf-8").replace("  survived ", "").splitlines()) if args.again else set()
    with tempfile.TemporaryDirectory() as folder:
        tree = ROOT
        if not args.list:
            tree = copy_tree(Path(folder))
            for name in IMPORTED_ONCE:
                importlib.import_module(name)
        for module in args.modules or MODULES:
            every = mutants((tree / PACKAGE / f"{module}.py").read_text("utf-8"))
            sample = [one for one in every if f"{module} {one}" in earlier] if args.again else every
            if args.limit and args.limit < len(sample):
                places = random.Random(SEED).sample(range(len(sample)), args.limit)
                sample = [sample[place] for place in sorted(places)]
            if args.list:
                for mutant in sample:
                    print(f"{module} {mutant}")
                continue
            start = time.monotonic()
            deaths, survivors = score(tree, module, sample)
            print(
                f"{module:24} {len(every):4} mutants, {len(sample):4} run, {deaths:4} killed, "
                f"{survivors:3} survived, "
                f"{time.monotonic() - start:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
