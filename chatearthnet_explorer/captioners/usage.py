"""The usage that a service reports, checked against what was sent and written: it is what people pay for.

The bounds, and why:

* No service can have used fewer than four tenths of the tokens counted here for its texts. Encodings differ by less:
  cl100k_base takes 0.99 to 1.13 times as many tokens as o200k_base for our prompts and for 1,430 captions, and more,
  never fewer, in other languages. The rule of ``token_counts`` is at most 2.4 times too high (Hindi). Both figures are
  those of ``benchmarks/token_counts.py``.
* No answer can have more tokens than the request allowed, its reasoning included, but for a mark of its end.
* No template of a service around our messages makes ten times as many tokens of them, and 2,000 more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.captioners.token_counts import count_tokens

if TYPE_CHECKING:
    from chatearthnet_explorer.captioners.estimate import Estimate
    from chatearthnet_explorer.captioners.model_entry import Model

_FEWEST = 0.4
_SLACK = 8  # tokens for marks of the end
_MOST_INPUTS = 10
_TEMPLATE = 2_000


class CheckedUsage(NamedTuple):
    """The tokens of a request that count."""

    tokens_in: int
    """Input tokens: as reported; or, where that is missing or too few, as counted here."""

    tokens_out: int
    """Output tokens, likewise."""

    notes: tuple[str, ...]
    """What is wrong with the report, one sentence each; empty if it can be right."""


def check_usage(
    tokens_in: int | None, tokens_out: int | None, *, request: Estimate, text: str, model: Model
) -> CheckedUsage:
    """Return the usage that counts: the report, or the larger of it and the count made here where it cannot be right.

    Args:
        tokens_in: Input tokens that the service reports; None if it reports no number.
        tokens_out: Output tokens, likewise.
        request: The estimate of the request.
        text: The answer, without reasoning.
        model: The entry of the model.
    """
    answer_tokens = count_tokens(text, model).tokens
    if tokens_in is None and tokens_out is None:
        counts = f"about {request.tokens_in:,} tokens in and {answer_tokens:,} out"
        note = f"The service reported no usage; {counts} were counted here."
        return CheckedUsage(request.tokens_in, answer_tokens, (note,))
    words = request.tokens_in - request.picture_tokens  # the rule for pictures is not known for every model
    note_in = _note("in", tokens_in, request.tokens_in, words, most=_MOST_INPUTS * request.tokens_in + _TEMPLATE)
    note_out = _note("out", tokens_out, answer_tokens, answer_tokens, most=request.tokens_out + _SLACK)
    return CheckedUsage(
        max(tokens_in or 0, request.tokens_in) if note_in else tokens_in or 0,
        max(tokens_out or 0, answer_tokens) if note_out else tokens_out or 0,
        tuple(filter(None, (note_in, note_out))),
    )


def _note(direction: str, report: int | None, count: int, words: int, *, most: int) -> str:
    """Return why a reported number cannot be right; empty if it can."""
    if report is None:
        return f"The service reported no number of tokens {direction}; about {count:,} were counted here."
    if report < _FEWEST * words:
        return (
            f"The service reported {report:,} tokens {direction}, fewer than the text holds; "
            f"the cost is that of about {count:,}, counted here."
        )
    if report > most:
        reason = "more than the request allowed" if direction == "out" else "far more than were sent"
        return f"The service reported {report:,} tokens {direction}, {reason}; the cost is that of its report."
    return ""
