// Makes a counterexample smaller for as long as the two engines still differ on it.

// Every value that is one step simpler.
function* simpler(node) {
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length; i++) yield node.toSpliced(i, 1);
    for (let i = 0; i < node.length; i++) for (const inner of simpler(node[i])) yield node.with(i, inner);
  } else if (node !== null && typeof node === 'object') {
    const entries = Object.entries(node);
    for (let i = 0; i < entries.length; i++) yield Object.fromEntries(entries.toSpliced(i, 1));
    for (const [, inner] of entries) if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) yield inner;
    for (let i = 0; i < entries.length; i++) {
      for (const inner of simpler(entries[i][1])) yield Object.fromEntries(entries.with(i, [entries[i][0], inner]));
    }
  } else if (node !== null && node !== 0 && node !== '') {
    yield null;
    if (typeof node === 'number') yield 0;
    if (typeof node === 'string') yield '';
  }
}

// `parts` are the keys that hold objects; `differ` answers for a list of cases at once.
export async function shrink(found, parts, differ) {
  let smallest = found;
  for (let round = 0; round < 200; round++) {
    const tries = [];
    for (const part of parts) {
      for (const inner of simpler(smallest[part])) {
        if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) tries.push({ ...smallest, [part]: inner });
      }
    }
    const differences = await differ(tries);
    const next = tries.find((_, i) => differences[i]);
    if (!next) break;
    smallest = next;
  }
  return smallest;
}
