"""Make the wording file of a published script."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, get_args

from chatearthnet_explorer.caption import ReleasedStyle
from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.prompts.published.pieces import OtherPatternError
from chatearthnet_explorer.prompts.published.script import ScriptError, read_request
from chatearthnet_explorer.prompts.published.style_4v import wording_4v
from chatearthnet_explorer.prompts.published.style_35 import wording_35
from chatearthnet_explorer.prompts.wording import LIMIT, original_path, parse_wording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LONGEST = 200
"""Characters of a name or address that are shown."""

SCRIPT_DIGESTS = {
    "3.5": "dd1edd19f021cd1fdb9ea0fe7c065ef687480757a82587d93ec98980a049f578",
    "4v": "a614673ed0dd55e8dd13e1acd65f1905fda8f62ae3106a8fc9ac802776017582",
}
"""SHA-256 of the scripts that were published (with line ends as ``\\n``), by style."""

_HEADER = """\
# The wording of the prompts in a script by the authors of ChatEarthNet, style {style}. It was made on this computer
# by `chatearthnet-explorer wording original`, which makes it anew; copy the file before you change it.
# Source: {source}
# SHA-256 of the script: {digest}
# Made on {date} (UTC).
# The texts are the authors', licensed under Apache-2.0 (https://www.apache.org/licenses/LICENSE-2.0): keep this notice,
# and where you use them, cite Yuan, Z., Xiong, Z., Mou, L., and Zhu, X. X. (2025): ChatEarthNet: a global-scale
# image-text dataset empowering vision-language geo-foundation models. Earth Syst. Sci. Data, 17, 1245-1263.
"""


class Script(NamedTuple):
    """A script that may make prompts."""

    name: str
    """Its file name, hostile."""

    content: bytes
    """Its text."""


class OriginalWording(NamedTuple):
    """The wording of a published script."""

    style: ReleasedStyle
    """``3.5`` or ``4v``."""

    name: str
    """File name of the script."""

    digest: str
    """SHA-256 of the script, in hexadecimal digits."""

    is_published: bool
    """Whether it is the script as published, to the byte (line ends aside)."""

    text: str
    """The wording file."""

    sentences: str
    """The wording file without its header."""


def original_wording(script: Script, source: str) -> OriginalWording | None:
    """Return the wording of a script; None if it sends nothing to a model. The script is parsed and never run.

    Args:
        script: The script.
        source: Where it is from, for the note in the file.

    Raises:
        WordingError: If it is not Python, or a text in it cannot be located with certainty.
    """
    name = printable(script.name)
    try:
        request = read_request(script.content)
        if request is None:
            return None
        style: ReleasedStyle = "4v" if request.images else "3.5"
        wording = wording_4v(request) if request.images else wording_35(request)
    except OtherPatternError as error:
        raise _refusal(name, str(error)) from None
    except ScriptError as error:
        msg = f"{name} {error}"
        raise WordingError(msg) from None
    digest = hashlib.sha256(script.content.replace(b"\r\n", b"\n")).hexdigest()
    header = _HEADER.format(
        style=style,
        source=printable_source(source),
        digest=hashlib.sha256(script.content).hexdigest(),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
    )
    sentences = f"style = {_toml(style)}\n{_lines(wording)}"
    text = header + sentences
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        msg = f"{name} has characters that no text file can have; give the script as it was published."
        raise WordingError(msg) from None
    if size > LIMIT:
        msg = f"The texts of {name} are longer than {LIMIT // 1024} kB; give the script as it was published."
        raise WordingError(msg)
    parse_wording(style, text, f"made from {name}")
    return OriginalWording(style, name, digest, digest == SCRIPT_DIGESTS[style], text, sentences)


def read_wordings(scripts: Sequence[Script], source: str, style: ReleasedStyle | None = None) -> list[OriginalWording]:
    """Return the wordings of scripts, one of each style.

    Args:
        scripts: One script, or the Python files of a folder, of which some may be no scripts.
        source: Where they are from.
        style: The style to be returned; None for that of a single script, or for all styles of several.

    Raises:
        WordingError: If a style is missing, cannot be located with certainty, or is there twice and not alike.
    """
    by_style: dict[ReleasedStyle, list[OriginalWording]] = {}
    problems: list[WordingError] = []
    for script in scripts:
        try:
            wording = original_wording(script, source)
        except WordingError as error:
            problems.append(error)
            continue
        if wording is not None and wording.sentences not in {one.sentences for one in by_style.get(wording.style, ())}:
            by_style.setdefault(wording.style, []).append(wording)
    default: tuple[ReleasedStyle, ...] = tuple(by_style) if len(scripts) == 1 and by_style else get_args(ReleasedStyle)
    styles = (style,) if style else default
    for one in styles:
        if one not in by_style:
            raise problems[0] if problems else _missing(source, one)
        if len(by_style[one]) > 1:
            first, second, *_ = by_style[one]
            msg = f"{first.name} and {second.name} both make the prompt of style {one}; give the one that is meant."
            raise WordingError(msg)
    return [by_style[one][0] for one in styles]


def _missing(source: str, style: str) -> WordingError:
    msg = (
        f"{printable_source(source)} has no script that makes the prompt of style {style}; give the published scripts."
    )
    return WordingError(msg)


def save(wordings: Sequence[OriginalWording], folder: Path | None = None) -> list[Path]:
    """Write wording files and return their paths; each is in place only when complete.

    Args:
        wordings: What to write.
        folder: Where to; None for the data folder, where ``--wording original`` finds them.

    Raises:
        WordingError: If they cannot be written.
    """
    paths = []
    for one in wordings:
        path = original_path(one.style) if folder is None else folder / original_path(one.style).name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as part:
                part.write_text(one.text, "utf-8", newline="\n")
        except OSError as error:
            msg = f"The wording file {path} cannot be written ({error.strerror or error}); choose another folder."
            raise WordingError(msg) from error
        paths.append(path)
    return paths


def printable_source(source: str) -> str:
    """Return a path or address for one line; an address without its password and query."""
    return printable(public_address(source) if "://" in source else source)


def printable(text: str) -> str:
    """Return a name or address for one line: bounded, and without characters that are not seen."""
    return "".join(one if one.isprintable() else "?" for one in text[:LONGEST])


def _refusal(name: str, what: str) -> WordingError:
    msg = f"{name} does not make {what} as the published script does, so nothing was taken; give that script unchanged."
    return WordingError(msg)


def _lines(wording: dict[str, object]) -> str:
    """Return a wording as TOML: what is no table comes first."""
    plain = [f"{name} = {_toml(value)}\n" for name, value in wording.items() if not isinstance(value, dict)]
    tables = [
        f"\n[{name}]\n" + "".join(f"{key} = {_toml(one)}\n" for key, one in value.items())
        for name, value in wording.items()
        if isinstance(value, dict)
    ]
    return "".join([*plain, *tables])


def _toml(value: object) -> str:
    # strings and lists of JSON are those of TOML, but for DEL
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
