/** Checks of a store by names and sizes. `pipeline verify` reads every byte instead. */
import { numberText } from '../../base/number-text.ts';
import { now } from '../../base/clock.ts';
import { runIds, readRunRecord } from '../../history/record.ts';
import { findArtifact } from '../../store/local/artifacts.ts';
import { artifactBytes, storedArtifacts } from '../../store/local/inventory.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { leftoversOf, type Leftover } from '../../store/local/leftovers.ts';
import { bytesText } from '../render/text.ts';
import type { Check } from './check.ts';

/** Only the latest records are checked; a store may have very many. */
const LATEST_RECORDS = 200;
const DAY = 86_400;

export function healthChecks(layout: StoreLayout): Check[] {
  const leftovers = leftoversOf(layout, { grace: DAY, downloads: false, now: now() });
  const of = (...what: Leftover['what'][]): Leftover[] => leftovers.filter((one) => what.includes(one.what));
  return [
    artifacts(layout),
    records(layout),
    left(
      'locks',
      'no stale locks',
      of('lock'),
      'Their processes have ended. The next run takes the locks over.',
    ),
    left('unfinished work', 'none abandoned', of('work', 'checkpoint'), 'Remove it with `pipeline gc`.'),
    left('damaged artifacts', 'none in quarantine', of('damaged'), 'Remove them with `pipeline gc`.'),
  ];
}

function artifacts(layout: StoreLayout): Check {
  const name = 'artifacts';
  let [count, bytes] = [0, 0];
  const damaged: string[] = [];
  for (const artifact of storedArtifacts(layout)) {
    count += 1;
    bytes += artifactBytes(artifact);
    const lookup = findArtifact(layout, artifact.kind, artifact.key);
    if (lookup.state === 'damaged')
      damaged.push(`${artifact.kind}/${artifact.key.slice(0, 16)}…: ${lookup.why}`);
  }
  const found = `${numberText(count)}, ${bytesText(bytes)}`;
  if (damaged.length === 0) return { name, state: 'ok', found: `${found}, manifests and sizes correct` };
  return {
    name,
    state: 'failed',
    found: `${found}; ${damaged.length} damaged: ${damaged.slice(0, 3).join('; ')}`,
    hint: 'Run `pipeline verify` to move them aside. The next run makes them again.',
  };
}

function records(layout: StoreLayout): Check {
  const name = 'run records';
  const ids = runIds(layout);
  const damaged = ids.slice(0, LATEST_RECORDS).filter((id) => !readRunRecord(layout, id));
  if (damaged.length === 0) return { name, state: 'ok', found: numberText(ids.length) };
  return {
    name,
    state: 'failed',
    found: `${numberText(ids.length)}; unreadable: ${damaged.slice(0, 3).join(', ')}`,
    hint: 'Restore these files in runs/, or delete them. Artifacts are not affected.',
  };
}

function left(name: string, sound: string, leftovers: readonly Leftover[], hint: string): Check {
  if (leftovers.length === 0) return { name, state: 'ok', found: sound };
  const bytes = leftovers.reduce((sum, each) => sum + each.bytes, 0);
  return { name, state: 'warning', found: `${leftovers.length}, ${bytesText(bytes)}`, hint };
}
