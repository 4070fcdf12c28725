const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const { pictures, size, rows, columns, hovers, chosen, colour, palette, title } = data;
  const root = parentElement.querySelector(".small");
  root.style.setProperty("--columns", columns.length);
  root.style.setProperty("--chosen", colour);
  root.setAttribute("role", "figure");
  root.setAttribute("aria-label", title);
  const cells = bytesOf(pictures);
  const shades = bytesOf(palette);

  const legend = document.createElement("p");
  legend.setAttribute("aria-hidden", "true");
  const grid = document.createElement("div");
  grid.className = "grid";
  const name = (text, kind) => {
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = text;
    grid.append(span);
  };
  const picture = (number) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    const image = context.createImageData(size, size);
    for (let cell = 0; cell < size * size; cell++) {
      const shade = cells[number * size * size + cell];
      if (shade === 0) continue; // cannot be seen: the page shows through
      image.data.set(shades.subarray(3 * shade, 3 * shade + 3), 4 * cell);
      image.data[4 * cell + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };

  name("", "corner");
  columns.forEach((column) => name(column, "column"));
  rows.forEach((row, layer) => {
    name(row, "layer");
    columns.forEach((_, column) => {
      const number = layer * columns.length + column;
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", hovers[number]);
      button.setAttribute("aria-pressed", String(number === chosen));
      if (number === chosen) button.className = "on";
      button.append(picture(number));
      button.onmouseenter = button.onfocus = () => (legend.textContent = hovers[number]);
      button.onmouseleave = button.onblur = () => (legend.textContent = hovers[chosen] ?? "");
      button.onclick = () => setTriggerValue("picked", number);
      grid.append(button);
    });
  });
  legend.textContent = hovers[chosen] ?? "";
  root.replaceChildren(grid, legend);
}
