// The texts that scripts/build-kernels.mjs writes from src/engine/kernels/abi.mjs: TypeScript for the side that makes
// instructions, AssemblyScript for the side that runs them. It writes no file itself.
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
    SIGMOID_TABLE: abi.SIGMOID_TABLE,
  };
  const { PAGE_BYTES, JOB_BITS, DISPATCH_BITS, INSTRUCTION_SLOTS } = abi;
  const lines = [
    "import { floatBits, type Instruction } from './threads/instructions.ts';\n",
    ...Object.entries({ PAGE_BYTES, JOB_BITS, DISPATCH_BITS, INSTRUCTION_SLOTS }).map(
      ([name, value]) => `export const ${name} = ${value};`,
    ),
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

/** assembly/lib/abi.generated.ts. Constants with literal values are inlined. */
export function assemblyAbi() {
  const constants = [
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
    ['SIGMOID_LENGTH', 'i32', abi.SIGMOID_TABLE.length],
    ['SIGMOID_LIMIT', 'f32', abi.SIGMOID_TABLE.limit],
  ];
  return `${HEAD}${constants.map(([name, type, value]) => `export const ${name}: ${type} = ${value};\n`).join('')}`;
}

/** assembly/lib/operations.<module>.generated.ts */
export function assemblyOperations(module) {
  const operations = Object.values(abi.OPERATIONS[module]);
  const files = [...new Set(operations.map(({ file }) => file))];
  const cases = operations.map((operation, index) => {
    const { file, name } = operation;
    return `    case ${index + 1}: ${camel(file)}.${name}(${argumentsOf(operation).join(', ')}); break;`;
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

function argumentsOf(operation) {
  const slots = new Map(fieldsOf(operation).map(({ name, slot }) => [name, slot]));
  const forms = {
    f32: (slot) => `floatAt(p, ${slot})`,
    flag: (slot) => `slotAt(p, ${slot}) != 0`,
    scratchOffset: (slot) => `scratch + <usize>slotAt(p, ${slot})`,
    scratch: () => 'scratch',
    beat: () => 'beat',
  };
  return operation.parameters.map(({ name, type }) =>
    (forms[type] ?? ((slot) => `slotAt(p, ${slot})`))(slots.get(name)),
  );
}

/**
 * Throws where a kernel's parameters are not those of its operation, by names and types in their order, or where an
 * operation has more fields than an instruction has slots. `sourceOf`: the text of a file in assembly/lib.
 */
export function checkAbi(sourceOf) {
  for (const operation of Object.values(abi.OPERATIONS).flatMap((module) => Object.values(module))) {
    const { file, name, parameters } = operation;
    const signature = new RegExp(`export function ${name}\\(([^)]*)\\)`).exec(sourceOf(file))?.[1] ?? '';
    const written = signature.replace(/\s+/g, ' ').trim().replace(/,$/, '');
    const described = parameters.map((each) => `${each.name}: ${TYPES[each.type]?.kernel}`).join(', ');
    if (written !== described)
      throw new Error(`${file}.ts: ${name}(${written}) is described in abi.mjs as ${name}(${described})`);
    if (fieldsOf(operation).length >= abi.INSTRUCTION_SLOTS)
      throw new Error(`abi.mjs: ${file}.${name} has too many fields`);
  }
}
