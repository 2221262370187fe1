import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PipelineError } from '../../src/base/diagnostic.ts';
import { hintOf, isSystemError, reasonOf, systemError } from '../../src/base/system-error.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

function refusalOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('the system refused nothing');
}

test('what the system refuses is said in plain words', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  symlinkSync('circle', join(folder, 'circle'));
  const reason = (action: () => unknown): string => reasonOf(refusalOf(action));
  expect(reason(() => readFileSync(folder))).toBe('it is a folder, not a file');
  expect(reason(() => readFileSync(join(folder, 'none')))).toBe('there is no such file or folder');
  expect(reason(() => readdirSync(file))).toBe('a file is where a folder should be');
  expect(reason(() => readFileSync(join(folder, 'circle')))).toBe('links point to each other in a circle');
  expect(reason(() => readFileSync(join(folder, 'x'.repeat(300))))).toBe(
    'the name is too long for the file system',
  );
});

test.skipIf(process.getuid?.() === 0)('a refused permission is said with the path and a hint', () => {
  const folder = join(temporaryFolder(), 'closed');
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  const path = join(folder, 'a');
  const error = systemError(
    'E_STORE',
    'the store cannot be written',
    refusalOf(() => {
      writeFileSync(path, '');
    }),
  );
  expect(error).toMatchObject({
    code: 'E_STORE',
    message: `the store cannot be written: permission denied (${path})`,
    hint: 'Check the permissions of the file and of the folders above it.',
  });
});

test('a full disk is said with what to do', () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write '/a/b'"), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(reasonOf(full)).toBe('no space is left on the disk');
  expect(hintOf(full)).toContain('Free some space');
});

test('a code without words of its own has the description of the system, and never the code', () => {
  const odd = Object.assign(new Error('ENOTSOCK: socket operation on non-socket, read'), {
    code: 'ENOTSOCK',
    errno: -88,
    syscall: 'read',
  });
  expect(reasonOf(odd)).not.toMatch(/ENOTSOCK|read/);
});

test('an error of a program keeps the first line of its message, and one of ours is left alone', () => {
  const fault = new TypeError('x is not a function\n    at …');
  expect(isSystemError(fault)).toBe(false);
  expect(reasonOf(fault)).toBe('x is not a function');
  const own = new PipelineError('E_USAGE', 'no');
  expect(systemError('E_STORE', 'the store cannot be written', own)).toBe(own);
});
