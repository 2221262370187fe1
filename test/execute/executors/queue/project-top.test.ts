import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectTop } from '../../../../src/execute/executors/queue/project-top.ts';
import { temporaryFolder } from '../../../helpers/run-kind.ts';

it('the top of a project is where its repository or package.json is', () => {
  const top = temporaryFolder();
  mkdirSync(join(top, 'experiments', 'artifacts'), { recursive: true });
  writeFileSync(join(top, 'package.json'), '{}');
  expect(projectTop(join(top, 'experiments'))).toBe(top);
});

it('a folder without either is its own top', () => {
  const folder = temporaryFolder();
  expect(projectTop(folder)).toBe(folder);
});
