// The tissues of one or two bodies side by side, drawn from index images; a click or Enter chooses a cell.
const RAMP = 254;
const FIRST = 2;

function make(parent, tag, name, content) {
  const element = document.createElement(tag);
  element.className = name;
  if (content) element.textContent = content;
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

function panel(row) {
  const box = make(row, "figure", "it-tissue");
  const title = make(box, "figcaption", "it-title");
  const frame = make(box, "div", "it-frame");
  const left = make(frame, "div", "it-end");
  const canvas = make(frame, "canvas", "it-map");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  const right = make(frame, "div", "it-end");
  const tip = make(frame, "div", "it-tip");
  tip.setAttribute("aria-live", "polite");
  const under = make(box, "div", "it-under");
  const bar = make(under, "div", "it-scale");
  const note = make(under, "div", "it-note");
  const ramp = make(box, "canvas", "it-ramp");
  ramp.width = RAMP;
  ramp.height = 1;
  ramp.setAttribute("aria-hidden", "true");
  const ticks = make(box, "div", "it-ticks");
  const ends = [0, 1, 2].map(() => make(ticks, "div", "it-tick"));
  const label = make(box, "div", "it-label");
  return { box, title, left, canvas, right, tip, bar, note, ramp, ends, label, small: document.createElement("canvas") };
}

function drawSites(part, tissue, palette) {
  const { small, canvas, scale } = part;
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

function circle(context, scale, row, column, radius) {
  context.beginPath();
  context.arc((column + 0.5) * scale, (row + 0.5) * scale, radius * scale, 0, 2 * Math.PI);
}

function drawDots(context, tissue, palette, scale) {
  for (let i = 0; i < tissue.dots.byteLength; i += 6) {
    const [row, column, index] = [0, 2, 4].map((offset) => tissue.dots.getUint16(i + offset, true));
    circle(context, scale, row, column, 0.3);
    const bare = index < FIRST;
    context.fillStyle = bare ? "white" : `rgb(${palette.slice(4 * index, 4 * index + 3).join(",")})`;
    context.strokeStyle = bare ? "#303030" : "white";
    context.lineWidth = Math.max(1, 0.1 * scale);
    context.fill();
    context.stroke();
  }
}

// Widths are those on the screen, where a canvas is shown smaller than it is.
function outlined(context, width, colour, draw) {
  const { canvas } = context;
  const enlarged = canvas.width / (canvas.getBoundingClientRect().width || 280);
  for (const [wide, stroke] of [[2.4 * width, "white"], [width, colour]]) {
    context.lineWidth = wide * enlarged;
    context.strokeStyle = stroke;
    draw();
  }
}

function drawCrowns(context, tissue, scale) {
  for (let i = 0; i < tissue.crowns.byteLength; i += 4) {
    const [row, column] = [0, 2].map((offset) => tissue.crowns.getUint16(i + offset, true));
    outlined(context, 1.8, "#d55e00", () => {
      circle(context, scale, row, column, 1.45);
      context.stroke();
    });
  }
}

function drawContours(context, tissue, scale, steps) {
  context.lineJoin = "round";
  for (const line of tissue.contours) {
    const draw = () => {
      context.beginPath();
      for (let i = 0; i < line.byteLength; i += 4) {
        const x = (line.getInt16(i, true) / steps + 0.5) * scale;
        const y = (line.getInt16(i + 2, true) / steps + 0.5) * scale;
        if (i) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
      context.stroke();
    };
    outlined(context, 0.9, "#202020", draw);
  }
}

function drawRing(context, place, scale, colour, dashes) {
  context.setLineDash(dashes);
  outlined(context, 1.8, colour, () => {
    context.strokeRect((place[1] - 0.35) * scale, (place[0] - 0.35) * scale, 1.7 * scale, 1.7 * scale);
  });
  context.setLineDash([]);
}

function drawMap(part, tissue, palette, steps) {
  part.scale = Math.max(2, Math.ceil(640 / Math.max(tissue.rows, tissue.columns)));
  drawSites(part, tissue, palette);
  const context = part.canvas.getContext("2d");
  drawContours(context, tissue, part.scale, steps);
  drawDots(context, tissue, palette, part.scale);
  drawCrowns(context, tissue, part.scale);
  if (tissue.mark.length) drawRing(context, tissue.mark, part.scale, "#000000", []);
  if (part.cursor) drawRing(context, part.cursor, part.scale, "#0173b2", [6, 4]);
}

function drawTissue(part, side, tissue, palette, steps) {
  const known = tissue.high > tissue.low;
  part.tissue = tissue;
  drawMap(part, tissue, palette, steps);
  const [left, right] = tissue.ends ? tissue.ends.split("|") : ["", ""];
  const owner = side.name ? `${side.name}: ` : "";
  part.title.textContent = `${owner}${tissue.name}, ${tissue.cells.toLocaleString("en")} cells`;
  part.left.textContent = left;
  part.right.textContent = right;
  part.canvas.dataset.tissue = tissue.name;
  part.canvas.dataset.side = side.name;
  part.canvas.setAttribute("aria-label", `${owner}${tissue.spoken}. Arrow keys move, Enter chooses a cell.`);
  const length = roundLength(0.3 * tissue.columns * tissue.spacing);
  const wide = part.canvas.getBoundingClientRect().width || 240;
  part.bar.style.width = `${(length / tissue.spacing / tissue.columns) * wide}px`;
  part.note.textContent = (length < 1000 ? `${length} µm` : `${length / 1000} mm`)
    + (tissue.levels ? `    lines: ${tissue.levels}` : "");
  part.ramp.style.visibility = known ? "visible" : "hidden";
  [tissue.low, (tissue.low + tissue.high) / 2, tissue.high].forEach((value, i) => {
    part.ends[i].textContent = known ? short(value) : "";
  });
  part.label.textContent = known ? tissue.label : "not followed here";
}

function drawRamp(part, palette) {
  const image = new ImageData(RAMP, 1);
  image.data.set(palette.slice(4 * FIRST));
  part.ramp.getContext("2d").putImageData(image, 0, 0);
}

// ---- choosing a cell ---------------------------------------------------------------------------------------

function placeOf(part, event) {
  const box = part.canvas.getBoundingClientRect();
  const shown = Math.min(box.width / part.canvas.width, box.height / part.canvas.height);
  const x = (event.clientX - box.left - (box.width - part.canvas.width * shown) / 2) / shown / part.scale;
  const y = (event.clientY - box.top - (box.height - part.canvas.height * shown) / 2) / shown / part.scale;
  const inside = x >= 0 && y >= 0 && x < part.tissue.columns && y < part.tissue.rows;
  return inside ? [Math.floor(y), Math.floor(x)] : null;
}

function tell(part, place) {
  const tissue = part.tissue;
  const index = place && tissue.pixels.getUint8(place[0] * tissue.columns + place[1]);
  if (!place || index < FIRST) {
    part.tip.textContent = "";
    return;
  }
  const value = tissue.low + ((index - FIRST) / (RAMP - 1)) * (tissue.high - tissue.low);
  part.tip.textContent = `${short(value)}${/\[(.*)\]/.test(tissue.label) ? " " + /\[(.*)\]/.exec(tissue.label)[1] : ""}`;
}

function moved(place, key, tissue) {
  const [row, column] = place;
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  return [
    Math.min(tissue.rows - 1, Math.max(0, row + step[0])),
    Math.min(tissue.columns - 1, Math.max(0, column + step[1])),
  ];
}

function listen(part, side, number, redraw, choose) {
  const { canvas } = part;
  canvas.addEventListener("mousemove", (event) => tell(part, placeOf(part, event)));
  canvas.addEventListener("mouseleave", () => tell(part, null));
  canvas.addEventListener("click", (event) => {
    const place = placeOf(part, event);
    if (place) choose(side, number, place);
  });
  canvas.addEventListener("blur", () => {
    part.cursor = null;
    tell(part, null);
    redraw();
  });
  canvas.addEventListener("keydown", (event) => {
    const middle = [Math.floor(part.tissue.rows / 2), Math.floor(part.tissue.columns / 2)];
    if (event.key.startsWith("Arrow")) {
      part.cursor = part.cursor ? moved(part.cursor, event.key, part.tissue) : middle;
      tell(part, part.cursor);
      redraw();
    } else if ((event.key === "Enter" || event.key === " ") && part.cursor) {
      choose(side, number, part.cursor);
    } else return;
    event.preventDefault();
  });
}

// ---- the picture as a file ---------------------------------------------------------------------------------

const CELL = { width: 460, map: 380, height: 480 };

function paintPart(context, part, x, y) {
  const { canvas, tissue } = part;
  const shrink = Math.min((CELL.width - 40) / canvas.width, CELL.map / canvas.height);
  const [width, height] = [canvas.width * shrink, canvas.height * shrink];
  const [left, middle] = [x + (CELL.width - width) / 2, x + CELL.width / 2];
  context.font = "600 17px Roboto, 'DejaVu Sans', sans-serif";
  context.textAlign = "center";
  context.fillText(part.title.textContent, middle, y + 24);
  context.drawImage(canvas, left, y + 36, width, height);
  context.font = "14px Roboto, 'DejaVu Sans', sans-serif";
  if (tissue.high > tissue.low) {
    context.drawImage(part.ramp, x + 30, y + 50 + CELL.map, CELL.width - 60, 12);
    part.ends.forEach((end, i) => {
      context.fillText(end.textContent, x + 30 + (i * (CELL.width - 60)) / 2, y + 80 + CELL.map);
    });
  }
  context.fillText(part.label.textContent + (tissue.levels ? `; lines ${tissue.levels}` : ""), middle, y + 98 + CELL.map);
}

function savePicture(rows, caption) {
  const sheet = document.createElement("canvas");
  sheet.width = 3 * CELL.width;
  sheet.height = rows.length * (CELL.height + 20) + 50;
  const context = sheet.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = "#212121";
  rows.forEach((row, i) => row.parts.forEach((part, j) => paintPart(context, part, j * CELL.width, i * (CELL.height + 20))));
  context.textAlign = "left";
  context.fillText(caption, 20, sheet.height - 16);
  const link = document.createElement("a");
  link.href = sheet.toDataURL("image/png");
  link.download = "insulattice.png";
  link.click();
}

// ---- all together ------------------------------------------------------------------------------------------

function legend(root, save) {
  const line = make(root, "div", "it-legend");
  const item = (name, words, title) => {
    const box = make(line, "span", "it-item");
    make(box, "span", `it-key ${name}`);
    box.append(words);
    box.title = title;
    return box;
  };
  item("it-macrophage", "macrophage", "An immune cell that lives in fat and liver; it makes TNF-alpha when it is inflamed.");
  item("it-crown", "crown-like structure", "A dead fat cell with macrophages around it, typical of inflamed fat.");
  item("it-chosen", "chosen cell", "Click any cell, or reach it with the arrow keys and Enter.");
  const lines = item("it-line", "", "The layer that was chosen.");
  const name = make(lines, "span", "it-layer");
  const button = make(line, "button", "it-save", "Save picture (PNG)");
  button.type = "button";
  button.addEventListener("click", save);
  return { lines, name };
}

export default {
  render({ model, el }) {
    const palette = colours(model.get("palette"));
    const root = make(el, "div", "insulattice-tissues");
    const grid = make(root, "div", "it-rows");
    const rows = [];
    let count = 0;
    const keys = legend(root, () => savePicture(rows, model.get("picture").caption));
    const choose = (side, tissue, place) => {
      count += 1;
      model.set("chosen", { side, tissue, row: place[0], column: place[1], count });
      model.save_changes();
    };
    const redraw = () => {
      const picture = model.get("picture");
      picture.sides.forEach((side, i) => side.tissues.forEach((tissue, j) => {
        const part = rows[i].parts[j];
        drawMap(part, tissue, palette, picture.steps);
      }));
    };
    const addRow = (i) => {
      const row = { box: make(grid, "div", "it-row"), parts: [] };
      for (let j = 0; j < 3; j++) {
        const part = panel(row.box);
        drawRamp(part, palette);
        listen(part, i, j, redraw, choose);
        row.parts.push(part);
      }
      rows.push(row);
    };
    const draw = () => {
      const picture = model.get("picture");
      while (rows.length < picture.sides.length) addRow(rows.length);
      while (rows.length > picture.sides.length) rows.pop().box.remove();
      root.classList.toggle("it-compared", rows.length > 1);
      picture.sides.forEach((side, i) => side.tissues.forEach((tissue, j) => {
        drawTissue(rows[i].parts[j], side, tissue, palette, picture.steps);
      }));
      keys.lines.style.display = picture.layer ? "" : "none";
      keys.name.textContent = picture.layer;
      root.dataset.number = picture.number;
      model.set("drawn", picture.number);
      model.save_changes();
    };
    model.on("change:picture", draw);
    draw();
    return () => model.off("change:picture", draw);
  },
};
