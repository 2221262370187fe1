import { lastLines } from '../../../base/last-lines.ts';

/** Slurm's own words, with cgroups and without. */
const WORDS = /^slurmstepd.*(oom[-_ ]?kill|exceeded (job |step )?memory limit)/i;
const LOOKED_AT = 50;

/**
 * Whether a job's own output says that its memory was used up. Where memory is not confined with cgroups, Slurm reports
 * such a job as one that could not be launched, as if its node were at fault.
 */
export function saysOutOfMemory(log: string): boolean {
  return lastLines(log, LOOKED_AT).some((line) => WORDS.test(line));
}
