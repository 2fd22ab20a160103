"""The files of requests of a batch run: written as a stream, split at the limits of the service."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, BinaryIO

from chatearthnet_explorer.caption_runs.batch_state import Part
from chatearthnet_explorer.caption_runs.request_rows import RequestRow
from chatearthnet_explorer.captioners.service.batch_limits import MOST_BYTES, MOST_REQUESTS
from chatearthnet_explorer.errors import CaptionFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


def request_file(folder: Path, number: int) -> Path:
    """Return the file of requests of a part, as it is uploaded."""
    return folder / f"requests-{number:04}.jsonl"


def context_file(folder: Path, number: int) -> Path:
    """Return the file with what makes entries of the results of a part; it stays on this computer."""
    return folder / f"contexts-{number:04}.jsonl"


def write_parts(
    folder: Path,
    rows: Iterable[RequestRow],
    *,
    first: int = 1,
    attempt: int = 0,
    most_requests: int = MOST_REQUESTS,
    most_bytes: int = MOST_BYTES,
) -> Iterator[Part]:
    """Write requests into files, and yield a part as soon as its files are complete and on disk.

    Args:
        folder: Where.
        rows: The requests; they are taken one by one.
        first: Number of the first part.
        attempt: How often these requests failed before.
        most_requests: Requests of a file.
        most_bytes: Bytes of a file.

    Raises:
        CaptionFileError: If the files cannot be written, or a request is larger than a file may be.
    """
    writer: _PartWriter | None = None
    number = first
    try:
        for row in rows:
            if len(row.line) > most_bytes:
                msg = f"A request has {len(row.line):,} bytes, and a batch takes {most_bytes:,}; send smaller pictures."
                raise CaptionFileError(msg)
            if writer and (writer.requests == most_requests or writer.bytes + len(row.line) > most_bytes):
                yield writer.finish()
                writer, number = None, number + 1
            writer = writer or _PartWriter(folder, number, attempt)
            writer.add(row)
        if writer:
            yield writer.finish()
            writer = None
    except OSError as error:
        if isinstance(error, CaptionFileError):
            raise
        msg = f"The requests cannot be written to {folder} ({error.strerror}); free some space and repeat the command."
        raise CaptionFileError(msg) from error
    finally:
        if writer:
            writer.close()


class _PartWriter:
    """Writes the two files of one part."""

    def __init__(self, folder: Path, number: int, attempt: int) -> None:
        self.requests = self.bytes = 0
        self._number, self._attempt = number, attempt
        self._tokens_in = self._tokens_out = 0
        self._dollars: float | None = 0.0
        self._digest = hashlib.sha256()
        self._requests_file: BinaryIO = request_file(folder, number).open("wb")
        self._contexts_file: BinaryIO = context_file(folder, number).open("wb")

    def add(self, row: RequestRow) -> None:
        self._requests_file.write(row.line)
        self._contexts_file.write(row.context)
        self._digest.update(row.line)
        self.requests += 1
        self.bytes += len(row.line)
        self._tokens_in += row.tokens_in
        self._tokens_out += row.tokens_out
        self._dollars = None if row.dollars is None or self._dollars is None else self._dollars + row.dollars

    def finish(self) -> Part:
        for file in (self._requests_file, self._contexts_file):
            file.flush()
            os.fsync(file.fileno())
        self.close()
        return Part(
            number=self._number,
            requests=self.requests,
            digest=self._digest.hexdigest()[:32],
            tokens_in=self._tokens_in,
            tokens_out=self._tokens_out,
            dollars=self._dollars,
            attempt=self._attempt,
        )

    def close(self) -> None:
        self._requests_file.close()
        self._contexts_file.close()


def read_contexts(folder: Path, number: int) -> dict[str, bytes]:
    """Return the line about each request of a part, by its identifier; those of 50,000 take some 40 MB.

    Raises:
        CaptionFileError: If the file is missing or damaged.
    """
    path = context_file(folder, number)
    try:
        with path.open("rb") as file:
            return {json.loads(line)["id"]: line for line in file}
    except (OSError, ValueError, KeyError) as error:
        msg = f"The file {path} is missing or damaged, so the results of its batch cannot be read; restore it."
        raise CaptionFileError(msg) from error


def rows_again(
    folder: Path, number: int, request_ids: frozenset[str], price: Callable[[int, int], float | None]
) -> Iterator[RequestRow]:
    """Yield some requests of a part, to send them again.

    Args:
        folder: Where the files are.
        number: Number of the part.
        request_ids: Which requests.
        price: Returns the price of input and output tokens.

    Raises:
        CaptionFileError: If the files are missing or damaged.
    """
    try:
        with request_file(folder, number).open("rb") as requests, context_file(folder, number).open("rb") as contexts:
            for line, context in zip(requests, contexts, strict=True):
                request_id = json.loads(line)["custom_id"]
                if request_id in request_ids:
                    about = json.loads(context)
                    tokens = about["tokens_in"], about["tokens_out"]
                    yield RequestRow(request_id, line, context, *tokens, price(*tokens))
    except (OSError, ValueError, KeyError) as error:
        msg = f"The requests in {folder} are missing or damaged, so they cannot be sent again; restore them."
        raise CaptionFileError(msg) from error


def remove_files(folder: Path, number: int) -> None:
    """Remove the files of a part that was collected."""
    for path in (request_file(folder, number), context_file(folder, number)):
        path.unlink(missing_ok=True)
