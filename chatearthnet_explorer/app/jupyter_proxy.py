"""The site inside a Jupyter server, as on Binder or JupyterHub: jupyter-server-proxy starts it and forwards to it."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from chatearthnet_explorer.app.access import TOKEN_VARIABLE, cookie_name_of, cookie_value_of
from chatearthnet_explorer.app.refusal_pages import TITLE

_ADDRESS = "127.0.0.1"
_START_SECONDS = 120
"""Seconds that a start may take where Python has compiled nothing yet."""

_PORT = "{port}"
"""What jupyter-server-proxy replaces by the port that it chose."""


def site_server() -> dict[str, Any]:
    """Return how jupyter-server-proxy starts the site and what it sends there; an entry point leads here.

    Jupyter decides who may come. The site keeps its own token, so that other users of the computer cannot use it by
    its port: the proxy alone knows the cookie. Cookies of Jupyter are not handed on. The site sees requests for its own
    address, whatever name the hub has; Jupyter has checked the origin of a websocket before.
    """
    token = secrets.token_urlsafe(24)
    own_address = f"{_ADDRESS}:{_PORT}"
    return {
        "command": [sys.executable, "-m", "chatearthnet_explorer", "serve", "--no-browser", "--port", _PORT],
        "environment": {TOKEN_VARIABLE: token},
        "request_headers_override": {
            "Host": own_address,
            "Origin": f"http://{own_address}",
            "Cookie": f"{cookie_name_of(_PORT)}={cookie_value_of(token)}",
        },
        "timeout": _START_SECONDS,
        "launcher_entry": {"title": TITLE},
    }
