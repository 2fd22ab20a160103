"""Read a caption from a model's response: check it, limit its length, and remove invisible characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.captioners.service.endpoint import PLACEHOLDER
from chatearthnet_explorer.captioners.service.reasoning import strip_reasoning
from chatearthnet_explorer.captioners.service.streamed_completion import THINKING_FIELDS, content_text, read_completion
from chatearthnet_explorer.errors import ModelError
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS

QUOTE = 160
"""Characters of a service's own words that an error repeats."""

_LONGEST_NAME = 100
_MOST_TOKENS = 10**9
# Controls, formatting (bidirectional overrides, zero width), private use, surrogates: invisible, and some change the
# order in which the other characters are displayed.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_STEMS = "|".join(re.escape(word.removesuffix("y").removesuffix("e")) for word in FORBIDDEN_WORDS)
# Shorter keys are words like "none" and "ollama", which local services ignore.
_SHORTEST_SECRET = 8
_PART = 6
_BANNED_WORDS = re.compile(rf"\b(?:un)?(?:{_STEMS})\w*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The text of a service's answer, cleaned, and what the service reports about it."""

    text: str
    """The text, never empty, at most ``caption.LIMIT`` characters."""

    model: str
    """Identifier of the model, as the service reports it, or else as it was requested."""

    tokens_in: int | None
    """Tokens read, as the service reports them."""

    tokens_out: int | None
    """Tokens written, as the service reports them."""

    notes: tuple[str, ...] = ()
    """What was changed or is missing, one sentence each."""


def read_answer(body: bytes, *, host: str, model: str, token_limit: int, key: str) -> Answer:
    """Return the answer in a chat.completions body.

    Args:
        body: The bytes of the answer, of any content; those of a stream are read_completion.
        host: The service, as errors name it.
        model: Identifier of the model that was requested.
        token_limit: Tokens the answer was allowed.
        key: The key that was sent. It is removed wherever the service repeats it.

    Raises:
        ModelError: If it is not a chat completion, is empty, or is a refusal.
    """
    content, is_whole = read_completion(body)
    choices = content.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise _no_completion(content, choice, host, key)
    finish_reason = choice.get("finish_reason")
    if isinstance(refusal := message.get("refusal"), str) and refusal.strip():
        msg = f"The model {model!r} declined to write a caption ({quote(refusal, key)}); choose another model."
        raise ModelError(msg, kind="refusal")
    if finish_reason == "content_filter":
        msg = f"{host} blocked the answer with its content filter; choose another model or place."
        raise ModelError(msg, kind="filter")
    words, has_reasoning = strip_reasoning(content_text(message.get("content")))
    text, unseen = visible(words)
    if unseen:  # marks of reasoning could be hidden by them
        text, more_reasoning = strip_reasoning(text)
        has_reasoning = has_reasoning or more_reasoning
    text = without_key(text, key)  # at the end: what was taken out may have divided it
    if not text:
        has_reasoning = has_reasoning or any(message.get(name) for name in THINKING_FIELDS)
        raise _wordless(model, token_limit, cut=finish_reason == "length", has_reasoning=has_reasoning)
    reported_model = content.get("model")
    model_name = without_key(visible(reported_model)[0] if isinstance(reported_model, str) else "", key)[:_LONGEST_NAME]
    usage = content.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    tokens_out = _count(counts.get("completion_tokens"))
    notes = (
        _cut_off(token_limit, tokens_out) if finish_reason == "length" else "",
        f"Of the answer, the first {LIMIT} characters are kept." if len(text) > LIMIT else "",
        f"{unseen} characters that cannot be seen were taken out of the answer." if unseen else "",
        "" if is_whole else "The service did not mark the end of its answer, so the end may be missing.",
        "" if model_name else f"The service did not say which model answered; {model} was asked.",
    )
    return Answer(
        text=text[:LIMIT].rstrip(),
        model=model_name or model,
        tokens_in=_count(counts.get("prompt_tokens")),
        tokens_out=tokens_out,
        notes=tuple(filter(None, notes)),
    )


def banned_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that the prompts forbid, in any form (``appears``, ``unlikely``), once each."""
    return tuple(dict.fromkeys(word.lower() for word in _BANNED_WORDS.findall(text)))


def notes_on_words(text: str) -> tuple[str, ...]:
    """Return the note of a text with words that the prompts forbid; nothing for one without."""
    words = banned_words(text)
    return (f"It uses words that the prompt forbids: {', '.join(words)}.",) if words else ()


def visible(text: str) -> tuple[str, int]:
    """Return a text without invisible characters, and how many were removed. Line breaks and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) not in _UNSEEN)
    return clean.strip(), len(lines) - len(clean)


def quote(text: str, key: str) -> str:
    """Return the start of a service's message on one line, or a note that it is left out because it shows the key.

    Services repeat keys in part (``sk-ab***yz``), so six characters of it in a row are enough to leave them out.
    """
    words = " ".join(visible(text[: 4 * QUOTE])[0].split())
    if is_secret(key) and any(part in text or part in words for part in _parts(key)):
        return "its words are left out because they repeat the key"
    return f'"{words[:QUOTE]}..."' if len(words) > QUOTE else f'"{words}"'


def _parts(key: str) -> set[str]:
    return {key[start : start + _PART] for start in range(len(key) - _PART + 1)}


def _no_completion(content: dict[str, Any], choice: object, host: str, key: str) -> ModelError:
    """Return the error for a body that is not a chat completion; some services report failures with status 200."""
    error = content.get("error") or (choice.get("error") if isinstance(choice, dict) else None)
    words = error.get("message") if isinstance(error, dict) else error
    if isinstance(words, str) and words.strip():
        return ModelError(f"{host} reports a failure ({quote(words, key)}); try again later or choose another model.")
    return ModelError(
        f"{host} answered something that is not a chat completion; check that the address leads to an "
        "OpenAI-compatible service and ends in /v1.",
        kind="no completion",
    )


def _wordless(model: str, token_limit: int, *, cut: bool, has_reasoning: bool) -> ModelError:
    if cut:
        return out_of_tokens(model, token_limit)
    if has_reasoning:
        return ModelError(
            f"The model {model!r} sent its thinking and no answer; ask again or choose another model.", kind="no text"
        )
    return ModelError(
        f"The model {model!r} answered without a word; ask again or choose another model.", kind="no text"
    )


def _cut_off(token_limit: int, tokens_out: int | None) -> str:
    # LM Studio counts one less (https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2335)
    if tokens_out is None or tokens_out >= token_limit - 1:
        return f"The answer was cut off at the limit of {token_limit} tokens."
    return (
        f"The answer was cut off after {tokens_out} tokens, before the limit of {token_limit}: the model's context is "
        "full, or its service has a lower limit."
    )


def out_of_tokens(model: str, token_limit: int) -> ModelError:
    """Return the error for a model that used up its tokens before it answered."""
    return ModelError(
        f"The model {model[:_LONGEST_NAME]!r} used up its {token_limit} tokens before it wrote a word; raise the token "
        "limit, lower the reasoning effort, or choose a model that does not think first.",
        kind="length",
    )


def without_key(text: object, key: str) -> str:
    """Return a text without the key; an empty text for any other type."""
    if not isinstance(text, str):
        return ""
    return text.replace(key, "[key]") if is_secret(key) else text


def is_secret(key: str) -> bool:
    """Return whether a key must be hidden: local services accept any word, and ``a`` is in every caption."""
    return len(key) >= _SHORTEST_SECRET and key != PLACEHOLDER


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS else None
