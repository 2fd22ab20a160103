"""Run a published script, with stand-ins for network and clock, and print the messages that it sends for label maps.

It is started in a process of its own: ``published_prompts.py SCRIPT MAPS SEED``, where MAPS is a .npy of shape
(n, 256, 256), n a multiple of four, and SEED restarts the random words before each map. It prints a JSON list of the
``messages`` of each request. The project itself never runs such a script: this is the oracle of its tests.
"""

import json
import random
import sys
import time
import types
from pathlib import Path

import numpy as np
from PIL import Image

from chatearthnet_explorer.landcover.legend import palette

bodies: list[object] = []


class _Response:
    def raise_for_status(self) -> None:
        pass

    def json(self) -> dict[str, object]:
        return {}


def _post(*_addresses: object, json: dict[str, object], **_options: object) -> _Response:
    bodies.append(json["messages"])
    return _Response()


class _Restarting(list):
    """Label maps; a loop over them restarts the random words before each."""

    def __iter__(self):  # noqa: ANN204 - an iterator
        for one in list.__iter__(self):
            random.seed(int(sys.argv[3]))
            yield one


def main() -> None:
    """Print the messages of every request."""
    requests = types.ModuleType("requests")
    requests.exceptions = types.ModuleType("requests.exceptions")
    requests.exceptions.RequestException = requests.exceptions.Timeout = OSError
    requests.post = _post
    sys.modules |= {"requests": requests, "requests.exceptions": requests.exceptions}
    time.sleep = lambda _seconds: None
    names: dict[str, object] = {"__name__": "published_script", "print": lambda *_: None}
    exec(compile(Path(sys.argv[1]).read_bytes(), "published_script", "exec"), names)  # noqa: S102 - the oracle
    maps = np.load(sys.argv[2])
    for start in range(0, len(maps), 4):
        four = _Restarting(maps[start : start + 4])
        paths = [f"{place}.png" for place in range(4)]
        for path, labels in zip(paths, list.__iter__(four), strict=True):
            Image.fromarray(palette()[labels]).save(path)
        names["generate_captions"](paths, four)
    print(json.dumps(bodies))


main()
