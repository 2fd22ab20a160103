"""Members of ZIPs near and far, read against zipfile; and every ZIP that cannot be right."""

from __future__ import annotations

import os
import struct
import time
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from rig.range_server import Fault, RangeServer
from rig.zips import replace_in_directory, write_sparse

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.byte_ranges import Span, open_ranges
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.http_errors import BusyError
from chatearthnet_explorer.net.web_file import WebFile
from chatearthnet_explorer.net.zip_members import read_directory, read_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chatearthnet_explorer.net.byte_ranges import ByteRanges


@pytest.fixture
def chips(realdata: Path, tmp_path: Path) -> Path:
    """The real chips, stored and deflated, beside members that a release may have as well."""
    path = tmp_path / "s2_rgb_images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("s2_images")
        for chip, method in zip(_real(realdata), (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), strict=True):
            archive.writestr(zipfile.ZipInfo(f"s2_images/{chip.name}"), chip.read_bytes(), compress_type=method)
        archive.writestr("s2_images/ünïcode 名.png", b"x" * 1000)
        archive.writestr("../../escape.png", b"up")
        archive.comment = b"a comment"
    return path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    with RangeServer(tmp_path) as server:
        yield server


def _real(realdata: Path) -> list[Path]:
    return sorted((realdata / "chatearthnet" / "chips").glob("*.png"))


def _pages(path: Path, *, count: int, size: int = 40_000, gap: int = 100_000) -> dict[str, bytes]:
    """Write a ZIP whose members lie too far apart to be read in one request, and return what is in it."""
    expected = {f"s2_images/{number}_{number}_patch00.png": os.urandom(size) for number in range(count)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in expected.items():
            archive.writestr(name, content)
            archive.writestr(f"{name}.filler", bytes(gap))
    return expected


def _read(file: ByteRanges, name: str) -> bytes:
    member = read_directory(file).get(name)
    assert member is not None
    (content,) = read_members(file, [member])
    if isinstance(content, ArchiveError):
        raise content
    return content


@pytest.mark.parametrize("far", [False, True])
def test_members_are_those_that_zipfile_reads(chips: Path, server: RangeServer, *, far: bool) -> None:
    file = open_ranges(f"{server.url}/{chips.name}" if far else chips)
    directory = read_directory(file)
    with zipfile.ZipFile(chips) as archive:
        assert [(one.name, one.offset, one.compressed_size, one.size, one.crc, one.method) for one in directory] == [
            (one.filename, one.header_offset, one.compress_size, one.file_size, one.CRC, one.compress_type)
            for one in archive.infolist()
        ]
        files = [one for one in directory if one.size]
        assert read_members(file, files) == [archive.read(one.name) for one in files]


def test_finds_member_in_any_folder(chips: Path) -> None:
    directory = read_directory(open_ranges(chips))
    assert directory.get("1314_3172_patch11.png") == directory.get("s2_images/1314_3172_patch11.png")
    assert "3886_3141_patch00.png" in directory
    assert "ünïcode 名.png" in directory
    assert directory.get("1314_3172_patch10.png") is None
    assert directory.get("half a \ud83d pair") is None
    rows = directory.rows(["3886_3141_patch00.png", "none.png", "s2_images/1314_3172_patch11.png"])
    assert [int(directory.table["crc"][row]) if row >= 0 else None for row in rows] == [
        member.crc if (member := directory.get(name)) else None
        for name in ("3886_3141_patch00.png", "none.png", "1314_3172_patch11.png")
    ]
    assert directory.get("elsewhere/1314_3172_patch11.png") is None


def test_later_of_two_members_of_one_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/1_2_patch00.png", b"first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a/1_2_patch00.png", b"second")
    assert _read(open_ranges(path), "1_2_patch00.png") == b"second"
    assert len(read_directory(open_ranges(path))) == 2


def test_ignores_end_signature_inside_a_comment(chips: Path) -> None:
    before = list(read_directory(open_ranges(chips)))
    with zipfile.ZipFile(chips, "a") as archive:
        archive.comment = b"PK\5\6 is what an end looks like, and zipfile falls for it"
    assert list(read_directory(open_ranges(chips))) == before


def test_names_with_parent_folders_write_no_files(chips: Path, tmp_path: Path) -> None:
    before = {path for path in tmp_path.parent.rglob("*") if path.is_file()}
    assert _read(open_ranges(chips), "escape.png") == b"up"
    assert {path for path in tmp_path.parent.rglob("*") if path.is_file()} == before


def test_a_page_of_24_takes_three_round_trips_from_cold_and_one_from_the_catalog(
    tmp_path: Path, server: RangeServer
) -> None:
    expected = _pages(tmp_path / "pages.zip", count=24)
    file = WebFile(f"{server.url}/pages.zip")
    server.latency = 1.0  # so that the work between is little, on a busy computer as well
    start = time.monotonic()
    directory = read_directory(file)
    members = [directory.get(name) for name in expected]
    requests_before = server.requests
    contents = read_members(file, [member for member in members if member])
    trips = (time.monotonic() - start) / server.latency
    assert requests_before <= 2
    assert contents == list(expected.values())
    assert server.requests - requests_before == 24
    assert trips < 4  # three, and less than one for all the work between


def test_neighbours_share_a_request(tmp_path: Path, server: RangeServer) -> None:
    expected = _pages(tmp_path / "pages.zip", count=24, size=5000, gap=0)
    file = WebFile(f"{server.url}/pages.zip")
    directory = read_directory(file)
    server.reset()
    members = [directory.get(name) for name in expected]
    assert read_members(file, [member for member in members if member]) == list(expected.values())
    assert server.requests == 1


def test_more_than_70_000_members(tmp_path: Path, server: RangeServer) -> None:
    path = tmp_path / "many.zip"
    count = 70_123
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"s2_images/{number % 8192}_{number // 8192}_patch00.png"), b"%d" % number)
    file = open_ranges(f"{server.url}/{path.name}")
    directory = read_directory(file)
    assert server.requests == 2
    assert len(directory) == count
    assert directory.nbytes < 90 * count
    numbers = (0, 1, 8191, 8192, 65_534, 65_535, 65_536, count - 1)
    members = [directory.get(f"{number % 8192}_{number // 8192}_patch00.png") for number in numbers]
    assert read_members(file, [one for one in members if one]) == [b"%d" % number for number in numbers]


def test_a_zip_of_more_than_4_gb(tmp_path: Path, server: RangeServer, realdata: Path) -> None:
    path = tmp_path / "large.zip"
    chips = [chip.read_bytes() for chip in _real(realdata)]
    places = {"s2_images/a.png": (0, chips[0]), "s2_images/b.png": (5_000_000_000, chips[1])}
    write_sparse(path, {**places, "s2_images/c.png": (12_000_000_000, b"last")})
    assert path.stat().st_size > 12_000_000_000
    with zipfile.ZipFile(path) as archive:  # the rig writes what others read
        assert archive.read("s2_images/b.png") == chips[1]
    file = open_ranges(f"{server.url}/{path.name}")
    assert [_read(file, name) for name in ("a.png", "b.png", "c.png")] == [*chips, b"last"]
    assert server.bytes_sent < 1_000_000


def test_reads_zip_with_bytes_in_front_of_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    write_sparse(path, {"a.png": (0, b"one"), "b.png": (5_000_000_000, b"two")}, prefix=b"#!/bin/sh\nexit\n")
    assert [_read(open_ranges(path), name) for name in ("a.png", "b.png")] == [b"one", b"two"]


def test_a_long_local_header_costs_one_more_request(tmp_path: Path, server: RangeServer) -> None:
    path = tmp_path / "long.zip"
    info = zipfile.ZipInfo("a.png")
    info.extra = struct.pack("<HH", 0x9999, 3000) + bytes(3000)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, b"pixels")
        archive.writestr("z.bin", bytes(200_000))
    file = open_ranges(f"{server.url}/{path.name}")
    member = read_directory(file).get("a.png")
    server.reset()
    assert member is not None
    assert read_members(file, [member]) == [b"pixels"]
    assert server.requests == 2


def test_stops_reading_server_that_ignores_range(tmp_path: Path, server: RangeServer) -> None:
    path = tmp_path / "huge.zip"
    write_sparse(path, {"a.png": (0, b"one"), "b.png": (12_000_000_000, b"two")})
    server.fail("/huge.zip", Fault(ignore_range=True))
    file = WebFile(f"{server.url}/huge.zip")
    with pytest.raises(ArchiveError, match="does not send byte ranges"):
        read_directory(file)
    assert server.requests == 1
    member = read_directory(open_ranges(path)).get("b.png")
    assert member is not None
    answers = read_members(WebFile(f"{server.url}/huge.zip"), [member] * 24)
    assert all("download the file and give its folder" in str(answer) for answer in answers)
    assert server.requests == 2
    time.sleep(0.3)  # what it would go on to send, it would send now
    assert server.bytes_sent < 20_000_000  # of 24,000,000,000: what the two sockets held


def test_waits_as_long_as_busy_server_requests(chips: Path, server: RangeServer) -> None:
    server.fail(f"/{chips.name}", Fault(status=429, retry_after=1, times=1))
    start = time.monotonic()
    assert _read(WebFile(f"{server.url}/{chips.name}"), "escape.png") == b"up"
    assert 1 <= time.monotonic() - start < 20


def test_does_not_wait_an_hour_for_busy_server(chips: Path, server: RangeServer) -> None:
    server.fail(f"/{chips.name}", Fault(status=429, retry_after=3600))
    start = time.monotonic()
    with pytest.raises(BusyError, match=r"busy \(429\) and asks to wait 60 minutes"):
        read_directory(WebFile(f"{server.url}/{chips.name}"))
    assert time.monotonic() - start < 20
    assert server.requests == 1


@pytest.mark.parametrize("fault", [Fault(status=503, times=1), Fault(cut=100, times=1)])
def test_retries_after_short_failure(chips: Path, server: RangeServer, fault: Fault) -> None:
    server.fail(f"/{chips.name}", fault)
    assert _read(WebFile(f"{server.url}/{chips.name}"), "escape.png") == b"up"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=404), r"is not there \(404\)"),
        (Fault(status=403), r"asks for permission"),
        (Fault(status=503), r"busy \(503\)"),
        (Fault(status=418), r"answered 418"),
        (Fault(cut=10), "hung up"),
    ],
)
def test_names_status_of_refused_request(chips: Path, server: RangeServer, fault: Fault, words: str) -> None:
    server.fail(f"/{chips.name}", fault)
    with pytest.raises(ArchiveError, match=words):
        read_directory(WebFile(f"{server.url}/{chips.name}"))


def test_error_shows_no_secret_of_address(server: RangeServer) -> None:
    address = server.url.replace("http://", "http://user:topsecret@") + "/none.zip?sig=topsecret"
    with pytest.raises(ArchiveError) as error:
        read_directory(WebFile(address))
    assert "topsecret" not in str(error.value)
    assert server.log[0].authorization.startswith("Basic ")


@pytest.mark.parametrize("address", ["ftp://example.org/a.zip", "http://", "http://[", "file:///etc/passwd"])
def test_other_addresses_are_not_read(address: str) -> None:
    with pytest.raises(ArchiveError, match="not an http or https address"):
        read_directory(open_ranges(address))


def test_reads_tail_from_server_without_suffix_ranges(chips: Path, server: RangeServer) -> None:
    server.fail(f"/{chips.name}", Fault(status=416, times=1))
    assert _read(WebFile(f"{server.url}/{chips.name}"), "escape.png") == b"up"


@pytest.mark.parametrize("keep", [0, 10, 3000, -1, -22, -40, -200])
def test_refuses_truncated_zip(chips: Path, server: RangeServer, keep: int) -> None:
    whole = chips.read_bytes()
    chips.write_bytes(whole[:keep])
    for file in (open_ranges(chips), open_ranges(f"{server.url}/{chips.name}")):
        with pytest.raises(ArchiveError, match=r"cut short|not a whole ZIP"):
            read_directory(file)


def test_refuses_file_that_is_not_a_zip_or_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "page.zip"
    path.write_bytes(b"<html>Not found</html>" * 1000)
    with pytest.raises(ArchiveError, match="is not a ZIP"):
        read_directory(open_ranges(path))
    with pytest.raises(ArchiveError, match="is not there"):
        read_directory(open_ranges(tmp_path / "none.zip"))


def test_an_empty_zip_has_no_members(tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w"):
        pass
    directory = read_directory(open_ranges(path))
    assert len(directory) == 0
    assert directory.get("a.png") is None


@pytest.mark.parametrize(
    ("layout", "position", "values"),
    [
        ("<I", 42, (10_000_000,)),  # offset far outside
        ("<I", 42, (0,)),  # offset of another member
        ("<I", 20, (4_000_000,)),  # packed size
        ("<I", 20, (0xFFFFFFFF,)),  # packed size of ZIP64, and no ZIP64 field
        ("<I", 0, (0,)),  # signature
        ("<H", 28, (60_000,)),  # length of the name
        ("<H", 30, (60_000,)),  # length of the extra fields
    ],
)
def test_refuses_inconsistent_directory(chips: Path, layout: str, position: int, values: tuple[int, ...]) -> None:
    replace_in_directory(chips, "s2_images/3886_3141_patch00.png", layout, position, *values)
    with pytest.raises(ArchiveError, match=r"use another copy|download it anew"):
        read_directory(open_ranges(chips))


def test_a_directory_of_claimed_gigabytes_is_not_read(chips: Path, server: RangeServer) -> None:
    content = bytearray(chips.read_bytes())
    end = content.rfind(b"PK\5\6")
    struct.pack_into("<HHII", content, end + 8, 65_000, 65_000, 3_000_000_000, 0)
    chips.write_bytes(content)
    with pytest.raises(ArchiveError, match="download it anew"):
        read_directory(open_ranges(f"{server.url}/{chips.name}"))
    assert server.requests == 1


def test_a_decompression_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("honest.png", bytes(20_000_000))
        archive.writestr("liar.png", bytes(20_000_000))
    replace_in_directory(path, "liar.png", "<I", 24, 200_000)
    file = open_ranges(path)
    directory = read_directory(file)
    members = [member for name in ("honest.png", "liar.png") if (member := directory.get(name))]
    honest, liar = read_members(file, members)
    assert "claims to be larger than 1000000 bytes" in str(honest)
    assert "is damaged" in str(liar)


def test_a_broken_member_does_not_spoil_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("good.png", "crc.png", "locked.png", "lzma.png", "moved.png", "noise.png"):
            method = zipfile.ZIP_LZMA if name == "lzma.png" else None
            archive.writestr(name, b"pixels" * 100, compress_type=method)
    content = bytearray(path.read_bytes())
    changes = {"crc.png": (16, 99), "moved.png": (0, 0)}
    for name, (position, value) in changes.items():
        if name == "crc.png":
            entry = content.rfind(name.encode()) - 46
            content[entry + position] ^= value
    content[content.find(b"locked.png") - 24] |= 1
    content[content.find(b"moved.png") - 30] = 0
    noise = content.find(b"noise.png") + len("noise.png")
    content[noise : noise + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    file = open_ranges(path)
    directory = read_directory(file)
    names = ("good.png", "crc.png", "locked.png", "lzma.png", "moved.png", "noise.png")
    good, crc, secret, lzma, elsewhere, noisy = read_members(
        file, [one for name in names if (one := directory.get(name))]
    )
    assert good == b"pixels" * 100
    assert "is damaged: its checksum" in str(crc)
    assert "locked with a password" in str(secret)
    assert "packed by method 14" in str(lzma)
    assert "is not where it should be" in str(elsewhere)
    assert "is damaged" in str(noisy)


def test_names_member_beyond_end_of_shorter_file(chips: Path, server: RangeServer) -> None:
    directory = read_directory(open_ranges(chips))
    near, cut, far = (one for one in directory if one.size > 500)
    chips.write_bytes(chips.read_bytes()[: cut.offset + 100])
    for file in (open_ranges(chips), WebFile(f"{server.url}/{chips.name}")):
        whole, half, beyond = read_members(file, [near, cut, far])
        assert isinstance(whole, bytes)
        assert zlib.crc32(whole) == near.crc
        assert "cut short" in str(half)
        assert "cut short" in str(beyond)


def test_returns_any_number_of_spans_in_their_order(tmp_path: Path, server: RangeServer) -> None:
    content = os.urandom(2_000_000)
    (tmp_path / "noise.bin").write_bytes(content)
    starts = [1_900_000, 5, 700_000, 700_010, 700_005, 0, 1_999_990]
    spans = [Span(start, 100) for start in starts]
    expected = [content[start : start + 100] for start in starts]
    assert open_ranges(f"{server.url}/noise.bin").read(spans) == expected
    assert open_ranges(tmp_path / "noise.bin").read(spans) == expected
    assert open_ranges(tmp_path / "noise.bin").read([]) == []
    assert open_ranges(f"{server.url}/noise.bin").read([]) == []


def test_gives_up_on_server_that_hangs_up() -> None:
    start = time.monotonic()
    with pytest.raises(ArchiveError, match="could not be reached"):
        request("http://127.0.0.1:9/none", lambda response: response.status)
    assert time.monotonic() - start < 20


def test_members_written_by_zip_tools_with_data_descriptors_are_read(tmp_path: Path) -> None:
    """A ZIP written to a pipe has its sizes behind the data, not in the local header."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"pixels" * 50)
    (tmp_path / "pipe.zip").write_bytes(pipe.content)
    assert _read(open_ranges(tmp_path / "pipe.zip"), "a.png") == b"pixels" * 50


class _Pipe:
    """A file without positions."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, data: bytes) -> int:
        self.content += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""
