"""What a session costs: the sum on the page, the cap that a person sets, and that of whoever serves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from data.label_maps import label_map
from rig.chat_server import TEXT, chat_server, completion
from rig.map_click import click

from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions
from chatearthnet_explorer.captioners.estimate import estimate
from chatearthnet_explorer.captioners.model_entry import today_utc
from chatearthnet_explorer.captioners.service.request_quota import WHOLE, Quotas
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import BudgetError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.widgets.compare.compare_captions import CompareCaptions
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig.chat_server import ChatServer

PLACE, ELSEWHERE = (6.73, 0.336), (4.92, 52.55)
DEAR = {"prompt_tokens": 300, "completion_tokens": 300}  # $0.00018 with gpt-6-luna: nearly what is reserved
KEY = "sk-owner-4f9c0a17e2b85d63"
MODELS = tuple(Writer(captioner="chat", model="gpt-6-luna", seed=seed) for seed in range(4))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        running.answer_with(completion(usage=DEAR))
        yield running


@pytest.fixture
def explorer(server: ChatServer) -> Iterator[Explorer]:
    assert server.requests == []
    instance = Explorer(source="simulated", captioner="chat", place=None)
    yield instance
    instance.close()


def bar_text(explorer: Explorer) -> str:
    return explorer.ask_bar._cost.value


def ask_at(explorer: Explorer, lon: float, lat: float) -> None:
    click(explorer.map, lon, lat)
    explorer.ask_bar.press()


def test_the_bar_has_price_before_and_sum_after(explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    assert "at most about $0.0002, by prices of 28 November 2026" in bar_text(explorer)
    assert "This session" not in bar_text(explorer)
    explorer.ask_bar.press()
    assert "<div>This session: 1 caption, $0.00018.</div>" in bar_text(explorer)
    ask_at(explorer, *ELSEWHERE)
    assert "This session: 2 captions, $0.00036." in bar_text(explorer)
    [caption] = explorer.caption_view.captions
    assert caption.cost_summary.startswith("300 tokens in, 300 out; $0.00018 by prices of 28 November 2026; ")
    assert ["Cost", caption.cost_summary] in explorer.caption_view.columns[0]["details"]


def test_the_cap_of_a_person_stops_before_it_is_passed(server: ChatServer, explorer: Explorer) -> None:
    explorer.options.cap = "$0.0005"
    for lon in (4.92, 6.73, 11.0, 9.0):
        ask_at(explorer, lon, 0.336 if lon == 6.73 else 52.55 if lon == 4.92 else 50.0)
    assert len(server.requests) == 2  # a third could pass 0.0005
    assert "The next request was not sent: $0.00036 of the cap of $0.0005" in explorer.caption_view.error
    assert "This session: 2 captions, $0.00036 of $0.0005." in bar_text(explorer)
    explorer.options.cap = ""
    explorer.ask_bar.press()
    assert len(server.requests) == 3
    assert [caption.text for caption in explorer.caption_view.captions] == [TEXT]


def test_a_caption_that_was_paid_for_stays_when_the_cap_refuses_another(server: ChatServer, explorer: Explorer) -> None:
    ask_at(explorer, *PLACE)
    explorer.options.cap = "0"
    explorer.ask_bar.press()
    assert len(server.requests) == 1
    assert "The next request was not sent" in explorer.caption_view.error
    assert [caption.text for caption in explorer.caption_view.captions] == [TEXT]
    assert explorer.result.caption.text == TEXT
    explorer.options.seed = 5  # another prompt, of which there is no caption
    explorer.ask_bar.press()
    assert "The next request was not sent" in explorer.caption_view.error
    assert explorer.caption_view.captions == ()


def test_a_cap_of_0_sends_nothing(server: ChatServer, explorer: Explorer) -> None:
    explorer.options.cap = "0"
    ask_at(explorer, *PLACE)
    assert server.requests == []
    assert "The next request was not sent" in explorer.caption_view.error
    assert "This session: 0 captions, $0.00 of $0.00." in bar_text(explorer)


@pytest.mark.parametrize("text", ["much", "-1", "nan", "1e99", "1,50", "<b>1</b>", "9" * 5000])
def test_a_cap_that_is_none_is_one_sentence_and_the_one_before_stays(
    text: str, server: ChatServer, explorer: Explorer
) -> None:
    explorer.options.cap = "0"
    click(explorer.map, *PLACE)
    explorer.options.cap = text
    assert "is not an amount of dollars from 0 to 1,000,000, such as 0.50; correct it." in bar_text(explorer)
    assert "<b>" not in bar_text(explorer)
    explorer.ask_bar.press()
    assert server.requests == []


def test_an_ending_model_is_announced_before_the_press(
    explorer: Explorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "models.toml"
    path.write_text(f'[[models]]\nid = "gpt-4o"\nlast_day = {today_utc()}\n')
    monkeypatch.setenv("CHATEARTHNET_MODELS", str(path))
    click(explorer.map, *PLACE)
    explorer.options.model = "gpt-4o"
    assert f"gpt-4o is served by its service until {today_utc()}." in bar_text(explorer)


def test_a_model_of_unknown_price_is_counted_without_dollars(explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.options.model = "mine"
    assert "price unknown (" in bar_text(explorer)
    explorer.ask_bar.press()
    assert "This session: 1 caption, price unknown." in bar_text(explorer)
    explorer.options.model = ""
    explorer.ask_bar.press()
    assert "This session: 2 captions, $0.00018 and 1 of unknown price." in bar_text(explorer)


def test_no_visitor_can_raise_the_cap_of_the_owner(server: ChatServer) -> None:
    quotas = Quotas(1000, cap=0.0005)
    tabs = [Explorer(source="simulated", captioner="chat", place=None, quota=quotas.of("a visitor")) for _ in range(2)]
    for tab in tabs:
        tab.options.cap = "1000"
        for place in (PLACE, ELSEWHERE):
            ask_at(tab, *place)
    assert len(server.requests) == 2
    assert "This session: 2 captions, $0.00036 of $0.0005." in bar_text(tabs[0])
    assert "The next request was not sent: $0.00036 of the cap of $0.0005" in tabs[1].caption_view.error
    tabs[1].options.cap = "0.0001"  # lower is a person's own choice
    assert "of $0.0001." in bar_text(tabs[1])
    other = Explorer(source="simulated", captioner="chat", place=None, quota=quotas.of("another"))
    ask_at(other, *PLACE)
    assert len(server.requests) == 3
    for tab in (*tabs, other):
        assert KEY not in str(tab.get_state())
        tab.close()


def test_all_visitors_together_have_a_cap_too() -> None:
    """With a new address for each request, nobody spends more than ``WHOLE`` caps."""
    cost = estimate(prompt_for(label_map(0)))
    quotas, requests = Quotas(1000, cap=cost.most_dollars), 0
    for visitor in range(3 * WHOLE):
        own, whole = quotas.of(str(visitor)).budgets
        try:
            own.settle(own.reserve(cost))
            whole.settle(whole.reserve(cost))
        except BudgetError:
            continue
        requests += 1
    assert requests == WHOLE


def test_a_visitor_with_costs_is_not_forgotten() -> None:
    quota = Quotas(1000, cap=1).of("one")
    assert quota.idle
    cost = estimate(prompt_for(label_map(0)))
    quota.budgets[0].settle(quota.budgets[0].reserve(cost))
    assert not quota.idle


def test_access_hands_the_cap_to_each_visitor() -> None:
    access = ModelAccess(ModelOptions(offer=True, cap=0.25), near=False)

    def budgets(peer: str) -> list[float | None]:
        request = SimpleNamespace(remote_ip=peer, headers={})
        document = SimpleNamespace(session_context=SimpleNamespace(request=request))
        return [budget.cap for budget in access.quota_of(document).budgets]  # type: ignore[arg-type]

    assert budgets("8.8.4.4") == [0.25, 2.5]
    assert ModelAccess(ModelOptions(offer=True), near=False).quota_of(None).budgets == ()


def test_a_cap_on_a_model_of_unknown_price_is_refused_at_the_start() -> None:
    with pytest.raises(SettingError, match=r"price of the model 'mine' is not known.*CHATEARTHNET_MODELS"):
        ModelAccess(ModelOptions(offer=True, cap=1, model="mine"), near=False)
    ModelAccess(ModelOptions(cap=1, model="mine"), near=False)  # it offers none


@pytest.mark.parametrize(
    "arguments", [["serve", "--cap", "-1"], ["serve", "--cap", ""], ["caption", "1", "1", "--cap", "x"]]
)
def test_command_line_refuses_caps_that_are_none(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "--cap" in capsys.readouterr().err


def test_command_line_keeps_the_cap_and_prints_the_cost(server: ChatServer, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["caption", *map(str, PLACE), "--source", "simulated", "--captioner", "chat"]
    assert main([*words, "--cap", "0.0001"]) == 1
    assert server.requests == []
    assert "The next request was not sent: $0.00 of the cap of $0.0001 is spent" in capsys.readouterr().err
    assert main([*words, "--cap", "$1"]) == 0
    assert "300 tokens in, 300 out; $0.00018 by prices of 28 November 2026; " in capsys.readouterr().out
    assert len(server.requests) == 1


def test_models_command_lists_prices_dates_and_sources(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[[models]]\nid = "mine"\nprice_in = 0\nprice_out = 0')
    monkeypatch.setenv("CHATEARTHNET_MODELS", str(path))
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:4] == ["gpt-6-luna", "0.1", "0.5", "-50"]
    assert next(line for line in lines if line.startswith("mine")).split() == ["mine", "0", "0", "your", "own", "file"]
    assert any("2026-11-28" in line for line in lines)
    path.write_text("nonsense")
    assert main(["models"]) == 1
    assert "CHATEARTHNET_MODELS" in capsys.readouterr().err


def test_writers_that_are_compared_stay_within_the_cap_of_the_owner(server: ChatServer) -> None:
    """The page Compare is no way around ``serve --cap``."""
    quotas = Quotas(1000, cap=0.0005)
    view = CompareCaptions(source="simulated", writers=MODELS, quota=quotas.of("a visitor"), choose_service=False)
    view.access.cap = "1000"  # nobody raises it
    view._button.click()
    assert len(server.requests) == 2  # a third could pass 0.0005
    assert "The next request was not sent: $0.00036 of the cap of $0.0005" in view.comparison.captions[2].error
    assert "This session: 2 captions, $0.00036 of $0.0005." in view._cost.value
    tab = Explorer(source="simulated", captioner="chat", place=None, quota=quotas.of("a visitor"))
    ask_at(tab, *PLACE)
    assert len(server.requests) == 2  # one cap for all pages
    tab.close()
    view.close()


def test_writers_that_are_compared_have_a_cap_and_a_sum(server: ChatServer) -> None:
    view = CompareCaptions(source="simulated", writers=MODELS)
    assert "This session" not in view._cost.value
    view.access.cap = "much"
    assert "is not an amount of dollars" in view._cost.value
    view.access.cap = "$0.0002"
    view._button.click()
    assert len(server.requests) == 1
    assert "This session: 1 caption, $0.00018 of $0.0002." in view._cost.value
    view.close()
