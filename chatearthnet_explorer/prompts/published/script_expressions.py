"""Follow the expressions of a script, without running any of them."""

from __future__ import annotations

import ast
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, is_dataclass

from chatearthnet_explorer.prompts.published.script_values import (
    Draw,
    Each,
    Items,
    Mapping,
    Number,
    Pairs,
    Table,
    Text,
    Unknown,
    Value,
)
from chatearthnet_explorer.prompts.published.text_building import (
    TooLongError,
    brace_format,
    concatenate,
    depends_on,
    element,
    elements,
    join_texts,
    literal,
    names_of,
    percent_format,
    text,
)

MOST_STEPS = 30_000
"""Expressions and statements that are followed in one script; the published ones need at most 1,300."""

MOST_PARTS = 100_000
"""Parts of one value, those inside each other included; a list of twice the same list has twice as many."""

SECONDS = 10.0
"""Seconds after which a script is given up; the published ones take less than 0.1."""

_MOST_BITS = 1000  # of a whole number; Python refuses to write out very long ones


@dataclass
class Frame:
    """The variables of a function while it is followed."""

    values: dict[str, Value]
    """Variables by name."""

    loops: list[Value] = field(default_factory=list)
    """What the loops around the current statement run over, the outermost first."""

    depths: dict[str, int] = field(default_factory=dict)
    """Number of loops around the assignment of each variable."""

    returns: list[tuple[tuple[int, ...], Value]] = field(default_factory=list)
    """What was returned so far, with the whole numbers in the condition."""


class Expressions(ABC):
    """Evaluates expressions to values, as far as they are texts and what texts are filled with."""

    def __init__(
        self, constants: dict[str, Value], functions: dict[str, ast.FunctionDef], modules: frozenset[str]
    ) -> None:
        """Prepare, with the constants and functions of the script and the modules that it imports."""
        self.constants, self.functions, self.modules = constants, functions, modules
        self.requests: list[Value] = []
        self.old_values: dict[int, Value] = {}  # lists and dicts as they were before they were changed, by identity
        self._steps, self._deadline = 0, time.monotonic() + SECONDS
        self._weights: dict[int, tuple[object, int]] = {}  # values and their parts, by identity

    def step(self) -> None:
        """Count a step.

        Raises:
            TooLongError: If there were too many, or too much time has passed.
        """
        self._steps += 1
        if self._steps > MOST_STEPS or time.monotonic() > self._deadline:
            raise TooLongError

    @abstractmethod
    def call(self, node: ast.FunctionDef, arguments: list[Value]) -> Value:
        """Return what a function of the script returns."""

    def evaluate(self, node: ast.expr | None, frame: Frame) -> Value:
        """Return what an expression stands for.

        Raises:
            TooLongError: If the script is too long to be followed.
        """
        self.step()
        if node is None:
            return Number(None)
        method = getattr(self, f"_{type(node).__name__}", None)
        value: Value = method(node, frame) if method else self._other(node, frame)
        if self._weight(value) > MOST_PARTS:  # comparing it would take as long
            raise TooLongError
        # another name of a list that was changed since
        return Unknown() if id(value) in self.old_values else value

    def _weight(self, value: object) -> int:
        """Return the number of parts of a value."""
        if isinstance(value, tuple):
            parts: list[object] = [*value]
        elif is_dataclass(value):
            parts = [getattr(value, one.name) for one in fields(value)]
        else:
            return 1
        if id(value) not in self._weights:
            # the value is kept, so that no other has its identity
            self._weights[id(value)] = value, 1 + sum(map(self._weight, parts))
        return self._weights[id(value)][1]

    def _other(self, node: ast.AST, frame: Frame) -> Value:
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        return depends_on(*(self.evaluate(part, frame) for part in parts))

    def _Constant(self, node: ast.Constant, _frame: Frame) -> Value:  # noqa: N802 - names of ast
        if isinstance(node.value, int) and node.value.bit_length() > _MOST_BITS:
            raise TooLongError
        return Text((node.value,)) if isinstance(node.value, str) else Number(node.value)

    def _Name(self, node: ast.Name, frame: Frame) -> Value:  # noqa: N802
        return frame.values.get(node.id) or self.constants.get(node.id) or Unknown()

    def _JoinedStr(self, node: ast.JoinedStr, frame: Frame) -> Value:  # noqa: N802
        return concatenate(*(text(self.evaluate(part, frame)) for part in node.values))

    def _FormattedValue(self, node: ast.FormattedValue, frame: Frame) -> Value:  # noqa: N802
        value = self.evaluate(node.value, frame)
        spec = self.evaluate(node.format_spec, frame) if node.format_spec else Text()
        words = literal(spec.pieces) if isinstance(spec, Text) else None
        return Unknown() if words is None or node.conversion != -1 else text(value, words)

    def _BinOp(self, node: ast.BinOp, frame: Frame) -> Value:  # noqa: N802
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        if isinstance(node.op, ast.Add):
            return add(left, right)
        template = literal(left.pieces) if isinstance(left, Text) else None
        if isinstance(node.op, ast.Mod) and template is not None:
            return percent_format(template, right)
        return depends_on(left, right)

    def _List(self, node: ast.List | ast.Tuple, frame: Frame) -> Value:  # noqa: N802
        if any(isinstance(one, ast.Starred) for one in node.elts):
            return self._other(node, frame)
        return Items(tuple(self.evaluate(one, frame) for one in node.elts))

    _Tuple = _List

    def _Dict(self, node: ast.Dict, frame: Frame) -> Value:  # noqa: N802
        if None in node.keys:  # {**other}
            return self._other(node, frame)
        keys = [self.evaluate(key, frame) for key in node.keys]
        table = Table(tuple(zip(keys, (self.evaluate(one, frame) for one in node.values), strict=True)))
        if Text(("messages",)) in keys:
            self.requests.append(element(table, Text(("messages",))))
        return table

    def _ListComp(self, node: ast.ListComp | ast.GeneratorExp, frame: Frame) -> Value:  # noqa: N802
        if len(node.generators) != 1 or node.generators[0].ifs:
            return self._other(node, frame)
        generator = node.generators[0]
        over, one = elements(self.evaluate(generator.iter, frame))
        inner = Frame(dict(frame.values), frame.loops, dict(frame.depths))
        bind(generator.target, one, inner)
        return Each(self.evaluate(node.elt, inner), over)

    _GeneratorExp = _ListComp

    def _NamedExpr(self, node: ast.NamedExpr, frame: Frame) -> Value:  # noqa: N802
        value = self.evaluate(node.value, frame)
        bind(node.target, value, frame)
        return value

    def _Subscript(self, node: ast.Subscript, frame: Frame) -> Value:  # noqa: N802
        base = self.evaluate(node.value, frame)
        if isinstance(node.slice, ast.Slice) or (
            isinstance(node.slice, ast.Tuple) and any(isinstance(one, ast.Slice) for one in node.slice.elts)
        ):
            return depends_on(base)
        return element(base, self.evaluate(node.slice, frame))

    def _Call(self, node: ast.Call, frame: Frame) -> Value:  # noqa: N802
        values = [self.evaluate(one, frame) for one in node.args]
        keywords = {one.arg: self.evaluate(one.value, frame) for one in node.keywords}
        plain = not any(isinstance(one, ast.Starred) for one in node.args) and None not in keywords
        if isinstance(node.func, ast.Name) and node.func.id not in frame.values:
            function = self.functions.get(node.func.id)
            if function and plain and not keywords and len(function.args.args) == len(values):
                return self.call(function, values)
            return depends_on(*values, *keywords.values(), call=node.func.id)
        if isinstance(node.func, ast.Attribute) and plain:
            words = {name: value for name, value in keywords.items() if name}
            return self._method(node.func, values, words, frame)
        return depends_on(self.evaluate(node.func, frame), *values, *keywords.values())

    def _method(self, node: ast.Attribute, values: list[Value], keywords: dict[str, Value], frame: Frame) -> Value:
        base = self.evaluate(node.value, frame)
        template = literal(base.pieces) if isinstance(base, Text) else None
        match node.attr, base, values:
            case "items", Table() | Mapping(), []:
                return Pairs(base)
            case "format", Text(), _ if template is not None:
                return brace_format(template, values, keywords)
            case "join", Text(), [one] if template is not None:
                return join_texts(template, one)
            case "choice", _, [Items(choices)] if self._is_random(node.value, frame) and not keywords:
                names = names_of(choices)
                return Draw(names) if names else Unknown()
        return depends_on(base, *values, *keywords.values(), call=node.attr)

    def _is_random(self, node: ast.expr, frame: Frame) -> bool:
        """Return whether an expression is the module ``random``."""
        return isinstance(node, ast.Name) and node.id == "random" and "random" in self.modules - frame.values.keys()


def add(left: Value, right: Value) -> Value:
    """Return ``left + right``."""
    if isinstance(left, Text) or isinstance(right, Text):
        return concatenate(text(left), text(right))
    if isinstance(left, Items) and isinstance(right, Items):
        return Items((*left.values, *right.values)[:MOST_STEPS])
    return depends_on(left, right)


def bind(target: ast.expr, value: Value, frame: Frame) -> None:
    """Assign a value to a name, or its elements to several."""
    if isinstance(target, ast.Name):
        frame.values[target.id] = value
        frame.depths[target.id] = len(frame.loops)
    elif isinstance(target, ast.Tuple | ast.List):
        fits = isinstance(value, Items) and len(value.values) == len(target.elts)
        parts = value.values if fits and isinstance(value, Items) else (depends_on(value),) * len(target.elts)
        for one, part in zip(target.elts, parts, strict=True):
            bind(one, part, frame)
    elif isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        forget(target, frame)


def forget(node: ast.AST, frame: Frame) -> None:
    """Forget every variable that a piece of the script may change."""
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                frame.values[name] = Unknown()
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                frame.values[name] = Unknown()
            case ast.alias(name=name, asname=other):
                frame.values[other or name.partition(".")[0]] = Unknown()
