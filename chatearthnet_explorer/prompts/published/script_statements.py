"""Follow the statements of a script, without running any of them: what text a function puts together.

Loops are followed once: what a loop adds to the end of a text becomes a ``Loop``. Conditions are followed both ways.
What cannot be followed with certainty becomes ``Unknown``.
"""

from __future__ import annotations

import ast
import itertools
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.prompts.published.script_expressions import Expressions, Frame, add, bind, forget
from chatearthnet_explorer.prompts.published.script_values import (
    Branch,
    Each,
    Items,
    Loop,
    Mapping,
    Marker,
    Options,
    Piece,
    Table,
    Text,
    Unknown,
    Value,
)
from chatearthnet_explorer.prompts.published.text_building import depends_on, elements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import UnionType

DEEPEST_CALL = 12
"""Functions of the script inside each other; the published ones have four."""


class Statements(Expressions):
    """Follows functions of a script."""

    def __init__(
        self, constants: dict[str, Value], functions: dict[str, ast.FunctionDef], modules: frozenset[str]
    ) -> None:
        """Prepare, with the constants and functions of the script and the modules that it imports."""
        super().__init__(constants, functions, modules)
        self._special = {name for name, node in functions.items() if _is_special(node)}
        self._calls: list[str] = []
        self._markers = itertools.count()

    def call(self, node: ast.FunctionDef, arguments: list[Value]) -> Value:
        """Return what a function of the script returns, given its arguments."""
        if node.name in self._calls or len(self._calls) >= DEEPEST_CALL or node.name in self._special:
            return depends_on(*arguments, call=node.name)
        self._calls.append(node.name)
        names = [one.arg for one in node.args.args]
        frame = Frame(dict(zip(names, arguments, strict=True)))
        self.follow(node.body, frame)
        self._calls.pop()
        if len(frame.returns) == 1:
            value = frame.returns[0][1]
            return depends_on(value, *arguments, call=node.name) if isinstance(value, Unknown) else value
        return Options(tuple(frame.returns)) if frame.returns else Unknown()

    def follow(self, statements: Sequence[ast.stmt], frame: Frame) -> bool:
        """Follow statements; return whether the block goes on to its end."""
        for one in statements:
            self.step()
            method = getattr(self, f"_follow_{type(one).__name__}", None)
            if method is None:
                forget(one, frame)
            elif method(one, frame) is False:
                return False
        return True

    def _follow_Pass(self, _node: ast.Pass, _frame: Frame) -> None:  # noqa: N802 - names of ast
        pass

    def _follow_Continue(self, _node: ast.stmt, _frame: Frame) -> bool:  # noqa: N802
        return False

    _follow_Break = _follow_Raise = _follow_Continue  # noqa: N815

    def _follow_Return(self, node: ast.Return, frame: Frame) -> bool:  # noqa: N802
        value = self.evaluate(node.value, frame)
        frame.returns.append(((), Unknown() if frame.loops else value))
        return False

    def _follow_Assign(self, node: ast.Assign, frame: Frame) -> None:  # noqa: N802
        value = self.evaluate(node.value, frame)
        for target in node.targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                self._set_item(target, target.value.id, value, frame)
            else:
                bind(target, value, frame)

    def _follow_AnnAssign(self, node: ast.AnnAssign, frame: Frame) -> None:  # noqa: N802
        if node.value is not None:
            bind(node.target, self.evaluate(node.value, frame), frame)

    def _follow_AugAssign(self, node: ast.AugAssign, frame: Frame) -> None:  # noqa: N802
        value = self.evaluate(node.value, frame)
        if isinstance(node.target, ast.Name) and isinstance(node.op, ast.Add):
            before = frame.values.get(node.target.id, Unknown())
            frame.values[node.target.id] = add(before, value) if isinstance(before, Text) else depends_on(before, value)
        else:
            forget(node.target, frame)

    def _follow_Expr(self, node: ast.Expr, frame: Frame) -> None:  # noqa: N802
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[one], keywords=[]):
                self._append(name, self.evaluate(one, frame), frame)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in frame.values:
                self.evaluate(node.value, frame)
                self._change(name, Unknown(), frame)  # the method may change it
            case _:
                self.evaluate(node.value, frame)

    def _follow_With(self, node: ast.With, frame: Frame) -> bool:  # noqa: N802
        for one in node.items:
            value = self.evaluate(one.context_expr, frame)
            if one.optional_vars is not None:
                bind(one.optional_vars, depends_on(value), frame)
        return self.follow(node.body, frame)

    def _follow_If(self, node: ast.If, frame: Frame) -> bool:  # noqa: N802
        self.evaluate(node.test, frame)
        first, second = (Frame(dict(frame.values), frame.loops, dict(frame.depths), frame.returns) for _ in range(2))
        before = len(frame.returns)
        goes_on = self.follow(node.body, first)
        numbers = tuple(
            one.value for one in ast.walk(node.test) if isinstance(one, ast.Constant) and type(one.value) is int
        )
        for place in range(before, len(frame.returns)):
            frame.returns[place] = ((*numbers, *frame.returns[place][0]), frame.returns[place][1])
        other_goes_on = self.follow(node.orelse, second)
        for block, end in ((node.body, first), (node.orelse, second)):
            if _leaves(block, ast.Continue):
                # what it did before is there although it goes on elsewhere
                for name, value in end.values.items():
                    if value is not frame.values.get(name):
                        first.values[name] = second.values[name] = Unknown()
        if goes_on and other_goes_on:
            frame.values = _merge(frame, first, second, _length(node.test))
        elif goes_on or other_goes_on:
            frame.values = (first if goes_on else second).values
        return goes_on or other_goes_on

    def _follow_For(self, node: ast.For, frame: Frame) -> None:  # noqa: N802
        over, element = elements(self.evaluate(node.iter, frame))
        before = dict(frame.values)
        marks: dict[str, Marker] = {}
        for name, value in before.items():
            if isinstance(value, Text):
                marks[name] = Marker(name, next(self._markers))
                frame.values[name] = Text((*value.pieces, marks[name]))
        frame.loops.append(over)
        bind(node.target, element, frame)
        self.follow(node.body, frame)
        frame.loops.pop()
        if node.orelse or _leaves(node.body, ast.Break | ast.Return):
            forget(node, frame)
        for name, value in frame.values.items():
            frame.values[name] = _after_loop(value, marks.get(name), over)

    def _append(self, name: str, value: Value, frame: Frame) -> None:
        before, levels = self._current(name, frame), len(frame.loops) - frame.depths.get(name, 0)
        if isinstance(before, Items) and levels == 0:
            self._change(name, Items((*before.values, value)), frame)
        elif before == Items() and levels == 1:
            self._change(name, Each(value, frame.loops[-1]), frame)
        else:
            self._change(name, Unknown(), frame)

    def _set_item(self, target: ast.Subscript, name: str, value: Value, frame: Frame) -> None:
        before, levels = self._current(name, frame), len(frame.loops) - frame.depths.get(name, 0)
        key = self.evaluate(target.slice, frame)
        after = Mapping(key, value) if before == Table() and levels == 1 else depends_on(value)
        self._change(name, after, frame)

    def _current(self, name: str, frame: Frame) -> Value:
        value = frame.values.get(name, Unknown())
        return Unknown() if id(value) in self.old_values else value

    def _change(self, name: str, value: Value, frame: Frame) -> None:
        """Change a list or dict in place: its other names no longer say what it is."""
        before = frame.values.get(name)
        if before is not None and not isinstance(before, Unknown):
            self.old_values[id(before)] = before
        frame.values[name] = value


def _after_loop(value: Value, mark: Marker | None, over: Value) -> Value:
    if mark and isinstance(value, Text):
        place = value.pieces.index(mark) if mark in value.pieces else len(value.pieces)
        addition = value.pieces[place + 1 :]
        if place < len(value.pieces) and not has_marker(addition):
            return Text((*value.pieces[:place], *([Loop(over, addition)] if addition else [])))
    return Unknown() if mark or has_marker(value) else value


def has_marker(value: object) -> bool:
    """Return whether a value is made of a text from before the loop that is being followed."""
    left, ids = [value], set()
    while left:
        one = left.pop()
        if id(one) in ids:
            continue
        ids.add(id(one))
        if isinstance(one, Marker):
            return True
        if isinstance(one, tuple):
            left += one
        elif is_dataclass(one):
            left += [getattr(one, field.name) for field in fields(one)]
    return False


def _merge(frame: Frame, first: Frame, second: Frame, count: int | None) -> dict[str, Value]:
    """Return the variables after a condition: what either way adds to the end of a text becomes a ``Branch``."""
    after: dict[str, Value] = {}
    for name in first.values.keys() | second.values.keys():
        before, one, two = frame.values.get(name), first.values.get(name), second.values.get(name)
        if one is not None and one == two:
            after[name] = one
            continue
        addition, addition_otherwise = _addition(before, one), _addition(before, two)
        if isinstance(before, Text) and addition is not None and addition_otherwise is not None:
            after[name] = Text((*before.pieces, Branch(count, addition, addition_otherwise)))
        else:
            after[name] = depends_on(*(value for value in (one, two) if value is not None))
    return after


def _addition(before: Value | None, after: Value | None) -> tuple[Piece, ...] | None:
    if not isinstance(before, Text) or not isinstance(after, Text):
        return None
    length = len(before.pieces)
    return after.pieces[length:] if after.pieces[:length] == before.pieces else None


def _length(test: ast.expr) -> int | None:
    """Return the N of ``len(...) == N``."""
    match test:
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="len"), args=[ast.Name()]),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value=int(number))],
        ):
            return number
    return None


def _leaves(statements: Sequence[ast.stmt], how: type | UnionType) -> bool:
    """Return whether statements may end a loop or one of its rounds early, so that it is no plain repetition."""
    return any(isinstance(one, how) for statement in statements for one in ast.walk(statement))


def _is_special(node: ast.FunctionDef) -> bool:
    """Return whether calling a function does more than running its statements with its arguments."""
    extra = (node.args.vararg, node.args.kwarg, *node.args.kwonlyargs, *node.args.posonlyargs)
    yields = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node))
    return bool(node.decorator_list or node.args.defaults) or any(extra) or yields


def names_changed(tree: ast.AST) -> list[str]:
    """Return every name that is defined, assigned, imported, changed in place, or declared global, once for each."""
    names: list[str] = []
    for one in ast.walk(tree):
        match one:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.append(name)
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                names += [inner.id for inner in ast.walk(value) if isinstance(inner, ast.Name)]
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                names.append(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case ast.alias(name=name, asname=other):
                names.append(other or name.partition(".")[0])
            case ast.Global(names=several):
                names += [*several, *several]
    return names
