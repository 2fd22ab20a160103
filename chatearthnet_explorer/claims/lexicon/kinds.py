"""The kinds of phrases that a caption is split into, as bits, so that several kinds are one number.

``signals.toml`` explains each kind of signal and lists its phrases, in a table of the same name in small letters.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LAND: Final = 1 << 0
"""A class."""
PLACE: Final = 1 << 1
"""Parts of the chip."""
AMOUNT: Final = 1 << 2
"""Words of amount."""
STOP: Final = 1 << 3
"""The end of a sentence."""
IDLE: Final = 1 << 4
NO: Final = 1 << 5
ABSENT: Final = 1 << 6
NOT_IN: Final = 1 << 7
REFERENCE: Final = 1 << 8
EXCEPT: Final = 1 << 9
LEADS: Final = 1 << 10
LED_BY: Final = 1 << 11
MADE_OF: Final = 1 << 12
THEME: Final = 1 << 13
MIX: Final = 1 << 14
AHEAD: Final = 1 << 15
ESPECIALLY: Final = 1 << 16
VERB: Final = 1 << 17
JOINS: Final = 1 << 18
AND: Final = 1 << 19
IMAGE: Final = 1 << 20
OF_IMAGE: Final = 1 << 21
OVERALL: Final = 1 << 22
SOMEWHERE: Final = 1 << 23
OF_IT: Final = 1 << 24
REST: Final = 1 << 25
CLAUSE: Final = 1 << 26
BUT: Final = 1 << 27
SAME: Final = 1 << 28
HERE: Final = 1 << 29
PRONOUN: Final = 1 << 30
POSSESSIVE: Final = 1 << 31
OTHERS: Final = 1 << 32
ONE_OF_TWO: Final = 1 << 33
TOWARDS: Final = 1 << 34
"""A place by where it lies from the place before."""
OUTRANKS: Final = 1 << 36
"""The class before it has more than the class behind it."""
OUTRANKED_BY: Final = 1 << 37
"""The class before it has less than the class behind it."""
NEXT_TO: Final = 1 << 38
"""Before a place that only says where another one is."""
COPIES: Final = SAME | REFERENCE
"""Before a place that another is like."""

KINDS: Mapping[str, int] = MappingProxyType(
    {name: bit for name, bit in globals().items() if name.isupper() and isinstance(bit, int)}
)
"""Every kind by its name."""
