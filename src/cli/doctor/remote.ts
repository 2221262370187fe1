/** Checks of the remote store that is configured: each operation is tried on a name of its own. */
import { digestOf } from '../../base/hash.ts';
import { monotonic } from '../../base/clock.ts';
import { probeCreateOnly } from '../../store/remote/create-only.ts';
import { PROBE, RECORDS } from '../../store/remote/names.ts';
import type { Objects } from '../../store/remote/objects/objects.ts';
import { RemoteFault } from '../../store/remote/objects/remote-fault.ts';
import type { Remote } from '../../store/remote/remote.ts';
import type { Check } from './check.ts';

/** Longer than a run waits: a slow server is to be told from one that is down. */
const CHECK_MS = 30_000;
/** A run does not wait longer for a manifest. */
const SLOW_MS = 5_000;

export async function remoteChecks(remote: Remote): Promise<Check[]> {
  const { settings } = remote;
  const found: Check[] = [{ name: 'address', state: 'ok', found: `${settings.address}, ${settings.mode}` }];
  const reading = await tried('reading', async () => {
    const objects = await remote.objects();
    const started = monotonic();
    await objects.read(`${PROBE}${digestOf('nothing')}`, AbortSignal.timeout(CHECK_MS));
    const took = Math.round(monotonic() - started);
    return took > SLOW_MS
      ? {
          state: 'warning',
          found: `answers after ${took} ms`,
          hint: 'A run waits no longer than 5 s for a manifest.',
        }
      : { state: 'ok', found: `answers within ${took} ms` };
  });
  found.push(reading);
  if (reading.state === 'failed') return found;
  const objects = await remote.objects();
  if (settings.mode === 'read-write') found.push(await writing(objects));
  found.push(
    await tried('lists', async () => {
      for await (const first of objects.list(RECORDS)) if (first.name !== '') break;
      return { state: 'ok', found: 'supported (runs, gc and verify with --remote)' };
    }),
    signatures(remote),
  );
  return found;
}

async function writing(objects: Objects): Promise<Check> {
  return tried('writing', async () => {
    const createOnly = await probeCreateOnly(objects, AbortSignal.timeout(CHECK_MS));
    return createOnly
      ? { state: 'ok', found: 'works, and writes only what is not there (If-None-Match)' }
      : {
          state: 'warning',
          found: 'works, but cannot write only what is not there',
          hint: 'Of two machines that finish the same artifact at the same moment, the last one wins.',
        };
  });
}

function signatures({ signer }: Remote): Check {
  const name = 'signatures';
  if (signer.signing === 'off') return { name, state: 'missing', found: 'off' };
  if (signer.key !== undefined)
    return { name, state: 'ok', found: `${signer.signing}, with PIPELINE_STORE_KEY` };
  return {
    name,
    state: 'missing',
    found: 'none: PIPELINE_STORE_KEY is not set',
    hint: 'Set it on every machine of the team, so that nobody else can put results into the store.',
  };
}

async function tried(name: string, work: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    if (!(error instanceof RemoteFault)) {
      if ((error as Error).name !== 'TimeoutError') throw error;
      return { name, state: 'failed', found: `no answer within ${CHECK_MS / 1000} s` };
    }
    const state = error.kind === 'unsupported' ? 'missing' : 'failed';
    return { name, state, found: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}
