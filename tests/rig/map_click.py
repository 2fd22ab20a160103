"""A click on a map without a browser."""

from chatearthnet_explorer.widgets.explore.click_map import ClickMap


def click(click_map: ClickMap, lon: float, lat: float) -> None:
    """Do what the browser does: Leaflet's event, the one private call of the tests."""
    event = {"event": "interaction", "type": "click", "coordinates": [lat, lon]}
    click_map.map._handle_leaflet_event(None, event, [])
