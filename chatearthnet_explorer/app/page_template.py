"""The HTML template around the views, its script, and the status request that the script sends."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from panel.io.resources import BASE_TEMPLATE
from tornado.web import RequestHandler

from chatearthnet_explorer.app.response_headers import NONCE

if TYPE_CHECKING:
    from jinja2 import Template

    from chatearthnet_explorer.app.access import Access

_SCRIPT = Path(__file__).with_name("page.js")
# what is inline there comes from Bokeh, with data as escaped JSON; so no script of a stranger gets the nonce
_TEMPLATE = """
{% extends base %}
{% block preamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="favicon.ico">
<script src="page.js"></script>
{% endblock %}
{% block js_resources %}{{ super() | replace("<script", "<script nonce='NONCE'") }}{% endblock %}
{% block inner_body %}{{ super() | replace("<script", "<script nonce='NONCE'") }}{% endblock %}
"""


@cache
def page_template() -> Template:
    """Return the template of our pages: Panel's, with the page's own script and with a nonce for what is inline."""
    template: Template = BASE_TEMPLATE.environment.from_string(
        _TEMPLATE.replace("NONCE", NONCE), globals={"base": BASE_TEMPLATE}
    )
    return template


class PageScript(RequestHandler):
    """Serves the page's own script, which says when the server is gone."""

    def get(self) -> None:
        """Send the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(_SCRIPT.read_bytes())


class Status(RequestHandler):
    """Answers a page that wants to know whether the server is there, and whether it may connect."""

    def get(self) -> None:
        """Send whether a page of the origin in ``origin`` may connect."""
        access: Access = self.application.settings["access"]
        origins_allowed = access.accepts(self.get_query_argument("origin", "")[:300], self.request.headers.get("Host"))
        self.set_header("Cache-Control", "no-store")
        self.finish({"connects": origins_allowed})
