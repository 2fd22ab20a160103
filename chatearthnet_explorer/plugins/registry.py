"""The registry of one kind of plugin: names, loading, and why a plugin cannot be used.

Each kind has one ``Registry``. Built-in plugins and entry points are imported when they are used, not when they are
listed by name. A plugin that cannot be used is left out and explained in one sentence; the others stay usable.
"""

from __future__ import annotations

import inspect
import logging
from importlib.metadata import entry_points
from threading import RLock
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import ExplorerError, SettingError, shorten
from chatearthnet_explorer.plugins.plugin import LABEL_LIMIT, Plugin, with_description
from chatearthnet_explorer.plugins.plugin_requirements import NAME, one_line, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from importlib.metadata import EntryPoint

_log = logging.getLogger(__name__)


class Registry:
    """The plugins of one kind."""

    def __init__(
        self,
        kind: str,
        builtin: Iterable[Plugin],
        *,
        verify: Callable[[str, Any], None],
        reserved_names: Iterable[str] = (),
        most: int | None = None,
    ) -> None:
        """Start with the built-in plugins; packages are looked through when the first name is needed.

        Args:
            kind: What one of them is called: ``captioner``, ``source`` or ``check``. The entry points of packages are
                in the group ``chatearthnet_explorer.captioners`` and so on.
            builtin: The plugins of this package.
            verify: Raises ``TypeError``, with a reason, for a name and an object that is not a plugin of this kind.
            reserved_names: Reserved names, which no plugin may take.
            most: How many plugins there may be beside the built-in ones; None for any number.
        """
        self.kind, self.group = kind, f"chatearthnet_explorer.{kind}s"
        self._verify, self._reserved_names, self._most = verify, frozenset(reserved_names), most
        self._plugins = {plugin.name: plugin for plugin in builtin}
        self._objects: dict[str, Any] = {}
        self._refusals: list[tuple[str, str]] = []  # names of entry points that were refused, and the reasons
        self._problems: dict[str, str] = {}  # why plugins cannot be used, by name
        self._log_queue: list[str] = []
        self._lock = RLock()
        self._has_searched = False

    @property
    def problems(self) -> tuple[str, ...]:
        """Why plugins are left out, one sentence each, as far as they were looked at."""
        self._search()
        return (*(sentence for _, sentence in self._refusals), *self._problems.values())

    def names(self) -> tuple[str, ...]:
        """Return the names on menus, the built-in ones first. Nothing is imported for it."""
        self._search()
        return tuple(plugin.name for plugin in self._plugins.values() if plugin.on_menus)

    def usable(self) -> tuple[Plugin, ...]:
        """Return the plugins on menus with label and description; the broken ones are left out and logged.

        The built-in ones are not imported for it: they have both already, and rasterio takes seconds.
        """
        plugins = []
        for name in self.names():
            if not self._plugins[name].builtin:
                try:
                    self.get(name)
                except SettingError:
                    continue
            plugins.append(self._plugins[name])
        self._log_problems()
        return tuple(plugins)

    def beside_builtin(self) -> tuple[tuple[Plugin, Any], ...]:
        """Return the plugins beside the built-in ones with their objects; the broken ones are left out and logged."""
        self._search()
        pairs = []
        for name in [plugin.name for plugin in self._plugins.values() if not plugin.builtin]:
            try:
                pairs.append((self._plugins[name], self.get(name)))
            except SettingError:
                continue
        self._log_problems()
        return tuple(pairs)

    def get(self, name: str) -> Any:  # noqa: ANN401 - a factory or a Check, as the kind has it
        """Return the object of a plugin, imported.

        Raises:
            SettingError: If there is no plugin of that name, or it cannot be used.
        """
        self._search()
        with self._lock:
            if name in self._objects:
                return self._objects[name]
            plugin = self._plugins.get(name)
            if plugin is None:
                reason = next((sentence for refused_name, sentence in self._refusals if refused_name == name), None)
                msg = f"There is no {self.kind} {str(name)[:40]!r}; choose one of {', '.join(self.names())}."
                raise SettingError(reason or msg)
            if name in self._problems:
                raise SettingError(self._problems[name])
            try:
                thing = plugin.load()
                self._verify(name, thing)
                if not plugin.label:
                    self._plugins[name] = with_description(plugin, thing)
            except (Exception, SystemExit) as error:  # foreign code: anything may happen at its import
                if plugin.builtin:
                    raise
                why = f"cannot be used ({reason_of(error)}); correct or uninstall it"
                self._problems[name] = self._sentence(name, why, plugin.origin)
                raise SettingError(self._problems[name]) from error
            self._objects[name] = thing
            return thing

    def register(self, name: str, thing: object, **about: Any) -> None:
        """Add a plugin by code, for this process; the same name again replaces one that was added by code.

        Raises:
            SettingError: If the name cannot be used or belongs to another, or the object is not a plugin of this kind.
        """
        self._search()
        with self._lock:
            before = self._plugins.get(name) if isinstance(name, str) else None
            own = before is not None and not before.builtin and not before.origin
            reason = "" if own else self._why_not(name)
            if not reason:
                try:
                    self._verify(name, thing)
                except TypeError as error:
                    reason = f"it cannot be used ({reason_of(error)})"
            if reason:
                msg = f"The {self.kind} {_quote(name)} was not registered: {reason}."
                raise SettingError(msg)
            self._objects.pop(name, None)
            self._problems.pop(name, None)
            plugin = Plugin(name=name, load=lambda: thing)
            self._plugins[name] = with_description(plugin, thing, **about)

    def unregister(self, name: str) -> None:
        """Remove a plugin that was added by code; any other stays."""
        with self._lock:
            plugin = self._plugins.get(name)
            if plugin is not None and not plugin.builtin and not plugin.origin:
                del self._plugins[name]
                self._objects.pop(name, None)

    def call(self, name: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - untyped result of the factory
        """Return what the factory of a plugin makes, called with those options that its signature has.

        Raises:
            SettingError: If there is no such plugin, or it cannot be used.
            ExplorerError: As the factory does.
        """
        factory = self.get(name)
        try:
            names = _options_of(factory)
            instance = factory(**{option: options[option] for option in options if names is None or option in names})
        except ExplorerError:
            raise
        except Exception as error:
            if self._plugins[name].builtin:
                raise
            msg = f"The {self.kind} {name!r} could not be opened ({reason_of(error)}); correct it or choose another."
            raise SettingError(msg) from error
        return instance

    def _search(self) -> None:
        with self._lock:
            if self._has_searched:
                return
            self._has_searched = True
            points = entry_points(group=self.group)
            for point in sorted(points, key=lambda point: (_origin_of(point), point.name)):
                self._add(point)

    def _add(self, point: EntryPoint) -> None:
        name, origin = point.name, _origin_of(point)
        reason = self._why_not(name)
        if reason:
            self._refusals.append((name, self._sentence(name, f"is not used: {reason}", origin)))
        else:
            self._plugins[name] = Plugin(name=name, load=point.load, origin=origin)

    def _why_not(self, name: object) -> str:
        """Return why a new plugin cannot have a name; empty if it can."""
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return "its name must be 1 to 40 letters, digits, spaces, dots, dashes or underscores"
        if name in self._plugins or name in self._reserved_names:
            return "the name belongs to another one; choose another name"
        if self._most is not None and sum(not one.builtin for one in self._plugins.values()) >= self._most:
            return f"at most {self._most} can be added to the built-in ones; uninstall one"
        return ""

    def _sentence(self, name: str, why: str, origin: str) -> str:
        """Return why a plugin is left out, to be logged once."""
        package = f" of the package {origin}" if origin else ""
        sentence = shorten(f"The {self.kind} {_quote(name)}{package} {why}.")
        self._log_queue.append(sentence)
        return sentence

    def _log_problems(self) -> None:
        """Log each problem once; not when names alone are listed, as at the start of every command."""
        while self._log_queue:
            _log.warning("%s", self._log_queue.pop(0))


def _options_of(factory: Callable[..., Any]) -> tuple[str, ...] | None:
    """Return the names that a factory takes by keyword; None for one that takes any."""
    parameters = inspect.signature(factory).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return None
    return tuple(one.name for one in parameters if one.kind in {one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY})


def _origin_of(point: EntryPoint) -> str:
    return one_line(f"{point.dist.name} {point.dist.version}", LABEL_LIMIT) if point.dist else "unknown"


def _quote(name: object) -> str:
    """Return a name that may be hostile, quoted."""
    return repr(one_line(name, 40))
