"""How a picture reaches a page: within a message, or by an address from which browsers load and keep it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.render import data_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    AddressOf = Callable[[bytes, str], str]

_address_of: AddressOf | None = None


@contextmanager
def picture_addresses(address_of: AddressOf) -> Iterator[None]:
    """Have the views of this process send addresses in place of pictures, within this block.

    Args:
        address_of: Returns the address of a file, called with its bytes and ``png`` or ``jpg``.
    """
    global _address_of  # noqa: PLW0603 - one server in a process
    before, _address_of = _address_of, address_of
    try:
        yield
    finally:
        _address_of = before


def send_png(file: bytes, _widget: object = None) -> bytes | str:
    """Return what a view is sent of a PNG: the file, or its address. Traits name it as ``to_json``."""
    return _address_or_file(file, "png")


def send_jpegs(files: list[bytes], _widget: object = None) -> list[bytes | str]:
    """Return what a view is sent of JPEGs: files, or addresses; empty ones stay."""
    return [_address_or_file(file, "jpg") for file in files]


def picture_url(file: bytes) -> str:
    """Return where an ``img`` element finds a PNG: at its address, or in the URL itself."""
    return data_url(file) if _address_of is None else _address_of(file, "png")


def _address_or_file(file: bytes, kind: str) -> bytes | str:
    return _address_of(file, kind) if file and _address_of is not None else file
