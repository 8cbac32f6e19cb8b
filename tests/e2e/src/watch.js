// What a page can know of its guest. It runs before the tag: `watch.said` is the console, `watch.problems` what went
// wrong, `watch.settled` what was fetched, and `watch.left()` what lives on outside of the guest's own element.
'use strict';
(() => {
  const watch = window.watch = { said: [], problems: [], settled: [] };
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    const say = console[level].bind(console);
    console[level] = (...words) => {
      watch.said.push(words.join(' '));
      say(...words);
    };
  }
  addEventListener('error', (e) => watch.problems.push(e.message || `cannot load ${e.target.src || e.target.href}`), true);
  addEventListener('unhandledrejection', (e) => watch.problems.push(`unhandled: ${e.reason}`));
  addEventListener('securitypolicyviolation', (e) => watch.problems.push(`${e.violatedDirective} ${e.blockedURI}`));

  // Addresses that were asked for and have answered, or failed to.
  const ask = window.fetch;
  window.fetch = (...given) => ask(...given).finally(() => watch.settled.push(`${given[0]}`));

  // Listeners, of targets that outlive the guest.
  const lasting = /^(Window|(HTML)?Document|HTML(Html|Head|Body)Element|VisualViewport|MediaQueryList|Navigation|Screen|NetworkInformation)$/;
  const heard = new Set();
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const known = (target, type, act, capture) =>
    [...heard].find((one) => one.target === target && one.type === type && one.act === act && one.capture === capture);
  const captures = (options) => options === true || !!options?.capture;
  EventTarget.prototype.addEventListener = function (type, act, options) {
    const target = this ?? window, capture = captures(options), { signal, once } = options || {};
    if (act && lasting.test(target.constructor.name) && !signal?.aborted && !known(target, type, act, capture)) {
      const one = { target, type, act, capture };
      heard.add(one);
      if (signal) add.call(signal, 'abort', () => heard.delete(one));
      if (once) add.call(target, type, () => heard.delete(one), { capture, once });
    }
    return add.call(target, type, act, options);
  };
  EventTarget.prototype.removeEventListener = function (type, act, options) {
    heard.delete(known(this ?? window, type, act, captures(options)));
    return remove.call(this ?? window, type, act, options);
  };

  const timers = new Map();
  for (const [start, stop, once] of [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false]]) {
    const [real, end] = [window[start], window[stop]];
    window[start] = (act, ms, ...given) => {
      const id = real(() => {
        if (once) timers.delete(id);
        act(...given);
      }, ms);
      // One of no time is gone before anybody can look; drivers use them.
      if (ms > 0) timers.set(id, `${start} ${ms}`);
      return id;
    };
    window[stop] = (id) => {
      timers.delete(id);
      end(id);
    };
  }

  // Instances between a method that begins and one that ends their life.
  const living = new Set();
  const follow = (name, begin, end) => {
    const Real = window[name];
    if (!Real) return;
    window[name] = class extends Real {
      constructor(...given) {
        super(...given);
        if (!begin) living.add(this);
      }
    };
    const { prototype } = window[name];
    if (begin) prototype[begin] = function (...given) {
      living.add(this);
      return Real.prototype[begin].apply(this, given);
    };
    prototype[end] = function (...given) {
      living.delete(this);
      return Real.prototype[end].apply(this, given);
    };
    Object.defineProperty(window[name], 'name', { value: name });
  };
  for (const name of ['Mutation', 'Resize', 'Intersection', 'Performance']) follow(`${name}Observer`, 'observe', 'disconnect');
  for (const name of ['WebSocket', 'BroadcastChannel', 'AudioContext']) follow(name, '', 'close');

  watch.left = () => [
    ...[...heard].map((one) => `${one.target.constructor.name} hears ${one.type}`),
    ...timers.values(),
    ...[...living].filter((one) => !(one.readyState > 1)).map((one) => one.constructor.name),
    // A driver has names of its own.
    ...Object.keys(window).filter((name) => !/^(cdc_|se_|ret_nodes)/.test(name)).map((name) => `window.${name}`),
    ...[...document.documentElement.children, ...document.head.children].map((e) => `<${e.localName}>`),
    ...[...document.documentElement.attributes, ...document.body.attributes].map((a) => `${a.name}=${a.value}`),
    `${document.adoptedStyleSheets.length} sheets`,
    document.title,
  ].sort();
})();
