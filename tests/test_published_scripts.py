"""Scripts are parsed and never run; what cannot be located with certainty is refused in one sentence."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from rig.own_scripts import SCRIPT_4V, SCRIPT_35
from rig.range_server import Fault, RangeServer

from chatearthnet_explorer.errors import ExplorerError, WordingError
from chatearthnet_explorer.prompts.published.script_source import LARGEST_ARCHIVE, MOST_SCRIPTS, _address, read_scripts
from chatearthnet_explorer.prompts.published.wording_file import Script, original_wording, read_wordings

REQUEST = 'def f(x):\n{}\n  return {{"messages": [{{"role": "user", "content": t}}]}}\n'
"""A script with one request, whose text ``t`` is still to be made."""


def read(text: str | bytes) -> object:
    return original_wording(Script("own.py", text.encode() if isinstance(text, str) else text), "a test")


@pytest.mark.parametrize(
    ("script", "old", "new", "what"),
    [
        (SCRIPT_35, '"fraction", ', "", "the size of a share"),
        (SCRIPT_35, "percent <= 9", "percent <= 8", "the size of a share"),
        (SCRIPT_35, "extra small", "tiny", "the size of a share"),
        (SCRIPT_35, "import random\n", "import random\nrandom = None\n", "the size of a share"),
        (SCRIPT_35, '"tree"', '"forest"', "the names of the classes"),
        (SCRIPT_35, '"role": "system"', '"role": "developer"', "the messages of its request"),
        (SCRIPT_35, '"content": prompts[3]', '"content": prompts[3] + "x"', "one request to a model"),
        (SCRIPT_35, '"content": prompts[0]', '"content": prompts[0][:5]', "the messages of its request"),
        (SCRIPT_35, "sorted(counts.items(), key=lambda pair: -pair[1])", "counts.items()", "the order of the classes"),
        (SCRIPT_35, "{NAMES[best[1]]} [{words[1]}]!", "{NAMES[best[0]]} [{words[1]}]!", "the sentence about a part"),
        (SCRIPT_35, "len(best) == 3", "len(best) >= 3", "the sentence about a part"),
        (SCRIPT_35, "* %s has ", "* %s %s has ", "the sentence about a part"),
        (SCRIPT_35, '"<{0}>".format', '"<{0.__class__}>".format', "the list of all classes"),
        (SCRIPT_35, '"top right": labels', '"right": labels', "the sentence about a part"),
        (
            SCRIPT_35,
            "            continue\n",
            '            text += "x"\n            continue\n',
            "the list of all classes",
        ),
        (SCRIPT_35, "        text +=", "        text = text[1:] +", "the list of all classes"),
        (SCRIPT_35, "def everything(", "@cache\ndef everything(", "the list of all classes"),
        (SCRIPT_35, '    text = ""\n    counts', "    return 'x'\n    counts", "the facts"),
        (SCRIPT_35, "    prompts = []\n", "    prompts = []\n    p = prompts\n    p.append(1)\n", "the messages"),
        (SCRIPT_35, "def generate_captions", "from os import everything\ndef generate_captions", "the list of all"),
        (SCRIPT_35, "def generate_captions", "NAMES[3] = 1\ndef generate_captions", "the list of all classes"),
        (SCRIPT_35, '"role": "system", "content": RULES', '"role": "system", "content": RULES * 2', "the messages"),
        (SCRIPT_4V, ":.2%", ":.1%", "the numbers of the percents of a class"),
        (SCRIPT_4V, "%.2f", "%.3f", "the numbers of the shares of a part"),
        (SCRIPT_4V, "by_class(maps[1])", "by_class(maps[0])", "the text of a map"),
        (SCRIPT_4V, "by_part(maps[2])", "by_part(maps[3])", "the text of a map"),
        (SCRIPT_4V, ' + "Picture D, places: " + by_part(maps[3])', "", "the text of a map"),
        (SCRIPT_4V, "Counter(labels.reshape(-1).tolist()).items()", "sorted(labels)", "the order of the classes"),
        (SCRIPT_4V, '"type": "image_url"', '"type": "audio"', "the messages of its request"),
        (SCRIPT_4V, '"top_left"', '"top"', "the shares of a part"),
    ],
)
def test_refuses_an_edited_script_and_names_the_text(script: str, old: str, new: str, what: str) -> None:
    assert old in script
    with pytest.raises(WordingError, match=what) as error:
        read(script.replace(old, new, 1))
    sentence = str(error.value)
    assert sentence.startswith("own.py does not make ")
    assert sentence.endswith("give that script unchanged.")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "content",
    [
        b"\0",
        bytes(range(256)),
        b"\xff\xfea\x00",
        b"# coding: nonsense\n",
        b"(" * 100_000,
        b"-" * 200_000 + b"1",
        b"a" + b".b" * 300_000,
        b"a = " + b"9" * 900_000,
        b"lambda:" * 50_000 + b"1",
        b"if a:\n pass\n" + b"elif a:\n pass\n" * 30_000,
        b"#" * 1_000_001,
        REQUEST.format("  t = 'a'\n" + "  t = t + t\n" * 100).encode(),
        REQUEST.format("  t = 'a'\n" + "  t += 'b'\n" * 30_000).encode(),
        REQUEST.format(f"  t = f'{{0x{'f' * 9_000}}}'\n").encode(),
        REQUEST.format(
            "  t = u = 'a'\n" + "  t = t, t\n  u = u, u\n" * 40 + "  if x:\n   v = t\n  else:\n   v = u\n"
        ).encode(),
        REQUEST.format("  t = ''\n" + "".join(f"  if x == {n}: t += 'a'\n" for n in range(20_000))).encode(),
    ],
    ids=lambda content: content[:12].decode("ascii", "replace"),
)
def test_refuses_hostile_files_in_one_sentence(content: bytes) -> None:
    with pytest.raises(WordingError, match=r"^own\.py (is|has) [^\n]*; give [^\n]*\.$"):
        read(content)


@pytest.mark.parametrize(
    "lines",
    [
        "  t = t0(x)\n",
        "  t = 'a' * 10**9\n",
        "  t = '%999999999d' % 1\n",
        "  t = '{:999999999}'.format(1)\n",
        "  t = '{" + "9" * 5000 + "}'.format(1)\n",
        "  t = open('/etc/passwd').read()\n",
        "  t = __import__('os').system('exit')\n",
        "  t = eval('1')\n",
        "  t = [*x][0]\n",
        "  t = {**x}['a']\n",
    ],
)
def test_takes_nothing_that_depends_on_running_the_script(lines: str) -> None:
    with pytest.raises(WordingError, match="does not make"):
        read(REQUEST.format(lines) + "def t0(x): return t0(x)\n")


def test_never_runs_a_script(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'trap')!r}, 'w')\n"
    inside = SCRIPT_35.replace("    prompts = []\n", f"    prompts = []\n    {trap}")
    assert read(trap + inside) is not None
    assert not (tmp_path / "trap").exists()


def test_knows_that_an_own_script_is_not_the_published_one() -> None:
    wording = read(SCRIPT_35)
    assert wording is not None
    assert not wording.is_published


def test_a_script_without_a_request_is_not_one_of_them() -> None:
    assert read("print(1)") is None
    with pytest.raises(WordingError, match=r"^here has no script that makes the prompt of style 3\.5"):
        read_wordings([Script("a.py", b"")], "here")


def test_refuses_two_scripts_of_one_style_that_differ() -> None:
    one, two = Script("a.py", SCRIPT_35.encode()), Script("b.py", SCRIPT_35.replace("Go.", "Stop.").encode())
    with pytest.raises(WordingError, match=r"^a\.py and b\.py both make the prompt of style 3\.5"):
        read_wordings([one, two], "here", "3.5")
    assert len(read_wordings([one, one._replace(name="c.py")], "here", "3.5")) == 1


def test_several_scripts_need_both_styles_and_one_needs_its_own() -> None:
    of_35, of_4v = Script("a.py", SCRIPT_35.encode()), Script("b.py", SCRIPT_4V.encode())
    assert [one.style for one in read_wordings([of_4v, of_35, Script("c.py", b"1")], "here")] == ["3.5", "4v"]
    assert [one.style for one in read_wordings([of_4v], "here")] == ["4v"]
    with pytest.raises(WordingError, match=r"style 4v"):
        read_wordings([of_35, Script("c.py", b"1")], "here")
    with pytest.raises(WordingError, match=r"^b\.py does not make"):
        read_wordings([of_35, Script("b.py", SCRIPT_4V.replace(":.2%", ":.1%").encode())], "here")


def make_zip(*names: str, content: bytes = b"a = 1") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def test_reads_files_folders_and_zips(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"a = 1")
    (tmp_path / "b.txt").write_bytes(b"b = 1")
    (tmp_path / "c.zip").write_bytes(make_zip("c-main/a.py", "c-main/deep/b.py", "c-main/c.png"))
    os.mkfifo(tmp_path / "d.py")
    expected = [Script("a.py", b"a = 1")]
    for path in (tmp_path, tmp_path / "a.py", tmp_path / "c.zip"):
        assert read_scripts(str(path)) == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none", None, "is not there"),
        ("large", b"#" * (LARGEST_ARCHIVE + 1), "is larger than 64 MB"),
        ("cut.zip", make_zip("a.py")[:40], "cannot be unpacked"),
        (
            "wrong.zip",
            bytes(one ^ (40 < place < 44) for place, one in enumerate(make_zip("a.py"))),
            "cannot be unpacked",
        ),
        ("empty.zip", make_zip("a.txt"), "has no Python files"),
        ("many.zip", make_zip(*(f"{n}.py" for n in range(MOST_SCRIPTS + 1))), "more than 64 Python files"),
    ],
    ids=["none", "large", "cut", "wrong", "empty", "many"],  # bytes with a time in them differ between processes
)
def test_refuses_paths_that_hold_no_scripts(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(WordingError, match=message) as error:
        read_scripts(str(tmp_path / name))
    assert "\n" not in str(error.value)


def test_refuses_damaged_members_of_each_compression(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
            archive.writestr("a.py", "a = 1\n" * 1000)
        content = bytearray((tmp_path / "a.zip").read_bytes())
        content[50:62] = bytes(one ^ 0xFF for one in content[50:62])
        (tmp_path / "a.zip").write_bytes(content)
        with pytest.raises(WordingError, match="cannot be unpacked"):
            read_scripts(str(tmp_path / "a.zip"))


def test_unpacks_no_more_of_a_script_than_may_be_parsed(tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(make_zip("a.py", content=b"#" * 200_000_000))
    (script,) = read_scripts(str(tmp_path / "bomb.zip"))
    assert len(script.content) == 1_000_001
    with pytest.raises(WordingError, match="larger than 1 MB"):
        original_wording(script, "a test")


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("https://github.com/owner/name", "https://github.com/owner/name/archive/HEAD.zip"),
        ("https://github.com/owner/name.git", "https://github.com/owner/name/archive/HEAD.zip"),
        ("https://github.com/owner/name/tree/main", "https://github.com/owner/name/archive/main.zip"),
        ("https://github.com/owner/name/blob/main/a/b.py", "https://raw.githubusercontent.com/owner/name/main/a/b.py"),
        ("https://github.com/owner/name/archive/main.zip", "https://github.com/owner/name/archive/main.zip"),
        ("https://example.org/a.py", "https://example.org/a.py"),
    ],
)
def test_finds_the_file_behind_a_page_on_github(source: str, address: str) -> None:
    assert _address(source) == address


@pytest.mark.parametrize("source", ["http://example.org/a.py", "ftp://example.org/a.py", "file:///etc/passwd"])
def test_takes_nothing_from_addresses_without_encryption(source: str) -> None:
    with pytest.raises(WordingError, match="is not an https address"):
        read_scripts(source)


def test_reads_scripts_from_the_web_and_keeps_secrets_out_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(SCRIPT_35, "utf-8")
    (tmp_path / "all.zip").write_bytes(make_zip("x-main/a.py", content=SCRIPT_4V.encode()))
    with RangeServer(tmp_path) as server:
        source = f"{server.url}/own.py?token=secret".replace("//", "//me:word@")
        (wording,) = read_wordings(read_scripts(source), source)
        assert (wording.style, wording.name) == ("3.5", "own.py")
        assert "/own.py\n" in wording.text
        assert "secret" not in wording.text
        assert "word@" not in wording.text
        (other,) = read_wordings(read_scripts(f"{server.url}/all.zip"), "a test")
        assert other.style == "4v"


def test_refuses_a_web_page_and_an_endless_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_bytes(b"<html>Not here</html>")
    (tmp_path / "large.py").write_bytes(b"#" * 3_000_000)
    monkeypatch.setattr("chatearthnet_explorer.prompts.published.script_source.LARGEST_ARCHIVE", 2_000_000)
    with RangeServer(tmp_path) as server:
        with pytest.raises(WordingError, match=r"page\.html is not a Python script"):
            read_wordings(read_scripts(f"{server.url}/page.html"), "a test")
        with pytest.raises(ExplorerError, match="sent more than 2 MB"):
            read_scripts(f"{server.url}/large.py")
        with pytest.raises(ExplorerError, match=r"gone\.py"):
            read_scripts(f"{server.url}/gone.py")


def test_gives_up_on_a_slow_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatearthnet_explorer.prompts.published.script_source.SECONDS", 0.5)
    with RangeServer(tmp_path) as server:
        server.fail("/slow.py", Fault(stall=30))
        with pytest.raises(ExplorerError, match=r"slow\.py|slow"):
            read_scripts(f"{server.url}/slow.py")
