// Draws anew, as SVG, what an element of the page shows: boxes, lines of text, strokes and small
// pictures. Everything comes out as shapes and as text, so that no style sheet is needed to see it.

const SVG = "http://www.w3.org/2000/svg";

const make = (name, attributes, ...children) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

// Red, green, blue and opacity of a colour of a computed style.
const channels = (colour) => {
  const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  return { rgb: [red, green, blue], alpha };
};
const brightness = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

// Colours of the page in those of a palette: `paint.ground` of what lies below, `paint.ink` of text
// and strokes. On paper strong colours are dark: the scale of the page, from dark to bright, is
// turned round, and text is black or white, whichever reads better.
const painter = (look, page) => {
  const key = (colour) => channels(colour).rgb.join();
  const other = (names, colour) => names.find((name) => key(page[name]) === key(colour));
  const grey = (shade, opacity) => ({ fill: `rgb(${shade},${shade},${shade})`, opacity, shade });
  const plain = (colour) => {
    const { rgb, alpha } = channels(colour);
    if (look.grey) return grey(Math.round(255 - brightness(rgb)), alpha);
    return { fill: `rgb(${rgb})`, opacity: alpha };
  };
  const named = (names) => (colour) => {
    const name = other(names, colour);
    return name ? { fill: look[name], opacity: channels(colour).alpha } : plain(colour);
  };
  const ink = named(["ink", "accent"]);
  return {
    ground: named(["ground", "accent"]),
    ink: (colour, shade) => (
      look.grey && shade !== undefined ? grey(shade > 127 ? 0 : 255, 1) : ink(colour)
    ),
  };
};

// A text node as runs that stand on one line each, as they were laid out.
const runsOf = (node, clip) => {
  const range = document.createRange();
  const runs = [];
  let start = 0;
  for (const sign of node.data) {
    range.setStart(node, start);
    range.setEnd(node, start + sign.length);
    start += sign.length;
    const box = range.getClientRects()[0];
    if (!box || !box.width || box.left >= clip) continue;
    const last = runs.at(-1);
    if (last && Math.abs(last.top - box.top) < 2) {
      last.text += sign;
      last.left = Math.min(last.left, box.left);
      last.right = Math.max(last.right, box.right);
    } else {
      const { top, left, right } = box;
      runs.push({ text: sign, top, left, right });
    }
  }
  return runs.filter((run) => run.text.trim());
};

// The picture with its width and height.
const drawing = (element, look, page) => {
  const frame = element.getBoundingClientRect();
  const paint = painter(look, page);
  const measure = document.createElement("canvas").getContext("2d");
  const out = make("svg", { xmlns: SVG, height: frame.height, overflow: "visible" });
  const rect = (box, attributes) => {
    const place = { x: box.left - frame.left, y: box.top - frame.top };
    out.append(make("rect", { ...place, width: box.width, height: box.height, ...attributes }));
  };
  const stroked = (box, width, style, colour, out, round) => {
    if (!width || style === "none") return;
    const by = out + width / 2;
    const around = {
      left: box.left - by, top: box.top - by, width: box.width + 2 * by, height: box.height + 2 * by,
    };
    const dash = style === "dashed" ? { "stroke-dasharray": `${2 * width} ${2 * width}` } : {};
    const stroke = paint.ink(colour).fill;
    rect(around, { fill: "none", stroke, "stroke-width": width, rx: round, ...dash });
  };

  // Ground, border and outline of an element; what its text stands on comes back.
  const boxes = (node, style, opacity, ground) => {
    const own = paint.ground(style.backgroundColor);
    const round = parseFloat(style.borderRadius) || 0;
    const inline = style.display === "inline" ? [...node.getClientRects()] : [];
    for (const box of inline.length ? inline : [node.getBoundingClientRect()]) {
      if (own.opacity * opacity > 0) {
        rect(box, { fill: own.fill, "fill-opacity": own.opacity * opacity, rx: round });
      }
      const border = parseFloat(style.borderTopWidth);
      stroked(box, border, style.borderTopStyle, style.borderTopColor, -border, round);
      const outline = parseFloat(style.outlineWidth);
      const offset = parseFloat(style.outlineOffset) || 0;
      stroked(box, outline, style.outlineStyle, style.outlineColor, offset, round);
      const bar = style.boxShadow.match(/^(rgb[^)]*\)) 0px (\d+)px 0px 0px$/); // a line below
      if (bar) {
        const below = { left: box.left, top: box.bottom, width: box.width, height: +bar[2] };
        rect(below, { fill: paint.ink(bar[1]).fill });
      }
    }
    return own.opacity > 0.5 ? own.shade : ground;
  };

  const words = (node, style, opacity, ground, clip) => {
    const ink = paint.ink(style.color, ground);
    const wide = (text, family) => {
      measure.font = `${style.fontWeight} ${style.fontSize} ${family}`;
      return measure.measureText(text);
    };
    const ascent = wide("x", style.fontFamily).fontBoundingBoxAscent;
    for (const run of runsOf(node, clip)) {
      const turned = style.direction === "rtl";
      const width = Math.min(run.right, clip) - run.left;
      const smaller = Math.min(1, width / wide(run.text, look.font).width); // the same room
      const text = make("text", {
        x: (turned ? run.right : run.left) - frame.left, y: run.top - frame.top + ascent,
        fill: ink.fill, "fill-opacity": ink.opacity * opacity, direction: style.direction,
        "font-family": look.font, "font-size": smaller * parseFloat(style.fontSize),
        "font-weight": style.fontWeight, textLength: width, lengthAdjust: "spacingAndGlyphs",
      });
      text.textContent = run.text.replace(/\p{Cc}/gu, " ");
      out.append(text);
    }
  };

  const strokes = (svg) => {
    const box = svg.getBoundingClientRect();
    const part = make("svg", {
      x: box.left - frame.left, y: box.top - frame.top, width: box.width, height: box.height,
      overflow: "visible",
    });
    for (const line of svg.querySelectorAll("line")) {
      const style = getComputedStyle(line);
      if (style.visibility === "hidden") continue;
      const copy = make("line", {
        stroke: paint.ink(style.stroke).fill, "stroke-width": parseFloat(style.strokeWidth),
        "stroke-opacity": style.opacity,
      });
      for (const name of ["x1", "x2", "y1", "y2"]) copy.setAttribute(name, line.getAttribute(name));
      part.append(copy);
    }
    out.append(part);
  };

  const picture = (canvas) => {
    const box = canvas.getBoundingClientRect();
    const image = make("image", {
      x: box.left - frame.left, y: box.top - frame.top, width: box.width, height: box.height,
      href: canvas.toDataURL(), preserveAspectRatio: "none", style: "image-rendering: pixelated",
    });
    if (look.grey) image.setAttribute("filter", "url(#grey)");
    out.append(image);
  };
  if (look.grey) {
    const row = "-0.2126 -0.7152 -0.0722 0 1 ";
    const values = row.repeat(3) + "0 0 0 1 0";
    const matrix = make("feColorMatrix", { type: "matrix", values });
    const filter = make("filter", { id: "grey", "color-interpolation-filters": "sRGB" }, matrix);
    out.append(make("defs", {}, filter));
  }

  const walk = (node, opacity, ground, clip) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement ?? node.getRootNode().host;
      const style = getComputedStyle(parent);
      if (style.visibility !== "hidden") words(node, style, opacity, ground, clip);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || ["STYLE", "SCRIPT"].includes(node.tagName)) return;
    const style = getComputedStyle(node);
    const seen = opacity * Number(style.opacity);
    if (style.display === "none" || seen === 0) return;
    if (node instanceof SVGSVGElement) return strokes(node);
    if (node instanceof HTMLCanvasElement) return picture(node);
    const under = boxes(node, style, seen, ground);
    const box = node.getBoundingClientRect();
    if (["auto", "scroll"].includes(style.overflowX)) { // all of it, not only what is in sight
      node.scrollLeft = 0;
      wide = Math.max(wide, box.left - frame.left + node.scrollWidth);
    }
    const cut = ["hidden", "clip"].includes(style.overflowX) ? box.right : Infinity;
    for (const child of (node.shadowRoot ?? node).childNodes) {
      walk(child, seen, under, Math.min(clip, cut));
    }
  };
  let wide = frame.width;
  walk(element, 1, undefined, Infinity);
  out.setAttribute("width", wide);
  out.setAttribute("viewBox", `0 0 ${wide} ${frame.height}`);
  return { svg: out, width: wide, height: frame.height };
};
