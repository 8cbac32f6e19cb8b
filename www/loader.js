// The loader: every page of every site pays for it, so it is small and does little. It reads the tag, fetches the
// engagement file, draws the launcher and brings in the two Wasm modules when they are wanted: the scout (rules) when
// the page is idle, the interface (panel and cards) on intent. What it promises to a page is docs/embedding.md.
(() => {
  const assets = __CHINWAG_ASSETS__;
  const doc = document, top = doc.documentElement;
  const tag = doc.currentScript || doc.querySelector('script[data-site]');
  const data = tag ? tag.dataset : {};
  const { site } = data;
  const before = window.Chinwag;
  const warn = (text) => console.warn('Chinwag:', text);
  // A browser without constructable sheets gets nothing: never a half-drawn widget.
  if ('disabled' in data || before?.site || !doc.adoptedStyleSheets) return;
  if (!site) return warn('the tag needs data-site');

  const servers = data.server?.match(/\S+[^\s/]/g) || [new URL(tag.src, location).origin];
  const source = data.engagement || '', inline = source[0] === '#', outside = inline ? '' : source;
  const keys = `chinwag:${site}:`;

  // What the site told us; it outlives `destroy`.
  let lang = data.lang || top.lang || navigator.language;
  let consent = { storage: data.consent || 'unknown' };
  let look = data.position ? { position: data.position } : {};
  let facts = {}, tracks = [], later = [], shown = true, draft;
  // One life, from `start` to `destroy`; aborting it removes every listener.
  let life, file, appearance, checking, checked, status, url, scout, scouting, panel, loading, broken, wish, expanded, unread = 0;
  let host, sheet, launcher, badge, skeleton, stage, watch, pause, agents, moment, failures = 0, moves = 0;

  const listen = (target, names, act, once) => {
    for (const name of names.split(' ')) target.addEventListener(name, act, { passive: true, signal: life.signal, once });
  };
  const emit = (name, detail) => dispatchEvent(new CustomEvent('chinwag:' + name, { detail }));
  /** One line and an event; the page goes on as if nothing had happened. */
  const fail = (problem) => {
    warn(problem);
    emit('error', { message: `${problem}` });
  };
  /** Calls into Wasm. A module that trapped is never called again. */
  const toScout = (method, ...args) => {
    try {
      return scout?.[method]?.(...args);
    } catch (e) {
      scout = 0;
      fail(e);
    }
  };
  const toPanel = (method, ...args) => {
    try {
      return panel?.[method]?.(...args);
    } catch (e) {
      bury(e);
    }
  };
  /** The launcher opens the plain page from now on. */
  const bury = (problem) => {
    broken = 1;
    loading = panel = 0;
    stage.replaceChildren();
    expand(false);
    fail(problem);
  };
  /** A text of the engagement file in the visitor's language. */
  const pick = (text) => text?.trim ? text : text && (text[lang] || text[lang.slice(0, 2)] || text.en || Object.values(text)[0]);
  const stored = (act) => {
    try {
      return act(localStorage) || act(sessionStorage);
    } catch { /* refused or full: memory only */ }
  };
  const talking = () => stored((store) => store[keys + 'begun']);
  /** The file stays on the device once the visitor has acted or allowed it: then no outage takes the conversation away. */
  const keep = () => file?.revision && stored((store) =>
    (store[keys + 'token'] || consent.storage === 'granted') && (store[keys + 'file'] = JSON.stringify(file)));
  // A fragment is a place only where it looks like a route.
  const place = () => location.href.replace(/#(?![!/]).*/, '');
  const here = (url = location.href) => ({ url, title: doc.title, referrer: doc.referrer });

  const get = async (address, cache) => {
    const answer = await fetch(address, { cache, credentials: 'omit', priority: 'low', signal: AbortSignal.timeout(3e3) });
    status = answer.status;
    return answer.ok ? answer.json() : 0;
  };

  /** Looks for a newer file: at the start, then at most every 50 s and only while something happens on the page. */
  const check = async (cache) => {
    const mine = life;
    checked = Date.now();
    for (const server of [...servers]) {
      try {
        const base = `${server}/sites/${site}/`;
        const found = await get(outside || base + 'engagement.json', cache);
        // A file from elsewhere tells nothing of the servers.
        if (outside && servers[1]) await get(base + 'availability.json');
        if (mine === life && found.revision) {
          // The one that answered goes first from now on: a dead one would cost its time-out again.
          servers.sort((a, b) => (b === server) - (a === server));
          apply(found);
          if (found.agents) {
            const { state } = await get(base + 'availability.json');
            // One bad answer is no news: the scout forgets by itself what is too old.
            if (state) toScout('availability', agents = state);
          }
          return;
        }
      } catch { /* the next one, or the file that we have */ }
    }
    if (mine !== life || file) return;
    if (status === 404) warn('unknown site ' + site);
    // An answer that is no file: the chat itself may be well. No answer at all: better no button than a dead one.
    else if (status) apply({ revision: 0 });
  };

  /** The newest file counts, whatever came last; what has no revision is none. */
  const apply = (next) => {
    if (!(next.revision >= (file?.revision || 0))) return;
    const news = file?.revision < next.revision;
    file = next;
    keep();
    if (file.disabled) leave();
    else if (!host) arrive();
    else {
      restyle();
      toPanel('theme', appearance);
      if (news) toScout('engagement', file);
    }
  };

  /** A file that is at hand. */
  const take = (text) => {
    try {
      apply(JSON.parse(text || 0));
    } catch (e) {
      warn(e);
    }
  };

  const staff = () => /[?&]chinwag-(debug|preview)/.test(location.search);

  const used = () => {
    if (url !== (url = place())) run.page();
    if (!doc.hidden && Date.now() - checked > 5e4) check('no-cache');
  };

  // ---- launcher and skeleton ----------------------------------------------------------------------------------------

  // Line ends would be paid for: each is escaped.
  const css = (accent, ink, side, scheme) => `:host{all:initial!important;position:fixed!important;z-index:2147483000!important;font:15px/1.4 system-ui!important;color-scheme:${scheme}!important;--side:${side}}\
@media print{:host{display:none!important}}\
[hidden]{display:none!important}\
button,#skeleton{position:fixed;bottom:max(20px,env(safe-area-inset-bottom));inset-inline:var(--side);box-sizing:border-box;border:1px solid #8884;box-shadow:0 4px 16px #0005}\
button{width:44px;height:44px;display:grid;place-items:center;border-radius:50%;background:${accent};color:${ink};cursor:pointer}\
button::before{content:"";width:17px;height:14px;border:2px solid;border-radius:9px 9px 9px 2px}\
[aria-expanded=true]::before{width:14px;border-width:0 2px 2px 0;border-radius:0;transform:translateY(-3px)rotate(45deg)}\
button:focus-visible{outline:3px solid ${accent};outline-offset:3px;box-shadow:0 0 0 3px #fff}\
span{position:absolute;inset:-5px -5px auto auto;min-width:20px;border-radius:10px;background:#c62828;color:#fff;font:600 12px/20px system-ui}\
#skeleton{z-index:-1;margin-bottom:56px;width:380px;height:min(620px,100dvh - 100px);padding:88px 20px 0;border-radius:16px;background:linear-gradient(${accent} 72px,Canvas 0)border-box;color:CanvasText}\
a{display:block;color:inherit}\
@media(max-width:480px){#skeleton{inset:0;margin:0;width:auto;height:auto;border-radius:0}}`;

  const add = (parent, name, id) => {
    const node = parent.appendChild(doc.createElement(name));
    node.id = id;
    return node;
  };

  /** Onto <html>, not <body>: routers that swap the body leave it alone. */
  const arrive = () => {
    host = add(top, 'chin-wag', '');
    const root = host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet = new CSSStyleSheet()];
    launcher = add(root, 'button', 'launcher');
    badge = add(launcher, 'span', 'badge');
    skeleton = add(root, 'div', 'skeleton');
    stage = add(root, 'div', 'interface');
    expand(false);
    restyle();
    listen(launcher, 'pointerenter focus touchstart', prefetch);
    listen(launcher, 'click', () => toggle('visitor'));
    watch = new MutationObserver(() => {
      if (!host.isConnected && moves++ < 9) top.append(host);
    });
    watch.observe(top, { childList: true });
    emit('ready');
    if (wish) open(wish);
    const work = () => {
      if (!host || !wasm()) return;
      // The visitor has acted before: the conversation goes on without another click.
      if (talking()) face().catch(fail);
      enlist();
    };
    const rest = () => window.requestIdleCallback ? requestIdleCallback(work) : pause = setTimeout(work, 1e3);
    if (data.load === 'interaction' || navigator.connection?.saveData) listen(window, 'pointerdown keydown', rest, true);
    else if (doc.readyState === 'complete') rest();
    else listen(window, 'load', rest, true);
  };

  const restyle = () => {
    if (!host) return;
    appearance = { ...file.appearance, ...look };
    const { color, position, theme, label } = appearance;
    const accent = /^#\w{6}$/.test(color) ? color : '#1f5fd6';
    // Black or white, whichever is easier to see: the first digits of red, green and blue, weighted for the eye.
    const [, r, , g, , b] = accent;
    sheet.replaceSync(css(
      accent, ('0x' + r) * 2 + ('0x' + g) * 7 + +('0x' + b) > 73 ? '#000' : '#fff',
      position === 'start' ? '20px auto' : 'auto 20px', /light|dark/.exec(theme) || 'light dark',
    ));
    // WebKit draws what a sheet says now only when it is adopted anew.
    host.shadowRoot.adoptedStyleSheets = [...host.shadowRoot.adoptedStyleSheets];
    // Launcher and panel on the same side, whichever way the page is written.
    host.dir = /^(ar|he|fa|ur)/.test(lang) ? 'rtl' : 'ltr';
    launcher.hidden = !shown;
    badge.hidden = !unread;
    badge.textContent = unread;
    launcher.setAttribute('aria-label', (pick(label) || 'Chat') + (unread ? ` (${unread})` : ''));
  };

  const expand = (state) => {
    expanded = state;
    skeleton.hidden = true;
    launcher.setAttribute('aria-expanded', state);
  };

  const leave = () => {
    toScout('destroy');
    toPanel('destroy');
    watch?.disconnect();
    clearTimeout(pause);
    host?.remove();
    host = scout = scouting = panel = wish = unread = moment = 0;
  };

  // ---- the interface ------------------------------------------------------------------------------------------------

  /** Fails where a real module would: no WebAssembly, or a policy without 'wasm-unsafe-eval'. */
  const wasm = () => {
    try {
      broken ??= !new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    } catch {
      broken = 1;
    }
    return !broken;
  };

  /** An origin that accepts and never answers would keep a module waiting for ever: first it is known who answers. */
  const sure = () => servers[1] && checking;

  const load = async (piece) => {
    let problem;
    await sure();
    for (const server of servers) {
      try {
        // A browser may remember that a module failed to load: then ask for it by another name.
        const name = `${server}/assets/${piece}-${assets[piece]}.`;
        const module = await import(`${name}js?${failures}`);
        await module.default(`${name}wasm?${failures}`);
        return module;
      } catch (e) {
        problem = e;
      }
    }
    failures++;
    throw problem;
  };

  const strings = async () => {
    await sure();
    return get(`${servers[0]}/assets/lang-${lang.match(assets.tags)?.[0] || 'en'}-${assets.lang}.json`).catch(() => 0);
  };

  const prefetch = () => {
    loading ||= wasm() && Promise.all([load('interface'), strings()]);
    loading && loading.catch(() => loading = 0);
    return loading;
  };

  const face = async () => {
    const mine = host;
    const [module, table] = await prefetch();
    if (mine === host && !panel) {
      panel = module.mount(stage, { site, servers, lang, engagement: { ...file, appearance }, strings: table, page: here() }, {
        emit(name, detail) {
          if (detail.state) toScout(name, detail.state);
          emit(name, detail);
        },
        answer: (rule, outcome) => toScout('answer', rule, outcome),
        unread: count,
        navigate: deeds.navigate,
        conversation(now) {
          toScout('conversation', moment = now);
          keep();
          const opened = now === 'open';
          if (opened || now === 'close') {
            expand(opened);
            emit(now);
            // What a rule put there was only to be noticed.
            if (opened && unread) count(0);
          }
        },
      });
      if (draft) toPanel('prefill', draft);
      for (const made of later.splice(0)) toPanel('notify', { ...made, lang });
    }
  };

  const count = (n) => {
    restyle(unread = n);
    emit('unread', { count: n });
  };

  const open = async (source) => {
    wish = source;
    if (!host) return;
    if (wasm()) {
      if (!panel && source !== 'page') {
        expand(true);
        skeleton.replaceChildren();
        skeleton.hidden = false;
      }
      try {
        await face();
        if (wish) toPanel('open', source);
        wish = 0;
        return;
      } catch (e) {
        fail(e);
        if (wish !== 'visitor') return;
        if (e instanceof TypeError) return contact();
        broken = 1;
      }
    }
    close();
    window.open(`${servers[0]}/chat/${site}`, '_blank', 'noopener');
  };

  /** Nothing answers: the ways to reach the site that need no server of ours. */
  const contact = () => {
    const ways = file.contact;
    add(skeleton, 'p', '').textContent = ways?.email && pick(file.away) || 'We cannot be reached.';
    for (const way in ways) {
      const link = add(skeleton, 'a', '');
      link.href = (way === 'phone' ? 'tel:' : 'mailto:') + (link.textContent = ways[way]);
    }
  };

  const close = () => {
    wish = 0;
    if (panel) toPanel('close');
    else if (host) expand(false);
  };

  const toggle = (source) => expanded ? close() : open(source);

  // ---- the scout ----------------------------------------------------------------------------------------------------

  const enlist = async () => {
    const mine = host;
    // Whoever asks why rules fire or not gets the scout with a window in it.
    const piece = staff() ? 'overlay' : 'scout';
    if (scouting || piece === 'scout' && !file.program) return;
    scouting = 1;
    try {
      const module = await load(piece);
      if (mine !== host) return;
      scout = module;
      module.start(file, {
        site, ...consent, results: `${servers[0]}/v1/sites/${site}/results`, allowBots: data.bots === 'allow',
      }, {
        // Time passed, though nobody touched the page: it obeys a newer file all the same.
        decision, soon: () => (used(), prefetch()), report: warn, hear: module.hear,
      });
      toScout('set', facts);
      // Heard before there was anybody to tell.
      if (agents) toScout('availability', agents);
      if (moment) toScout('conversation', moment);
      for (const call of tracks.splice(0)) toScout('track', ...call);
    } catch (e) {
      fail(e);
    }
  };

  const decision = async (made) => {
    used();
    for (const action of made.actions) for (const name in action) deeds[name]?.(action[name]);
    // No notify, open, message, form, prefill or teaser: not worth bringing in the interface, which hears of it when it comes.
    if (!/[fmp]|tea/.test(made.actions.map(Object.keys))) {
      toScout('answer', made.rule, 'displayed');
      if (!panel) return later.push(made);
    }
    try {
      await face();
      toPanel('notify', { ...made, lang });
    } catch (e) {
      // Not shown, so not counted as shown; the launcher still hints at it.
      fail(e);
      count(1);
    }
  };

  // ---- life and commands --------------------------------------------------------------------------------------------

  const begin = () => {
    url = place();
    if (window.navigation) listen(navigation, 'currententrychange', used);
    else listen(window, 'popstate hashchange click', () => setTimeout(() => life && used()));
    listen(window, 'pointerdown keydown scroll visibilitychange', used);
    listen(window, 'pageshow', (e) => {
      if (e.persisted) used(run.page());
    });
    // A trap in a task of the interface's own; the page's errors are its own affair.
    listen(window, 'error unhandledrejection', ({ error, reason = error }) => {
      if (panel && reason instanceof WebAssembly.RuntimeError && /\/interface-/.test(reason.stack)) bury(reason);
    });
    take(stored((store) => store[keys + 'file']));
    take(inline && doc.querySelector(source)?.text);
    // Whoever works on the rules wants the file as it is now.
    checking = check(staff() ? 'no-cache' : undefined);
  };

  /** Who opens: a button of the page is the visitor's doing, too. */
  const acting = () => navigator.userActivation?.isActive === false ? 'page' : 'visitor';

  const run = {
    __proto__: null,
    close,
    open: () => open(acting()),
    toggle: () => toggle(acting()),
    show: () => restyle(shown = true),
    hide: () => restyle(shown = false),
    start() {
      if (life) return;
      life = new AbortController();
      if (doc.prerendering) listen(doc, 'prerenderingchange', begin, true);
      else begin();
    },
    destroy() {
      leave();
      life?.abort();
      life = file = status = 0;
    },
    set(values) {
      Object.assign(facts, values);
      toScout('set', values);
    },
    track(...call) {
      if (scout) toScout('track', ...call);
      else if (tracks.length < 50) tracks.push(call);
    },
    page(to) {
      toScout('page', to);
      toPanel('page', here(to));
    },
    async logout() {
      draft = 0;
      // Only the interface reaches the outbox. The next person at this device must find nothing.
      if (host && talking()) await face().catch(fail);
      toPanel('logout');
      stored((store) => {
        for (const key in store) if (key.startsWith(keys)) delete store[key];
      });
    },
    consent(given) {
      consent = { ...consent, ...given };
      toScout('consent', consent);
      keep();
      emit('consent', consent);
    },
    prefill(text) {
      draft = text;
      toPanel('prefill', text);
    },
    async locale(to) {
      lang = to;
      loading = 0;
      restyle();
      if (panel) toPanel('locale', lang, await strings());
    },
    theme(values) {
      Object.assign(look, values);
      if (file) apply(file);
    },
    on(event, act) {
      const hear = act.chinwag ||= (e) => act(e.detail);
      addEventListener('chinwag:' + event, hear);
      return () => run.off(event, act);
    },
    off(event, act) {
      removeEventListener('chinwag:' + event, act?.chinwag);
    },
    explain: (rule) => toScout('explain', rule) || { scout: 0 },
  };

  /** What actions of rules do here. */
  const deeds = { badge: count, hide: run.hide, show: run.show, track: (data) => emit('track', data), navigate: (to) => location.assign(to) };

  /** `Chinwag(command, …)`: a mistake is one line on the console, never an exception. */
  const api = window.Chinwag = (command, ...args) => {
    try {
      const wrong = /^((set|consent|theme):[^o]|(track|prefill|locale|o[nf]f?):[^s])/.test(command + ':' + typeof args[0]);
      if (run[command] && !wrong) return run[command](...args);
      warn(`cannot ${command} ${args}`);
    } catch (e) {
      warn(e);
    }
  };
  api.site = site;
  for (const call of before?.q || []) api(...call);
  if (data.load !== 'manual') run.start();
})();
