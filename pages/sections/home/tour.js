// A note of the tour comes into sight, and the keyboard stands on what leads on: the button, which a
// screen reader reads with the note, or the box in which the visitor may type.
export default function (component) {
  const { data, parentElement } = component;
  const note = parentElement.closest('[class*="st-key-tour-"]');
  if (!note || note.dataset.tour === data.title) return;
  note.dataset.tour = data.title;
  const wanted = () => (data.box ? document.querySelector('.st-key-s input')
    : note.querySelector('[data-testid="stBaseButton-primary"]'));
  const settle = (tries) => {
    const target = wanted();
    if (!target) {
      if (tries) setTimeout(settle, 50, tries - 1);
      return;
    }
    target.setAttribute('aria-description', data.title);
    target.focus({ preventScroll: true });
    const bring = () => note.scrollIntoView({ block: 'center' });
    bring();
    // Rows above are still being drawn, and move it out of sight again.
    const drawn = new ResizeObserver(bring);
    drawn.observe(document.querySelector('.st-key-dashboard') ?? note);
    setTimeout(() => drawn.disconnect(), 2000);
  };
  settle(20);
}
