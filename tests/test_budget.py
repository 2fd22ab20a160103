"""A cap on dollars and tokens: what may be sent, what counts, and that no number of threads passes it."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from data.label_maps import label_map
from rig.chat_server import chat_server, completion
from rig.streams import stream_of

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.captioners.budget import NOTHING, Budget, Spending, Usage
from chatearthnet_explorer.captioners.budget_captioner import BudgetCaptioner
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.estimate import Estimate, estimate
from chatearthnet_explorer.captioners.model_table import find_model
from chatearthnet_explorer.captioners.token_counts import count_tokens
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import BudgetError, Cancelled, EmptyChipError, ModelError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.prompts.prompt import Prompt


def costing(dollars: float | None, tokens: int = 100) -> Estimate:
    return Estimate(model="mine", tokens_in=tokens, tokens_out=0, dollars=dollars)


def test_a_cap_pays_for_exactly_as_many_requests_as_it_covers() -> None:
    budget = Budget(1.0)
    for _ in range(1000):  # a sum of floats would be 1.0000000000000007
        budget.settle(budget.reserve(costing(0.001)))
    assert budget.spent == Spending(requests=1000, tokens=100_000, dollars=1.0, estimates=1000)
    with pytest.raises(BudgetError, match=r"\$1.00 of the cap of \$1.00 is spent .* may cost \$0.001; raise the cap"):
        budget.reserve(costing(0.001))


def test_reservations_count_until_they_are_settled() -> None:
    budget = Budget(0.003)
    first, _second = budget.reserve(costing(0.001)), budget.reserve(costing(0.001))
    with pytest.raises(BudgetError):
        budget.reserve(costing(0.0015))
    budget.settle(first, Usage(tokens_in=80, tokens_out=20, dollars=0.0004))
    budget.reserve(costing(0.0015))
    assert budget.spent == Spending(requests=1, tokens=100, dollars=0.0004)


def test_unknown_usage_counts_as_the_estimate_and_a_request_that_was_not_sent_as_nothing() -> None:
    budget = Budget(1)
    budget.settle(budget.reserve(costing(0.25)), None)
    budget.settle(budget.reserve(costing(0.25)), NOTHING)
    assert budget.spent == Spending(requests=1, tokens=100, dollars=0.25, estimates=1)


def test_a_second_settlement_changes_nothing() -> None:
    budget = Budget(1)
    reservation = budget.reserve(costing(0.25))
    budget.settle(reservation, Usage(tokens_in=10, tokens_out=1, dollars=0.1))
    budget.settle(reservation)
    assert budget.spent == Spending(requests=1, tokens=11, dollars=0.1)


def test_a_cap_of_zero_lets_through_what_is_free_alone() -> None:
    budget = Budget(0)
    budget.settle(budget.reserve(costing(0.0)))
    assert budget.spent.requests == 1
    with pytest.raises(BudgetError, match="not sent"):
        budget.reserve(costing(1e-9))
    with pytest.raises(BudgetError, match="not sent"):
        Budget(token_cap=0).reserve(costing(0.0, tokens=1))


def test_an_unknown_price_needs_a_cap_in_tokens() -> None:
    with pytest.raises(
        BudgetError, match=r"price of the model 'mine' is not known.*CHATEARTHNET_MODELS.*leave out the cap"
    ):
        Budget(5).reserve(costing(None))
    budget = Budget(token_cap=250)
    for _ in range(2):
        budget.settle(budget.reserve(costing(None)))
    assert budget.spent == Spending(requests=2, tokens=200, unpriced=2, estimates=2)
    with pytest.raises(BudgetError, match="200 of the cap of 250 tokens"):
        budget.reserve(costing(None))


def test_what_was_spent_before_counts() -> None:
    budget = Budget(1, spent=Spending(requests=9, tokens=900, dollars=0.9))
    budget.settle(budget.reserve(costing(0.1)))
    assert budget.spent == Spending(requests=10, tokens=1000, dollars=1.0, estimates=1)
    with pytest.raises(BudgetError):
        budget.reserve(costing(0.1))


@pytest.mark.parametrize("cap", [-1, math.nan, math.inf, 1e9])
def test_refuses_absurd_caps(cap: float) -> None:
    with pytest.raises(SettingError, match="A cap is from 0 to"):
        Budget(cap)
    with pytest.raises(SettingError, match="A cap is from 0 to"):
        Budget(token_cap=cap * 10**12 if cap > 0 else -1)  # type: ignore[arg-type]


@pytest.mark.parametrize("wait", [False, True])
def test_no_number_of_threads_passes_the_cap(wait: bool) -> None:
    budget, requests, lock, together = Budget(0.050), 0, threading.Lock(), threading.Barrier(32)

    def ask(number: int) -> None:
        nonlocal requests
        if number < 32:
            together.wait(60)
        try:
            reservation = budget.reserve(costing(0.001), wait=wait)
        except BudgetError:
            return
        with lock:
            requests += 1
        budget.settle(reservation, Usage(tokens_in=1, tokens_out=1, dollars=0.001))

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(ask, range(400)))
    assert requests == budget.spent.requests == 50
    assert budget.spent.dollars == 0.05


def test_waiting_uses_what_cheap_answers_left_over() -> None:
    """Each request reserves half the cap and uses a hundredth of it: waiting lets many through, refusing would not."""
    budget = Budget(1)

    def ask(_number: int) -> bool:
        try:
            reservation = budget.reserve(costing(0.5), wait=True)
        except BudgetError:
            return False
        budget.settle(reservation, Usage(tokens_in=1, tokens_out=0, dollars=0.01))
        return True

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(ask, range(100)))
    assert sum(results) == 51  # after 51 requests 0.51 is spent, and a half more would pass 1
    assert budget.spent.dollars == 0.51


PROMPT = prompt_for(label_map(0))
CHIP = Chip(tile=Tile.from_name("3886_3141_patch11"), labels=label_map(0), label_version="v100/2020", source="test")
ONE = estimate(PROMPT).most_dollars or 0


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def within(server: ChatServer, *budgets: Budget, **options: Any) -> Captioner:
    return BudgetCaptioner(ChatCaptioner(base_url=server.base_url, retries=0, **options), budgets)


def test_a_cap_of_0_sends_nothing(server: ChatServer) -> None:
    for budget in (Budget(0), Budget(token_cap=0)):
        with pytest.raises(BudgetError, match="not sent"):
            within(server, budget).caption(PROMPT, CHIP)
    with pytest.raises(BudgetError, match="price of the model 'mine' is not known"):
        within(server, Budget(0), model="mine").caption(PROMPT, CHIP)
    assert server.requests == []


def test_a_model_that_is_free_by_the_users_table_passes_a_cap_of_0(
    server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[[models]]\nid = "mine"\nprice_in = 0\nprice_out = 0')
    monkeypatch.setenv("CHATEARTHNET_MODELS", str(path))
    budget = Budget(0)
    caption = within(server, budget, model="mine").caption(PROMPT, CHIP)
    assert caption.dollars == 0
    assert "; free" in caption.cost_summary
    assert budget.spent == Spending(requests=1, tokens=366)


def test_threads_never_send_more_requests_than_the_cap_pays_for(server: ChatServer) -> None:
    """The service charges all that was reserved, so the number of requests is known; its own count is the oracle."""
    tokens = {"prompt_tokens": estimate(PROMPT).most_tokens_in, "completion_tokens": 300}
    server.answer_with(completion(usage=tokens))
    budget = Budget(10.5 * ONE)
    captioner = within(server, budget)

    def ask(_number: int) -> bool:
        try:
            captioner.caption(PROMPT, CHIP)
        except BudgetError:
            return False
        return True

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(ask, range(64)))
    assert sum(results) == len(server.requests) == budget.spent.requests == 10
    assert budget.spent.dollars == pytest.approx(10 * ONE)
    assert budget.spent.dollars <= 10.5 * ONE


def test_a_lying_usage_stops_at_the_cap_by_the_larger_count(server: ChatServer) -> None:
    server.answer_with(completion(usage={"prompt_tokens": 0, "completion_tokens": 0}))
    budget = Budget(3 * ONE)
    captioner, requests = within(server, budget), 0
    while requests < 100:
        try:
            captioner.caption(PROMPT, CHIP)
        except BudgetError:
            break
        requests += 1
    real = find_model("gpt-6-luna").price(estimate(PROMPT).tokens_in, 14) or 0
    assert requests == len(server.requests) == math.floor((3 * ONE - ONE) / real) + 1
    server.answer_with(completion(usage={"prompt_tokens": 321, "completion_tokens": 10**8}))
    budget = Budget(3 * ONE)
    within(server, budget).caption(PROMPT, CHIP)
    assert budget.spent.dollars > 3 * ONE  # one answer that claims so much is paid, and none follows
    with pytest.raises(BudgetError):
        within(server, budget).caption(PROMPT, CHIP)


@pytest.mark.parametrize(
    ("mode", "counts"),
    [("wrong key", 0), ("quota", 0), ("unknown model", 0), ("broken", 1), ("refusal", 1), ("cut", 1), ("html", 1)],
)
def test_a_failure_counts_as_the_estimate_unless_the_service_refused(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, mode: str, counts: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-of-a-test")
    server.modes = [mode]
    budget = Budget(1)
    with pytest.raises(ModelError):
        within(server, budget).caption(PROMPT, CHIP)
    assert budget.spent.requests == counts
    assert budget.spent.dollars == pytest.approx(counts * ONE)
    budget.reserve(costing(1 - budget.spent.dollars))  # and nothing stays reserved


def test_a_cancelled_request_counts_as_the_estimate(server: ChatServer) -> None:
    server.modes = ["slow"]
    budget = Budget(1)
    captioner = within(server, budget)

    def cancel() -> None:
        server.waiting.wait(60)
        captioner.cancel()  # type: ignore[attr-defined]

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Cancelled):
        captioner.caption(PROMPT, CHIP)
    thread.join()
    assert budget.spent.dollars == pytest.approx(ONE)


def test_an_empty_chip_costs_nothing(server: ChatServer) -> None:
    budget = Budget(1)
    with pytest.raises(EmptyChipError):
        within(server, budget).caption(PROMPT, replace(CHIP, labels=None))
    assert budget.spent == Spending()
    assert server.requests == []


def test_a_request_must_fit_every_budget(server: ChatServer) -> None:
    own, visitors = Budget(1), Budget(1.2 * ONE)
    captioner = within(server, own, visitors)
    captioner.caption(PROMPT, CHIP)
    with pytest.raises(BudgetError):
        captioner.caption(PROMPT, CHIP)
    assert len(server.requests) == own.spent.requests == visitors.spent.requests == 1
    own.reserve(costing(1 - own.spent.dollars))  # what the other refused is not reserved here


class Writer:
    name = "writer"

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        assert chip.labels is not None
        return Caption(text="Trees.", captioner=self.name, style=prompt.style)


def test_a_captioner_that_names_no_cost_runs_without_a_cap_only() -> None:
    budget = Budget()
    assert BudgetCaptioner(Writer(), [budget]).caption(PROMPT, CHIP).text == "Trees."
    assert budget.spent == Spending(requests=1, unpriced=1, estimates=1)
    with pytest.raises(BudgetError, match="does not say what a caption costs"):
        BudgetCaptioner(Writer(), [Budget(1)]).caption(PROMPT, CHIP)


def test_the_template_needs_no_budget() -> None:
    budget = Budget(0)
    assert BudgetCaptioner(open_captioner("template"), [budget]).caption(PROMPT, CHIP).text
    assert budget.spent == Spending()


class Stream(ChatCaptioner):
    """Hands over some text, and then ends as it is told."""

    def __init__(self, texts: tuple[str, ...], end: Exception) -> None:
        super().__init__(base_url="http://127.0.0.1:9/v1")
        self._texts, self._end = texts, end

    def stream(self, prompt: Prompt, chip: Chip, on_text: Callable[[str], None]) -> Caption:
        assert chip.labels is not None
        assert prompt.user
        for text in self._texts:
            on_text(text)
        raise self._end


@pytest.mark.parametrize("end", [Cancelled(), ModelError("The stream broke off; try again.")])
def test_stream_that_ends_early_counts_its_text(end: Exception) -> None:
    budget, texts = Budget(1), []
    captioner = BudgetCaptioner(Stream(("Trees", "Trees cover most of the square."), end), [budget])
    with pytest.raises(type(end)):
        captioner.stream(PROMPT, CHIP, texts.append)
    assert texts == ["Trees", "Trees cover most of the square."]
    tokens_in = estimate(PROMPT).tokens_in
    assert budget.spent == Spending(
        requests=1, tokens=tokens_in + 7, dollars=pytest.approx((0.10 * tokens_in + 0.50 * 7) / 1e6)
    )


def test_a_stream_that_ends_before_its_text_counts_as_the_estimate() -> None:
    """The model may have been thinking all the while."""
    budget = Budget(1)
    with pytest.raises(Cancelled):
        BudgetCaptioner(Stream((), Cancelled()), [budget]).stream(PROMPT, CHIP, lambda _: None)
    assert budget.spent.dollars == pytest.approx(ONE)
    assert budget.spent.estimates == 1


def test_a_stream_stays_within_the_budget_too() -> None:
    captioner = Stream((), AssertionError("a request was sent"))
    with pytest.raises(BudgetError):
        BudgetCaptioner(captioner, [Budget(0)]).stream(PROMPT, CHIP, lambda _: None)


def test_captioner_without_streams_answers_in_one_piece(server: ChatServer) -> None:
    budget, texts = Budget(1), []
    server.answer_with(completion(usage={"prompt_tokens": 300, "completion_tokens": 14}))
    assert BudgetCaptioner(Writer(), [Budget()]).stream(PROMPT, CHIP, texts.append).text == "Trees."
    within(server, budget).caption(PROMPT, CHIP)
    assert (texts, budget.spent.tokens) == ([], 314)


def test_the_budget_counts_what_a_captioner_adds_to_the_prompt(server: ChatServer) -> None:
    """In the 4V style, chat explains before the prompt that no maps come with it."""
    prompt = prompt_for(label_map(0), style="4v")
    captioner = ChatCaptioner(base_url=server.base_url, model="gpt-4o")
    alone, whole = estimate(prompt, "gpt-4o", picture_sizes=()), captioner.estimate(prompt)
    assert whole.tokens_in > alone.tokens_in
    with pytest.raises(BudgetError):
        BudgetCaptioner(captioner, [Budget(alone.dollars)]).caption(prompt, CHIP)
    BudgetCaptioner(captioner, [Budget(whole.dollars)]).caption(prompt, CHIP)
    assert len(server.requests) == 1


def test_real_stream_that_a_person_stops_counts_its_text(server: ChatServer) -> None:
    server.modes = [stream_of()]
    budget, texts = Budget(1), []

    def stop(text: str) -> None:
        texts.append(text)
        raise Cancelled

    captioner = within(server, budget)
    assert isinstance(captioner, BudgetCaptioner)
    with pytest.raises(Cancelled):
        captioner.stream(PROMPT, CHIP, stop)
    assert len(texts) == len(server.requests) == 1
    tokens_out = count_tokens(texts[0], find_model("gpt-6-luna")).tokens
    assert budget.spent.tokens == estimate(PROMPT).tokens_in + tokens_out
    assert budget.spent.estimates == 0
