/** JSON as YAML for reading. Not for writing files: src/cli/render/yaml-text.ts does that, with a YAML library. No DOM. */
import { isObject, type Json } from '../../../base/json.ts';

export function yamlText(value: Json): string {
  return lines(value, '').join('\n');
}

function lines(value: Json, indent: string): string[] {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return items.flatMap((item) => {
      const inner = lines(item, `${indent}  `);
      return isSimple(item)
        ? [`${indent}- ${inline(item)}`]
        : [`${indent}- ${inner[0]!.trimStart()}`, ...inner.slice(1)];
    });
  }
  if (!isObject(value)) return [`${indent}${inline(value)}`];
  return Object.entries(value as Record<string, Json>).flatMap(([name, member]) =>
    isSimple(member)
      ? [`${indent}${keyText(name)}: ${inline(member)}`]
      : [`${indent}${keyText(name)}:`, ...lines(member, `${indent}  `)],
  );
}

/** On the line of its name: scalars, and short lists of them. */
function isSimple(value: Json): boolean {
  if (Array.isArray(value))
    return (value as readonly Json[]).every((item) => !isObject(item) && !Array.isArray(item));
  return !isObject(value) || Object.keys(value).length === 0;
}

function inline(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(inline).join(', ')}]`;
  if (isObject(value)) return '{}';
  return typeof value === 'string' ? scalarText(value) : JSON.stringify(value);
}

const PLAIN = /^[\p{L}_./@][\p{L}\p{N} _./@%+-]*$/u;
const MISREAD = /^(?:true|false|null|yes|no|on|off|~|\.nan|\.inf)$/i;

function scalarText(text: string): string {
  return PLAIN.test(text) && !MISREAD.test(text) && !text.endsWith(' ') ? text : JSON.stringify(text);
}

function keyText(name: string): string {
  return scalarText(name);
}
