/* global window, XMLHttpRequest, document */
// Runs in a page of the Playground before its own script. `data-base` on this script's tag is the path
// that stands for this page and its person: all that the page asks and posts goes there.
(() => {
  const { base } = document.currentScript.dataset;

  const here = (address) => {
    const url = new URL(address, window.location.href);
    if (url.host === window.location.host) url.pathname = base + url.pathname;
    return url.href;
  };

  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    return open.call(this, method, here(address), ...rest);
  };

  window.WebSocket = class extends window.WebSocket {
    constructor(address, protocols) {
      super(here(address), protocols);
    }
  };
})();
