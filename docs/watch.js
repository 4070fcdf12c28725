// Counts what the server sends, can hold it back and let it go at once (so that drawing is timed
// without the server), and notes the last stroke of a picture.
(() => {
  const watched = { bytes: 0, finished: 0, held: null, stroke: 0 };
  window.watched = watched;
  const Socket = window.WebSocket;
  // Whether a message says that the script has run: field 6 of Streamlit's ForwardMsg.
  const finishes = (buffer) => {
    const bytes = new Uint8Array(buffer);
    const number = () => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
    };
    let at = 0;
    while (at < bytes.length) {
      const tag = number();
      if (tag >> 3 === 6) return true;
      const value = number();
      if ((tag & 7) === 2) at += value;
    }
    return false;
  };
  const wrapped = (handler) => (event) =>
    watched.held ? watched.held.push(() => handler(event)) : handler(event);
  window.WebSocket = class extends Socket {
    constructor(...options) {
      super(...options);
      super.addEventListener("message", ({ data }) => {
        watched.bytes += data.byteLength ?? data.size;
        const note = (buffer) => (watched.finished += finishes(buffer));
        data instanceof Blob ? data.arrayBuffer().then(note) : note(data);
      });
    }
    addEventListener(kind, handler, options) {
      super.addEventListener(kind, kind === "message" ? wrapped(handler) : handler, options);
    }
    set onmessage(handler) {
      super.onmessage = wrapped(handler);
    }
  };
  watched.release = () => {
    const held = watched.held;
    watched.held = null;
    watched.stroke = watched.released = performance.now();
    held.forEach((deliver) => deliver());
  };
  const drawn = ({ target }) => target.closest?.(".js-plotly-plot") != null;
  new MutationObserver((changes) => {
    if (changes.some(drawn)) watched.stroke = performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true });
})();
