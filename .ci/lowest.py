"""Print the lowest versions that the project allows of its direct dependencies, as constraints for pip.

Usage: python .ci/lowest.py > constraints.txt
"""

import re
import sys
import tomllib
from itertools import chain
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
lines = chain(project["dependencies"], *project["optional-dependencies"].values())
lowest = {match[1]: match[2] for line in lines if (match := re.fullmatch(r"([\w.-]+)>=([\d.]+)", line))}
sys.stdout.write("".join(f"{name}=={version}\n" for name, version in sorted(lowest.items())))
