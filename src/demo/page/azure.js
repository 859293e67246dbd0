/* global window, document, fetch, setInterval */
// Shows who calls the simulated Azure with which key, and lets it fail. The page of one account (the
// portal's "Keys and Endpoint") names that account in its address, as the real portal does.

const place = document.querySelector('#azure');
const account = /\/accounts\/([^/]+)/.exec(window.location.hash)?.[1];
if (account !== undefined) {
  const title = document.querySelector('#account');
  if (title !== null) title.textContent = `${account}: Keys and Endpoint`;
}

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const row = (cells, cell) => {
  const line = document.createElement('tr');
  line.append(...cells.map((text) => element(cell, text)));
  return line;
};

function table(name, clients) {
  const made = document.createElement('table');
  made.append(element('caption', name), row(['client', 'uses', 'calls', 'failed'], 'th'));
  for (const client of clients) {
    const line = row([client.name, client.key, client.calls.toLocaleString('en'), client.failed], 'td');
    line.classList.toggle('failing', client.failed > 0);
    made.append(line);
  }
  return made;
}

function show({ clients, encryption }) {
  const shown = account === undefined ? clients : clients.filter((client) => client.account === account);
  const names = [...new Set(shown.map((client) => client.account))];
  place.replaceChildren(
    ...names.map((name) =>
      table(
        name,
        shown.filter((client) => client.account === name),
      ),
    ),
  );
  document.querySelector('#encryption')?.replaceChildren(encryptionTable(encryption));
}

function encryptionTable(keys) {
  const made = document.createElement('table');
  made.append(element('caption', 'Encryption keys'), row(['account', 'uses', 'version'], 'th'));
  for (const { account: name, key, version, wrapping } of keys)
    made.append(row([name, key, wrapping ? `${version} wrapping …` : version], 'td'));
  return made;
}

/** A button with what it leads to; made once, so that it keeps the focus when the page looks again. */
function buttonIn(list, { id, title, says }) {
  const known = list.querySelector(`[data-trouble="${id}"]`);
  if (known !== null) {
    if (known.textContent !== title) known.textContent = title;
    if (known.nextSibling.textContent !== says) known.nextSibling.textContent = says;
    return known;
  }
  const item = document.createElement('li');
  const button = element('button', title, { type: 'button', 'data-trouble': id });
  button.addEventListener('click', () => ask(id));
  item.append(button, element('small', says));
  list.append(item);
  return button;
}

const byHand = document.querySelector('#by-hand');
const troubles = document.querySelector('#troubles');
function showTroubles(view) {
  if (troubles === null) return;
  for (const one of view.byHand) buttonIn(byHand, one).disabled = !one.ready;
  for (const one of view.troubles) {
    const button = buttonIn(troubles, one);
    button.disabled = view.waiting !== null;
    button.setAttribute('aria-pressed', String(view.waiting === one.id));
  }
  document.querySelector('#waiting').textContent =
    view.waiting === null ? '' : 'Waiting for its moment; then it happens once.';
}

async function ask(trouble) {
  const asked = trouble === undefined ? undefined : { method: 'POST', body: JSON.stringify({ trouble }) };
  const answer = await fetch('/demo/azure', asked).catch(() => undefined);
  // a chat without an Azure behind it has no such page
  if (answer === undefined || answer.status === 404) return;
  const view = await answer.json();
  for (const section of document.querySelectorAll('section[hidden]')) section.hidden = false;
  show(view);
  showTroubles(view);
}

setInterval(() => {
  if (place.offsetParent !== null || document.querySelector('section[hidden]') !== null) void ask();
}, 1000);
void ask();
