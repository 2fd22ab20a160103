"""The pages that answer refused requests: one sentence that says why, and what to do."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from tornado.web import RequestHandler

from chatearthnet_explorer.app.access import parse_host

if TYPE_CHECKING:
    from collections.abc import Collection

    from tornado.httputil import HTTPServerRequest

    from chatearthnet_explorer.app.access import Access

TITLE = "ChatEarthNet Explorer"
_NEXT = "next"
"""Argument of the root's address: the page to open after the token."""

_UNKNOWN_NAME = "This server does not accept the name in this address."
_ASK = "This server needs a token. Open the address it printed when it started, or paste the token here."
_WRONG = "This token is wrong; the server makes a new one at each start. Paste the one it printed last."

_REFRESH = '<meta http-equiv="refresh" content="0; url={address}">'
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<style>:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 12vh auto; padding: 0 16px }}
h1 {{ font-size: 22px }} input, button {{ font: inherit; padding: 6px 10px; max-width: 100%; box-sizing: border-box }}
</style></head><body><h1>{title}</h1>{body}</body></html>"""


class RefusalHandler(RequestHandler):
    """Base of the handlers that answer instead of the requested one, whatever the method."""

    def initialize(self, access: Access, pages: Collection[str]) -> None:
        """Take the rules of the server and the paths of its pages."""
        self.access, self.pages = access, pages

    async def prepare(self) -> None:
        """Answer."""
        self.set_header("Cache-Control", "no-store")
        self.answer()

    def answer(self) -> None:
        """Write the answer."""
        raise NotImplementedError

    def sentence(self, status: int, text: str) -> None:
        """Answer with a page of one sentence."""
        self.set_status(status)
        self.page(f"<p>{escape(text)}</p>")

    def page(self, body: str, head: str = "") -> None:
        """Answer with a page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(_PAGE.format(title=TITLE, body=body, head=head))


class WrongHost(RefusalHandler):
    """Answers requests for a name that is not the server's."""

    def answer(self) -> None:
        """Say which option allows the name."""
        host = parse_host(self.request.headers.get("Host", ""))
        if host is None:
            self.sentence(403, f"{_UNKNOWN_NAME} Use the address that the server printed.")
            return
        self.sentence(403, f"{_UNKNOWN_NAME} If {host[0]} is yours, start the server with --allow-host {host[0]}.")


class TrailingSlash(RefusalHandler):
    """Answers a page's path with a slash behind it: addresses in the page are relative."""

    def answer(self) -> None:
        """Name the path without the slash."""
        query = f"?{self.request.query}" if self.request.query else ""
        page = self.request.path.rstrip("/")
        up = "../" * (len(self.request.path) - len(page))
        self.redirect(f"{up}{page.rpartition('/')[2]}{query}")


class TokenNeeded(RefusalHandler):
    """Takes the token from the address, gives the cookie for it, and has the address without it opened."""

    def answer(self) -> None:
        """Let in, ask for the token, or refuse what is not a page."""
        if not self._is_page():
            self.set_status(403)
            self.finish("token needed")
            return
        pairs = parse_qsl(self.request.query, keep_blank_values=True)
        arguments = dict(pairs)
        token = arguments.get("token")
        pairs = [pair for pair in pairs if pair[0] != "token"]
        path = self.request.path.strip("/")
        up = "../" * path.count("/")
        if up:
            # the cookie holds for the folder of the address that gives it, so the token is taken at the root
            if token is not None:
                self.redirect(f"{up}?{urlencode([*pairs, (_NEXT, path), ('token', token)])}")
                return
            here = f"./{path.rpartition('/')[2]}"
            action, fields = up, [*pairs, (_NEXT, path)]
        else:
            fields = pairs
            if _NEXT in arguments and f"/{arguments[_NEXT]}" in self.pages:
                path = arguments[_NEXT]
                pairs = [pair for pair in pairs if pair[0] != _NEXT]
            here = f"./{path}"
            action = "./" if path.count("/") else here
        if token is not None and self.access.knows(token):
            # without a path it holds where the browser sees the page: below a proxy's prefix, which nobody tells us
            self.set_cookie(
                self.access.cookie_name, self.access.cookie_value, path="", httponly=True, samesite="Strict"
            )
            self._open(here, pairs)
        elif has_cookie(self.access, self.request) or (token is None and self._from_another_site()):
            self._open(here, pairs)
        else:
            self._ask(action, fields, _ASK if token is None else _WRONG)

    def _is_page(self) -> bool:
        request = self.request
        return request.method in {"GET", "HEAD"} and "Upgrade" not in request.headers and request.path in self.pages

    def _from_another_site(self) -> bool:
        return self.request.headers.get("Sec-Fetch-Site") == "cross-site"

    def _open(self, here: str, pairs: list[tuple[str, str]]) -> None:
        address = f"{here}?{urlencode(pairs)}" if pairs else here
        if not self._from_another_site():
            self.redirect(address)
            return
        # a browser that comes from another site shows the cookie only where a page of this one leads
        self.page(f"<p><a href='{escape(address)}'>Open the explorer</a></p>", _REFRESH.format(address=escape(address)))

    def _ask(self, action: str, pairs: list[tuple[str, str]], sentence: str) -> None:
        hidden_inputs = "".join(
            f"<input type='hidden' name='{escape(name)}' value='{escape(value)}'>" for name, value in pairs
        )
        self.set_status(403)
        self.page(
            f"<p>{sentence}</p><form method='get' action='{action}'>{hidden_inputs}"
            "<input type='password' name='token' aria-label='Token' autocomplete='off' autofocus required> "
            "<button>Open</button></form>"
        )


def has_cookie(access: Access, request: HTTPServerRequest) -> bool:
    """Return whether a request brings the cookie that follows the token, or needs none."""
    cookie = request.cookies.get(access.cookie_name)
    return access.has_entered(cookie.value if cookie else "")
