"""Print the versions of all packages that the image on Binder needs, as they are installed here: pip's constraints.

Usage: python .ci/pins.py > binder/constraints.txt
       python .ci/pins.py --check     # exit with 1 if binder/constraints.txt names other versions
"""

import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT, EXTRA = "chatearthnet-explorer", "lab"
FILE = Path(__file__).parents[1] / "binder" / "constraints.txt"


def pins() -> dict[str, str]:
    """Return the version of each package that the extra needs, at any depth, without the project itself."""
    versions: dict[str, str] = {}
    to_do, done = [(PROJECT, frozenset({EXTRA}))], set()
    while to_do:
        name, extras = to_do.pop()
        if (name, extras) in done:
            continue
        done.add((name, extras))
        package = distribution(name)
        versions[name] = package.version
        for line in package.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""})
            ):
                to_do.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    del versions[PROJECT]
    return versions


text = "# Made by .ci/pins.py from the environment of the tests.\n" + "".join(
    f"{name}=={version}\n" for name, version in sorted(pins().items())
)
if "--check" not in sys.argv:
    sys.stdout.write(text)
elif FILE.read_text("utf-8") != text:
    sys.exit("binder/constraints.txt names other versions than these tests run with; run .ci/pins.py again.")
