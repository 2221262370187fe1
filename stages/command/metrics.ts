import { readFileSync } from 'node:fs';
import { PipelineError, type Metrics } from '../../src/stage.ts';

/** The scalar values of a JSON file, nested names joined by a dot. Throws `E_COMMAND`. */
export function readMetrics(path: string, name: string): Metrics {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PipelineError(
      'E_COMMAND',
      `the metrics file '${name}' cannot be read as JSON: ${(error as Error).message}`,
    );
  }
  const metrics: Record<string, number | string | boolean | null> = {};
  flatten(value, '', metrics);
  return metrics;
}

function flatten(
  value: unknown,
  prefix: string,
  into: Record<string, number | string | boolean | null>,
): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value))
      flatten(member, prefix === '' ? name : `${prefix}.${name}`, into);
  } else if (
    typeof value === 'number' ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value === null
  ) {
    into[prefix === '' ? 'value' : prefix] = value;
  }
}
