"""The command `doctor`: check which services answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.terminal import put
from chatearthnet_explorer.errors import SourceError

if TYPE_CHECKING:
    import argparse

    from chatearthnet_explorer.doctor import ServiceCheck

_WORKS = "A click gets a real picture and real labels."
_FAILS = "A click cannot get a real picture and real labels now: see the lines above; simulated places still work."


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``doctor``."""
    parser = commands.add_parser("doctor", help="check every service that the program uses")
    parser.add_argument("--base-url", help="address of an OpenAI-compatible service (OPENAI_BASE_URL)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.doctor import can_answer_click, check_services

    checks = check_services(base_url=options.base_url)
    works = can_answer_click(checks)
    if options.json:
        put({"works": works, "services": [check.to_dict() for check in checks]})
    else:
        put("\n".join([*map(_line, checks), *([_WORKS] if works else [])]))
    if not works:
        raise SourceError(_FAILS)


def _line(check: ServiceCheck) -> str:
    state = "FAILS" if not check.works else "differs" if check.difference else "ok"
    text = " ".join(filter(None, (check.answer, check.difference)))
    return f"{state:<8}{check.service:<13}{check.seconds:6.1f} s  {check.address}  {text}"
