/** The code of a kind of the user's own, which takes any number of inputs and a file outside the store. */
export const REPEAT_KIND = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineStage } from 'two-tower/stage';

export const stage = defineStage<{ file: string }>({
  description: 'Repeats a file once for each input.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: { file: { type: 'string', 'x-path': 'input', description: 'What to repeat.' } },
  },
  inputs: { many: { type: 'files', description: 'Anything.', many: true } },
  output: 'files',
  run({ params, inputs, output, progress, warn }) {
    progress({ done: 1, total: 2, unit: 'files' });
    warn({ message: 'this is a test', hint: 'Nothing is wrong.' });
    const texts = [inputs.many].flat().map(({ path }) => readFileSync(join(path, 'a'), 'utf8'));
    writeFileSync(join(output, 'text'), texts.join('') + readFileSync(params.file, 'utf8'));
    return {};
  },
});
`;
