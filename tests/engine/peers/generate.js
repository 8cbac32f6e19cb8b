// Random conditions and attributes. What is left out, and why:
// - names of JavaScript's own properties (`length`, `constructor`): GrowthBook finds them on any object, we never do;
// - keys of objects that are whole numbers: JavaScript moves them to the front, and plain equality compares texts;
// - `$savedGroup` and groups with a type (new in 1.8, not in the published suite), `$notRegex` (not in 1.8.0);
// - operands on which GrowthBook throws.

export const GROUPS = { beta: ['a', 5, 'É', true], empty: [], mixed: [null, '5', 0, 'abc', -1.5] };
const MEMBERS = Object.values(GROUPS).flat();

const PATHS = ['a', 'a', 'b', 'b', 'c', 'a.x', 'a.y.z', 'b.0', 'b.1.x', 'b.x', 'c.x.y', 'c.00', 'missing', 'a.missing', 'a..x', '', '$a', 'é'];
const JUNCTIONS = ['$and', '$or', '$nor', '$not'];
const KEYS = ['x', 'y', 'z', 'a', '$x', 'é', ''];
const NUMBERS = [0, 1, -1, 5, 10, 0.1, -1.5, 99.99, 1e21, 1e-7, 123456789012345, 3];
const TEXTS = [
  '', ' ', 'a', 'A', 'abc', 'ABC', 'b', '5', '05', ' 5 ', '5.0', '-1.5', '1e3', '0x10', '0X1f', '-0x1', '+5', '.5', '5.', '1_0', 'Infinity', '-Infinity', 'NaN',
  'true', 'false', 'null', 'undefined', '[object Object]', '1,2', 'a,5', ',', 'é', 'É', 'ß', 'SS', 'Σ', 'ΑΣ', 'ας', 'İ', 'i̇', '😀', '\uff5e', '\u00a05', '/a/b', 'x\ny',
];
const VERSIONS = ['1.2.3', 'v1.2.3', '1.2.3-rc.1', '1.2.3-rc.10', '1.2.3+build', '1.10.0', '1.2', '1', 'v2', '10.0.0', '1.2.3.4', '1.2.x', '', '1..3', '-1.0.0', '123456.0.0'];
const PATTERNS = [
  '^a', 'c$', '^abc$', 'b', '[a-c]+', '\\d', '^\\d+$', '^(a|b)', 'a.c', '^$', '.', '\\s', '\\w+', '5|true', 'null', 'object', '^/a', 'a\\/b', '/a/', '[^a]', 'a{2,3}', '(?:ab)?c', '^.{3}$',
  'é', 'ß', '(', '[', '*a', 'undefined', '\\.', '-', ',',
];
const TYPES = ['string', 'number', 'boolean', 'array', 'object', 'null', 'undefined', 'unknown', ''];
const SCALAR_TESTS = ['$eq', '$ne', '$lt', '$lte', '$gt', '$gte'];
const VERSION_TESTS = ['$veq', '$vne', '$vlt', '$vlte', '$vgt', '$vgte'];
const LIST_TESTS = ['$in', '$nin', '$ini', '$nini', '$all', '$alli'];

// mulberry32: small, seeded, good enough to choose with.
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)], chance: (share) => next() < share };
}

function text(r) {
  return r.pick(r.chance(0.2) ? VERSIONS : TEXTS);
}

function scalar(r) {
  switch (r.below(6)) {
    case 0: return null;
    case 1: return r.chance(0.5);
    case 2: case 3: return r.chance(0.3) ? r.below(200) / 8 - 5 : r.pick(NUMBERS);
    default: return text(r);
  }
}

const many = (r, most, make) => Array.from({ length: r.below(most + 1) }, () => make(r));

export function value(r, depth = 2) {
  if (depth === 0 || r.chance(0.6)) return scalar(r);
  const inner = (r) => value(r, depth - 1);
  return r.chance(0.5) ? many(r, 4, inner) : object(r, inner);
}

function object(r, inner) {
  return Object.fromEntries(many(r, 3, (r) => [r.pick(KEYS), inner(r)]));
}

// What a fact is compared with.
function operand(r, depth) {
  if (depth === 0 || r.chance(0.2)) return value(r);
  if (r.chance(0.02)) return { $gt: scalar(r), x: scalar(r) };
  return Object.fromEntries(Array.from({ length: r.chance(0.8) ? 1 : 2 }, () => operator(r, depth - 1)));
}

function operator(r, depth) {
  switch (r.below(14)) {
    case 0: case 1: case 2: return [r.pick(SCALAR_TESTS), r.chance(0.85) ? scalar(r) : value(r)];
    case 3: return [r.pick(VERSION_TESTS), r.chance(0.8) ? r.pick(VERSIONS) : scalar(r)];
    case 4: case 5: return [r.pick(LIST_TESTS), r.chance(0.97) ? many(r, 4, (r) => (r.chance(0.85) ? scalar(r) : operand(r, depth))) : scalar(r)];
    case 6: return ['$exists', r.chance(0.8) ? r.chance(0.5) : value(r)];
    case 7: return ['$type', r.pick(TYPES)];
    case 8: return ['$size', operand(r, depth)];
    case 9: return ['$elemMatch', r.chance(0.5) ? object2(r, depth) : condition(r, depth)];
    case 10: return ['$not', operand(r, depth)];
    case 11: return [r.pick(['$regex', '$regexi']), r.pick(PATTERNS)];
    case 12: return [r.pick(['$inGroup', '$notInGroup']), r.chance(0.9) ? r.pick(Object.keys(GROUPS)) : r.pick(['nobody', 5, null])];
    default: return r.chance(0.1) ? ['$nonsense', scalar(r)] : ['$eq', scalar(r)];
  }
}

const object2 = (r, depth) => Object.fromEntries([operator(r, depth)]);

export function condition(r, depth = 3) {
  const entry = () => {
    if (depth > 0 && r.chance(0.25)) {
      const junction = r.pick(JUNCTIONS);
      const inner = (r) => condition(r, depth - 1);
      return [junction, junction === '$not' ? inner(r) : many(r, 3, inner)];
    }
    return [r.pick(PATHS), operand(r, depth)];
  };
  const count = r.chance(0.03) ? 0 : r.chance(0.8) ? 1 : 2;
  return Object.fromEntries(Array.from({ length: count }, entry));
}

// Attributes that often have what the condition asks about, so that it does not fail for want of a fact.
export function attributes(r, asked) {
  const facts = Object.fromEntries(['a', 'b', 'c'].filter(() => r.chance(0.5)).map((name) => [name, value(r)]));
  for (const [path, test] of leaves(asked)) if (r.chance(0.8)) put(r, facts, path.split('.'), aimed(r, test));
  return facts;
}

function* leaves(asked) {
  for (const [key, inner] of Object.entries(asked)) {
    if (key === '$not') yield* leaves(inner);
    else if (JUNCTIONS.includes(key)) for (const one of inner) yield* leaves(one);
    else yield [key, inner];
  }
}

// A fact that has a chance with this operand: one of its own values, a list with them, or something near.
function aimed(r, test) {
  if (r.chance(0.15)) return value(r);
  if (Array.isArray(test) || test === null || typeof test !== 'object') return near(r, test);
  const entries = Object.entries(test);
  if (!entries.length || !entries.every(([key]) => key.startsWith('$'))) return structuredClone(test);
  const [name, inner] = r.pick(entries);
  const some = (make) => (r.chance(0.8) ? [...many(r, 2, scalar), make(), ...many(r, 2, scalar)] : many(r, 3, scalar));
  switch (name) {
    case '$not': return aimed(r, inner);
    case '$size': return Array.from({ length: typeof inner === 'number' && inner >= 0 && inner < 9 ? inner : r.below(4) }, () => scalar(r));
    case '$elemMatch': return some(() => (isTest(inner) ? aimed(r, inner) : attributes(r, inner)));
    case '$all': case '$alli': return Array.isArray(inner) ? [...inner.filter(() => r.chance(0.9)).map((one) => aimed(r, one)), ...many(r, 1, scalar)] : value(r);
    case '$in': case '$nin': case '$ini': case '$nini': {
      const one = Array.isArray(inner) && inner.length ? near(r, r.pick(inner)) : scalar(r);
      return r.chance(0.3) ? [scalar(r), one] : one;
    }
    case '$inGroup': case '$notInGroup': return r.chance(0.3) ? [scalar(r), r.pick(MEMBERS)] : r.pick(MEMBERS);
    case '$regex': case '$regexi': return text(r);
    case '$exists': case '$type': return value(r);
    default: return VERSION_TESTS.includes(name) && r.chance(0.7) ? r.pick(VERSIONS) : near(r, inner);
  }
}

const isTest = (node) => Object.keys(node).length > 0 && Object.keys(node).every((key) => key.startsWith('$'));

// The same value, or one that JavaScript's conversions may take for it.
function near(r, wanted) {
  const kind = r.below(8);
  if (kind < 5) return structuredClone(wanted);
  if (typeof wanted === 'number') return kind === 5 ? String(wanted) : kind === 6 ? wanted + 1 : [wanted];
  if (typeof wanted === 'string') return kind === 5 ? wanted.toUpperCase() : kind === 6 ? [wanted] : scalar(r);
  return scalar(r);
}

// Sets a fact, making lists and objects on the way. What is in the way stays.
function put(r, into, [key, ...rest], fact) {
  if (Array.isArray(into) ? !/^[0-3]$/.test(key) : into === null || typeof into !== 'object') return;
  if (!rest.length) into[key] = fact;
  else {
    if (into[key] === null || typeof into[key] !== 'object') into[key] = /^[0-9]/.test(rest[0]) ? [null] : {};
    put(r, into[key], rest, fact);
  }
  if (Array.isArray(into)) for (let i = 0; i < into.length; i++) into[i] ??= scalar(r);
}

export function makeCase(seed, index) {
  const r = random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const asked = condition(r);
  return { condition: asked, attributes: attributes(r, asked), groups: GROUPS };
}
