"""What models and their services answer, in the shapes of public bug reports, and what of it becomes the caption."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from data.label_maps import label_map
from rig.chat_server import TEXT, chat_server, completion

from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.service import chat_completion
from chatearthnet_explorer.captioners.service.reasoning import strip_reasoning
from chatearthnet_explorer.captioners.service.request_fields import Fields, Question
from chatearthnet_explorer.captioners.vision import VisionCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import ModelError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.caption import Caption

LABELS = label_map(1)
CHIP = Chip(tile=Tile(8192, 8192), source="file", labels=LABELS)
PROMPT, PROMPT_4V = prompt_for(LABELS), prompt_for(LABELS, style="4v")
HARMONY = "<|channel|>analysis<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setattr(chat_completion, "_ACCEPTED_FIELDS", {})  # ports are given out again
    with chat_server() as running:
        yield running


def ask(server: ChatServer, **options: Any) -> Caption:
    return ChatCaptioner(**{"base_url": server.base_url, "timeout": 5, **options}).caption(PROMPT, CHIP)


def look(server: ChatServer, **options: Any) -> Caption:
    return VisionCaptioner(**{"base_url": server.base_url, "timeout": 5, **options}).caption(PROMPT_4V, CHIP)


THOUGHTS = [
    "<think>\nI see trees.\n</think>\n\n{}",
    "<think>{}",
    "The user wants a caption, perhaps trees.\n</think>\n\n{}",
    "<thinking>Let me see.</thinking>\n{}",
    "<THINK>Let me see.</THINK>\n{}",
    "<Think effort='high'>Let me see.</Think>{}",
    "<thought>Let me see.</thought>\n{}",
    "<reasoning>Let me see.</reasoning>\n{}",
    "<seed:think>Let me see.</seed:think>{}",
    "&lt;think&gt;Let me see.&lt;/think&gt;{}",
    "[THINK]Let me see.[/THINK]{}",
    "◁think▷Let me see.◁/think▷{}",
    "<|begin_of_thought|>Let me see.<|end_of_thought|><|begin_of_solution|>{}<|end_of_solution|>",
    "<|START_THINKING|>Let me see.<|END_THINKING|><|START_RESPONSE|>{}<|END_RESPONSE|>",
    "<unused94>thought\nLet me see.<unused95>{}",
    "<|channel>thought\nLet me see.<channel|>{}",
    "Thinking...\nLet me see.\n...done thinking.\n\n{}",
    '<details type="reasoning" done="true"><summary>Thought</summary>Let me see.</details>{}',
    "<think>a</think>\n<think>b</think>\n{}",
    "<think>a <think>b</think> c</think>{}",
    "{}\n<think>Was that right?</think>",
    "{}\n<think>Was that right? I had",
    "<think>Let me see.</think><answer>{}</answer>",
    HARMONY + "{}",
    HARMONY + "{}<|return|>",
    "Let me see.<|end|><|start|>assistant<|channel|>final<|message|>{}",
    "<|channel|>analysis to=functions.x <|constrain|>json<|message|>{{}}<|call|><|channel|>final<|message|>{}<|end|>",
    "analysisLet me see.assistantfinal{}",
    "analysis\nLet me see.assistant\nfinal\n{}",
]


@pytest.mark.parametrize("answer", THOUGHTS[:1] + THOUGHTS[2:])
def test_removes_thinking_in_any_marks(answer: str) -> None:
    assert strip_reasoning(answer.format(TEXT)) == (TEXT, True)


@pytest.mark.parametrize(
    "answer",
    [
        *("<think>" + TEXT, "[THINK]" + TEXT, "<think></think>", TEXT + "</think>"),
        *("<|channel|>analysis<|message|>" + TEXT, "analysisLet me see", "<|channel|>analysis"),
    ],
)
def test_reports_an_answer_that_is_all_thinking(server: ChatServer, answer: str) -> None:
    server.answer_with(completion(answer))
    with pytest.raises(ModelError, match="sent its thinking and no answer; ask again"):
        ask(server)


@pytest.mark.parametrize(
    "answer",
    [
        *(
            TEXT + end
            for end in ("<|im_end|>", "</s>", "<|eot_id|>", "<end_of_turn>\n", "[/INST]", "<|endoftext|>", "<eos>")
        ),
        *(
            TEXT + end
            for end in ("<\uff5cend\u2581of\u2581sentence\uff5c>", "<|END_OF_TURN_TOKEN|>", " [end of text]", "<turn|>")
        ),
        TEXT + "<|im_end|>\n<|im_start|>user\nThank you!<|im_end|>\n<|im_start|>assistant\nYou are welcome.",
        *(
            "<s>" + TEXT,
            " [/INST] " + TEXT + " </s>",
            "<|im_start|>assistant\n" + TEXT,
            "<start_of_turn>model\n" + TEXT,
        ),
        "<|start_header_id|>assistant<|end_header_id|>\n\n" + TEXT + "<|eot_id|>",
        f"```\n{TEXT}\n```",
        f"```text\n{TEXT}```",
        f"**Caption:** {TEXT}",
        f"Caption: {TEXT}",
    ],
)
def test_removes_marks_of_chat_templates(answer: str) -> None:
    assert strip_reasoning(answer)[0] == TEXT


@pytest.mark.parametrize(
    "words",
    [
        TEXT,
        "A thought about <b>trees</b> [1] & 3 < 4 > 2.",
        "In the final analysis, an assistant finally reasons: trees lead.",
        "Analysis of the map: trees. <script>alert(1)</script>",
        "The caption: trees, and thinking of water.",
        "I think trees cover it.",
    ],
)
def test_leaves_other_words_alone(words: str) -> None:
    assert strip_reasoning(words) == (words, False)


@pytest.mark.parametrize(
    "piece", ["<think>", "</think>", "<|", "<think ", "&lt;", "<|channel|>", "[/INST]", "assistantfinal"]
)
def test_takes_time_that_grows_with_the_length_alone(piece: str) -> None:
    # quadratic behaviour would take minutes here
    start = time.process_time()
    strip_reasoning(piece * (1_000_000 // len(piece)))
    assert time.process_time() - start < 20


def test_recognizes_marks_split_by_invisible_characters(server: ChatServer) -> None:
    server.answer_with(completion(f"<thi\u200bnk>hidden</th\u200bink>{TEXT}"))
    assert ask(server).text == TEXT


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": TEXT}],
        [{"type": "output_text", "text": TEXT}],
        [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": TEXT}],
        [{"type": "reasoning", "text": "hm"}, {"text": TEXT[:5]}, TEXT[5:]],
        {"type": "text", "text": TEXT},
    ],
)
def test_joins_content_given_as_parts(server: ChatServer, content: object) -> None:
    server.answer_with(completion(content))
    assert ask(server).text == TEXT


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_ignores_thinking_beside_the_content(server: ChatServer, name: str) -> None:
    server.answer_with(completion(TEXT, message={name: "Let me see."}))
    assert ask(server).text == TEXT
    server.answer_with(completion(None, message={name: "Let me see."}))
    with pytest.raises(ModelError, match="sent its thinking and no answer"):
        ask(server)


def test_reads_unrequested_stream(server: ChatServer) -> None:
    chunks = [{"model": "m", "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in (TEXT[:9], TEXT[9:])]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    server.modes = [(200, {"content-type": "text/event-stream"}, body.encode())]
    assert ask(server).text == TEXT


@pytest.mark.parametrize("body", [{"error": {"message": "model is loading"}}, {"error": "model is loading"}])
def test_explains_failure_with_status_200(server: ChatServer, body: object) -> None:
    for answer in (body, {"choices": [body]}):
        server.answer_with(answer)
        with pytest.raises(ModelError, match=r'reports a failure \("model is loading"\)'):
            ask(server)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("System role not supported", 400),
        ("Unsupported value: 'messages[0].role' does not support 'system' with this model.", 400),
        ("Conversation roles must alternate user/assistant/user/assistant/...", 400),
        ("jinja2.exceptions.TemplateError: System role not supported", 500),
        ("Developer instruction is not enabled for models/gemma-3-27b-it", 400),
    ],
)
def test_rules_begin_the_users_message_where_there_is_no_system_role(
    server: ChatServer, words: str, status: int
) -> None:
    server.refuse_with(lambda request: words if request["messages"][0]["role"] == "system" else None, status=status)
    assert ask(server).text == TEXT
    assert server.requests[-1]["messages"] == [{"role": "user", "content": f"{PROMPT.system}\n\n{PROMPT.user}"}]
    assert len(server.requests) == 2
    # it is refused once and not every time
    ask(server)
    assert len(server.requests) == 3
    # another model of the service may know the role
    ask(server, model="another")
    assert len(server.requests) == 5


def test_rules_stand_before_the_pictures_too(server: ChatServer) -> None:
    server.refuse_with(lambda request: "no system role" if request["messages"][0]["role"] == "system" else None)
    look(server)
    (message,) = server.requests[-1]["messages"]
    assert [part["type"] for part in message["content"]] == ["text", "text", "image_url"]
    assert message["content"][0]["text"] == PROMPT_4V.system


def _permits(*names: str) -> Any:
    """Return a refusal of whatever optional field is none of these, as pydantic words it."""

    def refusal(request: dict[str, Any]) -> str | None:
        fields = set(request) - {"model", "messages"}
        fields |= {"detail"} if '"detail"' in json.dumps(request["messages"]) else set()
        extra = sorted(fields - set(names))
        return f"Extra inputs are not permitted: body.{extra[0]}" if extra else None

    return refusal


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    "allowed_fields", [("max_completion_tokens", "detail"), ("max_tokens", "detail"), ("max_tokens",), ("detail",), ()]
)
def test_leaves_out_fields_that_are_refused(server: ChatServer, status: int, allowed_fields: tuple[str, ...]) -> None:
    server.refuse_with(_permits(*allowed_fields), status=status)
    assert look(server, reasoning_effort="low").text == TEXT
    fields = server.requests[-1]
    assert set(fields) - {"model", "messages"} == set(allowed_fields) - {"detail"}
    assert ('"detail"' in json.dumps(fields)) == ("detail" in allowed_fields)
    before = len(server.requests)
    look(server, reasoning_effort="low")
    assert len(server.requests) == before + 1


def test_drops_fields_one_by_one_if_the_refusal_names_none(server: ChatServer) -> None:
    server.refuse_with(lambda request: "unknown field" if "max_completion_tokens" in request else None)
    assert ask(server).text == TEXT
    assert "max_tokens" in server.requests[-1]


def test_does_not_take_fastapis_detail_key_for_the_field(server: ChatServer) -> None:
    refusal = {"detail": [{"type": "missing", "loc": ["body", "prompt"], "msg": "Field required"}]}
    server.answer_with(refusal, status=422)
    with pytest.raises(ModelError, match="refused, with error 422"):
        look(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("max_completion_tokens must be at least 512 for this model", "choose another token limit"),
        (
            "This model's maximum context length is 256. You requested 900 (600 and max_completion_tokens 300).",
            "reads longer texts or a smaller token limit",
        ),
        (
            "Could not finish the message because max_tokens or model output limit was reached.",
            "used up its 300 tokens",
        ),
        ("Invalid reasoning_effort value: 'low' must be one of none, high", "reasoning effort"),
    ],
)
def test_a_wrong_value_is_not_sent_under_another_name(server: ChatServer, words: str, advice: str) -> None:
    server.refuse_with(lambda request: words if "max_completion_tokens" in request else None)
    with pytest.raises(ModelError, match=advice) as error_info:
        ask(server)
    assert len(server.requests) == 1
    assert str(error_info.value).count("\n") == 0
    assert len(str(error_info.value)) < 400


def test_reports_model_without_image_input(server: ChatServer) -> None:
    server.refuse_with(lambda _: "Invalid content type. image_url is only supported by certain models.")
    with pytest.raises(ModelError, match="choose a model that takes images, or the chat captioner"):
        look(server)


def test_server_error_about_pictures_is_explained_and_not_retried(server: ChatServer) -> None:
    server.refuse_with(lambda _: "image input is not supported - hint: you may need to provide the mmproj", status=500)
    with pytest.raises(ModelError, match="choose a model that takes images, or the chat captioner"):
        look(server)
    assert len(server.requests) == 1


REFUSED_TOGETHER = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
REFUSED_OLD = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
)


@pytest.mark.parametrize(
    ("refusal", "names"),
    [
        (lambda one: REFUSED_TOGETHER if len(one) == 2 else None, ["max_completion_tokens"]),
        (lambda one: REFUSED_OLD if "max_tokens" in one else None, ["max_completion_tokens"]),
        (
            lambda one: "Unknown field: max_completion_tokens" if "max_completion_tokens" in one else None,
            ["max_tokens"],
        ),
        (lambda one: f"Unknown field: {min(one)}" if one else None, []),
    ],
)
def test_near_service_that_refuses_a_name_of_the_limit_gets_the_other(
    server: ChatServer, refusal: Callable[[list[str]], str | None], names: list[str]
) -> None:
    server.refuse_with(lambda request: refusal([name for name in request if name.startswith("max_")]))
    assert ask(server).text == TEXT
    assert [name for name in server.requests[-1] if name.startswith("max_")] == names


def test_far_services_get_one_name_of_the_limit() -> None:
    question = Question(model="m", system="s", user="u", token_limit=300)
    assert [name for name in Fields().request(question) if name.startswith("max_")] == ["max_completion_tokens"]


def test_token_limit_and_effort_can_be_set(server: ChatServer) -> None:
    captioner = ChatCaptioner(base_url=server.base_url, token_limit=4000, reasoning_effort="minimal")
    captioner.caption(PROMPT, CHIP)
    assert server.requests[0]["max_completion_tokens"] == 4000
    assert server.requests[0]["reasoning_effort"] == "minimal"
    assert captioner.options == {
        "model": "gpt-6-luna",
        "base_url": server.base_url,
        "token_limit": 4000,
        "reasoning_effort": "minimal",
    }
    assert captioner.estimate(PROMPT).tokens_out == 4000


def test_the_command_line_sets_limit_and_effort(server: ChatServer, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--captioner=chat", f"--base-url={server.base_url}", "--token-limit=900", "--reasoning-effort=low"]
    assert main(["caption", "6.73", "0.336", "--source=simulated", *options]) == 0
    assert TEXT[:40] in capsys.readouterr().out
    assert server.requests[0]["max_completion_tokens"] == 900
    assert server.requests[0]["reasoning_effort"] == "low"
    assert main(["caption", "6.73", "0.336", "--source=simulated", "--captioner=chat", "--token-limit=3"]) == 1
    assert "The token limit is 3; choose one from 16" in capsys.readouterr().err


def test_explains_token_limit_used_up_by_reasoning(server: ChatServer) -> None:
    server.answer_with(completion("<think>Let me", choice={"finish_reason": "length"}))
    with pytest.raises(
        ModelError, match=r"used up its 900 tokens .* raise the token limit, lower the reasoning effort"
    ):
        ask(server, token_limit=900)


@pytest.mark.parametrize("options", [{"token_limit": 1}, {"token_limit": 10**6}, {"reasoning_effort": "enormous"}])
def test_refuses_limits_and_efforts_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match="choose one"):
        ChatCaptioner(**options)


@pytest.mark.parametrize("key", ["none", "local", "EMPTY", "x", "ollama", "1", "a", "small", "test", "trees"])
def test_a_short_key_is_never_replaced_in_a_text(server: ChatServer, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    words = "Trees and none of it. Local trees are extra small: a test of 1 x 1."
    monkeypatch.setenv("OPENAI_API_KEY", key)
    server.answer_with(completion(words, model="ollama/llama3"))
    caption = ask(server)
    assert (caption.text, caption.model) == (words, "ollama/llama3")
    assert server.keys == [key]
    server.answer_with({"error": {"message": f"The model {key} is loading"}})
    with pytest.raises(ModelError, match=f"The model {key} is loading"):
        ask(server)


def test_a_real_key_is_replaced_in_text_and_names(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-4f9c0a17")
    server.answer_with(completion("Trees sk-4f9c0a17.", model="sk-4f9c0a17/llama"))
    caption = ask(server)
    assert (caption.text, caption.model) == ("Trees [key].", "[key]/llama")
