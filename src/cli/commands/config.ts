import { projectConfigFile, userConfigFile } from '../../config/files.ts';
import { SETTING_NAMES } from '../../config/settings.ts';
import { withoutSecret } from '../../config/urls.ts';
import { configFor } from '../../session.ts';
import { dirname, resolve } from 'node:path';
import { printJson, printResult, styleFor, useColor } from '../render/output.ts';
import { table } from '../render/text.ts';

export interface ConfigOptions {
  readonly json?: boolean;
}

/** `pipeline config`: the values that count for a spec or the working folder, and where each comes from. */
export async function configCommand(spec: string | undefined, options: ConfigOptions): Promise<number> {
  const { values, origins } = await configFor({}, spec);
  const set = SETTING_NAMES.flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    return [
      { name, value: typeof value === 'string' ? withoutSecret(value) : value, from: origins.get(name)! },
    ];
  });
  if (options.json) printJson({ settings: set });
  else if (set.length === 0) printResult(nothingText(spec));
  else {
    const style = styleFor(useColor('stdout'));
    printResult(
      table(
        set.map(({ name, value, from }) => [
          name,
          Array.isArray(value) ? value.join(' ') : String(value),
          style.dim(from),
        ]),
      ),
    );
  }
  return 0;
}

function nothingText(spec = 'spec'): string {
  const project = projectConfigFile(dirname(resolve(spec))) ?? 'pipeline.config.yaml';
  return `Nothing is configured. The files are ${project} in the project and ${userConfigFile(process.env)}.`;
}
