// The texts that scripts/build-kernels.mjs writes from src/engine/kernels/abi.mjs: TypeScript for the side that makes
// instructions, AssemblyScript and C for the sides that run them. It writes no file itself.
import * as abi from '../src/engine/kernels/abi.mjs';

const HEAD = '// Made by scripts/build-kernels.mjs from src/engine/kernels/abi.mjs\n';

/** What a parameter is in an instruction (nothing where the thread knows it), and in the kernel. */
const TYPES = {
  address: { field: 'number', kernel: 'usize' },
  bytes: { field: 'number', kernel: 'usize' },
  count: { field: 'number', kernel: 'u32' },
  u32: { field: 'number', kernel: 'u32' },
  f32: { field: 'number', kernel: 'f32' },
  flag: { field: 'boolean', kernel: 'bool' },
  scratchOffset: { field: 'number', kernel: 'usize' },
  scratch: { kernel: 'usize' },
  beat: { kernel: 'usize' },
};

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const capitals = (name) => name.replace(/([A-Z])/g, '_$1').toUpperCase();
const snake = (name) =>
  name.replace(/-/g, '_').replace(/([A-Z])/g, (_, letter) => `_${letter.toLowerCase()}`);
const numbered = (names) => names.map((name, number) => [name, number]);

/** The parameters that are fields of an instruction, each with its slot, from 1 on. */
function fieldsOf({ parameters }) {
  return parameters
    .filter(({ type }) => TYPES[type].field)
    .map(({ name, type }, index) => ({ name, type, slot: index + 1 }));
}

/** kernels/abi.generated.ts */
export function typescriptAbi() {
  const objects = {
    CONTROL: { address: abi.CONTROL.address, slots: abi.CONTROL.slots, ...abi.CONTROL.fields },
    POOLING: Object.fromEntries(numbered(abi.POOLINGS)),
    FUNCTION: Object.fromEntries(numbered(abi.FUNCTIONS)),
    SIMILARITY: Object.fromEntries(numbered(abi.SIMILARITIES)),
    SIGMOID_TABLE: abi.SIGMOID_TABLE,
  };
  const { PAGE_BYTES, JOB_BITS, DISPATCH_BITS, INSTRUCTION_SLOTS, QUERY_BLOCK, BM25_BLOCK } = abi;
  const numbers = { PAGE_BYTES, JOB_BITS, DISPATCH_BITS, INSTRUCTION_SLOTS, QUERY_BLOCK, BM25_BLOCK };
  const lines = [
    "import { floatBits, type Instruction } from './threads/instructions.ts';\n",
    ...Object.entries(numbers).map(([name, value]) => `export const ${name} = ${value};`),
    ...Object.entries(objects).map(
      ([name, value]) => `export const ${name} = ${JSON.stringify(value)} as const;`,
    ),
  ];
  for (const [module, operations] of Object.entries(abi.OPERATIONS)) {
    lines.push(`\n/** Instructions for assembly/${module}.ts. */`);
    lines.push(`export const ${camel(module)}Operations = {`);
    for (const [index, [name, operation]] of Object.entries(operations).entries())
      lines.push(...builder(name, operation, index + 1));
    lines.push('};');
  }
  return `${HEAD}${lines.join('\n')}\n`;
}

function builder(name, operation, number) {
  const fields = fieldsOf(operation);
  const forms = { f32: (value) => `floatBits(${value})`, flag: (value) => `Number(${value})` };
  const values = fields.map((field) => (forms[field.type] ?? String)(`fields.${field.name}`));
  return [
    `  /** \`${operation.name}\` in assembly/lib/${operation.file}.ts */`,
    `  ${name}: (fields: {`,
    ...fields.map((field) => `    readonly ${field.name}: ${TYPES[field.type].field};`),
    `  }): Instruction => [${[number, ...values].join(', ')}],`,
  ];
}

/** What the kernels of both languages need to know: name, type in AssemblyScript, value. */
function kernelConstants() {
  return [
    ['CONSTANTS', 'usize', abi.CONSTANTS_ADDRESS],
    ...Object.entries(abi.CONTROL.fields).map(([name, slot]) => [
      `CONTROL_${capitals(name)}`,
      'usize',
      slot * 4,
    ]),
    ['JOB_BITS', 'u64', abi.JOB_BITS],
    ['JOB_MASK', 'u32', 2 ** abi.JOB_BITS - 1],
    ['INSTRUCTION_BYTES', 'usize', abi.INSTRUCTION_SLOTS * 4],
    ...numbered(abi.POOLINGS).map(([name, number]) => [`POOLING_${capitals(name)}`, 'u32', number]),
    ...numbered(abi.FUNCTIONS).map(([name, number]) => [`FUNCTION_${capitals(name)}`, 'u32', number]),
    ...numbered(abi.SIMILARITIES).map(([name, number]) => [`SIMILARITY_${capitals(name)}`, 'u32', number]),
    ['QUERY_BLOCK', 'u32', abi.QUERY_BLOCK],
    ['BM25_BLOCK', 'u32', abi.BM25_BLOCK],
    ['SIGMOID_LENGTH', 'i32', abi.SIGMOID_TABLE.length],
    ['SIGMOID_LIMIT', 'f32', abi.SIGMOID_TABLE.limit],
  ];
}

/** assembly/lib/abi.generated.ts. Constants with literal values are inlined. */
export function assemblyAbi() {
  return `${HEAD}${kernelConstants()
    .map(([name, type, value]) => `export const ${name}: ${type} = ${value};\n`)
    .join('')}`;
}

/** native/source/abi.generated.h */
export function nativeAbi() {
  const values = { f32: (value) => `${value.toFixed(1)}f`, u32: (value) => `${value}u` };
  const lines = kernelConstants().map(
    ([name, type, value]) => `#define ${name} ${(values[type] ?? String)(value)}\n`,
  );
  return `${HEAD}#pragma once\n${lines.join('')}`;
}

/** native/source/operations.generated.c: `run_<module>` for each module, as work.c calls it. */
export function nativeOperations() {
  return HEAD + Object.keys(abi.OPERATIONS).map(nativeRunner).join('');
}

function nativeRunner(module) {
  const forms = {
    address: (slot) => `at_address(memory, p[${slot}])`,
    f32: (slot) => `float_of(p[${slot}])`,
    flag: (slot) => `p[${slot}] != 0`,
    scratchOffset: (slot) => `(void *)(scratch + p[${slot}])`,
    scratch: () => '(void *)scratch',
    beat: () => 'beat',
  };
  const cases = Object.values(abi.OPERATIONS[module]).map((operation, index) => {
    const values = argumentsOf(operation, forms, (slot) => `p[${slot}]`);
    return `    case ${index + 1}: ${nativeName(operation)}(${values.join(', ')}); return 0;\n`;
  });
  return [
    `\nstatic int run_${snake(module)}(char *memory, const uint32_t *p, char *scratch, uint32_t *beat) {\n`,
    '  switch (p[0]) {\n',
    ...cases,
    '    default: return 1;\n',
    '  }\n',
    '}\n',
  ].join('');
}

const nativeName = ({ file, name }) => snake(`${file}_${name}`);

/** assembly/lib/operations.<module>.generated.ts */
export function assemblyOperations(module) {
  const operations = Object.values(abi.OPERATIONS[module]);
  const files = [...new Set(operations.map(({ file }) => file))];
  const cases = operations.map((operation, index) => {
    const { file, name } = operation;
    return `    case ${index + 1}: ${camel(file)}.${name}(${assemblyArguments(operation).join(', ')}); break;`;
  });
  return [
    `${HEAD}import { floatAt, slotAt } from './slots';`,
    ...files.map((file) => `import * as ${camel(file)} from './${file}';`),
    '\n/** Runs one instruction. */',
    'export function run(p: usize, scratch: usize, beat: usize): void {',
    '  switch (slotAt(p, 0)) {',
    ...cases,
    '    default: unreachable();',
    '  }',
    '}\n',
  ].join('\n');
}

function assemblyArguments(operation) {
  const forms = {
    f32: (slot) => `floatAt(p, ${slot})`,
    flag: (slot) => `slotAt(p, ${slot}) != 0`,
    scratchOffset: (slot) => `scratch + <usize>slotAt(p, ${slot})`,
    scratch: () => 'scratch',
    beat: () => 'beat',
  };
  return argumentsOf(operation, forms, (slot) => `slotAt(p, ${slot})`);
}

/** An operation's arguments, read from the slots of its fields; `forms` by type, `other` for those that have none. */
function argumentsOf(operation, forms, other) {
  const slots = new Map(fieldsOf(operation).map(({ name, slot }) => [name, slot]));
  return operation.parameters.map(({ name, type }) => (forms[type] ?? other)(slots.get(name)));
}

/**
 * Throws where a kernel's parameters are not those of its operation, by names and types in their order, or where an
 * operation has more fields than an instruction has slots; in C by names. `sourceOf`, `nativeSourceOf`: the text of a
 * file in assembly/lib and in native/source.
 */
export function checkAbi(sourceOf, nativeSourceOf) {
  for (const operation of Object.values(abi.OPERATIONS).flatMap((module) => Object.values(module))) {
    const { file, name, parameters } = operation;
    const signature = new RegExp(`export function ${name}\\(([^)]*)\\)`).exec(sourceOf(file))?.[1] ?? '';
    const written = signature.replace(/\s+/g, ' ').trim().replace(/,$/, '');
    const described = parameters.map((each) => `${each.name}: ${TYPES[each.type]?.kernel}`).join(', ');
    if (written !== described)
      throw new Error(`${file}.ts: ${name}(${written}) is described in abi.mjs as ${name}(${described})`);
    checkNative(operation, nativeSourceOf(file));
    if (fieldsOf(operation).length >= abi.INSTRUCTION_SLOTS)
      throw new Error(`abi.mjs: ${file}.${name} has too many fields`);
  }
}

function checkNative(operation, source) {
  const name = nativeName(operation);
  const signature = new RegExp(`static void ${name}\\(([^)]*)\\)`).exec(source)?.[1] ?? '';
  const written = signature.split(',').map((parameter) => /\w+$/.exec(parameter.trim())?.[0] ?? '');
  const described = operation.parameters.map((parameter) => snake(parameter.name));
  // C is case-sensitive, and so are the letters of matrix sizes.
  if (written.map((each) => snake(each)).join() !== described.join())
    throw new Error(`${operation.file}.c: ${name}(${written}) is described in abi.mjs as (${described})`);
}
