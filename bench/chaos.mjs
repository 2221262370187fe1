// `node bench/chaos.mjs [random|calls|syscalls|together|power]… [--rounds N] [--seed N] [--step N] [--json]`
// disturbs runs of the built command in every way we know and checks the store after each. Without a name it
// does all of them. Exits with 1 if anything was lost, damaged, made twice or left behind.
import { parseArgs } from 'node:util';
import { calls } from './chaos/calls.mjs';
import { power } from './chaos/power.mjs';
import { random } from './chaos/random.mjs';
import { syscalls } from './chaos/syscalls.mjs';
import { together } from './chaos/together.mjs';

const KINDS = { random, calls, syscalls, together, power };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    step: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !Object.hasOwn(KINDS, name));
if (unknown !== undefined) {
  console.error(`error: there is no disturbance '${unknown}'; choose from ${Object.keys(KINDS).join(', ')}`);
  process.exit(2);
}
const numbers = Object.fromEntries(
  ['rounds', 'seed', 'step']
    .filter((name) => values[name] !== undefined)
    .map((name) => [name, Number(values[name])]),
);

const show = ({ bad, ...row }) => {
  const cells = Object.entries(row).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  console.log(`  ${cells.join(' · ')} · faults ${bad.length}`);
  for (const fault of bad.slice(0, 10)) console.log(`    ✖ ${fault}`);
};

const results = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(KINDS)) {
  if (!values.json) console.log(name);
  results[name] = await KINDS[name]({ ...numbers, log: values.json ? () => {} : show });
  for (const row of results[name]) if (row.skipped && !values.json) console.log(`  skipped: ${row.skipped}`);
}
if (values.json) console.log(JSON.stringify(results));
process.exitCode = Object.values(results)
  .flat()
  .some(({ bad }) => bad.length > 0)
  ? 1
  : 0;
