import { digestOf } from '../../src/base/hash.ts';
import { keyOf, type KeyDocument, type Manifest } from '../../src/store/manifest.ts';

/** A manifest whose key fits its key document. */
export function manifest(
  document: Partial<KeyDocument> = {},
  content = 'content',
  producer: Partial<Manifest['producer']> = {},
): Manifest {
  const keyDocument: KeyDocument = {
    format: 1,
    kind: 'train',
    code: digestOf('code'),
    parameters: { cell: 'gru', margin: 0.1 },
    inputs: { tokens: digestOf('tokens') },
    engine: { backend: 'wasm', precision: 'exact', device: 'cpu', version: '1' },
    libraries: { usearch: '2.25.3' },
    ...document,
  };
  return {
    format: 1,
    kind: keyDocument.kind,
    key: keyOf(keyDocument),
    digest: digestOf(content),
    type: 'model',
    keyDocument,
    files: [],
    metrics: {},
    headline: null,
    producer: {
      version: '1',
      node: 'v20.0.0',
      platform: 'linux-x64',
      threads: 1,
      started: '2026-01-01T00:00:00Z',
      seconds: 1,
      peakMemoryBytes: 1,
      ...producer,
    },
  };
}
