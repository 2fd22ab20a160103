"""An amount of money on the command line."""

from __future__ import annotations

import argparse

from chatearthnet_explorer.captioners.budget import read_cap
from chatearthnet_explorer.errors import SettingError


def dollars(text: str) -> float:
    """Return an amount of US dollars, which may be written with a dollar sign.

    Raises:
        ArgumentTypeError: If it is none that a cap may have.
    """
    try:
        amount = read_cap(text)
    except SettingError as error:
        raise argparse.ArgumentTypeError(str(error).removesuffix("; correct it.")) from None
    if amount is None:
        msg = "an empty text is no amount of dollars; write 0.50 or another one"
        raise argparse.ArgumentTypeError(msg)
    return amount
