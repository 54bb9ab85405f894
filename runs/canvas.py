"""The tissues on canvases in the browser: a widget that draws index images with a palette.

The browser answers each picture with its number once it is drawn, so that the sender can wait for it.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from .look import TissuePicture

SCRIPT = """
function text(parent, name, content) {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = content;
  parent.appendChild(element);
  return element;
}

function short(value) {
  const size = Math.abs(value);
  if (value === 0) return "0";
  return size >= 1e5 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

function roundLength(most) {
  const power = Math.pow(10, Math.floor(Math.log10(most)));
  return [5, 2, 1].map((step) => step * power).find((length) => length <= most);
}

function colours(buffer) {
  return new Uint8ClampedArray(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function panel(root) {
  const box = document.createElement("figure");
  box.className = "it-tissue";
  const title = text(box, "it-title", "");
  const frame = text(box, "it-frame", "");
  const left = text(frame, "it-end", "");
  const canvas = document.createElement("canvas");
  frame.appendChild(canvas);
  const right = text(frame, "it-end", "");
  const under = text(box, "it-under", "");
  const bar = text(under, "it-scale", "");
  const note = text(under, "it-note", "");
  const ramp = document.createElement("canvas");
  ramp.className = "it-ramp";
  ramp.width = 254;
  ramp.height = 1;
  box.appendChild(ramp);
  const ticks = text(box, "it-ticks", "");
  const ends = [0, 1, 2].map(() => text(ticks, "it-tick", ""));
  const label = text(box, "it-label", "");
  root.appendChild(box);
  return { box, title, left, canvas, right, bar, note, ramp, ends, label, small: document.createElement("canvas") };
}

function drawSites(part, tissue, palette, scale) {
  const { small, canvas } = part;
  small.width = tissue.columns;
  small.height = tissue.rows;
  const image = new ImageData(tissue.columns, tissue.rows);
  const target = new Uint32Array(image.data.buffer);
  const source = new Uint32Array(palette.slice().buffer);
  for (let i = 0; i < target.length; i++) target[i] = source[tissue.pixels.getUint8(i)];
  small.getContext("2d").putImageData(image, 0, 0);
  canvas.width = tissue.columns * scale;
  canvas.height = tissue.rows * scale;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

function drawDots(part, tissue, palette, scale) {
  const context = part.canvas.getContext("2d");
  for (let i = 0; i < tissue.dots.byteLength; i += 6) {
    const [row, column, index] = [0, 2, 4].map((offset) => tissue.dots.getUint16(i + offset, true));
    context.beginPath();
    context.arc((column + 0.5) * scale, (row + 0.5) * scale, 0.3 * scale, 0, 2 * Math.PI);
    const bare = index < 2;
    context.fillStyle = bare ? "white" : `rgb(${palette.slice(4 * index, 4 * index + 3).join(",")})`;
    context.strokeStyle = bare ? "#303030" : "white";
    context.lineWidth = Math.max(1, 0.1 * scale);
    context.fill();
    context.stroke();
  }
}

function drawTissue(part, tissue, palette) {
  const known = tissue.high > tissue.low;
  const scale = Math.max(2, Math.ceil(640 / Math.max(tissue.rows, tissue.columns)));
  drawSites(part, tissue, palette, scale);
  drawDots(part, tissue, palette, scale);
  const [left, right] = tissue.ends ? tissue.ends.split("|") : ["", ""];
  part.title.textContent = `${tissue.name}, ${tissue.cells.toLocaleString("en")} cells`;
  part.left.textContent = left;
  part.right.textContent = right;
  part.canvas.dataset.tissue = tissue.name;
  const length = roundLength(0.3 * tissue.columns * tissue.spacing);
  const wide = part.canvas.getBoundingClientRect().width || 240;
  part.bar.style.width = `${(length / tissue.spacing / tissue.columns) * wide}px`;
  part.note.textContent = length < 1000 ? `${length} µm` : `${length / 1000} mm`;
  if (tissue.dots.byteLength) part.note.textContent += "   ○ macrophage";
  part.ramp.style.visibility = known ? "visible" : "hidden";
  [tissue.low, (tissue.low + tissue.high) / 2, tissue.high].forEach((value, i) => {
    part.ends[i].textContent = known ? short(value) : "";
  });
  part.label.textContent = known ? tissue.label : "not followed here";
}

function drawRamp(part, palette) {
  const image = new ImageData(254, 1);
  image.data.set(palette.slice(8));
  part.ramp.getContext("2d").putImageData(image, 0, 0);
}

export default {
  render({ model, el }) {
    const palette = colours(model.get("palette"));
    const root = text(el, "insulattice-tissues", "");
    const parts = [];
    const draw = () => {
      const picture = model.get("picture");
      picture.tissues.forEach((tissue, i) => {
        if (!parts[i]) {
          parts[i] = panel(root);
          drawRamp(parts[i], palette);
        }
        drawTissue(parts[i], tissue, palette);
      });
      root.dataset.number = picture.number;
      model.set("drawn", picture.number);
      model.save_changes();
    };
    model.on("change:picture", draw);
    draw();
    return () => model.off("change:picture", draw);
  },
};
"""

LOOKS = """
.insulattice-tissues { display: flex; gap: 24px; align-items: flex-start; justify-content: space-between;
  font: 13px/1.35 Roboto, "DejaVu Sans", sans-serif; color: #212121; }
.insulattice-tissues .it-tissue { flex: 1 1 0; min-width: 0; margin: 0; }
.insulattice-tissues .it-title { font-weight: 600; text-align: center; margin-bottom: 6px; }
.insulattice-tissues .it-frame { display: flex; align-items: center; justify-content: center; height: 300px; }
.insulattice-tissues .it-frame canvas { min-width: 0; max-width: 100%; max-height: 300px; object-fit: contain;
  image-rendering: pixelated; }
.insulattice-tissues .it-end { writing-mode: vertical-rl; transform: rotate(180deg); color: #616161; font-size: 12px; }
.insulattice-tissues .it-end:empty { display: none; }
.insulattice-tissues .it-under { display: flex; align-items: center; gap: 8px; height: 26px; color: #424242;
  font-size: 12px; white-space: pre; justify-content: center; }
.insulattice-tissues .it-scale { height: 3px; background: #212121; }
.insulattice-tissues canvas.it-ramp { display: block; width: 100%; height: 12px; border-radius: 2px; }
.insulattice-tissues .it-ticks { display: flex; justify-content: space-between; font-size: 12px; min-height: 17px; }
.insulattice-tissues .it-label { text-align: center; min-height: 18px; }
"""


class TissueCanvas(anywidget.AnyWidget):
    """The three tissues side by side.

    Attributes
    ----------
    picture : dict
        What to draw, see :func:`as_sent`; has a ``number``.
    palette : bytes
        Red, green, blue and opacity of each index.
    drawn : int
        Number of the last picture that the browser has drawn.
    """

    _esm = SCRIPT
    _css = LOOKS
    picture = traitlets.Dict().tag(sync=True)
    palette = traitlets.Bytes().tag(sync=True)
    drawn = traitlets.Int(0).tag(sync=True)


def as_sent(number: int, pictures: tuple[TissuePicture, ...]) -> dict[str, Any]:
    """Return pictures as the browser gets them."""
    return {"number": number, "tissues": [picture._asdict() for picture in pictures]}
