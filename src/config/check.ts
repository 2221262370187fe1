/** The text of a configuration file → its values, or everything that is wrong with it, each at its place. */
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { distinct, failure, ok, type Diagnostic, type Result } from '../base/diagnostic.ts';
import { nameHint } from '../base/nearest.ts';
import { checkNames } from '../spec/text/names.ts';
import { errorAt, fileSource, type Place, type Report } from '../spec/text/source.ts';
import { isNull, toJson, type MapNode, type Node } from '../spec/text/tree.ts';
import { SPEC_NAMES } from '../spec/text/vocabulary.ts';
import { parseYaml } from '../spec/text/yaml.ts';
import {
  SECTIONS,
  SETTINGS,
  SETTING_NAMES,
  sectionOf,
  type Setting,
  type SettingName,
  type Values,
} from './settings.ts';
import { withoutSecret } from './urls.ts';
import { valueFault } from './value.ts';

/** Whose file it is: in the user's, a relative path would start from nowhere sensible. */
export type Owner = 'project' | 'user';

export function checkConfig(file: string, text: string, owner: Owner): Result<Values, readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  const report: Report = (diagnostic) => found.push(diagnostic);
  const root = parseYaml(fileSource(file, text), report);
  const values: Record<string, unknown> = {};
  if (root?.type === 'map') readRoot(root, { file, owner, report, values });
  else if (root && !isNull(root))
    report(
      errorAt(root.place, 'a configuration must be a mapping', {
        hint: 'Example: `store: { remote: s3://bucket/prefix }`.',
      }),
    );
  return found.length > 0 ? failure(distinct(found)) : ok(values as Values);
}

interface Reading {
  readonly file: string;
  readonly owner: Owner;
  readonly report: Report;
  readonly values: Record<string, unknown>;
}

const TOP_NAMES = [...SECTIONS, ...SETTING_NAMES.filter((name) => sectionOf(name) === undefined)];

function readRoot(root: MapNode, reading: Reading): void {
  for (const [name, { key, value }] of root.entries) {
    if (SECTIONS.includes(name)) readSection(name, value, reading);
    else if (TOP_NAMES.includes(name)) readValue(name as SettingName, value, reading);
    else
      reading.report(errorAt(key, `unknown name '${name}' in the configuration`, { hint: strayHint(name) }));
  }
}

/** A setting without its section, or something that belongs into a spec. */
function strayHint(name: string): string | undefined {
  const homes = SETTING_NAMES.filter((full) => full.endsWith(`.${name}`));
  if (homes.length > 0) return `It belongs under \`${homes.map((full) => sectionOf(full)).join('` or `')}\`.`;
  if (SPEC_NAMES.includes(name)) return `A spec may have \`${name}\`, the configuration may not.`;
  return nameHint(name, TOP_NAMES);
}

function readSection(section: string, node: Node, reading: Reading): void {
  if (isNull(node)) return;
  const names = SETTING_NAMES.flatMap((full) =>
    sectionOf(full) === section ? [full.slice(section.length + 1)] : [],
  );
  if (node.type !== 'map') {
    if (node.type !== 'scalar' || node.failed !== true)
      reading.report(
        errorAt(node.place, `'${section}' must be a mapping`, {
          hint: `Its settings are ${names.join(', ')}.`,
        }),
      );
    return;
  }
  checkNames(node, names, `'${section}'`, reading.report);
  for (const [name, { value }] of node.entries)
    if (names.includes(name)) readValue(`${section}.${name}` as SettingName, value, reading);
}

function readValue(name: SettingName, node: Node, { file, owner, report, values }: Reading): void {
  if (isNull(node) || (node.type === 'scalar' && node.failed === true)) return;
  const setting: Setting = SETTINGS[name];
  const value = toJson(node);
  const fault =
    valueFault(setting, value) ??
    (setting.type === 'string' && setting.path && owner === 'user' ? pathFault(value as string) : undefined);
  if (!fault) {
    values[name] = setting.type === 'string' && setting.path ? pathFrom(file, value as string) : value;
    return;
  }
  const place = itemPlace(node, fault.item);
  report(withoutSecrets(errorAt(place, `'${name}' ${fault.message}`, { hint: fault.hint })));
}

function itemPlace(node: Node, item: number | undefined): Place {
  return (item !== undefined && node.type === 'list' ? node.items[item]?.place : undefined) ?? node.place;
}

function pathFault(text: string): { message: string; hint: string; item?: number } | undefined {
  if (isAbsolute(text) || text.startsWith('~/')) return undefined;
  return {
    message: `must be an absolute path in the user's configuration, got '${text}'`,
    hint: 'Write it with / or ~/ at the beginning.',
  };
}

function pathFrom(file: string, text: string): string {
  return text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(dirname(file), text);
}

/** The line is shown without a password that it may contain. */
function withoutSecrets(diagnostic: Diagnostic): Diagnostic {
  const { location } = diagnostic;
  return location
    ? { ...diagnostic, location: { ...location, text: withoutSecret(location.text) } }
    : diagnostic;
}
