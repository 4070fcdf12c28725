export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".written");
  const make = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const text = make("div", "text");
  text.dir = "auto";
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", data.title);
  const panel = make("div", "panel");
  panel.hidden = true;
  const nodes = [];
  let held = null;
  let open = null;
  let leaving = 0;

  const show = (index) => {
    clearTimeout(leaving);
    open = index;
    nodes.forEach((node, i) => node.classList.toggle("on", i === index));
    panel.hidden = index === null;
    if (index === null) return;
    const piece = data.pieces[index];
    const name = make("strong");
    name.append(make("bdi", "", piece.text));
    const rows = piece.alternatives.map((other) => {
      const button = make("button");
      button.type = "button";
      button.disabled = other.written || !data.open;
      button.setAttribute("aria-label", other.label);
      const bar = make("i");
      bar.style.width = 100 * other.share + "%";
      button.append(bar, make("bdi", "", other.text), make("span", "", other.percent));
      button.onclick = () => setTriggerValue("pick", { step: piece.step, piece: other.piece });
      return button;
    });
    const above = data.open ? [make("div", "", data.ask)] : [];
    panel.replaceChildren(name, make("div", "", piece.facts), ...above, ...rows);
    // Close under the piece, so that the pointer can go over to it, and inside the text's width.
    const node = nodes[index];
    const most = root.clientWidth - panel.offsetWidth;
    panel.style.left = Math.max(0, Math.min(node.offsetLeft, most)) + "px";
    panel.style.top = node.offsetTop + node.offsetHeight + 1 + "px";
  };
  const back = () => {
    clearTimeout(leaving);
    // A panel that is open already is not made anew: the button in it would lose the focus.
    leaving = setTimeout(() => { if (open !== held) show(held); }, 120);
  };
  panel.onmouseenter = () => clearTimeout(leaving);
  panel.onmouseleave = back;
  const reach = (index) => {
    nodes.forEach((node, i) => { node.tabIndex = i === index ? 0 : -1; });
    nodes[index].focus();
  };

  text.append(make("b", "", data.before));
  data.pieces.forEach((piece) => {
    text.append(piece.lead);
    if (piece.covered) {
      const box = make("span", "covered");
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", piece.label);
      text.append(box);
      nodes.push(box);
      return;
    }
    const index = nodes.length;
    const node = make("span", "piece", piece.text);
    node.style.background = piece.ground;
    node.style.color = piece.ink;
    node.classList.toggle("chosen", piece.chosen);
    node.classList.toggle("newest", piece.newest);
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", piece.label);
    node.setAttribute("aria-expanded", "false");
    node.tabIndex = -1;
    const hold = () => {
      held = held === index ? null : index;
      nodes.forEach((each, i) => each.setAttribute("aria-expanded", String(i === held)));
      show(index);
    };
    node.onmouseenter = () => { if (held === null) show(index); };
    node.onmouseleave = back;
    node.onfocus = () => { if (held === null) show(index); };
    node.onblur = back;
    node.onclick = () => { hold(); reach(index); };
    node.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) {
        let next = index + step;
        while (nodes[next] && !nodes[next].classList.contains("piece")) next += step;
        if (nodes[next]) { held = null; reach(next); }
        event.preventDefault();
      } else if (event.key === "Enter" || event.key === " ") {
        hold();
        const first = panel.querySelector("button:not(:disabled)");
        if (held !== null && first) first.focus();
        event.preventDefault();
      }
    };
    text.append(node);
    nodes.push(node);
  });
  text.append(make("b", "", data.after));
  root.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    const index = held;
    held = null;
    if (index !== null) reach(index);
    show(null);
  };
  const first = nodes.find((node) => node.classList.contains("piece"));
  if (first) first.tabIndex = 0;
  root.replaceChildren(text, panel);
  show(null);
}
