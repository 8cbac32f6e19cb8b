// Our reference semantics against GrowthBook's own engine, on random conditions and features:
// `node differential.js ANSWERS [CASES] [SEED]`. ANSWERS is the program of src/bin/answers.rs; a tenth of the cases are features.
// Ends with 1 and the smallest counterexample when they differ.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { evalCondition, GrowthBook } from '@growthbook/growthbook';
import { makeFeatures } from './features.js';
import { makeCase } from './generate.js';
import { shrink } from './shrink.js';

const BATCH = 2000;
const [answers, cases = '20000', given] = process.argv.slice(2);
const seed = given === undefined ? (Math.random() * 4294967296) >>> 0 : Number(given);
if (!answers || !(Number(cases) > 0) || !Number.isInteger(seed)) {
  console.error('usage: node differential.js ANSWERS [CASES] [SEED]');
  process.exit(2);
}
console.error = () => {}; // it reports every unknown operator

const ours = spawn(answers, { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: ours.stdout })[Symbol.asyncIterator]();
ours.on('exit', (code) => {
  if (code) {
    console.log(`${answers} ended with ${code}; seed ${seed}`);
    process.exit(1);
  }
});

async function ask(batch) {
  ours.stdin.write(batch.map((one) => `${JSON.stringify(one)}\n`).join('') + '\n');
  const found = [];
  while (found.length < batch.length) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${answers} stopped answering; seed ${seed}`);
    found.push(JSON.parse(value));
  }
  return found;
}

// `undefined` where GrowthBook throws.
const kinds = {
  conditions: {
    make: makeCase,
    parts: ['condition', 'attributes', 'groups'],
    theirs: ({ condition, attributes, groups }) => evalCondition(attributes, condition, groups),
    says: (answer) => String(answer),
  },
  features: {
    make: makeFeatures,
    parts: ['context'],
    theirs: ({ feature, context }) => JSON.parse(JSON.stringify(new GrowthBook(context).evalFeature(feature))),
    says: (answer) => answer.source,
  },
};

function theirs(kind, one) {
  try {
    return kind.theirs(one);
  } catch {
    return undefined;
  }
}

const differs = (expected, found) => expected !== undefined && !isDeepStrictEqual(expected, found);

async function compare(name, cases) {
  const kind = kinds[name];
  const said = {};
  const start = performance.now();
  for (let first = 0; first < cases; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, cases - first) }, (_, i) => kind.make(seed, first + i));
    const found = await ask(batch);
    for (const [i, one] of batch.entries()) {
      const expected = theirs(kind, one);
      const says = expected === undefined ? 'throws' : kind.says(expected);
      said[says] = (said[says] ?? 0) + 1;
      if (differs(expected, found[i])) await report(kind, one, `case ${first + i} of seed ${seed}`);
    }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${cases} ${name}, seed ${seed}: no difference in ${seconds} s; GrowthBook: ${JSON.stringify(said)}`);
  // A generator that makes but one thing would show nothing.
  const most = Math.max(...Object.values(said));
  if (most > cases * 0.8 || (said.throws ?? 0) > cases / 100) {
    console.log('the cases are lopsided: mend the generator');
    process.exit(1);
  }
}

async function report(kind, one, name) {
  const differ = async (batch) => {
    const found = await ask(batch);
    return batch.map((one, i) => differs(theirs(kind, one), found[i]));
  };
  const smallest = await shrink(one, kind.parts, differ);
  const [answer] = await ask([smallest]);
  console.log(`${name} differs; the smallest that does:`);
  console.log(JSON.stringify(smallest));
  console.log(`GrowthBook: ${JSON.stringify(theirs(kind, smallest))}`);
  console.log(`ours:       ${JSON.stringify(answer)}`);
  process.exit(1);
}

await compare('conditions', Number(cases));
await compare('features', Math.ceil(Number(cases) / 10));
ours.stdin.end();
