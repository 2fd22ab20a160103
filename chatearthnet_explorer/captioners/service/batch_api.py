"""OpenAI's Batch API: upload a file of requests, create a batch, look at it, and download its results.

Its limits and fields: https://platform.openai.com/docs/api-reference/batch and the docstrings of openai-python 3.57.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import openai

from chatearthnet_explorer.captioners.service.answer import quote, without_key
from chatearthnet_explorer.captioners.service.batch_limits import ENDPOINT, MOST_REQUESTS
from chatearthnet_explorer.captioners.service.model_http import BoundedClient, Stop, refuse_nested_compression
from chatearthnet_explorer.captioners.service.refusals import explain
from chatearthnet_explorer.captioners.service.request_fields import Question
from chatearthnet_explorer.errors import CaptionerError, ModelError
from chatearthnet_explorer.net.safe_json import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import httpx2

    from chatearthnet_explorer.captioners.service.model_service import Service
    from chatearthnet_explorer.captioners.service.time_limit import TimeLimit

ENDS = frozenset({"completed", "failed", "expired", "cancelled"})
"""Statuses of a batch that is over. An unknown status is not: a batch that goes on must not be sent again."""

MOST_RESULT_BYTES = 2_000_000_000
"""Bytes of a file of results that are read: 50,000 answers of 40 kB."""

_SLOWEST = 100_000  # bytes a second
_SECONDS = 60.0
_ID = re.compile(r"\w[\w.:-]{0,199}", re.ASCII)  # neither "." nor "..", which mean other addresses
_STATUS = re.compile(r"[a-z_]{1,40}")
_PAGE, _MOST_PAGES = 100, 50


class Batch(NamedTuple):
    """A batch, as the service describes it."""

    id: str
    """Its identifier."""

    status: str
    """``validating``, ``in_progress``, ``completed``, ``expired``, ..."""

    output_file: str = ""
    """Identifier of the file of answers; empty if there is none."""

    error_file: str = ""
    """Identifier of the file of failures; empty if there is none."""

    counts: tuple[int, int, int] = (0, 0, 0)
    """Requests in all, answered, failed."""

    error_code: str = ""
    """Code of the first reason why it failed as a whole, such as ``token_limit_exceeded``."""

    error: str = ""
    """That reason, quoted and bounded."""

    metadata: tuple[tuple[str, str], ...] = ()
    """What its creator wrote on it."""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.status not in ENDS


class BatchApi:
    """The Batch API of a service, one request at a time. It keeps no key."""

    def __init__(self, service: Service) -> None:
        """Prepare; nothing is sent."""
        self._service = service
        self._stop = Stop()

    def upload(self, path: Path) -> str:
        """Upload a file of requests and return its identifier.

        Raises:
            ModelError: If the service refused, failed or could not be reached.
            KeyMissingError: If the service needs a key and there is none.
        """
        with path.open("rb") as file:
            content = self._call(
                lambda client: client.files.with_raw_response.create(file=(path.name, file), purpose="batch"),
                seconds=_SECONDS + path.stat().st_size / _SLOWEST,
                retries=0,  # the file was read once
            )
        return self._id(content.get("id"))

    def create(self, file_id: str, metadata: Mapping[str, str]) -> Batch:
        """Create a batch of an uploaded file. This is what has to be paid for, so it is never repeated here.

        Args:
            file_id: Identifier of the file.
            metadata: What ``find`` looks for.

        Raises:
            ModelError: If the service refused, failed or could not be reached; it may have been created all the same.
            KeyMissingError: If the service needs a key and there is none.
        """
        return self._batch(
            self._call(
                lambda client: client.batches.with_raw_response.create(
                    completion_window="24h", endpoint=ENDPOINT, input_file_id=file_id, metadata=dict(metadata)
                ),
                retries=0,
            )
        )

    def find(self, metadata: Mapping[str, str]) -> Batch | None:
        """Return the newest batch with that metadata; None if the service has none.

        Raises:
            ModelError: If the service refused, failed or could not be reached, or has more batches than can be read.
            KeyMissingError: If the service needs a key and there is none.
        """
        return next((batch for batch in self._batches() if metadata.items() <= dict(batch.metadata).items()), None)

    def get(self, batch_id: str) -> Batch:
        """Return a batch as it is now.

        Raises:
            ModelError: If the service refused, failed or could not be reached.
            KeyMissingError: If the service needs a key and there is none.
        """
        return self._batch(self._call(lambda client: client.batches.with_raw_response.retrieve(batch_id)))

    def cancel(self, batch_id: str) -> Batch:
        """End a batch; what was answered is paid for, and can be downloaded.

        Raises:
            ModelError: If the service refused, failed or could not be reached.
            KeyMissingError: If the service needs a key and there is none.
        """
        return self._batch(self._call(lambda client: client.batches.with_raw_response.cancel(batch_id)))

    def download(self, file_id: str, path: Path) -> None:
        """Write a file of results to disk.

        Raises:
            ModelError: If the service refused, failed, could not be reached, or the file is larger than
                ``MOST_RESULT_BYTES`` or ended early.
            KeyMissingError: If the service needs a key and there is none.
        """
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            self._call(
                lambda client: client.files.with_raw_response.content(file_id),
                seconds=_SECONDS + MOST_RESULT_BYTES / _SLOWEST,
                sink=file,
            )
        part.replace(path)

    def _batches(self) -> Iterator[Batch]:
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self._call(
                lambda client, after=after: client.batches.with_raw_response.list(limit=_PAGE, **after)  # type: ignore[misc]
            )
            data = page.get("data")
            rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
            batches = [self._batch(row) for row in rows]
            yield from batches
            if not batches or page.get("has_more") is not True:
                return
            after = {"after": batches[-1].id}
        msg = f"{self._host} lists more batches than can be looked through; nothing was submitted. Remove old ones."
        raise ModelError(msg, kind="service")

    @property
    def _host(self) -> str:
        return self._service.endpoint.host

    def _call(
        self,
        request: Callable[[openai.OpenAI], Any],
        *,
        seconds: float = _SECONDS,
        retries: int = 2,
        sink: BinaryIO | None = None,
    ) -> dict[str, Any]:
        """Return the JSON of an answer, an empty one if it goes to a file."""
        endpoint, key = self._service.endpoint, self._service.key()
        pause = seconds if sink is None else _SECONDS  # between two pieces: a download may take hours, and not stall
        client = _FileClient(endpoint, key=key, seconds=seconds, retries=retries, stop=self._stop, pace=None)
        client.sink = sink
        failure: CaptionerError
        try:
            with openai.OpenAI(
                api_key=key, base_url=endpoint.url, max_retries=retries, timeout=pause, http_client=client
            ) as service:
                body: bytes = request(service).http_response.content
        except openai.APIStatusError as error:
            failure = self._failure(error, key)
        except openai.APITimeoutError:
            failure = ModelError(f"{self._host} did not answer in time; try again later.", kind="timeout")
        except openai.OpenAIError:
            failure = ModelError(endpoint.unreachable_sentence, kind="network")
        else:
            return {} if sink is not None else self._object(body)
        # an exception of openai-python holds the request, and so the key, as its context
        raise failure

    def _failure(self, error: openai.APIStatusError, key: str) -> CaptionerError:
        text = error.response.text
        if error.status_code == HTTPStatus.NOT_FOUND:
            return ModelError(
                f"{self._host} has no such file or batch, or no Batch API ({quote(text, key)}); without --batch the "
                "requests are sent one by one.",
                kind="address",
            )
        question = Question(model=self._service.model, system="", user="", token_limit=0)
        return explain(self._service.endpoint, question, key=key, status=error.status_code, code=error.code, text=text)

    def _object(self, body: bytes) -> dict[str, Any]:
        try:
            content = read_json(body)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            msg = f"{self._host} answered something that is not the Batch API; check the address, or leave --batch out."
            raise ModelError(msg, kind="address")
        return content

    def _id(self, value: object) -> str:
        if file_id := self._file_id(value):
            return file_id
        msg = f"{self._host} answered without a usable identifier; check the address, or leave --batch out."
        raise ModelError(msg, kind="address")

    def _file_id(self, value: object) -> str:
        """Return an identifier, which is stored; empty if it is none, or has the key in it."""
        is_id = isinstance(value, str) and _ID.fullmatch(value) and without_key(value, self._service.key()) == value
        return str(value) if is_id else ""

    def _batch(self, content: dict[str, Any]) -> Batch:
        status = content.get("status")
        counts = content.get("request_counts")
        counts = counts if isinstance(counts, dict) else {}
        metadata = content.get("metadata")
        errors = content.get("errors")
        data = errors.get("data") if isinstance(errors, dict) else None
        first = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
        return Batch(
            id=self._id(content.get("id")),
            status=status
            if isinstance(status, str) and _STATUS.fullmatch(status) and status != self._service.key()
            else "unknown",
            output_file=self._file_id(content.get("output_file_id")),
            error_file=self._file_id(content.get("error_file_id")),
            counts=(_number(counts.get("total")), _number(counts.get("completed")), _number(counts.get("failed"))),
            error_code=str(first.get("code") or "")[:100],
            error=quote(str(first["message"]), self._service.key()) if first.get("message") else "",
            metadata=tuple((str(key), str(value)) for key, value in metadata.items())
            if isinstance(metadata, dict)
            else (),
        )


class _FileClient(BoundedClient):
    """A client that writes the body of a good answer into a file instead of keeping it."""

    sink: BinaryIO | None = None

    def _read(
        self, request: httpx2.Request, options: dict[str, Any], limit: TimeLimit
    ) -> tuple[httpx2.Response, bytes]:
        if self.sink is None:
            return super()._read(request, options, limit)
        response = super(BoundedClient, self).send(request, stream=True, **options)
        refuse_nested_compression(response, request.url.host)
        if not response.is_success:
            response.close()
            return response, b""
        self.sink.seek(0)
        self.sink.truncate()
        size = 0
        try:
            for chunk in response.iter_bytes():
                self._stop.check()
                size += len(chunk)
                if size > MOST_RESULT_BYTES:
                    msg = f"{request.url.host} sent more than {MOST_RESULT_BYTES:,} bytes of results; nothing is read."
                    raise ModelError(msg)
                self._write(chunk)
        finally:
            response.close()
        return response, b""

    def _write(self, chunk: bytes) -> None:
        try:
            self.sink.write(chunk)  # type: ignore[union-attr]  # only called with one
        except OSError as error:  # not a failure of the network
            msg = f"The results cannot be written to disk ({error.strerror}); free some space and repeat the command."
            raise ModelError(msg) from None


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_REQUESTS else 0
