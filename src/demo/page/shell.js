/* global window, document, WebSocket, MutationObserver, sessionStorage, setTimeout, CSS */
// The bar: one frame a person, made when that person is first chosen and kept, so that a switch is
// immediate and nothing half-written is lost.

const frames = new Map();
const unread = new Map();
const main = document.querySelector('main');
const status = document.querySelector('.status');
const radios = [...document.querySelectorAll('input[name=person]')];
const channel = document.body.dataset.channel;
const personalChat = 'Personal Chat';

const active = () => radios.find(({ checked }) => checked)?.value;

/** Does something with an element of a person's page, as soon as it is there. */
function whenThere(page, selector, act) {
  const element = page.querySelector(selector);
  if (element !== null) {
    act(element);
    return;
  }
  const observer = new MutationObserver(() => {
    if (page.querySelector(selector) === null) return;
    observer.disconnect();
    whenThere(page, selector, act);
  });
  observer.observe(page, { childList: true, subtree: true });
}

const click = (element) => element.click();
const conversation = (name) => `[role=treeitem][aria-label$="${CSS.escape(name)}"]`;

/** Which conversation each person's page shall show; a page that is still loading opens it when it is there. */
const wanted = new Map();
const openConversation = (frame, name) => whenThere(frame.contentDocument, conversation(name), click);
function openFor(person, name) {
  wanted.set(person, name);
  openConversation(frameOf(person), name);
}

function frameOf(person) {
  let frame = frames.get(person);
  if (frame === undefined) {
    frame = document.createElement('iframe');
    frame.title = `Teams as ${person}`;
    frame.dataset.person = person;
    frame.src = `/as/${person.toLowerCase()}/`;
    frame.addEventListener('load', () => {
      // it has nothing to log here, and takes a quarter of the width
      whenThere(frame.contentDocument, 'button[title="Hide log panel"]', click);
      // the person may also choose the conversation in the page itself
      frame.contentDocument.addEventListener('click', ({ target }) => {
        const item = target.closest?.('[role=treeitem]');
        if (item) shows(person, item.matches(conversation(personalChat)) ? 'direct' : 'channel');
      });
      openConversation(frame, wanted.get(person) ?? channel);
    });
    frames.set(person, frame);
    main.append(frame);
  }
  return frame;
}

function choose(person) {
  for (const radio of radios) radio.checked = radio.value === person;
  const chosen = frameOf(person);
  for (const frame of frames.values()) frame.inert = frame !== chosen;
  sessionStorage.setItem('person', person);
  status.textContent = `You are acting as ${person}.`;
  seen(person, 'mention');
  if (shown.get(person) === 'direct') seen(person, 'direct');
}

/** Which kind of conversation each person's page shows. */
const shown = new Map();
function shows(person, kind) {
  shown.set(person, kind);
  if (kind === 'direct') seen(person, 'direct');
  showBadges();
}

const waiting = (person, why) => unread.get(person)?.[why]?.size ?? 0;

function seen(person, why) {
  const all = unread.get(person);
  if (all !== undefined) {
    for (const id of all[why]) remember(id);
    all[why].clear();
  }
  showBadges();
}

/** What was seen stays seen when this page is loaded again. */
const remembered = new Set(JSON.parse(sessionStorage.getItem('seen') ?? '[]'));
function remember(id) {
  remembered.add(id);
  sessionStorage.setItem('seen', JSON.stringify([...remembered]));
}

/** Says a number beside a control, and in the control's own name. */
function badge(element, control, name, count) {
  element.hidden = count === 0;
  element.textContent = count === 0 ? '' : String(count);
  control.setAttribute('aria-label', count === 0 ? name : `${name}, ${count} new`);
}

function showBadges() {
  for (const radio of radios) {
    const { value } = radio;
    const count = waiting(value, 'mention') + waiting(value, 'direct');
    badge(document.querySelector(`label[data-person="${value}"] .badge`), radio, value, count);
  }
  const direct = document.querySelector('#direct');
  badge(direct.querySelector('.badge'), direct, 'Direct messages', waiting(active(), 'direct'));
  for (const id of ['channel', 'direct'])
    document.querySelector(`#${id}`).setAttribute('aria-pressed', String(shown.get(active()) === id));
}

function listen() {
  const socket = new WebSocket(`ws://${window.location.host}/demo/notices`);
  socket.addEventListener('message', ({ data }) => {
    const { person, why, messageId } = JSON.parse(data);
    const id = `${person} ${messageId}`;
    if (remembered.has(id)) return;
    if (!unread.has(person)) unread.set(person, { direct: new Set(), mention: new Set() });
    unread.get(person)[why].add(id);
    if (person === active() && (why === 'mention' || shown.get(person) === 'direct')) seen(person, why);
    showBadges();
  });
  // the demo was stopped or started again
  socket.addEventListener('close', () => setTimeout(listen, 2_000));
}

for (const radio of radios) radio.addEventListener('change', () => choose(radio.value));
document.querySelector('#channel').addEventListener('click', () => openFor(active(), channel));
document.querySelector('#direct').addEventListener('click', () => openFor(active(), personalChat));
const help = document.querySelector('#help');
function showHelp(open) {
  help.setAttribute('aria-expanded', String(open));
  document.querySelector('#steps').hidden = !open;
  sessionStorage.setItem('help', String(open));
}
help.addEventListener('click', () => showHelp(help.getAttribute('aria-expanded') !== 'true'));

// on a phone it lies over the chat: it goes as soon as somebody does something there
main.addEventListener('focusin', () => {
  if (window.innerWidth < 560) showHelp(false);
});

// a page of another width shows its log again
window.addEventListener('resize', () => {
  for (const frame of frames.values())
    if (frame.contentDocument !== null)
      whenThere(frame.contentDocument, 'button[title="Hide log panel"]', click);
});

showHelp((sessionStorage.getItem('help') ?? String(window.innerWidth >= 1100)) === 'true');
listen();
choose(sessionStorage.getItem('person') ?? active());
