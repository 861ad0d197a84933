"""Everything the window can be asked to do, in one table.

Menus, the toolbar, shortcuts, the shortcut sheet and the command palette are all made from `ACTIONS`;
no shortcut is defined anywhere else.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from vpdesk.display.layers import LAYERS
from vpdesk.runtime.commands import SeekEvent, Step
from vpdesk.ui.commands.layouts import BUILT_IN
from vpdesk.ui.panels.strips import STRIP_TITLES


class Needs(Enum):
    """What an action needs before it can be used."""

    NOTHING = "nothing"
    SESSION = "session"
    REPLAY = "replay"  # a session that is not live
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the window can be asked to do.

    ``callback`` names a method of the window or of a part of it ("chart.fit"). It is called with
    ``argument`` if there is one, and with the new state if the action ``is_toggle``. Actions of one
    ``choice`` exclude each other. A new ``section`` of a menu starts with a separator; rows with a
    ``submenu`` stand in that. ``label`` is the short form of the title for a toolbar.
    """

    id: str
    title: str
    menu: str
    callback: str
    tip: str
    shortcuts: tuple[str, ...] = ()
    section: str = ""
    submenu: str = ""
    icon: str = ""
    label: str = ""
    argument: object = None
    choice: str = ""
    is_toggle: bool = False
    needs: Needs = Needs.NOTHING


def _step(unit: str, words: str, keys: tuple[str, str]) -> tuple[ActionSpec, ActionSpec]:
    forward, back = (
        ActionSpec(
            id=f"step_{unit}_{name}",
            title=f"{direction} {words}",
            menu="Playback",
            section="Step",
            submenu=f"Step {name}",
            callback="send",
            argument=Step(unit, count),
            shortcuts=(key,),
            tip=f"Pause, then go {name} by {words}",
            icon=f"{unit}_{name}" if unit in ("event", "column") else "",
            needs=Needs.REPLAY,
        )
        for name, direction, count, key in (
            ("forward", "Next", 1, keys[0]),
            ("back", "Previous", -1, keys[1]),
        )
    )
    return forward, back


_STEPS: Final = (
    _step("event", "event", ("Right", "Left")),
    _step("column", "column", ("Shift+Right", "Shift+Left")),
    _step("trade", "trade", ("Ctrl+Right", "Ctrl+Left")),
    _step("best", "change of best bid or ask", ("Alt+Right", "Alt+Left")),
    _step("spot", "change of spot", ("Ctrl+Shift+Right", "Ctrl+Shift+Left")),
    _step("group", "whole venue event", ("Alt+Shift+Right", "Alt+Shift+Left")),
)

_SCALE_TITLES: Final = {
    "asinh": "Colours linear near zero, logarithmic far from it",
    "log": "Logarithmic colours",
    "linear": "Linear colours",
}
_OVERLAY_TITLES: Final = {
    "bid_ask": "Best bid and ask",
    "spot": "Spot line",
    "last": "Last price",
    "trades": "Trades",
}
_START_TITLES: Final = {
    "demo": "Simulated session",
    "start_page": "Start page",
    "last_file": "Last file",
}
_ZONE_TITLES: Final = {"UTC": "UTC", "exchange": "Exchange time", "local": "Local time"}

_ZOOMS: Final = (
    ("in", "Zoom in", "Less time", ("Ctrl++", "Ctrl+="), (1.5, 1.0)),
    ("out", "Zoom out", "More time", ("Ctrl+-",), (1 / 1.5, 1.0)),
    ("price_in", "Zoom in on price", "Fewer prices", ("Ctrl+Up",), (1.0, 1.25)),
    ("price_out", "Zoom out on price", "More prices", ("Ctrl+Down",), (1.0, 1 / 1.25)),
)
_PANS: Final = (
    ("up", "Move up", "Higher prices", ("Up",), (0.0, 0.1)),
    ("down", "Move down", "Lower prices", ("Down",), (0.0, -0.1)),
    ("back", "Move back in time", "Earlier columns", ("PgUp",), (-0.5, 0.0)),
    ("forward", "Move forward in time", "Later columns", ("PgDown",), (0.5, 0.0)),
)

_PICTURES: Final = (
    ("save", "Save", "...", "ask", "chart", "The chart as a PNG file", "Ctrl+S"),
    ("save", "Save", "...", "ask", "window", "The whole window as a PNG file", "Ctrl+Alt+S"),
    ("copy", "Copy", "", "copy", "chart", "The chart on the clipboard", "Ctrl+Alt+C"),
    ("copy", "Copy", "", "copy", "window", "The whole window on the clipboard", "Ctrl+Alt+W"),
)

# Columns to the right and rows upwards.
_PIN_STEPS: Final = (
    ("up", "Inspect the price above", "Pin the cell one row higher", "Alt+Up", (0, 1)),
    ("down", "Inspect the price below", "Pin the cell one row lower", "Alt+Down", (0, -1)),
    ("earlier", "Inspect the column before", "Pin the cell one column earlier", "[", (-1, 0)),
    ("later", "Inspect the column after", "Pin the cell one column later", "]", (1, 0)),
)

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("open", "Open files...", "File", "files.ask", "Open DBN files", ("Ctrl+O",), icon="open",
               label="Open"),
    ActionSpec("live", "Connect to a live feed...", "File", "live_requested.emit", "Connect to a live feed",
               ("Ctrl+L",), icon="live", label="Live"),
    ActionSpec("demo", "Simulated session", "File", "demo_requested.emit",
               "Play the built-in simulated session", ("Ctrl+D",)),
    ActionSpec("start_page", "Start page", "File", "pages.show_start",
               "Show the ways to open something; the session goes on", ("Ctrl+Shift+S",)),
    *(ActionSpec(f"start_{name}", title, "File", "pages.choose_start",
                 f"Show at the next start: {title.lower()}", (), "", "At start", argument=name,
                 choice="start")
      for name, title in _START_TITLES.items()),
    ActionSpec("record", "Record the feed", "File", "wishes.record",
               "Record the live feed to a file, or stop", ("Ctrl+R",), "Live", is_toggle=True,
               needs=Needs.LIVE),
    ActionSpec("next_instrument", "Next instrument of the feed", "File", "wishes.show_next_instrument",
               "Show the next instrument of the subscription", ("Ctrl+J",), "Live", argument=1,
               needs=Needs.LIVE),
    ActionSpec("previous_instrument", "Previous instrument of the feed", "File",
               "wishes.show_next_instrument", "Show the previous instrument of the subscription",
               ("Ctrl+Shift+J",), "Live", argument=-1, needs=Needs.LIVE),
    ActionSpec("copy_readout", "Copy the read-out", "File", "copy_readout",
               "Copy the values under the pointer", ("Ctrl+C",), "Copy", needs=Needs.SESSION),
    *(ActionSpec(f"{verb}_{what}", f"{title} a picture of the {what}{dots}", "File", f"pictures.{call}",
                 f"{tip}, with its source and what its colours mean", (keys,), "Copy",
                 argument=what, needs=Needs.SESSION)
      for verb, title, dots, call, what, tip, keys in _PICTURES),
    ActionSpec("export", "Export columns...", "File", "export_requested.emit",
               "Write columns as a Parquet or Arrow file", ("Ctrl+Shift+E",), "Copy", needs=Needs.SESSION),
    ActionSpec("clear_caches", "Delete cached data", "File", "caches_unwanted.emit",
               "Delete decoded files and indexes kept to open files faster", (), "Caches"),
    ActionSpec("quit", "Quit", "File", "close", "Close the window", ("Ctrl+Q",), "Quit"),
    ActionSpec("play_pause", "Play or pause", "Playback", "transport.play_or_pause", "Play or pause",
               ("Space",), icon="play", needs=Needs.REPLAY),
    ActionSpec("faster", "Faster", "Playback", "transport.change_speed", "Play faster", (".", "+", "="),
               "Speed", icon="faster", argument=1, needs=Needs.REPLAY),
    ActionSpec("slower", "Slower", "Playback", "transport.change_speed", "Play slower", (",", "-"), "Speed",
               icon="slower", argument=-1, needs=Needs.REPLAY),
    ActionSpec("set_speed", "Type a speed", "Playback", "transport.type_speed",
               "Type a speed from 0.1x to 1000x, or max", ("Ctrl+E",), "Speed", needs=Needs.REPLAY),
    *(forward for forward, _ in _STEPS),
    *(back for _, back in _STEPS),
    ActionSpec("go_to", "Go to a time or event", "Playback", "transport.type_go_to",
               "Type a time, an event or a step", ("Ctrl+G",), "Go", needs=Needs.REPLAY),
    ActionSpec("go_start", "Go to the start", "Playback", "send", "Go to the very start", ("Home",), "Go",
               argument=SeekEvent(0), needs=Needs.REPLAY),
    ActionSpec("go_end", "Go to the end", "Playback", "wishes.go_to_end", "Go to the last event",
               ("End",), "Go", needs=Needs.REPLAY),
    ActionSpec("bookmark_add", "Bookmark this moment", "Playback", "playback.bookmarks.add",
               "Bookmark this moment, with a note", ("Ctrl+B",), "Bookmarks", needs=Needs.REPLAY),
    ActionSpec("bookmark_next", "Next bookmark", "Playback", "playback.bookmarks.go_next",
               "Go to the next bookmark", ("Ctrl+PgDown",), "Bookmarks", needs=Needs.REPLAY),
    ActionSpec("bookmark_previous", "Previous bookmark", "Playback", "playback.bookmarks.go_previous",
               "Go to the bookmark before", ("Ctrl+PgUp",), "Bookmarks", needs=Needs.REPLAY),
    ActionSpec("bookmarks", "List of bookmarks", "Playback", "playback.show_bookmarks",
               "Show or hide the list of bookmarks", ("Ctrl+Shift+B",), "Bookmarks", needs=Needs.REPLAY),
    ActionSpec("bookmarks_import", "Import bookmarks...", "Playback", "playback.bookmarks.ask_for_import",
               "Add the bookmarks of a file", (), "Bookmarks", needs=Needs.REPLAY),
    ActionSpec("bookmarks_export", "Export bookmarks...", "Playback", "playback.bookmarks.ask_for_export",
               "Write the bookmarks to a file", (), "Bookmarks", needs=Needs.REPLAY),
    ActionSpec("params", "Parameters", "Playback", "playback.show_params",
               "Show or hide tau, K, weights and presets", ("Ctrl+Shift+P",), "Engine", needs=Needs.REPLAY),
    ActionSpec("params_swap", "Swap with the parameters before", "Playback", "playback.params.swap",
               "Compare two sets of parameters on the same moment", ("X",), "Engine", needs=Needs.REPLAY),
    ActionSpec("digest", "Digest of this moment", "Playback", "playback.show_digest",
               "Show what stands for the complete state", ("Ctrl+Shift+D",), "Engine", needs=Needs.REPLAY),
    ActionSpec("skip_silences", "Skip long silences", "Playback", "playback.skip_silences",
               "Pass over pauses of the feed that would last long", (), "Engine", is_toggle=True,
               needs=Needs.REPLAY),
    ActionSpec("indexing", "Index in the background", "Playback", "playback.set_indexing",
               "Read ahead, so that every moment is near", (), "Engine", is_toggle=True, needs=Needs.REPLAY),
    ActionSpec("cancel", "Cancel the work under way", "Playback", "cancel_work",
               "Give up the seek or recomputation under way", ("Esc",), "Go", needs=Needs.SESSION),
    *(ActionSpec(f"layer_{layer.name}", layer.title, "View", "choices.show_layer", layer.meaning.capitalize(),
                 (str(number),), "Layer", argument=layer.name, choice="layer")
      for number, layer in enumerate(LAYERS.values(), 1)),
    ActionSpec("axis_price", "Price axis", "View", "choices.show_price_axis",
               "Absolute prices: the field moves", ("P",), "Axis", label="Price", argument="price",
               choice="axis"),
    ActionSpec("axis_spot", "Spot axis", "View", "choices.show_price_axis",
               "Distance from the spot: the field stays", ("S",), "Axis", label="Spot", argument="spot",
               choice="axis"),
    *(ActionSpec(f"scale_{name}", f"{name} scale".capitalize(), "View", "choices.show_scale", tip, (),
                 "Axis", "Colour scale", argument=name, choice="scale")
      for name, tip in _SCALE_TITLES.items()),
    *(ActionSpec(f"zone_{name}", title, "View", "choices.show_zone", f"Show times in {title}", (),
                 "Axis", "Time zone", argument=name, choice="zone")
      for name, title in _ZONE_TITLES.items()),
    *(ActionSpec(f"overlay_{name}", title, "View", "choices.show_overlay", f"Draw or hide: {title.lower()}",
                 (), "Axis", "Overlays", argument=name, is_toggle=True)
      for name, title in _OVERLAY_TITLES.items()),
    ActionSpec("least_dot_size", "Smallest trade drawn...", "View", "choices.ask_for_dot_size",
               "Draw only trades of at least some size", (), "Axis", "Overlays", needs=Needs.SESSION),
    ActionSpec("fit_scale", "Fit colours", "View", "choices.fit_scale", "Fit the colours to what is in view",
               ("C",), "Fit", icon="scale", needs=Needs.SESSION),
    ActionSpec("edit_scale", "Set colour range...", "View", "choices.edit_scale",
               "Type the bounds of the colours", ("Ctrl+Shift+C",), "Fit", needs=Needs.SESSION),
    ActionSpec("fit_view", "Fit view", "View", "chart.fit", "Show every column and the whole band",
               ("F",), "Fit", icon="fit", needs=Needs.SESSION),
    ActionSpec("reset_zoom", "Usual zoom (1:1)", "View", "chart.reset_zoom",
               "Show columns and prices in the size they start with", ("0",), "Fit", needs=Needs.SESSION),
    *(ActionSpec(f"zoom_{name}", title, "View", "choices.zoom", tip, keys, "Fit", "Move", argument=factors,
                 needs=Needs.SESSION)
      for name, title, tip, keys, factors in _ZOOMS),
    *(ActionSpec(f"pan_{name}", title, "View", "choices.pan", tip, keys, "Fit", "Move", argument=shares,
                 needs=Needs.SESSION)
      for name, title, tip, keys, shares in _PANS),
    ActionSpec("first_column", "Oldest column", "View", "chart.go_to_first", "Show the oldest column kept",
               ("Ctrl+Home",), "Fit", "Move", needs=Needs.SESSION),
    ActionSpec("newest_column", "Newest column", "View", "chart.go_to_newest", "Follow the market again",
               ("Ctrl+End",), "Fit", "Move", needs=Needs.SESSION),
    ActionSpec("undo_view", "Undo zoom or move", "View", "choices.history.undo",
               "Go back to where the view was before", ("Ctrl+Z",), "Fit", needs=Needs.SESSION),
    ActionSpec("redo_view", "Redo zoom or move", "View", "choices.history.redo",
               "Go forth again to where the view was", ("Ctrl+Y", "Ctrl+Shift+Z"), "Fit",
               needs=Needs.SESSION),
    ActionSpec("box_zoom", "Zoom into a box", "View", "navigation.box_zoom",
               "Draw a box to zoom into; with the right button at any time", ("Z",), "Fit", is_toggle=True,
               needs=Needs.SESSION),
    ActionSpec("measure", "Measure", "View", "navigation.measure",
               "Draw a box to measure ticks, time and quantity; with Shift at any time", ("R",), "Fit",
               is_toggle=True, needs=Needs.SESSION),
    ActionSpec("follow", "Follow the market", "View", "choices.follow",
               "Keep the newest column and the spot in view", ("M",), "Fit", icon="follow", is_toggle=True),
    ActionSpec("dim_by_age", "Dim by age", "View", "choices.dim_by_age",
               "Dim what has not been touched for long", ("A",), "Fit", icon="age", is_toggle=True),
    ActionSpec("show_ladder", "Ladder", "Window", "panels.show_ladder", "Show or hide the price ladder",
               ("L",), "Panels", is_toggle=True),
    ActionSpec("show_strips", "Strips", "Window", "panels.show_strips",
               "Show or hide the strips below the chart", ("T",), "Panels", is_toggle=True),
    ActionSpec("inspect", "Inspect a cell", "Window", "inspect_cell",
               "Pin the cell under the pointer, or else the newest at the spot", ("I",),
               "Panels", needs=Needs.SESSION),
    *(ActionSpec(f"pin_{name}", title, "Window", "inspector.step", tip, (key,), "Panels", "Pinned cell",
                 argument=steps, needs=Needs.SESSION)
      for name, title, tip, key, steps in _PIN_STEPS),
    ActionSpec("direction", "Direction", "Window", "direction.turn",
               "Show or hide the drive and what makes it, by distance from the spot", ("G",), "Panels"),
    ActionSpec("volume_profile", "Volume profile", "Window", "volume_profile.show",
               "Draw or hide how much traded at each price in view", ("V",), "Panels", is_toggle=True),
    ActionSpec("alerts", "Alerts", "Window", "alerts.show_panel", "Show or hide the alerts and their log",
               ("Ctrl+Shift+A",), "Panels"),
    ActionSpec("alert_here", "Alert at the cell under the pointer...", "Window", "alerts.make_rule_here",
               "Make an alert of the cell under the pointer, or else of the newest at the spot",
               ("Ctrl+Shift+H",), "Panels", "Alert", needs=Needs.SESSION),
    ActionSpec("alert_new", "New alert...", "Window", "alerts.make_rule", "Make an alert", (), "Panels",
               "Alert", needs=Needs.SESSION),
    ActionSpec("mute_alerts", "Mute alerts", "Window", "alerts.mute", "Make no sound, or make sounds again",
               (), "Panels", "Alert", is_toggle=True),
    *(ActionSpec(f"strip_{name}", title, "Window", "panels.show_strip", f"Show or hide: {title.lower()}", (),
                 "Panels", "Choose strips", argument=name, is_toggle=True)
      for name, title in STRIP_TITLES.items()),
    *(ActionSpec(f"layout_{name}", layout.title, "Window", "layouts.show_built_in", layout.tip, (),
                 "Window", "Layouts", argument=name)
      for name, layout in BUILT_IN.items()),
    ActionSpec("layout_save", "Save this layout...", "Window", "layouts.ask_for_name",
               "Keep the arrangement of the window under a name", ("Ctrl+Shift+L",), "Window", "Layouts"),
    ActionSpec("layout_manage", "Layouts of your own...", "Window", "dialogs.manage_layouts",
               "Rename or delete layouts", (), "Window", "Layouts"),
    *(ActionSpec(f"theme_{name}", f"{name} theme".capitalize(), "Window", "looks.show_theme", tip, (),
                 "Window", "Theme", argument=name, choice="theme")
      for name, tip in (("system", "Follow the system"), ("dark", "Always dark"), ("light", "Always light"))),
    ActionSpec("show_toolbar", "Toolbar", "Window", "toolbar.setVisible", "Show or hide the toolbar", (),
               "Window", is_toggle=True),
    ActionSpec("swap_theme", "Swap dark and light", "Window", "looks.swap_theme", "Swap dark and light",
               ("Ctrl+T",), "Window", icon="theme"),
    ActionSpec("full_screen", "Full screen", "Window", "extent.show_full_screen",
               "Fill the screen, or stop doing so", ("F11",), "Window", is_toggle=True),
    ActionSpec("palette", "Find a command...", "Help", "dialogs.find_command", "Find a command by its name",
               ("Ctrl+K",), icon="find"),
    ActionSpec("explain", "What does it mean?", "Help", "explanation.explain",
               "Pressure, vacuum, drive and the rest in plain words and pictures", ("F2",)),
    ActionSpec("shortcuts", "Keyboard shortcuts", "Help", "dialogs.show_shortcuts",
               "Every key and what it does", ("F1",)),
    ActionSpec("change_shortcuts", "Change shortcuts...", "Help", "dialogs.change_shortcuts",
               "Give actions other keys", ("Ctrl+,",)),
    ActionSpec("anomalies", "Anomalies of the feed", "Help", "show_anomalies", "What was odd, and how often",
               ("Ctrl+I",), needs=Needs.SESSION),
    ActionSpec("log", "Show the log", "Help", "program_log.show", "What the program did, and what went wrong",
               (), "Log"),
    ActionSpec("log_folder", "Open the log's folder", "Help", "program_log.open_folder",
               "Where the log and its former parts are", (), "Log"),
    ActionSpec("about", "About vpdesk", "Help", "dialogs.show_about", "Version and licence", (), "About"),
)  # fmt: skip

MENUS: Final = tuple(dict.fromkeys(spec.menu for spec in ACTIONS))

# The toolbar, left to right: ids, "" for a separator, "..." before a choice that opens as a list.
TOOLBAR: Final = (
    "open",
    "live",
    "",
    *(f"layer_{name}" for name in LAYERS),
    "",
    "axis_price",
    "axis_spot",
    "",
    "...scale",
    "fit_scale",
    "dim_by_age",
    "",
    "fit_view",
    "follow",
    "",
    "swap_theme",
    "palette",
)
