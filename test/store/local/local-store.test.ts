import { describe } from 'vitest';
import { localStore } from '../../../src/store/store.ts';
import { emptyStore } from '../../history/records.ts';
import { storeContract } from '../store-contract.ts';

describe('the store on this machine', () => {
  storeContract(() => localStore(emptyStore()));
});
