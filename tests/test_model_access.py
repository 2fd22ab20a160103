"""Who may have models asked on a served page, and as whom a visitor is counted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions, visitor_of
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import SettingError


def document(peer: str | None, **headers: str) -> Any:
    """Return a document as Bokeh has it, of a visitor."""
    request = SimpleNamespace(remote_ip=peer, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return SimpleNamespace(session_context=SimpleNamespace(request=request))


def test_strangers_get_models_only_if_owner_offers_them() -> None:
    assert ModelAccess(ModelOptions(), near=False).captioners == ("template",)
    public_access = ModelAccess(ModelOptions(offer=True), near=False)
    assert public_access.captioners == ("template", "chat", "vision")
    assert not public_access.choose_service
    assert ModelAccess(ModelOptions(), near=True).choose_service


def test_a_wrong_address_is_refused_before_anything_is_served() -> None:
    with pytest.raises(SettingError, match="plain http"):
        ModelAccess(ModelOptions(base_url="http://example.com/v1"), near=True)


@pytest.mark.parametrize(
    ("peer", "header", "visitor"),
    [
        ("127.0.0.1", None, "127.0.0.1"),
        ("8.8.4.4", None, "8.8.4.4"),
        ("8.8.4.4", "1.1.1.1", "8.8.4.4"),  # anybody can send that header
        ("127.0.0.1", "1.1.1.1", "1.1.1.1"),  # a proxy on this machine
        ("10.0.0.7", "9.9.9.9, 1.1.1.1", "1.1.1.1"),  # what the proxy wrote comes last
        ("::1", "1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "9.9.9.9, ", "127.0.0.1"),
        ("::ffff:8.8.4.4", None, "8.8.4.4"),
        ("2a00:1450:4001:830::200e", None, "2a00:1450:4001:830::/64"),
        ("2a00:1450:4001:830:1:2:3:4", None, "2a00:1450:4001:830::/64"),
        (None, None, "unknown"),
        ("", "", "unknown"),
    ],
)
def test_a_visitor_is_a_network_address(peer: str | None, header: str | None, visitor: str) -> None:
    assert visitor_of(peer, {} if header is None else {"X-Forwarded-For": header}) == visitor


def test_all_tabs_of_a_visitor_share_a_quota() -> None:
    access = ModelAccess(ModelOptions(), near=True)
    first = access.quota_of(document("8.8.4.4", User_Agent="one"))
    assert access.quota_of(document("8.8.4.4", User_Agent="other")) is first
    assert access.quota_of(document("8.8.4.5")) is not first
    assert access.quota_of(None) is access.quota_of(SimpleNamespace(session_context=None))


def test_only_a_proxy_names_visitors() -> None:
    """Whoever connects directly could use up the count of another by writing its address into the header."""
    direct, behind_proxy = (ModelAccess(ModelOptions(), near=False, behind_proxy=proxy) for proxy in (False, True))
    own, false_header = document("10.0.0.7"), document("10.0.0.7", X_Forwarded_For="8.8.4.4")
    assert direct.quota_of(own) is direct.quota_of(false_header)
    assert behind_proxy.quota_of(own) is not behind_proxy.quota_of(false_header)
    assert behind_proxy.quota_of(false_header) is behind_proxy.quota_of(document("8.8.4.4"))


@pytest.mark.parametrize("count", ["-1", "many", "1000000"])
def test_refuses_invalid_limit(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--model-requests", count])
    assert "--model-requests" in capsys.readouterr().err
