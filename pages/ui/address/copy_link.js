// Streamlit makes a new entry of the browser's history of whatever a script writes into the address,
// and one more when a page is left: going back would stop at each, and show nothing else. An entry
// is a page here; what is changed on it stands in the entry that the page has.
if (!window.threeReadersHistory) {
  const { history, location } = window;
  const push = history.pushState.bind(history);
  const path = (url) => new URL(url, location.href).pathname;
  const state = { leaving: false };
  window.threeReadersHistory = state;
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    state.leaving = link.origin === location.origin && path(link.href) !== location.pathname;
  }, true);
  window.addEventListener('popstate', () => { state.leaving = false; });
  history.pushState = (entry, title, url) => {
    if (url === undefined || path(url) !== location.pathname) {
      state.leaving = false;
      push(entry, title, url);
    } else if (!state.leaving) {  // what is left keeps its address, for the way back
      history.replaceState(entry, title, url);
    }
  };
}

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
