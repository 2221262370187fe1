import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/base/json.ts';
import type { Key } from '../../src/base/hash.ts';
import type { RunRecord, StageRecord } from '../../src/history/record.ts';
import { storeLayout, type StoreLayout } from '../../src/store/layout.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

export function emptyStore(): StoreLayout {
  const root = join(temporaryFolder(), 'artifacts');
  mkdirSync(root);
  return storeLayout(root);
}

export function stageRecord(fields: Partial<StageRecord> = {}): StageRecord {
  const key = 'a'.repeat(64) as Key;
  return { kind: 'train', state: 'executed', key, digest: 'd1', seconds: 2, metrics: {}, ...fields };
}

/** A record of a run that began `minute` minutes after midnight. */
export function runRecord(
  minute: number,
  fields: Partial<RunRecord> & { params?: JsonObject } = {},
): RunRecord {
  const started = new Date(Date.UTC(2026, 0, 31, 0, minute)).toISOString();
  return {
    format: 1,
    id: `${started.replace(/[-:]|\.\d+/g, '')}-000${String(minute).padStart(4, '0')}`,
    spec: { name: 'demo', file: '/project/demo.yaml' },
    params: { seed: 1 },
    engine: null,
    started,
    seconds: 3,
    outcome: 'done',
    parameters: { model: { loss: { margin: 0.2 } } },
    stages: { model: stageRecord() },
    environment: { version: '0.1.0', node: 'v20.19.0', platform: 'linux-x64', cpu: 'any', threads: 2 },
    ...fields,
  };
}
