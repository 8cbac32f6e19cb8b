// A pass of 100 rules of six clauses that do not match, beside other engines, in one run:
// `node bench.js PASSES MODULE` with the program of src/bin/passes.rs and the module that wasm-bindgen made for Node.
//
// The engines take turns, some milliseconds each, so that the load of the machine meets all alike; medians of their turns.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { evalCondition } from '@growthbook/growthbook';
import jsonLogic from 'json-logic-js';

const ROUNDS = 60;
const TURN = 10; // milliseconds
const LEAST = { native: 7, wasm: 5 }; // times faster than GrowthBook
const [program, module] = process.argv.slice(2);

const FACTS = {
  page: { path: '/checkout/2', host: 'shop.example' },
  cart: { value: 120 },
  device: { type: 'phone' },
  geo: { country: 'FR' },
  customer: { tier: 'gold' },
  visit: { number: 6, pages: 4 },
};
// The last clause fails, so that all six are looked at.
const conditions = Array.from({ length: 100 }, (_, i) => ({
  'page.path': { $regex: '^/checkout' },
  'cart.value': { $gte: 20 + (i % 60) },
  'device.type': { $in: ['phone', 'tablet'] },
  'geo.country': { $in: ['FR', 'BE'] },
  $or: [{ 'customer.tier': 'gold' }, { 'visit.number': { $gte: 5 } }],
  'visit.pages': { $gt: 100 + i },
}));
// json-logic has no regular expressions: it compares the beginning of the text.
const logic = conditions.map((c) => ({
  and: [
    { '==': [{ substr: [{ var: 'page.path' }, 0, 9] }, '/checkout'] },
    { '>=': [{ var: 'cart.value' }, c['cart.value'].$gte] },
    { in: [{ var: 'device.type' }, ['phone', 'tablet']] },
    { in: [{ var: 'geo.country' }, ['FR', 'BE']] },
    { or: [{ '==': [{ var: 'customer.tier' }, 'gold'] }, { '>=': [{ var: 'visit.number' }, 5] }] },
    { '>': [{ var: 'visit.pages' }, c['visit.pages'].$gt] },
  ],
}));
const action = { notify: { text: { en: 'Questions about delivery?' }, replies: ['Delivery', 'Returns'] } };
const file = JSON.stringify({ version: 1, rules: conditions.map((when, i) => ({ id: `rule-${i}`, on: 'page', when, do: action })) });
const facts = JSON.stringify(Object.fromEntries(
  Object.entries(FACTS).flatMap(([group, inner]) => Object.entries(inner).map(([name, value]) => [`${group}.${name}`, value])),
));

const dir = mkdtempSync(join(tmpdir(), 'chinwag-bench-'));
writeFileSync(join(dir, 'file.json'), file);
writeFileSync(join(dir, 'facts.json'), facts);
const native = spawn(program, [join(dir, 'file.json'), join(dir, 'facts.json')], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: native.stdout })[Symbol.asyncIterator]();
async function ask(line) {
  native.stdin.write(`${line}\n`);
  const { value, done } = await lines.next();
  if (done) throw new Error(`${program} stopped`);
  return Number(value);
}
const { Bench } = createRequire(import.meta.url)(resolve(module));
const wasm = new Bench(file, facts);

// Nanoseconds of one call, from `count` of them.
function time(work, count) {
  const start = process.hrtime.bigint();
  work(count);
  return Number(process.hrtime.bigint() - start) / count;
}
function repeat(all, matches) {
  return (count) => {
    for (let n = 0; n < count; n++) for (const one of all) if (matches(one)) throw new Error('it must not match');
  };
}
const never = (count, found) => {
  if (found) throw new Error(`${found} of ${count} passes found something`);
};
const engines = {
  GrowthBook: (count) => time(repeat(conditions, (one) => evalCondition(FACTS, one, {})), count),
  'json-logic': (count) => time(repeat(logic, (one) => jsonLogic.apply(one, FACTS)), count),
  'ours, native': (count) => ask(`passes ${count}`),
  'ours, Wasm': (count) => time((n) => never(n, wasm.passes(n)), count),
  'ours, native, new page': (count) => ask(`moves ${count}`),
  'ours, Wasm, new page': (count) => time((n) => never(n, wasm.moves(n)), count),
  'not mentioned, native': (count) => ask(`ignored ${count}`),
  'not mentioned, Wasm': (count) => time((n) => never(n, wasm.ignored(n)), count),
};

const turns = Object.fromEntries(Object.keys(engines).map((name) => [name, []]));
const counts = {};
for (const [name, run] of Object.entries(engines)) {
  await run(2000); // warm
  counts[name] = Math.max(1, Math.ceil((TURN * 1e6) / (await run(200))));
}
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(engines)) turns[name].push(await run(counts[name]));
}
const wakes = [await ask('wakes'), wasm.wakes()];
native.stdin.end();
rmSync(dir, { recursive: true });

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const medians = Object.fromEntries(Object.entries(turns).map(([name, list]) => [name, median(list)]));
// Turn by turn, because neighbours in time meet the same load.
const ratio = (name) => median(turns.GrowthBook.map((theirs, i) => theirs / turns[name][i]));

console.log(`a pass of ${conditions.length} rules of six clauses, none matching; medians of ${ROUNDS} turns, Node ${process.version}`);
for (const name of Object.keys(engines)) {
  const speed = name.startsWith('ours') ? `   ${ratio(name).toFixed(1)} times GrowthBook` : '';
  console.log(`  ${name.padEnd(24)}${(medians[name] / 1000).toFixed(3).padStart(10)} us${speed}`);
}
console.log(`  with no rule due, a pass asks to be woken: ${wakes.every((at) => at < 0) ? 'never' : wakes}`);
const slow = [['native', 'ours, native'], ['wasm', 'ours, Wasm']].filter(([kind, name]) => ratio(name) < LEAST[kind]);
for (const [kind, name] of slow) console.log(`${name} is below ${LEAST[kind]} times GrowthBook`);
process.exit(slow.length || wakes.some((at) => at >= 0) ? 1 : 0);
