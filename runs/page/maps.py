"""The tissues on canvases in the browser: a widget that draws index images with a palette.

The browser answers each picture with its number once it is drawn, so that the sender can wait for it, and tells which
cell was chosen by a click or with the keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .look import STEPS_PER_SITE, TissuePicture

HERE = Path(__file__).parent


class TissueMaps(anywidget.AnyWidget):
    """The three tissues side by side, of one body or of two.

    Attributes
    ----------
    picture : dict
        What to draw, see :func:`as_sent`; has a ``number``.
    palette : bytes
        Red, green, blue and opacity of each index.
    drawn : int
        Number of the last picture that the browser has drawn.
    chosen : dict
        The place that was chosen last: numbers of ``side`` and ``tissue``, ``row`` and ``column`` of the picture.
    """

    _esm = HERE / "maps.js"
    _css = HERE / "maps.css"
    picture = traitlets.Dict().tag(sync=True)
    palette = traitlets.Bytes().tag(sync=True)
    drawn = traitlets.Int(0).tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)


def as_sent(
    number: int, sides: Mapping[str, tuple[TissuePicture, ...]], layer: str = "", caption: str = ""
) -> dict[str, Any]:
    """Return pictures as the browser gets them.

    Parameters
    ----------
    number : int
        Counts the pictures.
    sides : mapping of str to tuple of TissuePicture
        By name of the body; a body alone has an empty name.
    layer : str
        What lines stand for.
    caption : str
        What is written below the picture when it is saved.
    """
    shown = [
        {"name": name, "tissues": [picture._asdict() for picture in pictures]}
        for name, pictures in sides.items()
    ]
    return {"number": number, "sides": shown, "layer": layer, "caption": caption, "steps": STEPS_PER_SITE}
