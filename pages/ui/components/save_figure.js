// Saves what the page shows, in the visitor's browser. Plotly draws its figures once more with
// `Plotly.toImage`, in the colours of a palette; everything else is drawn by `drawing`. Nothing is
// loaded and nothing is drawn before somebody presses a button.

const FINER = 3; // how much finer a PNG is than the screen
const LEAST = 480; // pixels: a caption needs some width
const GAP = 24; // pixels between pictures side by side
const HEADING = 22; // pixels of the name above each of them
const MOST = 16000; // pixels: no browser makes a larger picture

// Streamlit's Plotly is there as soon as a page has shown a figure; otherwise the same script comes
// from the server, below the address of the app.
const library = (source) => {
  if (window.Plotly?.toImage) return Promise.resolve(window.Plotly);
  return new Promise((done, fail) => {
    const app = [...document.scripts].find((script) => script.src.includes("/static/js/"));
    const script = document.createElement("script");
    script.src = new URL("../../" + source, app.src);
    script.onload = () => done(window.Plotly);
    script.onerror = () => fail(new Error(script.src));
    document.head.append(script);
  });
};

const isPlain = (value) => value !== null && Object.getPrototypeOf(value) === Object.prototype;

// A part of a figure with what a palette changes; nothing of the figure itself is touched.
const merged = (part, change) => {
  if (change === undefined) return part;
  if (Array.isArray(change) && change.length && change.every(isPlain) && Array.isArray(part)) {
    return part.map((item, number) => merged(item, change[number]));
  }
  if (!isPlain(change) || part === null || typeof part !== "object") return change;
  const whole = { ...part };
  for (const [key, value] of Object.entries(change)) whole[key] = merged(part[key], value);
  return whole;
};

const parsed = (text) => document.importNode(
  new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true,
);

// A figure as it stands on the page, zoomed and with lines switched off, in another palette.
const plotted = async (figure, changes, look, source, least) => {
  const width = Math.max(figure.offsetWidth, least);
  const height = figure.offsetHeight;
  const layout = merged(merged(figure.layout, { template: look.template }), changes.layout);
  const data = figure.data.map((trace, number) => merged(trace, changes.data[number]));
  const plotly = await library(source);
  const whole = { data, layout: { ...layout, width, height } };
  const options = { format: "svg", width, height, imageDataOnly: true };
  return { svg: parsed(await plotly.toImage(whole, options)), width, height };
};

const placeOf = (key) => document.querySelector(".st-key-" + key.trim().replace(/[^\w-]/g, "-"));

const drawnParts = async (data, page) => {
  const places = data.parts.map((part) => ({ part, place: placeOf(part.key) }));
  const there = places.filter(({ place }) => place);
  const parts = [];
  for (const { part, place } of there) {
    const figure = place.querySelector(".js-plotly-plot");
    const least = there.length > 1 ? 0 : LEAST;
    if (figure) {
      parts.push(await plotted(figure, part.changes, data.look, data.source, least));
    } else {
      parts.push(drawing(place, data.look, page));
    }
    parts.at(-1).heading = there.length > 1 ? part.heading : "";
  }
  return parts;
};

// What the colours of the pictures mean, where the page says it in one place for all of them.
const drawnLegend = (data, page) => {
  const place = data.legend && placeOf(data.legend);
  return place ? drawing(place, data.look, page) : null;
};

const wrapped = (text, width, look) => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${look.letters}px ${look.lettering}`;
  const tooWide = (line) => context.measureText(line).width > width;
  const lines = [];
  let line = "";
  for (const part of text.match(new RegExp(look.breaks, "gu")) ?? []) {
    if (line.trim() && tooWide(line + part)) {
      lines.push(line.trimEnd());
      line = "";
    }
    let rest = line || part.trim() ? part : "";
    while (!line && rest.length > 1 && tooWide(rest)) { // one word longer than a line
      let cut = rest.length;
      while (cut > 1 && tooWide(rest.slice(0, cut))) cut -= 1;
      lines.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    line += rest;
  }
  return line.trim() ? [...lines, line.trimEnd()] : lines;
};

// Pictures side by side, their names above and one caption below them.
const composed = (parts, legend, caption, look) => {
  const { edge, letters } = look;
  const inner = parts.reduce((sum, part) => sum + part.width + GAP, -GAP);
  const width = Math.max(inner, legend?.width ?? 0, LEAST);
  const lines = caption.split("\n").flatMap((line) => wrapped(line, width, look));
  const head = parts.some((part) => part.heading) ? HEADING : 0;
  const low = edge + head + Math.max(...parts.map((part) => part.height)) + edge;
  const foot = low + (legend ? legend.height + edge : 0);
  const size = { width: width + 2 * edge, height: foot + look.line * lines.length + edge };
  const out = make("svg", {
    xmlns: SVG, ...size, viewBox: `0 0 ${size.width} ${size.height}`, role: "img",
  });
  const text = (line, x, y, more) => {
    const node = make("text", { x, y, "font-family": look.lettering, ...more });
    node.textContent = line;
    out.append(node);
  };
  const put = ({ svg }, x, y) => {
    svg.setAttribute("x", x);
    svg.setAttribute("y", y);
    out.append(svg);
  };
  const title = make("title", {});
  title.textContent = caption;
  out.append(title, make("rect", { width: size.width, height: size.height, fill: look.ground }));
  let left = edge;
  for (const part of parts) {
    if (part.heading) {
      text(part.heading, left, edge + 14, { "font-size": 14, "font-weight": "bold", fill: look.ink });
    }
    put(part, left, edge + head);
    left += part.width + GAP;
  }
  if (legend) put(legend, edge, low);
  lines.forEach((line, number) => {
    text(line, edge, foot + look.line * number + letters, { "font-size": letters, fill: look.muted });
  });
  return out;
};

const painted = async (svg, width, height) => {
  const image = new Image();
  const address = URL.createObjectURL(svg);
  await new Promise((done, fail) => {
    image.onload = done;
    image.onerror = () => fail(new Error("picture"));
    image.src = address;
  });
  URL.revokeObjectURL(address);
  const finer = Math.min(FINER, MOST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * finer);
  canvas.height = Math.round(height * finer);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

const download = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

const savePicture = async (data, page, kind) => {
  const parts = await drawnParts(data, page);
  const out = composed(parts, drawnLegend(data, page), data.caption, data.look);
  const svg = new Blob([new XMLSerializer().serializeToString(out)], { type: "image/svg+xml" });
  const [width, height] = ["width", "height"].map((name) => Number(out.getAttribute(name)));
  download(kind === "svg" ? svg : await painted(svg, width, height), `${data.name}.${kind}`);
};

// A page of HTML: its texts come from the server, the figures between them are drawn here.
const saveDocument = async (data) => {
  const plotly = await library(data.source);
  let page = "";
  for (const [number, text] of data.document.entries()) {
    page += text;
    if (number === data.figures.length) break;
    const { spec, width, height } = data.figures[number];
    const options = { format: "svg", width, height, imageDataOnly: true };
    page += await plotly.toImage(JSON.parse(spec), options);
  }
  download(new Blob([page], { type: "text/html" }), data.name);
};

export default function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".save");
  const style = getComputedStyle(root);
  const page = Object.fromEntries(
    [["ground", "background"], ["ink", "text"], ["accent", "primary"]].map(([name, variable]) => {
      root.style.color = style.getPropertyValue(`--st-${variable}-color`);
      return [name, style.color];
    }),
  );
  root.style.color = "";
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  const button = (label, save) => {
    const node = document.createElement("button");
    node.type = "button";
    node.textContent = label;
    if (data.help) node.title = data.help;
    node.onclick = async () => {
      node.disabled = true;
      note.textContent = "";
      try {
        await save();
      } catch (error) {
        note.textContent = data.failed;
        console.error(error);
      }
      node.disabled = false;
    };
    return node;
  };
  const buttons = data.document
    ? [button(data.label, () => saveDocument(data))]
    : ["svg", "png"].map((kind) => button(kind.toUpperCase(), () => savePicture(data, page, kind)));
  root.replaceChildren(...buttons, note);
}
