/** The sweep that a spec declares, ready to be looked up: its configurations as trials. Executes nothing. */
import { resolve } from 'node:path';
import { loadOptions, type Session, type SpecOptions } from '../../session.ts';
import { checkVariable } from '../../spec/check.ts';
import { specError } from '../../spec/spec-error.ts';
import { configurationsOf } from '../../sweep/configurations.ts';
import { firstTrials, type Sweep } from '../../sweep/execute-sweep.ts';
import type { Trial } from '../../sweep/trial.ts';
import { baselineNumber, requestOf } from './sweep-options.ts';

export interface OpenSweep {
  readonly sweep: Sweep;
  readonly trials: readonly Trial[];
  /** Number of the configuration that the others are compared with. */
  readonly baseline: number | undefined;
}

/** Undefined for a spec without `sweep:`. */
export async function openSweep(
  file: string,
  { layout, kinds, store }: Session,
  options: SpecOptions & { readonly baseline?: string },
): Promise<OpenSweep | undefined> {
  const read = await checkVariable(resolve(file), loadOptions(layout, kinds, options));
  if (!read.ok) throw specError(read.error);
  const variable = read.value;
  if (!variable.sweep) return undefined;
  const { baseline } = options;
  const request = requestOf(
    variable.sweep,
    { fixed: [], axes: [], space: [], faults: [] },
    baseline === undefined ? {} : { baseline },
  );
  const configurations = configurationsOf(request);
  const sweep = { file, store, layout, variable, request };
  return {
    sweep,
    trials: await firstTrials(sweep, configurations),
    baseline: baselineNumber(request, configurations, configurations),
  };
}
