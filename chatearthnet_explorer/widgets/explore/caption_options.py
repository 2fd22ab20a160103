"""The options of the Explorer: style, year, source, captioner, scene, seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.captioners import IMAGES, usable_captioners
from chatearthnet_explorer.captioners.service.model_service import EFFORTS, TOKEN_LIMITS
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.sources import YEARS, usable_sources
from chatearthnet_explorer.widgets.shared.key_field import KeyField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.plugins import Plugin
    from chatearthnet_explorer.sources.stac.scenes import SceneInfo

_IMAGES = {"labels": "Land-cover map, as for GPT-4V", "true colour": "Satellite picture"}
_KEY = (
    "<div class='cen-note'>A key typed here is sent to the service above. It stays in memory until you close this page "
    "and is not saved with a notebook. Without it, the key in <code>OPENAI_API_KEY</code> is used, but only at the "
    "address in <code>OPENAI_BASE_URL</code> or at OpenAI, never at another address typed here.</div>"
)


class CaptionOptions(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Every option except the place, each as a trait."""

    style = traitlets.Enum(STYLES, default_value="3.5")
    """Style of the prompt."""

    year = traitlets.Enum(YEARS, default_value=YEARS[0])
    """Year of labels and scene."""

    source = traitlets.Unicode("auto")
    """Name of the source of chips, one of ``sources``."""

    captioner = traitlets.Unicode("template")
    """Name of the captioner, one of ``captioners``."""

    seed = traitlets.Int(0)
    """Seed of the words a 3.5 prompt draws."""

    model = traitlets.Unicode()
    """Identifier of the model to ask; empty for the default model."""

    base_url = traitlets.Unicode()
    """Address of an OpenAI-compatible service; empty for ``OPENAI_BASE_URL`` or OpenAI's own."""

    image = traitlets.Enum(IMAGES, default_value=IMAGES[0])
    """What a vision model is shown."""

    token_limit = traitlets.Int(0)
    """Tokens that a model may write, thinking included; 0 for as many as the style allows."""

    effort = traitlets.Enum(("", *EFFORTS), default_value="")
    """How long a model is to think; empty to leave that to the model."""

    scene = traitlets.Unicode()
    """Identifier of the scene to take; empty for the least cloudy."""

    scenes = traitlets.Tuple()
    """``SceneInfo`` objects to choose from."""

    def __init__(
        self,
        *,
        sources: Sequence[str] | None = None,
        captioners: Sequence[str] | None = None,
        choose_service: bool = True,
    ) -> None:
        """Offer some sources and captioners.

        Args:
            sources: Names of sources to choose from; None for all that can be used, empty for a source of the caller's.
            captioners: Names of captioners, likewise.
            choose_service: Whether a person may choose model, address, key, token limit and effort.

        Raises:
            SettingError: If one of the names cannot be used.
        """
        self._offering = False
        source_plugins = _plugins_by_name("source", usable_sources(), sources)
        captioner_plugins = _plugins_by_name("captioner", usable_captioners(), captioners)
        self.sources = tuple(plugin.name for plugin in source_plugins)
        self.captioners = tuple(plugin.name for plugin in captioner_plugins)
        style = ipywidgets.ToggleButtons(
            options=[("GPT-3.5 style", "3.5"), ("GPT-4V style", "4v")],
            tooltips=[
                "One paragraph, written from the facts",
                "Longer, written from the coloured label map and the facts",
            ],
            style={"button_width": "auto"},
        )
        year = ipywidgets.ToggleButtons(options=[(str(year), year) for year in YEARS], style={"button_width": "auto"})
        source = _menu(source_plugins)
        captioner = _menu(captioner_plugins)
        seed = ipywidgets.BoundedIntText(min=0, max=9999, tooltip="Another seed chooses other words for the shares")
        model = ipywidgets.Text(placeholder="default model", continuous_update=False)
        base_url = ipywidgets.Text(placeholder="OPENAI_BASE_URL, or OpenAI's own", continuous_update=False)
        image = ipywidgets.Dropdown(options=[(_IMAGES[name], name) for name in IMAGES])
        limit = ipywidgets.BoundedIntText(
            min=0, max=TOKEN_LIMITS[1], tooltip="0 means 300 in GPT-3.5 style and 1,200 in GPT-4V style"
        )
        effort = ipywidgets.Dropdown(options=[("model default", ""), *((name, name) for name in EFFORTS)])
        self.key_field = KeyField()
        """Where a key is typed."""
        self._scene = ipywidgets.Dropdown(options=[("least cloudy", "")])
        super().__init__(layout={"width": "100%"})
        for trait, names in (("source", self.sources), ("captioner", self.captioners)):
            if names and getattr(self, trait) not in names:
                setattr(self, trait, names[0])
        for name, widget in (
            *(("style", style), ("year", year), ("seed", seed), ("image", image)),
            *(
                (("model", model), ("base_url", base_url), ("token_limit", limit), ("effort", effort))
                if choose_service
                else ()
            ),
            *((("source", source),) if source_plugins else ()),
            *((("captioner", captioner),) if captioner_plugins else ()),
        ):
            traitlets.link((self, name), (widget, "value"))
        self._scene_row = _with_label("Scene", self._scene)
        more = [_with_label("Seed", seed)]
        if any(plugin.needs_service for plugin in captioner_plugins):
            more += [_with_label("Image sent", image)]
            if choose_service:
                traitlets.dlink((self, "base_url"), (self.key_field, "base_url"))
                more += [
                    _with_label("Model", model),
                    _with_label("Service", base_url),
                    _with_label("Key", self.key_field),
                ]
                more += [
                    _with_label("Token limit (0 = default)", limit),
                    _with_label("Thinking", effort),
                    ipywidgets.HTML(_KEY),
                ]
        more_row = _row(*more)
        unfold = ipywidgets.ToggleButton(
            description="More options", tooltip="Seed, model, service", layout={"width": "auto"}
        )
        unfold.observe(lambda change: _show(more_row, visible=change["new"]), "value")
        _show(more_row, visible=False)
        self.where = _row(
            *([_with_label("Source", source)] if source_plugins else []), _with_label("Year", year), self._scene_row
        )
        """The choices of a chip."""
        self.how = ipywidgets.VBox(
            [
                _row(
                    _with_label("Style", style),
                    *([_with_label("Caption by", captioner)] if len(captioner_plugins) > 1 else []),
                    unfold,
                ),
                more_row,
            ]
        )
        """The choices of a caption."""
        self.how.add_class("cen-how")
        self.children = (self.where, self.how)
        self._scene.observe(self._scene_chosen, "value")
        self._offer(None)

    @traitlets.validate("source", "captioner")
    def _validate_name(self, proposal: dict[str, Any]) -> str:
        name: str = proposal["value"]
        trait = proposal["trait"].name
        names = getattr(self, f"{trait}s", ())
        if names and name not in names:
            msg = f"There is no {trait} {name[:40]!r} to choose from; the names are {', '.join(names)}."
            raise traitlets.TraitError(msg)
        return name

    def _scene_chosen(self, change: dict[str, str]) -> None:
        if not self._offering:
            self.scene = change["new"]

    @traitlets.observe("scenes")
    def _offer(self, _change: object) -> None:
        scene_id = self.scene
        by_date = sorted(self.scenes, key=lambda scene: scene.acquisition_time)
        ids = {scene.id for scene in by_date}
        self._offering = True
        self._scene.options = [("least cloudy", ""), *((_scene_label(scene), scene.id) for scene in by_date)]
        self._scene.value = scene_id if scene_id in ids else ""
        self._offering = False
        self.scene = self._scene.value
        _show(self._scene_row, visible=bool(self.scenes))


def _plugins_by_name(kind: str, plugins: Sequence[Plugin], names: Sequence[str] | None) -> list[Plugin]:
    """Return the plugins of some names, in the order of the names; all where there are no names."""
    by_name = {plugin.name: plugin for plugin in plugins}
    unknown = [name for name in names or () if name not in by_name]
    if unknown:
        msg = f"There is no {kind} {unknown[0]!r} to choose from; the names are {', '.join(by_name)}."
        raise SettingError(msg)
    return [by_name[name] for name in (by_name if names is None else names)]


def _menu(plugins: Sequence[Plugin]) -> ipywidgets.Dropdown:
    """Return a menu of plugins by their labels, whose tooltip describes the one that is chosen."""
    names = {plugin.label: plugin.name for plugin in plugins}
    if len(names) < len(plugins):  # two plugins with one label
        names = {f"{plugin.label} ({plugin.name})": plugin.name for plugin in plugins}
    menu = ipywidgets.Dropdown(options=list(names.items()))
    descriptions = {plugin.name: plugin.description for plugin in plugins}

    def describe(_change: object = None) -> None:
        menu.tooltip = descriptions.get(menu.value, "")

    menu.observe(describe, "value")
    describe()
    return menu


def _scene_label(scene: SceneInfo) -> str:
    clouds = "" if scene.cloud_share is None else f", {100 * scene.cloud_share:.0f} % cloudy"
    return f"{scene.acquisition_time:%d %B %Y}{clouds}"


def _show(widget: ipywidgets.Widget, *, visible: bool) -> None:
    widget.layout.display = "" if visible else "none"


def _with_label(label: str, widget: ipywidgets.Widget) -> ipywidgets.HBox:
    widget.layout.width = "auto"
    name = ipywidgets.HTML(f"<span class='cen-label'>{label}</span>")
    return ipywidgets.HBox([name, widget], layout={"align_items": "center", "margin": "0 12px 0 0"})


def _row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap", "align_items": "center"})
