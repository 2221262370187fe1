import { LOSSES } from '../../../src/engine/losses/registry.ts';

export const lossSchema = {
  description: 'What training makes small.',
  type: 'object',
  default: { name: 'triplet' },
  discriminator: { propertyName: 'name' },
  oneOf: LOSSES.map(({ schema }) => schema),
};
