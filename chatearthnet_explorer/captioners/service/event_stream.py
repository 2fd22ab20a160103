"""Split the bytes of server-sent events into the data of each event, as they come."""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"


class EventStream:
    """A decoder of server-sent events: bytes in, in pieces of any size; the data of complete events out.

    Lines end with LF, CRLF or CR. Comments and the fields ``event``, ``id`` and ``retry`` are left out. An event ends
    with an empty line, and also where the next JSON object begins: some services leave the empty line out.

    Source: WHATWG HTML, section 9.2.6, "Interpreting an event stream".
    """

    def __init__(self) -> None:
        """Begin without bytes."""
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._is_start, self._skip_newline = True, False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of the events that these bytes complete."""
        if self._skip_newline and chunk[:1] == b"\n":  # a CRLF that was cut in two
            chunk = chunk[1:]
            self._skip_newline = False
        if not chunk:
            return []
        self._rest += chunk
        if b"\n" not in chunk and b"\r" not in chunk:  # a long line is not copied with each of its pieces
            return []
        self._skip_newline = chunk.endswith(b"\r")
        lines = bytes(self._rest).splitlines(keepends=True)
        self._rest.clear()
        if not lines[-1].endswith((b"\n", b"\r")):
            self._rest += lines.pop()
        return [data for line in lines for data in self._line(line.rstrip(b"\r\n"))]

    def finish(self) -> list[bytes]:
        """Return the data of the last event, of a stream that ended without an empty line."""
        line = bytes(self._rest)
        self._rest.clear()
        return [*self._line(line), *self._event()]

    def _line(self, line: bytes) -> list[bytes]:
        if self._is_start:
            line, self._is_start = line.removeprefix(_BOM), False
        if not line:
            return self._event()
        name, _, value = line.partition(b":")
        if name != b"data":
            return []
        value = value.removeprefix(b" ")
        # no JSON has "}" before a line end and "{" after it
        is_next = bool(self._data) and self._data[-1].endswith(b"}") and value.startswith((b"{", b"[DONE]"))
        events = self._event() if is_next else []
        self._data.append(value)
        return events

    def _event(self) -> list[bytes]:
        data, self._data = b"\n".join(self._data), []
        return [data] if data else []
