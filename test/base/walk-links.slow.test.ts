import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesOf } from '../../src/base/walk.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

it('a folder is refused where folders link to each other in too many ways to follow', async () => {
  const packages = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const folder = temporaryFolder();
  for (const name of packages) {
    mkdirSync(join(folder, 'data', name), { recursive: true });
    writeFileSync(join(folder, 'data', name, `${name}.txt`), '');
  }
  for (const one of packages)
    for (const other of packages) symlinkSync(`../${other}`, join(folder, 'data', one, `to-${other}`));
  for (const pattern of ['data', 'data/**/*.txt'])
    await expect(filesOf(join(folder, pattern))).rejects.toThrow(
      /links lead to the folder of 'to-\w' in more than 1,000 ways/,
    );
});
