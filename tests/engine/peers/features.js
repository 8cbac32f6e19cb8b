// Random features with rules, experiments and prerequisites. Left out: what our module says that it does not read.

import { attributes, condition, GROUPS, random } from './generate.js';

const NAMES = ['f0', 'f1', 'f2', 'f3'];
const IDS = ['u1', 'u2', 'visitor-77', 'été', '😀', 7, 12.5, 0, '', true];
const VALUES = [true, false, 'red', 'blue', 1, 0, null, { size: 2 }];

const share = (r) => r.pick([0, 0.1, 0.3333, 0.5, 0.9, 1]);
const range = (r) => {
  const from = share(r);
  return [from, Math.max(from, share(r))];
};
const maybe = (r, chance, name, make) => (r.chance(chance) ? { [name]: make() } : {});
const list = (r, least, most, make) => Array.from({ length: least + r.below(most - least + 1) }, () => make(r));

function parents(r) {
  return list(r, 1, 2, (r) => ({
    id: r.pick(NAMES),
    condition: r.pick([{ value: true }, { value: { $exists: true } }, { value: { $ne: 'red' } }, { value: { $in: ['red', 1] } }]),
    ...maybe(r, 0.5, 'gate', () => true),
  }));
}

function who(r) {
  return {
    ...maybe(r, 0.5, 'hashVersion', () => r.pick([1, 2, 2, 99])),
    ...maybe(r, 0.4, 'hashAttribute', () => r.pick(['id', 'company', 'nobody'])),
    ...maybe(r, 0.3, 'seed', () => r.pick(['s', 'été', 'f1'])),
    ...maybe(r, 0.1, 'fallbackAttribute', () => 'company'),
    ...maybe(r, 0.4, 'coverage', () => share(r)),
    ...maybe(r, 0.25, 'condition', () => condition(r, 1)),
    ...maybe(r, 0.15, 'parentConditions', () => parents(r)),
    ...maybe(r, 0.2, 'filters', () => list(r, 1, 2, (r) => ({
      seed: r.pick(['pricing', 's']),
      ranges: list(r, 1, 2, range),
      ...maybe(r, 0.4, 'attribute', () => r.pick(['id', 'company'])),
      ...maybe(r, 0.4, 'hashVersion', () => r.pick([1, 2])),
    }))),
  };
}

function rule(r) {
  const id = maybe(r, 0.3, 'id', () => r.pick(['r1', 'r2']));
  if (r.chance(0.4)) return { ...id, ...who(r), force: r.pick(VALUES), ...maybe(r, 0.3, 'range', () => range(r)) };
  const variations = list(r, 1, 4, (r) => r.pick(VALUES));
  return {
    ...id,
    ...who(r),
    variations,
    ...maybe(r, 0.3, 'key', () => r.pick(['exp', 'holdout', 'f2'])),
    ...maybe(r, 0.4, 'weights', () => variations.map(() => (r.chance(0.7) ? 1 / variations.length : share(r)))),
    ...maybe(r, 0.3, 'ranges', () => variations.map(() => range(r))),
    ...maybe(r, 0.2, 'namespace', () => [r.pick(['pricing', 'ns']), ...range(r)]),
    ...maybe(r, 0.3, 'meta', () => variations.map((_, i) => ({
      ...maybe(r, 0.7, 'key', () => `v${i}`),
      ...maybe(r, 0.4, 'name', () => `Variation ${i}`),
      ...maybe(r, 0.2, 'passthrough', () => true),
    }))),
    ...maybe(r, 0.2, 'name', () => 'Test'),
    ...maybe(r, 0.2, 'phase', () => '1'),
  };
}

export function makeFeatures(seed, index) {
  const r = random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0xc2b2ae35));
  const features = Object.fromEntries(NAMES.filter(() => r.chance(0.9)).map((name) => [name, {
    ...maybe(r, 0.8, 'defaultValue', () => r.pick(VALUES)),
    ...maybe(r, 0.9, 'rules', () => list(r, 0, 3, rule)),
  }]));
  const asked = Object.values(features).flatMap((f) => f.rules ?? []).map((one) => one.condition ?? {});
  return {
    feature: r.pick(NAMES),
    context: {
      attributes: { ...Object.assign({}, ...asked.map((one) => attributes(r, one))), ...maybe(r, 0.9, 'id', () => r.pick(IDS)), ...maybe(r, 0.5, 'company', () => r.pick(IDS)) },
      features,
      savedGroups: GROUPS,
      ...maybe(r, 0.1, 'forcedVariations', () => ({ [r.pick(['exp', 'f0', 'f1'])]: r.below(5) - 1 })),
      ...maybe(r, 0.2, 'url', () => `https://shop.example/?${r.pick(['exp', 'f0', 'f1'])}=${r.pick(['0', '1', '9', 'x', ''])}#part`),
    },
  };
}
