/** Schema of the loss, one branch for each loss of src/engine/losses, which computes them. */
import { LOSSES } from '../../../src/engine/losses/registry.ts';

export const lossSchema = {
  description: 'Training loss.',
  type: 'object',
  default: { name: 'triplet' },
  discriminator: { propertyName: 'name' },
  oneOf: LOSSES.map(({ schema }) => schema),
};
