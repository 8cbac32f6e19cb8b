// The shop's own script: a basket, a till that refuses coupons and a small client-side router. It keeps nothing on the
// device (the basket travels in the links), so that whatever appears in storage was written by somebody else.
'use strict';

// The stub of the documentation: calls made before the tag has loaded are kept and replayed.
window.Chinwag = window.Chinwag || function () { (Chinwag.q = Chinwag.q || []).push(arguments); };

const plants = {
  fern: ['Boston fern', 24], monstera: ['Swiss cheese plant', 46], snake: ['Snake plant', 32],
  calathea: ['Calathea', 38], pothos: ['Golden pothos', 19], peperomia: ['Watermelon peperomia', 22],
};
const pounds = (amount) => '£' + amount.toFixed(2);
const find = (selector) => document.querySelector(selector);
const all = (selector) => document.querySelectorAll(selector);
const query = new URLSearchParams(location.search);

// ---- basket ---------------------------------------------------------------------------------------------------------

const basket = (query.get('basket') || '').split(',').filter((key) => Object.hasOwn(plants, key));
const till = find('#till');
// Somebody who opens the checkout by its address finds one plant in the basket: an empty till shows nothing.
if (till && !query.has('basket')) basket.push('fern');
const value = () => basket.reduce((sum, key) => sum + plants[key][1], 0);

function tell() {
  for (const place of all('.basket')) place.textContent = `Basket (${basket.length})`;
  Chinwag('set', { 'cart.value': value(), 'cart.items': basket.length });
}

// The basket goes along in the links of the shop.
addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="/demo/"]');
  if (!link || !basket.length) return;
  const to = new URL(link.href);
  to.searchParams.set('basket', basket.join());
  link.href = to.pathname + to.search + to.hash;
}, true);

for (const button of all('[data-add]')) {
  button.addEventListener('click', () => {
    basket.push(button.dataset.add);
    tell();
    find('#added').textContent = 'Added. Delivery is free above £60.';
  });
}
tell();

// ---- the product page shows any plant -------------------------------------------------------------------------------

const chosen = query.get('plant');
if (find('.product') && Object.hasOwn(plants, chosen)) {
  const [name, price] = plants[chosen];
  document.title = `${name} · Fern & Field`;
  for (const place of all('[data-name]')) place.textContent = name;
  find('.big-price').textContent = pounds(price);
  find('.product img').src = `/demo/img/${chosen}.svg`;
  find('.product img').alt = name;
  find('[data-add]').dataset.add = chosen;
}

// ---- checkout -------------------------------------------------------------------------------------------------------

if (till) {
  const list = find('#lines');
  const sums = () => {
    const delivery = value() > 60 || !basket.length ? 0 : 4.5;
    find('#goods').textContent = pounds(value());
    find('#delivery').textContent = delivery ? pounds(delivery) : 'Free';
    find('#total').textContent = pounds(value() + delivery);
  };
  for (const key of basket) {
    const line = list.appendChild(document.createElement('li'));
    const picture = line.appendChild(document.createElement('img'));
    picture.src = `/demo/img/${key}.svg`;
    picture.alt = '';
    picture.width = picture.height = 54;
    line.appendChild(document.createElement('span')).textContent = plants[key][0];
    line.appendChild(document.createElement('span')).textContent = pounds(plants[key][1]);
  }
  sums();
  find('#coupon').addEventListener('submit', (event) => {
    event.preventDefault();
    const code = event.target.elements.code.value.trim().toUpperCase();
    const problem = find('#coupon-error');
    if (!code) { problem.textContent = 'Type a code first.'; return; }
    problem.textContent = `“${code}” is not a code that we know.`;
    // A field with focus keeps every notification away; whoever pressed the button is done typing.
    event.target.querySelector('button').focus();
    Chinwag('track', 'coupon_failed', { code });
  });
  till.addEventListener('submit', (event) => {
    event.preventDefault();
    find('#placed').textContent = 'Thank you! This is a demonstration, so nothing was ordered and nothing was kept.';
    Chinwag('track', 'purchase', { value: value() });
  });
}

for (const button of all('[data-plan]')) {
  button.addEventListener('click', () => {
    Chinwag('track', 'subscribed', { plan: button.dataset.plan });
    button.textContent = 'Chosen, thank you';
  });
}

// ---- My garden: a client-side router over the History API -----------------------------------------------------------

const views = all('[data-view]');
function show() {
  const path = location.pathname.replace(/\/+$/, '/') ;
  const name = path.endsWith('/settings') ? 'settings' : 'plants';
  for (const view of views) view.hidden = view.dataset.view !== name;
  for (const link of all('.side a')) {
    if (link.pathname === path) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${name === 'settings' ? 'Settings' : 'My garden'} · Fern & Field`;
}
if (views.length) {
  for (const link of all('.side a')) {
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      history.pushState(null, '', link.href);
      show();
      find('[data-view]:not([hidden]) h1').focus();
    });
  }
  addEventListener('popstate', show);
  show();
}

// ---- the consent switch at the foot of the page ---------------------------------------------------------------------

const remember = find('#remember');
if (remember) {
  // Written only after the visitor has said yes, and removed with the tick.
  const key = 'fern-and-field-consent';
  remember.checked = localStorage.getItem(key) === 'granted';
  const signal = () => {
    const given = remember.checked ? 'granted' : 'denied';
    Chinwag('consent', { storage: given, analytics: given });
  };
  if (remember.checked) signal();
  remember.addEventListener('change', () => {
    if (remember.checked) localStorage.setItem(key, 'granted');
    else localStorage.removeItem(key);
    signal();
  });
}
