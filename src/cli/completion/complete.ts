/**
 * `pipeline __complete WORD…`: what the last word could become, one candidate a line, for the scripts of
 * `pipeline completion`. It answers at once and never fails: a spec that cannot be read has no names.
 */
import type { Command, Option } from 'commander';
import { printPart } from '../render/output.ts';
import { filesLike, runsIn, specFilesLike, specNames, kindNames } from './sources.ts';

/** The last word is the one to complete; it may be empty. */
export async function completeCommand(root: Command, words: readonly string[]): Promise<number> {
  try {
    const all = await candidatesFor(root, words);
    const candidates = all.filter((candidate) => candidate.startsWith(words.at(-1)!));
    printPart([...new Set(candidates)].map((candidate) => `${candidate}\n`).join(''));
  } catch {
    // Somebody is typing: an error message would be in the way.
  }
  return 0;
}

async function candidatesFor(root: Command, words: readonly string[]): Promise<readonly string[]> {
  const [name = '', ...rest] = words;
  if (rest.length === 0)
    return root
      .createHelp()
      .visibleCommands(root)
      .map((command) => command.name());
  const command = root.commands.find((one) => one.name() === name);
  if (!command) return [];
  const line = readLine(command, rest);
  if (line.option) return valuesOf(line.option, line);
  const current = rest.at(-1)!;
  if (current.startsWith('-'))
    return command
      .createHelp()
      .visibleOptions(command)
      .map(({ long, short }) => long ?? short ?? '');
  return argumentsFor(command, line);
}

interface Line {
  readonly current: string;
  /** The words before the current one that are neither options nor their values. */
  readonly given: readonly string[];
  readonly store: string | undefined;
  /** The option whose value the current word is. */
  readonly option: Option | undefined;
  /** Long names of the options before the current word. */
  readonly options: readonly string[];
}

function readLine(command: Command, words: readonly string[]): Line {
  const given: string[] = [];
  const options: string[] = [];
  let store: string | undefined;
  let option: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (option) {
      if (option.long === '--store') store = word;
      option = undefined;
      continue;
    }
    const found = command.options.find(({ long, short }) => word === long || word === short);
    if (found?.long) options.push(found.long);
    if (found?.required) option = found;
    else if (!word.startsWith('-')) given.push(word);
  }
  return { current: words.at(-1)!, given, store, option, options };
}

async function valuesOf({ long, argChoices }: Option, line: Line): Promise<readonly string[]> {
  if (argChoices) return argChoices;
  switch (long ?? '') {
    case '--set':
    case '--repeat':
    case '--halving':
      return (await specNames(line.given[0])).parameters.map((name) => `${name}=`);
    case '--only':
    case '--from':
    case '--until':
    case '--stage':
    case '--index':
      return listed(line.current, await stagesOf(line));
    case '--tag':
      return (await runsIn(line.store)).tags;
    case '--diff':
      return ['last', ...(await runNames(line))];
    case '--outcome':
      return ['done', 'failed', 'interrupted'];
    case '--store':
    case '--params':
    case '--into':
    case '--write':
    case '--report':
    case '--file':
    case '--output':
      return filesLike(line.current);
    default:
      return [];
  }
}

/** Names separated by commas: the last is completed, the others stay. */
function listed(current: string, names: readonly string[]): readonly string[] {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  return names.map((name) => `${before}${name}`);
}

async function argumentsFor(command: Command, line: Line): Promise<readonly string[]> {
  const all = command.registeredArguments;
  const argument = all[line.given.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  switch (argument?.name() ?? '') {
    case 'spec':
      return TAKES_RUNS.has(command.name())
        ? [...specFilesLike(line.current), ...(await runNames(line))]
        : specFilesLike(line.current);
    case 'run':
      return exportsModel(command, line)
        ? [...specFilesLike(line.current), ...(await runNames(line))]
        : runNames(line);
    case 'stage':
    case 'stages':
      return stagesOf(line);
    case 'kind':
      return kindNames();
    case 'tag':
      return (await runsIn(line.store)).tags;
    case 'file':
    case 'archive':
    case 'folder':
      return filesLike(line.current);
    default:
      return argument?.argChoices ?? [];
  }
}

/** `export --to onnx`, which takes a spec too. */
const exportsModel = (command: Command, { options }: Line): boolean =>
  command.name() === 'export' && options.includes('--to');

/** Commands whose first argument is a spec or a recorded run. */
const TAKES_RUNS = new Set(['show', 'logs', 'query', 'report', 'serve']);

async function runNames({ store }: Line): Promise<readonly string[]> {
  const { ids, tags } = await runsIn(store);
  return ['latest', ...tags, ...ids];
}

async function stagesOf({ given: [target], store }: Line): Promise<readonly string[]> {
  const { stages } = await specNames(target);
  return stages.length > 0 ? stages : (await runsIn(store)).stagesOf(target ?? '');
}
