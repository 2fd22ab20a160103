"""Small changes of a module's source: numbers, letters of tables, comparisons, operators, conditions."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.MatMult: ast.Mult,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}


@dataclass(frozen=True)
class Mutant:
    """One change of one node."""

    number: int
    """Position of the node in ``ast.walk`` of the module."""

    line: int
    """Line of the source, from 1."""

    kind: str
    """Which change: ``up``, ``down``, ``flip``, ``letter``, ``drop``, ``negate``."""

    before: str
    """The node as it is."""

    after: str
    """The node as it becomes."""

    place: int = 0
    """Which of those on its line that read alike it is, from 0."""

    def __str__(self) -> str:
        """Return one line of a report."""
        return f"line {self.line} ({self.place}): {self.before}  ->  {self.after}"


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    ids = _skip_nodes(tree)
    result = []
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in ids:
            continue
        for kind in _kinds(node):
            replacement = _change(node, kind)
            line = getattr(node, "lineno", 0)
            result.append(Mutant(number, line, kind, _short(node), _short(replacement)))
    result.sort(key=lambda one: (one.line, one.number, one.kind))
    count: Counter[str] = Counter()
    for place, one in enumerate(result):
        result[place] = replace(one, place=count[str(one)])
        count[str(one)] += 1
    return result


def mutate(source: str, mutant: Mutant) -> str:
    """Return the source with one node changed."""
    tree = ast.parse(source)
    target = next(node for number, node in enumerate(ast.walk(tree)) if number == mutant.number)
    replacement = _change(target, mutant.kind)

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return replacement if node is target else super().generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Replace().visit(tree)))


def _skip_nodes(tree: ast.Module) -> set[int]:
    """Return the nodes that no test should pin: annotations, docstrings, decorators, imports for types, sentences."""
    result: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                result |= _inner(node)
            case ast.keyword(arg="strict"):  # of zip: a guard that no caller can reach
                result |= _inner(node)
            case ast.AnnAssign() | ast.arg() if node.annotation:
                result |= _inner(node.annotation)
            case ast.FunctionDef() | ast.ClassDef():
                annotations = [node.returns] if isinstance(node, ast.FunctionDef) and node.returns else []
                for part in (*node.decorator_list, *annotations):
                    result |= _inner(part)
                result |= _words(node)
    return result


def _words(node: ast.AST) -> set[int]:
    """Return the words of sentences that are put together: they are free to change, a table or a pattern is not."""
    result: set[int] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.JoinedStr):
            result.update(id(value) for value in inner.values if isinstance(value, ast.Constant))
        elif isinstance(inner, ast.FormattedValue) and inner.format_spec:
            result |= _inner(inner.format_spec)
    return result


def _inner(node: ast.AST) -> set[int]:
    return {id(one) for one in ast.walk(node)}


def _kinds(node: ast.AST) -> Iterator[str]:  # noqa: C901, PLR0912 - a table of cases
    match node:
        case ast.Constant(value=bool()):
            yield "flip"
        case ast.Constant(value=int() | float()):
            yield "up"
            yield "down"
        case ast.Constant(value=str(value)) if value and not _is_sentence(value):
            if any(character.isalnum() for character in value):
                yield "letter"
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            yield "flip"
            if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                yield "negate"
        case ast.Compare():
            yield "flip"
        case ast.BoolOp():
            yield "flip"
        case ast.BinOp(op=operator) if type(operator) in _ARITHMETIC:
            yield "flip"
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "drop"
        case ast.Name(id=name, ctx=ast.Load()) if name in _NAMES:
            yield "flip"
        case ast.Attribute(attr=name) if name in _NAMES:
            yield "flip"
        case ast.Continue() | ast.Break():
            yield "flip"
        case ast.If() | ast.IfExp() | ast.While() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield "negate"


def _change(node: ast.AST, kind: str) -> ast.AST:  # noqa: C901, PLR0912 - a table of cases
    new = copy.deepcopy(node)
    match new:
        case ast.Constant(value=bool(value)):
            new.value = not value
        case ast.Constant(value=int(value)):
            new.value = value + (1 if kind == "up" else -1)
        case ast.Constant(value=float(value)):
            step = 0.1 * abs(value) or 0.1
            new.value = value + (step if kind == "up" else -step)
        case ast.Constant(value=str(value)):
            new.value = _other(value)
        case ast.Compare():
            if kind == "negate":
                return ast.UnaryOp(ast.Not(), new)
            new.ops = [_COMPARISONS[type(new.ops[0])](), *new.ops[1:]]
        case ast.BoolOp():
            new.op = ast.Or() if isinstance(new.op, ast.And) else ast.And()
        case ast.BinOp():
            new.op = _ARITHMETIC[type(new.op)]()
        case ast.UnaryOp():
            return new.operand
        case ast.Name():
            new.id = _NAMES[new.id]
        case ast.Attribute():
            new.attr = _NAMES[new.attr]
        case ast.Continue():
            return ast.Break()
        case ast.Break():
            return ast.Continue()
        case ast.If() | ast.IfExp() | ast.While():
            new.test = ast.UnaryOp(ast.Not(), new.test)
    return new


def _other(text: str) -> str:
    """Return a text with its last letter or digit changed into another of its kind: 00c000 becomes 00c001."""
    place = max(place for place, character in enumerate(text) if character.isalnum())
    last = text[place]
    other = {"9": "8", "f": "e", "z": "y", "F": "E", "Z": "Y"}.get(last, chr(ord(last) + 1))
    return text[:place] + other + text[place + 1 :]


def _is_sentence(text: str) -> bool:
    return " " in text and (text.rstrip().endswith((".", "?")) or text.count(" ") > 4)


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).split("\n")[0]
    return text if len(text) <= 90 else f"{text[:87]}..."
