/** Refuses an allocation that parameters or a file ask for and the machine cannot give, before it is made. */
import { totalmem } from 'node:os';
import { PipelineError } from './diagnostic.ts';

const GIB = 2 ** 30;

/** What the parts of a product are, by the names that a user knows: `{ model_vocabulary: 50000, dimensions: 300 }`. */
export type Factors = Readonly<Record<string, number>>;

/** @throws PipelineError `E_LIMIT` if the product of the factors does not fit the memory of this machine */
export function requireMemory(
  what: string,
  factors: Factors,
  { bytesEach = Float32Array.BYTES_PER_ELEMENT, available = totalmem() } = {},
): void {
  const bytes = Object.values(factors).reduce((product, factor) => product * factor, bytesEach);
  if (bytes <= available) return;
  const parts = Object.entries(factors).map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`);
  throw new PipelineError(
    'E_LIMIT',
    `${what} would take ${(bytes / GIB).toFixed(1)} GiB (${parts.join(' × ')} × ${bytesEach} bytes), but this ` +
      `machine has ${(available / GIB).toFixed(1)} GiB of memory`,
    { hint: `Lower ${Object.keys(factors).join(' or ')}.` },
  );
}
