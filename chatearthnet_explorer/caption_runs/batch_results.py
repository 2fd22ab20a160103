"""Read the files of results of a batch: every line is checked, and becomes an entry or is counted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption_file import entry_of, now
from chatearthnet_explorer.captioners.estimate import Estimate
from chatearthnet_explorer.captioners.service.answer import notes_on_words, quote, read_answer
from chatearthnet_explorer.captioners.service.refusals import explain
from chatearthnet_explorer.captioners.service.request_fields import Question
from chatearthnet_explorer.captioners.usage import check_usage
from chatearthnet_explorer.errors import CaptionerError, ModelError, shorten
from chatearthnet_explorer.files.bounded_lines import bounded_lines
from chatearthnet_explorer.net.safe_json import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.captioners.model_captioner import ModelCaptioner

LINE_LIMIT = 1_200_000
"""Most bytes of a line of results; an answer may have ``model_http.BODY_LIMIT``."""

_OK = 200
_NEVER_RUN = {"batch_expired": "expired", "batch_cancelled": "cancelled", "batch_missing": "missing"}


class ResultReader:
    """Reads the results of one part, of the file of answers and that of failures, in any order."""

    def __init__(self, contexts: Mapping[str, bytes], captioner: ModelCaptioner) -> None:
        """Prepare.

        Args:
            contexts: The line that was written about each request, by its identifier.
            captioner: The captioner of the run.
        """
        self.strange: Counter[str] = Counter()
        """Lines that are no results of ours, by what they are: ``unreadable``, ``unknown``, ``doubled``."""
        self.result_ids: set[str] = set()
        """Requests whose result was read."""
        self._contexts, self._captioner = contexts, captioner

    def read(self, path: Path) -> Iterator[CaptionEntry]:
        """Yield an entry for each result in a file, the first for a request that has several."""
        with path.open("rb") as file:
            for _, line in bounded_lines(file, LINE_LIMIT):
                if line is None:
                    self.strange["unreadable"] += 1
                elif line.strip() and (entry := self._entry(line)):
                    yield entry

    def _entry(self, line: bytes) -> CaptionEntry | None:
        try:
            row = read_json(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("custom_id"), str):
            self.strange["unreadable"] += 1
            return None
        request_id = row["custom_id"]
        if request_id in self.result_ids or request_id not in self._contexts:
            self.strange["doubled" if request_id in self.result_ids else "unknown"] += 1
            return None
        self.result_ids.add(request_id)
        return self.entry_of_result(request_id, row)

    def entry_of_result(self, request_id: str, row: Mapping[str, Any]) -> CaptionEntry:
        """Return the entry of a request with its result.

        Args:
            request_id: Identifier of the request.
            row: Its line of the file of results.
        """
        context = json.loads(self._contexts[request_id])
        entry = replace(entry_of(json.dumps(context["entry"])), timestamp=now())
        response = row.get("response")
        try:
            if isinstance(response, dict) and response.get("status_code") == _OK:
                return self._with_answer(entry, context, response.get("body"))
            raise self._failure(row, response, context)
        except CaptionerError as error:
            kind = error.kind
            may_cost = isinstance(response, dict) and response.get("status_code") == _OK
            failure = replace(entry, error=shorten(str(error)), error_kind=kind, dollars=0.0)
            if not may_cost:
                return failure
            tokens_in, tokens_out = context["tokens_in"], context["tokens_out"]
            dollars = self._price(tokens_in, tokens_out)
            return replace(failure, tokens_in=tokens_in, tokens_out=tokens_out, dollars=dollars)

    def _with_answer(self, entry: CaptionEntry, context: Mapping[str, Any], body: object) -> CaptionEntry:
        service, model = self._captioner.service, self._captioner.entry
        limit = context["tokens_out"]
        answer = read_answer(
            json.dumps(body).encode(),
            host=service.endpoint.host,
            model=service.model,
            token_limit=limit,
            key=service.key(),
        )
        cost = Estimate(
            model=model.id,
            tokens_in=context["tokens_in"],
            tokens_out=limit,
            dollars=None,
            picture_tokens=context["picture_tokens"],
        )
        usage = check_usage(answer.tokens_in, answer.tokens_out, request=cost, text=answer.text, model=model)
        notes = (
            *entry.notes,
            *answer.notes,
            *notes_on_words(answer.text),
            *usage.notes,
            *filter(None, [self._captioner.warning]),
        )
        return replace(
            entry,
            caption=answer.text,
            model=answer.model,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            dollars=self._price(usage.tokens_in, usage.tokens_out),
            notes=notes,
        )

    def _failure(self, row: Mapping[str, Any], response: object, context: Mapping[str, Any]) -> CaptionerError:
        service = self._captioner.service
        error, key = row.get("error"), service.key()
        if isinstance(response, dict) and isinstance(status := response.get("status_code"), int):
            body = response.get("body")
            code = (
                body.get("error", {}).get("code")
                if isinstance(body, dict) and isinstance(body.get("error"), dict)
                else None
            )
            question = Question(model=service.model, system="", user="", token_limit=context["tokens_out"])
            return explain(service.endpoint, question, key=key, status=status, code=code, text=json.dumps(body))
        code = error.get("code") if isinstance(error, dict) else None
        words = error.get("message") if isinstance(error, dict) else None
        kind = _NEVER_RUN.get(code, "service") if isinstance(code, str) else "service"
        reason = quote(words, key) if isinstance(words, str) and words else "it gives no reason"
        return ModelError(f"The batch at {service.endpoint.host} has no answer to this request ({reason}).", kind=kind)

    def _price(self, tokens_in: int, tokens_out: int) -> float | None:
        return self._captioner.entry.price(tokens_in, tokens_out, batch=True)
