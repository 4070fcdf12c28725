export default function (component) {
  const { data, parentElement } = component;
  const button = parentElement.querySelector('button');
  const status = parentElement.querySelector('[role=status]');
  const field = parentElement.querySelector('input');
  // The app around the pages says "en" whatever they are written in: screen readers would read 中文
  // with an English voice. This script runs on every page, and again when the language changes.
  document.documentElement.lang = data.lang;
  button.textContent = data.label;
  field.setAttribute('aria-label', data.label);
  button.onclick = async () => {
    const link = window.location.href;
    field.hidden = true;
    try {
      await navigator.clipboard.writeText(link);
      status.textContent = data.copied;
    } catch (error) {
      // Browsers copy on encrypted pages only: the link is shown, selected.
      field.value = link;
      field.hidden = false;
      field.select();
      status.textContent = data.select;
    }
    button.dataset.link = link;
    clearTimeout(button.timer);
    if (link.length > data.most) {  // stays until the next click: it has to be read
      status.textContent += ' · ' + data.long;
    } else {
      button.timer = setTimeout(() => { status.textContent = ''; }, 4000);
    }
  };
}
