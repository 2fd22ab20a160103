"""The options of the Explorer: style, year, source, captioner, scene, seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.caption import MULTISPECTRAL, STYLE_NAMES
from chatearthnet_explorer.captioners import usable_captioners
from chatearthnet_explorer.captioners.service.model_service import EFFORTS, TOKEN_LIMITS
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.prompts.picture_prompt import ALL_SIX, IMAGES, LABELS, TRUE_COLOUR
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.sources import YEARS, usable_sources
from chatearthnet_explorer.widgets.shared.choice_tabs import ChoiceTabs
from chatearthnet_explorer.widgets.shared.fold_button import FoldButton
from chatearthnet_explorer.widgets.shared.key_field import KeyField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.plugins import Plugin
    from chatearthnet_explorer.sources.stac.scenes import SceneInfo

_IMAGES = {
    "": "the pictures of the style",
    LABELS: "the land-cover map",
    TRUE_COLOUR: "the satellite picture alone",
    ALL_SIX: "six pictures of the bands",
}
_STYLES = {
    "3.5": "One paragraph, written from the facts",
    "4v": "Longer, written from the coloured label map and the facts",
    MULTISPECTRAL: "Written from pictures of the bands alone, by a vision model of your own",
}
_LONGEST_NAME = 40
KEY_NOTE = (
    "<div class='cen-note'>A key typed here is sent to the service above. It stays in memory until you close this page "
    "and is not saved with a notebook. Without it, the key in <code>OPENAI_API_KEY</code> is used, but only at the "
    "address in <code>OPENAI_BASE_URL</code> or at OpenAI, never at another address typed here.</div>"
)
"""What a person who types a key should know, as HTML."""


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

    image = traitlets.Enum(("", *IMAGES), default_value="")
    """Pictures that a vision model is shown; empty for those of the style."""

    token_limit = traitlets.Int(0)
    """Tokens that a model may write, thinking included; 0 for as many as the style allows."""

    effort = traitlets.Enum(("", *EFFORTS), default_value="")
    """How long a model is to think; empty to leave that to the model."""

    cap = traitlets.Unicode()
    """US dollars that the captions of this session may cost, as somebody typed it; empty for no limit."""

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
        self.tabs = ChoiceTabs(
            [(style, STYLE_NAMES[style], about) for style, about in _STYLES.items()],
            label="Style of the caption",
        )
        """The styles, to be put over the caption."""
        self.key_field = KeyField()
        """Where a key is typed."""
        self._scene = ipywidgets.Dropdown(options=[("least cloudy", "")])
        super().__init__(layout={"width": "100%"})
        for trait, names in (("source", self.sources), ("captioner", self.captioners)):
            if names and getattr(self, trait) not in names:
                setattr(self, trait, names[0])
        self._labels = {
            plugin.name: plugin.label.partition(" (")[0] for plugin in (*source_plugins, *captioner_plugins)
        }
        self._with_service = {plugin.name for plugin in captioner_plugins if plugin.needs_service}
        fields = {
            "source": _menu(source_plugins),
            "year": ipywidgets.Dropdown(options=[(str(year), year) for year in YEARS]),
            "captioner": _menu(captioner_plugins),
            "seed": ipywidgets.BoundedIntText(
                min=0, max=9999, tooltip="Another number chooses other words for amounts"
            ),
            "image": ipywidgets.Dropdown(options=[(words, name) for name, words in _IMAGES.items()]),
            "model": ipywidgets.Text(placeholder="default model", continuous_update=False),
            "base_url": ipywidgets.Text(placeholder="OPENAI_BASE_URL, or OpenAI's own", continuous_update=False),
            "token_limit": ipywidgets.BoundedIntText(
                min=0, max=TOKEN_LIMITS[1], tooltip="0 means 1,200 in GPT-4V style and 300 in the others"
            ),
            "cap": ipywidgets.Text(
                placeholder="no limit", continuous_update=False, tooltip="No request is sent that could pass this sum"
            ),
            "effort": ipywidgets.Dropdown(options=[("model default", ""), *((name, name) for name in EFFORTS)]),
        }
        hidden_names = {
            *(() if source_plugins else ("source",)),
            *(() if captioner_plugins else ("captioner",)),
            *(() if choose_service else ("model", "base_url", "token_limit", "effort")),
        }
        traitlets.link((self, "style"), (self.tabs, "value"))
        for name, field in fields.items():
            if name not in hidden_names:
                traitlets.link((self, name), (field, "value"))
        self._image_field = _label("Send", fields["image"])
        model_fields = [self._image_field]
        if choose_service:
            traitlets.dlink((self, "base_url"), (self.key_field, "base_url"))
            key = ipywidgets.VBox([ipywidgets.HTML("<span class='cen-label'>API key</span>"), self.key_field])
            model_fields += [_label("Model", fields["model"]), _label("Service", fields["base_url"]), key]
            model_fields += [
                _label("Token limit (0 = default)", fields["token_limit"]),
                _label("Thinking", fields["effort"]),
                ipywidgets.HTML(KEY_NOTE),
            ]
        self._model_fields = ipywidgets.VBox([*model_fields, _label("Stop at $", fields["cap"])])
        self._scene_field = _label("Date of the picture", self._scene)
        panel = ipywidgets.VBox(
            [
                *([_label("Source", fields["source"])] if source_plugins else []),
                _label("Year", fields["year"]),
                self._scene_field,
                *([_label("Caption by", fields["captioner"])] if len(captioner_plugins) > 1 else []),
                _label("Choice of words (seed)", fields["seed"]),
                *([self._model_fields] if self._with_service else []),
            ]
        )
        panel.add_class("cen-options")
        self.button = FoldButton("Options", panel)
        """The button that opens all options but the style, and names what is chosen."""
        self.children = (self.button, panel)
        self._scene.observe(self._scene_chosen, "value")
        self._offer(None)
        self._summarise(None)

    @traitlets.observe("source", "year", "captioner", "model", "seed", "scene")
    def _summarise(self, _change: object) -> None:
        if not self.children:  # not all there yet
            return
        scenes = [f"picture of {scene.acquisition_time:%d %B}" for scene in self.scenes if scene.id == self.scene]
        writer = self._labels.get(self.captioner, "")
        needs_service = self.captioner in self._with_service
        words = [
            self._labels.get(self.source, ""),
            str(self.year),
            *scenes,
            self.model[:_LONGEST_NAME] if needs_service and self.model else f"{writer[:1].lower()}{writer[1:]}",
            f"seed {self.seed}" if self.seed else "",
        ]
        self.button.summary = ", ".join(word for word in words if word)
        _show(self._model_fields, visible=needs_service)
        _show(self._image_field, visible=self.captioner != "chat")  # which sends no pictures

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
        _show(self._scene_field, visible=bool(self.scenes))


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


def _label(label: str, widget: ipywidgets.Widget) -> ipywidgets.Widget:
    """Return a widget with a label that is its name for everybody: also for those who hear the page."""
    widget.description, widget.style.description_width, widget.layout.width = label, "auto", "auto"
    return widget
