import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namesIn, publishFile, writeAtomically } from '../../src/base/files.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

describe.each([{ durable: false }, { durable: true }])('a file written in one step, %o', (options) => {
  it('replaces what was there, and its folder is made', () => {
    const file = join(temporaryFolder(), 'a', 'b', 'file.json');
    for (const text of ['first', 'second']) {
      writeAtomically(file, text, options);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
    expect(readdirSync(join(file, '..'))).toEqual(['file.json']);
  });

  it('has the permissions asked for', () => {
    const file = join(temporaryFolder(), 'secret');
    writeAtomically(file, '', { ...options, mode: 0o600 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind where it cannot take its place', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken', 'by a folder'), { recursive: true });
    expect(() => {
      writeAtomically(join(folder, 'taken'), 'text', options);
    }).toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

it('a file written aside gets its name', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'new'), 'text');
  writeFileSync(join(folder, 'file'), 'old');
  publishFile(join(folder, 'new'), join(folder, 'file'));
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('text');
});

describe('the names in a folder', () => {
  it('are none where it is missing', () => {
    expect(namesIn(join(temporaryFolder(), 'missing'))).toEqual([]);
  });

  it('are an error where it cannot be read, unless its reader says otherwise', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => namesIn(file)).toThrow('ENOTDIR');
    expect(namesIn(file, 'empty')).toEqual([]);
  });
});
