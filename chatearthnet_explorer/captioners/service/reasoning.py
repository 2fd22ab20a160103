"""Remove what a model writes around its answer: reasoning, chat template marks, labels and code fences."""

from __future__ import annotations

import re

_NAMES = "think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|(?:seed|antml):think(?:ing)?"

_THINKING: tuple[tuple[str, str], ...] = (
    # <think> and similar, of most open models; some gateways escape the brackets
    (rf"(?:<|&lt;)(?:{_NAMES})\b[^<>&]{{0,200}}(?:>|&gt;)", rf"(?:<|&lt;)/\s*(?:{_NAMES})\s*(?:>|&gt;)"),
    # Open WebUI
    (r"<details\s+type=.?reasoning\b[^<>]{0,200}>", r"</details>"),
    # Magistral
    (r"\[(?:think(?:ing)?|reasoning)\]", r"\[/(?:think(?:ing)?|reasoning)\]"),
    # Kimi
    (r"◁think▷", r"◁/think▷"),
    # Sky-T1, Command A, Phi, EXAONE
    (
        r"<\|(?:begin_of_thought|start_thinking|think(?:ing)?|thought)\|>",
        r"<\|(?:end_of_thought|end_thinking|/\w{5,8})\|>",
    ),
    # MedGemma and Gemma 4
    (r"<unused94>|<\|channel>thought", r"<unused95>|<channel\|>"),
    # the command line of Ollama
    (r"^thinking\.\.\.$", r"^\.\.\.done thinking\.$"),
)
"""Opening and closing marks of reasoning, by model; upper or lower case."""

_MARK = re.compile(
    "|".join(f"(?P<close{number}>{close})|(?:{opening})" for number, (opening, close) in enumerate(_THINKING)),
    re.IGNORECASE | re.MULTILINE,
)

# gpt-oss: <|channel|>analysis<|message|>...<|end|><|start|>assistant<|channel|>final<|message|>...<|return|>
_CHANNEL = re.compile(
    r"<\|channel\|>\s*(analysis|commentary|final)(?: to=\S{1,80})?"
    r"(?:\s*<\|constrain\|>\s*\w{0,40})?\s*(?:<\|message\|>)?"
)
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
# the same where the service dropped the marks and kept the words between them
_BARE_FINAL = "assistantfinal"
_BARE_START = re.compile(r"\A\s*(?:analysis|commentary)(?=[A-Z]|\s*\Z)")
_SPACED_START = re.compile(r"\A\s*(?:analysis|commentary)")
_SPACED_FINAL = re.compile(r"\bassistant\s+final\b")

_WRAPPER = re.compile(
    r"</?(?:answer|final_answer|response|caption|output)>|<\|(?:begin|end)_of_(?:solution|box)\|>"
    r"|<\|(?:start|end)_response\|>",
    re.IGNORECASE,
)
"""Marks around the answer itself."""

_TEMPLATE = (
    r"<[|\uff5c][\w\u2581:/ -]{1,40}[|\uff5c]?>|<[\w\u2581]{1,40}[|\uff5c]>|</?s>|<(?:end|start)_of_turn>"
    r"|<(?:eos|bos|pad|eot|unk)>|\[/?INST\]|<</?SYS>>|\[(?:EOS|BOS)\]|\[end of text\]"
)
"""Marks by which chat templates separate turns; they leak where a service runs a model with another's template."""

_END = re.compile(_TEMPLATE, re.IGNORECASE)
_ROLE = re.compile(rf"\A(?:\s*(?:{_TEMPLATE})(?:\s*(?:assistant|model)\b)?)+", re.IGNORECASE)
_FENCE = re.compile(r"\A```\w{0,20}\n(.*?)\n?```\Z", re.DOTALL)
_LABEL = re.compile(r"\A[*#_ ]{0,6}(?:final )?(?:caption|answer|response)[*_ ]{0,4}:[*_ ]{0,4}\s*(?=\S)", re.IGNORECASE)


def strip_reasoning(text: str) -> tuple[str, bool]:
    """Return a model's answer alone, and whether there was reasoning around it.

    Reasoning without an end removes everything after its start, and reasoning without a start everything before its
    end. The time is linear in the length of the text.
    """
    final, in_channels = _final_channel(text)
    words, has_marks = _outside_marks(final)
    role_marks = _ROLE.match(words)
    words = _WRAPPER.sub("", words[role_marks.end() :] if role_marks else words)
    if end := _END.search(words):
        words = words[: end.start()]
    words = words.strip()
    if fence := _FENCE.match(words):
        words = fence[1].strip()
    return _LABEL.sub("", words).strip(), in_channels or has_marks


def _outside_marks(text: str) -> tuple[str, bool]:
    pieces: list[str] = []
    start, thinking, has_marks = 0, False, False
    for mark in _MARK.finditer(text):
        has_marks = True
        if mark.lastgroup is None:
            if not thinking:
                pieces.append(text[start : mark.start()])
            thinking = True
            continue
        if not thinking:  # its beginning is missing: many templates put the opening mark into the prompt
            pieces.clear()
        thinking, start = False, mark.end()
    if not thinking:
        pieces.append(text[start:])
    return "".join(pieces), has_marks


def _final_channel(text: str) -> tuple[str, bool]:
    """Return the final channel of a model of the gpt-oss family, or the text unchanged."""
    channels = list(_CHANNEL.finditer(text))
    if channels:
        last = next((one for one in reversed(channels) if one[1] == "final"), None)
        if last is None:  # cut off before the final channel
            return "", True
        end = _CHANNEL_END.search(text, last.end())
        return text[last.end() : end.start() if end else None], bool(text[: last.start()].strip())
    reasoning, mark, final = text.rpartition(_BARE_FINAL)
    if mark:
        return final, bool(reasoning)
    marks = list(_SPACED_FINAL.finditer(text)) if _SPACED_START.match(text) else []
    if marks:
        return text[marks[-1].end() :], True
    return ("", True) if _BARE_START.match(text) else (text, False)
