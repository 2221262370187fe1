/** Writes a trained model as a folder that other programs load. */
import type { ExportFormat } from './exported-config.ts';
import type { ModelFacts } from './facts.ts';
import { fillFolder } from './fill-folder.ts';
import { writeHuggingFace } from './huggingface/write.ts';
import { writeOnnx } from './onnx/write.ts';
import { readTrainedModel, type TrainedModel } from './trained-model.ts';

const WRITERS: Readonly<
  Record<ExportFormat, (folder: string, model: TrainedModel, facts: ModelFacts) => void>
> = {
  onnx: writeOnnx,
  huggingface: writeHuggingFace,
};

/** `model`: folder of the artifact. Equal models give equal bytes. */
export function exportModel(format: ExportFormat, model: string, folder: string, facts: ModelFacts): void {
  fillFolder(folder, (aside) => {
    WRITERS[format](aside, readTrainedModel(model), facts);
  });
}
