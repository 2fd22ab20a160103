"""The house: every room is on the plan, and says of itself what the plan says."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "chatearthnet_explorer"
PLAN = Path(__file__).parents[1] / "docs" / "rooms.md"
FORBIDDEN = {"utils", "common", "helpers", "base", "types", "constants", "manager"}


def _rooms() -> dict[str, str]:
    """Return the first line of each module's docstring, by its path in the package."""
    rooms = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert docstring, f"{path} says nothing of itself"
        rooms[path.relative_to(PACKAGE).as_posix()] = docstring.splitlines()[0]
    return rooms


def test_the_plan_shows_every_room_with_its_own_words() -> None:
    plan = dict(re.findall(r"^\| `([^`]+)` \| (.+?) \|$", PLAN.read_text("utf-8"), re.MULTILINE))
    assert plan == _rooms()


def test_rooms_are_small_shallow_and_named_for_what_they_do() -> None:
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        assert len(parts) <= 3
        assert not FORBIDDEN & {part.removesuffix(".py") for part in parts}
        assert len(path.read_text("utf-8").splitlines()) <= 320, path
