const SVG = "http://www.w3.org/2000/svg";

export default function (component) {
  const { parentElement, data } = component;
  const { names, links, top, title } = data;
  const root = parentElement.querySelector(".lines");
  const row = names.length > 40 ? 17 : 22;
  root.style.setProperty("--row", row + "px");
  root.setAttribute("role", "figure");
  root.setAttribute("aria-label", title);

  const column = (kind) => {
    const box = document.createElement("div");
    box.className = kind;
    const spans = names.map((name) => {
      const span = document.createElement("span");
      const shade = document.createElement("i");
      const text = document.createElement("bdi");
      text.textContent = name;
      span.append(shade, text);
      span.style.position = "relative";
      span.style.zIndex = "0";
      span.title = name;
      span.tabIndex = 0;
      span.setAttribute("role", "button");
      box.append(span);
      return span;
    });
    return { box, spans };
  };
  const from = column("from");
  const to = column("to");

  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.style.height = row * names.length + "px";
  const lines = links.map(([source, target, weight]) => {
    const line = document.createElementNS(SVG, "line");
    line.setAttribute("x1", "0%");
    line.setAttribute("x2", "100%");
    line.setAttribute("y1", (source + 0.5) * row);
    line.setAttribute("y2", (target + 0.5) * row);
    line.style.opacity = Math.min(1, weight / top);
    svg.append(line);
    return { line, source, target, weight };
  });
  const middle = document.createElement("div");
  middle.append(svg);
  root.replaceChildren(from.box, middle, to.box);

  // Nothing is rebuilt while the pointer moves: a replaced node would lose its click.
  let pinned = null;
  const isolate = (side, index) => {
    const all = side === null;
    for (const span of [...from.spans, ...to.spans]) {
      span.classList.remove("on");
      span.firstChild.style.opacity = 0;
    }
    const belongs = ({ source, target }) => all || (side === "from" ? source : target) === index;
    const most = lines.filter(belongs).reduce((top, { weight }) => Math.max(top, weight), 0.0001);
    for (const link of lines) {
      link.line.style.visibility = belongs(link) ? "visible" : "hidden";
      if (belongs(link) && !all) {
        const other = side === "from" ? to.spans[link.target] : from.spans[link.source];
        other.firstChild.style.opacity = (link.weight / most) * 0.5;
      }
    }
    if (!all) (side === "from" ? from : to).spans[index].classList.add("on");
  };
  const back = () => (pinned ? isolate(...pinned) : isolate(null, 0));
  for (const [side, spans] of [["from", from.spans], ["to", to.spans]]) {
    spans.forEach((span, index) => {
      span.onmouseenter = span.onfocus = () => isolate(side, index);
      span.onmouseleave = span.onblur = back;
      span.setAttribute("aria-pressed", "false");
      span.onclick = () => {
        const same = pinned && pinned[0] === side && pinned[1] === index;
        pinned = same ? null : [side, index];
        for (const other of [...from.spans, ...to.spans]) {
          other.setAttribute("aria-pressed", String(!same && other === span));
        }
        back();
      };
      span.onkeydown = (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        span.click();
      };
    });
  }
  isolate(null, 0);
}
