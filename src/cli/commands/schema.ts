import { openCatalogue } from '../../kinds/catalogue.ts';
import { knownStage } from '../../plan/select.ts';
import { specSchema } from '../../spec/editor/schema.ts';
import { storeLayout } from '../../store/layout.ts';
import { printJson } from '../render/output.ts';

/** `pipeline schema`: prints the schema that is published as schema/pipeline.schema.json, or that of one kind. */
export function schemaCommand(kind: string | undefined): number {
  const catalogue = openCatalogue(storeLayout('artifacts'));
  printJson(
    kind === undefined
      ? specSchema(catalogue)
      : catalogue.builtIn(knownStage(catalogue.names, kind))?.declaration.parameters,
  );
  return 0;
}
