"""Read coordinates in any form that people write or copy: decimal, degrees and minutes, ``geo:`` and links to maps."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.map_links import link_in, link_place
from chatearthnet_explorer.tile import Tile, wrap_longitude

LONGEST = 8192
"""Characters of a text that are read: links of the Copernicus Browser have up to some 4,000."""

EXAMPLE = "48.14, 11.58"
"""How coordinates are written in messages."""

_POLE, _TURN, _SIXTY, _EXCERPT = 90.0, 360.0, 60.0, 80
_SIGNS = {
    **dict.fromkeys("\u00b0\u00ba\u02da\u2218\u1d52", "\u00b0"),
    **dict.fromkeys("'\u2032\u2019\u2018\u02b9\u00b4`\u02bc\u05f3", "'"),
    **dict.fromkeys('"\u2033\u201d\u201c\u201e\u02ba\u05f4', '"'),
    **dict.fromkeys("-\u2212\u2013\u2014\u2010\u2011\ufe63\uff0d", "-"),
    **dict.fromkeys("/|;\uff1b\u060c\u3001()[]{}", ";"),
    "\uff0c": ",", "\u066b": ".", "\uff0e": ".",
}  # fmt: skip
_WORDS = {
    "n": "N", "north": "N", "nord": "N", "norte": "N", "s": "S", "south": "S", "süd": "S", "sud": "S", "sur": "S",
    "e": "E", "east": "E", "ost": "E", "est": "E", "este": "E", "w": "W", "west": "W", "ouest": "W", "oeste": "W",
    "lat": "lat", "latitude": "lat", "lon": "lon", "lng": "lon", "long": "lon", "longitude": "lon",
    "d": "\u00b0", "deg": "\u00b0", "degrees": "\u00b0", "m": "'", "min": "'", "sec": '"', "o": "O",
}  # fmt: skip
_TOKEN = re.compile(
    r"(?P<number>\d{1,20}(?:\.\d{1,20})?(?![\d.]))|(?P<word>[^\W\d_]+)|(?P<sign>[-+])|(?P<unit>[°'\":])|(?P<space>[\s=])|(?P<gap>[,;])"
)
_TWO_DECIMAL_COMMAS = re.compile(r"[\s;]*[-+]?\s*\d+,\d+(?:\s*;\s*|,?\s+)[-+]?\s*\d+,\d+[\s;]*")
_CHIP_NAME = re.compile(r"\s*\d{1,4}_\d{1,4}_patch[01]{2}(?:\.png)?\s*", re.ASCII)
_WKT = re.compile(
    r"\s*(?:srid=4326\s*;)?\s*point\s*;?\s*([-+]?\d{1,20}(?:\.\d+)?)\s+([-+]?\d{1,20}(?:\.\d+)?)\s*;?\s*", re.IGNORECASE
)
_GEOJSON = re.compile(r'"coordinates"\s*:\s*;\s*(-?\d{1,20}(?:\.\d+)?)\s*,\s*(-?\d{1,20}(?:\.\d+)?)')
_AXES = {"N": "lat", "S": "lat", "E": "lon", "W": "lon", "lat": "lat", "lon": "lon"}


@dataclass
class _Angle:
    """One of the two numbers: its parts, and what is said of its direction."""

    axis: str = ""
    letter: str = ""
    sign: str = ""
    parts: list[float] = field(default_factory=list)
    units: list[str] = field(default_factory=list)


def coordinates_of(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees of what somebody wrote; None if it does not look like coordinates.

    Without letters for the directions the first number is the latitude. Links are read, never opened.

    Args:
        text: Decimal degrees with a point or a comma, degrees, minutes and seconds with any of the usual signs, N, S, E
            and W before or after, ``geo:`` URIs, points of WKT and GeoJSON, and links to map services.

    Raises:
        PlaceError: If it looks like coordinates or a link, but has none, or can be read in two ways, or they lie beyond
            the world.
    """
    if len(text) > LONGEST:
        msg = f"That text has {len(text):,} characters; enter a name, or coordinates such as {EXAMPLE}."
        raise PlaceError(msg)
    if link := link_in(text):
        return _on_earth(*link_place(link))
    if _CHIP_NAME.fullmatch(text):
        return Tile.from_name(text.strip()).center
    line = _plain(text)
    if point := _WKT.fullmatch(line) or _GEOJSON.search(line):
        return _on_earth(float(point[1]), float(point[2]))
    tokens = _tokens(_decimal_points(line, text))
    if tokens is None:
        return None
    lat, lon = _pair(tokens, text)
    return _on_earth(lon, lat)


def _plain(text: str) -> str:
    """Return a text with one sign for each meaning, and the digits of all scripts as 0 to 9."""
    line = "".join(_plain_letter(letter) for letter in text).replace("''", '"')
    return re.sub(r"(?<=\d)([dms])(?=[NSEW]\b)", r"\1 ", line)


def _plain_letter(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)


def _decimal_points(line: str, text: str) -> str:
    """Return a text whose decimal commas are points, and whose other commas are gaps."""
    commas = len(re.findall(r"\d,(?=\d)", line))
    has_letters = not re.fullmatch(r"[\s\d.,;+-]*", line)  # or signs of degrees: they end a number
    is_glued = not has_letters and re.fullmatch(r"\s*\d+(?:[.,]\d+)?-\d.*", line)
    if not is_glued and (not commas or re.search(r"\d\.\d", line)):
        return line
    if not is_glued and (has_letters or _TWO_DECIMAL_COMMAS.fullmatch(line)):
        return re.sub(r"(?<=\d),(?=\d)", ".", line)
    msg = (
        f"'{_short(text)}' can be read in two ways; write a point within a number and a space after a comma: {EXAMPLE}."
    )
    raise PlaceError(msg)


def _tokens(line: str) -> list[tuple[str, str]] | None:
    """Return the parts of a text; None if it has no digit, or something that coordinates do not have."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None or match.lastgroup is None:
            return None
        kind, value = match.lastgroup, match[0]
        at = match.end()
        if kind == "word":
            value = _WORDS.get(value.casefold(), "")
            if value == "S" and _is_second(tokens, line[at:]):
                value = '"'
            kind = "unit" if value in set("\u00b0'\"") else "letter" if value else ""
        if not kind:
            return None
        if kind != "space" and (kind != "gap" or (tokens and tokens[-1][0] != "gap")):
            tokens.append((kind, value))
    if tokens and tokens[-1][0] == "gap":
        tokens.pop()
    return tokens if any(kind == "number" for kind, _ in tokens) else None


def _is_second(tokens: list[tuple[str, str]], rest: str) -> bool:
    """Return whether an S stands for seconds: after minutes, and before the letter of a direction."""
    has_minutes = len(tokens) > 1 and tokens[-2] == ("unit", "'")
    return has_minutes and re.match(r"\s*[NSEWnsew]\b", rest) is not None


def _pair(tokens: list[tuple[str, str]], text: str) -> tuple[float, float]:
    """Return latitude and longitude."""
    if ("letter", "O") in tokens:
        msg = "The letter O means east in some languages and west in others; write E or W: 48.14 N, 11.58 E."
        raise PlaceError(msg)
    letters = [value for kind, value in tokens if kind == "letter"]
    angles = _by_letters(tokens) if letters else _by_numbers(tokens)
    if len(angles) != 2 or not all(angle.parts for angle in angles):  # noqa: PLR2004 - latitude and longitude
        count = sum(kind == "number" for kind, _ in tokens)
        problem = (
            "One number is not a place" if count == 1 else f"'{_short(text)}' is not one latitude and one longitude"
        )
        msg = f"{problem}; enter coordinates such as {EXAMPLE}."
        raise PlaceError(msg)
    first, second = angles
    axes = [angle.axis for angle in angles]
    if axes in (["lon", "lat"], ["lon", ""], ["", "lat"]):
        first, second = second, first
    elif axes in (["lat", "lat"], ["lon", "lon"]):
        msg = f"'{_short(text)}' has two numbers of the same direction; one must be N or S, the other E or W."
        raise PlaceError(msg)
    return _degrees(first, text), _degrees(second, text)


def _by_letters(tokens: list[tuple[str, str]]) -> list[_Angle]:
    """Return the angles of a text with letters, which stand before or after each number."""
    is_before = tokens[0][0] == "letter"
    angles: list[_Angle] = []
    is_open = False
    for kind, value in tokens:
        if kind == "letter":
            is_second_letter = angles and angles[-1].axis == _AXES[value] and value in "NSEW" and not angles[-1].letter
            if is_before and not is_second_letter:  # the second letter is the N of "latitude 48.14 N"
                angles.append(_Angle())
            if not angles:
                return []
            angles[-1].axis = _AXES[value]
            angles[-1].letter = value if value in "NSEW" else ""
            is_open = is_before
        elif kind == "gap":
            is_open = is_open and not angles[-1].parts
        else:
            if not is_open:
                angles.append(_Angle())
                is_open = True
            _add(angles[-1], kind, value)
    return angles


def _by_numbers(tokens: list[tuple[str, str]]) -> list[_Angle]:
    """Return the angles of a text without letters: by the signs of degrees, or two or six numbers."""
    angles: list[_Angle] = []
    count = sum(kind == "number" for kind, _ in tokens)
    has_degrees = ("unit", "\u00b0") in tokens
    if not has_degrees and count not in {2, 6}:
        return []
    sign = ""
    numbers = 0
    for position, (kind, value) in enumerate(tokens):
        if kind == "sign":
            sign += value
        elif kind == "number":
            next_token = tokens[position + 1] if position + 1 < len(tokens) else ("", "")
            if next_token == ("unit", "\u00b0") if has_degrees else numbers % (count // 2) == 0:
                angles.append(_Angle(sign=sign))
            elif not angles or sign:
                return []
            sign = ""
            numbers += 1
            _add(angles[-1], kind, value)
        elif kind == "unit":
            if not angles:
                return []
            _add(angles[-1], kind, value)
    return angles


def _add(angle: _Angle, kind: str, value: str) -> None:
    if kind == "number":
        angle.parts.append(float(value))
    elif kind == "sign":
        angle.sign += value
    else:
        angle.units.append(value)


def _degrees(angle: _Angle, text: str) -> float:
    """Return the degrees of an angle."""
    parts = angle.parts
    is_whole = all(part == int(part) for part in parts[:-1])
    order = [unit for unit in angle.units if unit != ":"]
    is_sixtieths = len(parts) <= 3 and is_whole and all(part < _SIXTY for part in parts[1:])  # noqa: PLR2004 - to seconds
    if not is_sixtieths or order != sorted(order, key="\u00b0'\"".index):
        msg = (
            f"'{_short(text)}' does not read as degrees, minutes and seconds, which go up to 59; "
            "enter coordinates such as 48\u00b0 8' 24\" N, 11\u00b0 34' 48\" E."
        )
        raise PlaceError(msg)
    if angle.sign not in {"", "-", "+"} or (angle.sign == "-" and angle.letter):
        msg = f"'{_short(text)}' has a minus beside another sign or letter; write one of the two, such as {EXAMPLE}."
        raise PlaceError(msg)
    degrees = sum(part / _SIXTY**power for power, part in enumerate(parts))
    return -degrees if angle.sign == "-" or angle.letter in {"S", "W"} else degrees


def _on_earth(lon: float, lat: float) -> tuple[float, float]:
    if abs(lat) > _POLE:
        swap = f" Did you mean {lon:g}, {lat:g}?" if abs(lon) <= _POLE and abs(lat) <= _TURN / 2 else ""
        msg = f"Latitude {lat:g} is beyond the pole; write the latitude first, from -90 to 90.{swap}"
        raise PlaceError(msg)
    if abs(lon) > _TURN:
        msg = f"Longitude {lon:g} is beyond a whole turn; write a longitude from -180 to 180, as the second number."
        raise PlaceError(msg)
    return wrap_longitude(lon), lat


def _short(text: str) -> str:
    """Return the start of what somebody wrote, for a sentence."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * _EXCERPT]).split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "\u2026"
