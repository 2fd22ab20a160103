"""The mirror of ChatEarthNet on a Hugging Face hub or in a folder: the location of its captions and ZIPs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.addresses import below
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.request_limits import RELEASE, RequestLimits
from chatearthnet_explorer.net.response_bodies import body_of
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.net.service_addresses import DATA_SET

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST_LIST = 5_000_000


def caption_addresses(mirror: str, name: str) -> list[str]:
    """Return the possible addresses of a JSON file of captions, likeliest first.

    Args:
        mirror: A data set's address on a hub, such as ``https://huggingface.co/datasets/JessicaYuan/ChatEarthNet``,
            that of its files (``.../resolve/main``), the hub's own, or a folder.
        name: Name of the file.
    """
    path = urlsplit(mirror).path
    if "/resolve/" in path:
        folders = ["jsons/", ""]
    elif "/datasets/" in path:
        folders = ["resolve/main/jsons/"]
    else:
        folders = [f"datasets/{DATA_SET}/resolve/main/jsons/", "jsons/", ""]
    return [below(mirror, f"{folder}{name}") for folder in folders]


def archive_addresses(mirror: str, name: str, *, limits: RequestLimits = RELEASE) -> list[str]:
    """Return the possible addresses of a ZIP: from the hub's file list, else beside the captions.

    Args:
        mirror: As ``caption_addresses`` takes it.
        name: Name of the ZIP.
        limits: Limits of the request.
    """
    hub, data_set = _data_set(mirror)
    listing = f"{hub}/api/datasets/{data_set}/tree/main?recursive=true"
    try:
        paths = list(_paths(read_json(request(listing, body_of(_LARGEST_LIST), limits=limits))))
    except (ArchiveError, ValueError):
        return [] if "/datasets/" in urlsplit(mirror).path else [below(mirror, name)]
    return [
        f"{hub}/datasets/{data_set}/resolve/main/{quote(path)}"
        for path in paths
        if path.rpartition("/")[2] == name and ".." not in path.split("/")
    ]


def _data_set(mirror: str) -> tuple[str, str]:
    """Return the address of a hub, and the name of the data set on it."""
    hub, folder, rest = mirror.partition("?")[0].rstrip("/").partition("/datasets/")
    return hub, "/".join(rest.split("/")[:2]) if folder else DATA_SET


def _paths(listing: Any) -> Iterator[str]:  # noqa: ANN401 - any answer of the hub
    for one in listing if isinstance(listing, list) else ():
        path = one.get("path") if isinstance(one, dict) else None
        if isinstance(path, str):
            yield path
