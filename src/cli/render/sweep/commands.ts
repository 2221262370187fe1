/** The commands that reproduce the table of a sweep, or one row of it. */
import type { Json } from '../../../base/json.ts';
import type { Configuration } from '../../../sweep/configurations.ts';
import type { AskedSweep } from '../../commands/sweep-options.ts';
import { shellWord } from '../text.ts';

/** The command as given, without flags that only control the execution and the output. */
export function sweepCommandLine({ file, options }: AskedSweep): string {
  const { experiments = [], halving, random, seed } = options;
  return line(file, [
    ...pairs('--set', options.set ?? []),
    ...pairs('--experiments', experiments),
    ...pairs('--random', random === undefined ? [] : [String(random)]),
    ...pairs('--seed', seed === undefined ? [] : [String(seed)]),
    ...pairs('--halving', halving === undefined ? [] : [halving]),
    ...shared(options),
    ...pairs('--baseline', options.baseline === undefined ? [] : [options.baseline]),
  ]);
}

/** Experiments are named; values of the grid and of the random search are given one by one. */
export function rowCommand(
  { experiment, values }: Configuration,
  { file, request, options }: AskedSweep,
): string {
  const written = request.experiments.find(({ name }) => name === experiment)?.overrides ?? [];
  const own = new Set(written.map((one) => ('set' in one ? '' : one.path)));
  const points = Object.entries(values).filter(([path]) => !own.has(path));
  const fixed = (options.set ?? []).filter((text) => {
    const path = text.slice(0, text.indexOf('='));
    return !(path in values);
  });
  return line(file, [
    ...pairs('--experiments', experiment === undefined ? [] : [experiment]),
    ...pairs('--set', [...fixed, ...points.map(([path, value]) => `${path}=${yamlText(value)}`)]),
    ...shared(options),
  ]);
}

function shared({ params, metric, minimize, repeat, columns }: AskedSweep['options']): string[] {
  return [
    ...pairs('--params', params === undefined ? [] : [params]),
    ...pairs('--metric', metric === undefined ? [] : [metric]),
    ...(minimize ? ['--minimize'] : []),
    ...pairs('--repeat', repeat ?? []),
    ...pairs('--columns', columns ?? []),
  ];
}

const pairs = (flag: string, values: readonly string[]): string[] => values.flatMap((value) => [flag, value]);

function line(file: string, args: readonly string[]): string {
  return ['pipeline', 'sweep', file, ...args].map(shellWord).join(' ');
}

/** Strings that YAML would read as another type are quoted. */
function yamlText(value: Json): string {
  const isWord = typeof value === 'string' && /^[A-Za-z][\w/-]*$/.test(value);
  return isWord && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : JSON.stringify(value);
}
