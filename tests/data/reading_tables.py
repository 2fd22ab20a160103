"""The tables of ``reading/``: a text and what each step of reading a caption makes of it, as a linguist would note it.

``claims*.toml`` have whole captions, the other tables one step each. The functions here write a step's values as the
tables write them; a table and a reader's answer are compared as sets of such lines.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.claims.binding.bind import bind
from chatearthnet_explorer.claims.clauses import split_clauses, split_sentences
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.claims.lexicon.kinds import KINDS
from chatearthnet_explorer.claims.markup import plain_text
from chatearthnet_explorer.claims.tokens import find_tokens
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatearthnet_explorer.claims import Reading
    from chatearthnet_explorer.claims.binding.statements import Statement

Row = dict[str, Any]
"""A row of a table: ``text``, what is expected of it, and ``kind``, what it is an example of."""

_OF_VALUE = kinds.LAND | kinds.AMOUNT
_MARK = {"certain": "", "likely": "?", "unclear": "??"}
_NAME = {kind: name.lower() for name, kind in KINDS.items()} | {kinds.LAND: "class"}


def rows(table: str) -> list[Row]:
    """Return the rows of a table, which may have several files: ``claims.toml`` and ``claims_lists.toml``."""
    files = sorted((Path(__file__).parent / "reading").glob(f"{table}*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8"))["row"]]


def one_part_each(lines: Iterable[str]) -> frozenset[str]:
    """Return lines about one part each: "tree: top left, middle | small" is two. "everywhere" is all five parts."""
    return frozenset(single for line in lines for single in _singles(line))


def _singles(line: str) -> Iterator[str]:
    name, _, rest = line.partition(":")
    bare = rest.rstrip("?")
    parts, _, size = (piece.strip() for piece in bare.partition("|"))
    for part in PARTS if parts == "everywhere" else parts.split(","):
        yield _line(name.strip(), part.strip(), size, rest[len(bare) :])


def _line(name: str, part: str, size: str | None, mark: str = "") -> str:
    return f"{name}: {part}{f' | {size}' if size else ''}{mark}"


def claim_lines(reading: Reading) -> frozenset[str]:
    """Return what a caption claims: "tree: top left | small", "not water: middle", with ? if likely, ?? if unclear."""
    return frozenset(
        _line("not " * claim.negated + claim.name, part, claim.size, _MARK[claim.certainty])
        for claim in reading.claims
        for part in claim.parts or ("",)
    )


def lead_lines(reading: Reading) -> frozenset[str]:
    """Return which class a caption calls the largest where: "tree: top left", "tree:" for the whole."""
    whole = {_line(reading.dominant, "", None)} if reading.dominant else set()
    return frozenset({_line(name, part, None) for part, name in reading.dominant_of.items()} | whole)


def expected_triples(row: Row) -> frozenset[tuple[str, str, str | None]]:
    """Return (class, part, size) that a row of ``claims.toml`` says are there, as ``Reading.triples``."""
    triples = set()
    for line in one_part_each(row["claims"]):
        name, _, rest = line.rstrip("?").partition(": ")
        part, _, size = rest.partition(" | ")
        if not name.startswith("not "):
            triples.add((name, part, size or None))
    return frozenset(triples)


def token_lines(text: str) -> list[str]:
    """Return the phrases of a text: "trees = class tree", "top half = place top left, top right", "no = no"."""
    lines = []
    for kind, value, start, end in find_tokens(plain_text(text)):
        meaning = ", ".join(value) if kind == kinds.PLACE else value or "without a size" if kind & _OF_VALUE else ""
        lines.append(f"{text[start:end]} = {_NAME[kind]} {meaning}".rstrip())
    return lines


def sentence_lines(text: str) -> list[str]:
    """Return the sentences of a text."""
    low = plain_text(text)
    return [text[sentence.start : sentence.end] for sentence in split_sentences(find_tokens(low), low)]


def clause_lines(text: str) -> list[str]:
    """Return the phrases of each clause, after the word that begins it: "while: grass / covers / bottom left"."""
    low = plain_text(text)
    return [
        f"{clause.after}: {' / '.join(text[start:end] for _, _, start, end in clause.tokens)}".removeprefix(": ")
        for sentence in split_sentences(find_tokens(low), low)
        for clause in split_clauses(sentence, low)
    ]


def binding_lines(text: str, *, has_topic: bool = False) -> list[str]:
    """Return what each clause says on its own: "tree: top left | small, leads"; "open" where it names no place.

    "it" is a class of the clause before. ``has_topic`` says that there is one.
    """
    low = plain_text(text)
    return [
        _statement_line(mention.name or "it", statement)
        for sentence in split_sentences(find_tokens(low), low)
        for clause in split_clauses(sentence, low)
        for mention in bind(clause._replace(has_topic=has_topic), low).mentions
        for statement in mention.statements
    ]


def _statement_line(name: str, statement: Statement) -> str:
    where = "open" if statement.parts is None else ", ".join(statement.parts) or "whole"
    size = f" | {statement.size.word or 'without a size'}" if statement.size else ""
    return f"{'not ' * statement.negated}{name}: {where}{size}{', leads' * bool(statement.lead)}"


def steps(text: str) -> str:
    """Return what each step makes of a text; the two tables of claims are sorted. "it" is a class named before."""
    reading = read_claims(text)
    return "\n".join(
        "\n  ".join((f"{step}:", *lines))
        for step, lines in (
            ("tokens", token_lines(text)),
            ("sentences", sentence_lines(text)),
            ("clauses", clause_lines(text)),
            ("bindings", binding_lines(text, has_topic=True)),
            ("claims", sorted(claim_lines(reading))),
            ("leads", sorted(lead_lines(reading))),
        )
    )


def main() -> None:
    """Print what each step makes of the texts given."""
    for text in sys.argv[1:]:
        print(steps(text))


if __name__ == "__main__":
    main()
