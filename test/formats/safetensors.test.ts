import { closeSync, ftruncateSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors, requireTensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

function fileWith(header: object, bytes = 0): string {
  const path = join(temporaryFolder(), 'a.safetensors');
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text]));
  truncateSync(path, 8 + text.length + bytes);
  return path;
}

describe('a safetensors file', () => {
  it('gives back what was written', () => {
    const path = join(temporaryFolder(), 'a.safetensors');
    const tensors = {
      words: { shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 4) },
      known: { shape: [3], data: Uint8Array.of(1, 0, 1) },
      empty: { shape: [0], data: new Uint32Array(0) },
    };
    writeSafetensors(path, tensors, { note: 'a' });
    const file = readSafetensors(path);
    expect(file.metadata).toEqual({ note: 'a' });
    expect([...file.tensors.keys()]).toEqual(['empty', 'known', 'words']);
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      expect(file.tensors.get(name)!.shape).toEqual(shape);
      expect(file.tensors.get(name)!.data).toEqual(data);
    }
  });

  it('of more than 2 GiB is read tensor by tensor', () => {
    const path = join(temporaryFolder(), 'large.safetensors');
    const many = 600_000_000;
    const header = Buffer.from(
      JSON.stringify({
        large: { dtype: 'F32', shape: [many], data_offsets: [0, 4 * many] },
        small: { dtype: 'U32', shape: [2], data_offsets: [4 * many, 4 * many + 8] },
      }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const start = 8 + header.length;
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, Buffer.concat([length, header]));
    // The zeros of the large tensor take no space on the disk.
    ftruncateSync(descriptor, start + 4 * many);
    writeSync(descriptor, Buffer.from(Uint32Array.of(7, 9).buffer), 0, 8, start + 4 * many);
    closeSync(descriptor);
    const file = readSafetensors(path);
    expect(requireTensor(file, 'small', Uint32Array).data).toEqual(Uint32Array.of(7, 9));
    expect(file.tensors.get('large')!.shape).toEqual([many]);
  });

  it.each([
    ['a length of the header beyond the file', { a: 1 }, -3, 'its header is longer than the file'],
    ['an unknown type', { a: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }, 2, 'has type F16'],
    ['a tensor beyond the end', { a: { dtype: 'U8', shape: [9], data_offsets: [0, 9] } }, 2, 'past the end'],
    [
      'a shape that does not match, however large',
      { a: { dtype: 'F32', shape: [1e12], data_offsets: [0, 4] } },
      4,
      'does not match its shape',
    ],
  ])('with %s is refused before any memory is taken', (_, header, bytes, message) => {
    const path = fileWith(header, bytes);
    expect(() => readSafetensors(path)).toThrow(message);
  });

  it('that is cut off or not JSON is refused', () => {
    const path = join(temporaryFolder(), 'a.safetensors');
    for (const [content, message] of [
      ['short', 'shorter than its header length'],
      ['\x02\0\0\0\0\0\0\0{]', 'its header is not JSON'],
      ['\x02\0\0\0\0\0\0\0[]', 'its header is not a JSON object'],
    ] as const) {
      writeFileSync(path, content, 'latin1');
      expect(() => readSafetensors(path)).toThrow(message);
    }
  });
});
