import { Document, isScalar, visit } from 'yaml';
import type { JsonObject } from '../../base/json.ts';

const LINE_WIDTH = 100;

/** Parameters as a spec would have them: `name:` and an indented mapping. Lists of plain values stay on one line. */
export function yamlUnder(name: string, parameters: JsonObject): string {
  const document = new Document({ [name]: parameters });
  visit(document, {
    Seq(_, list) {
      if (list.items.every(isScalar)) list.flow = true;
    },
    Map(_, map) {
      if (map.items.length === 0) map.flow = true;
    },
  });
  return document.toString({ lineWidth: LINE_WIDTH, flowCollectionPadding: false }).trimEnd();
}
