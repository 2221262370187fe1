import { describe, expect, it } from 'vitest';
import { readRepeat, readSweepArguments } from '../../src/sweep/arguments.ts';

const faultOf = (value: string): readonly [string, string | undefined] | undefined => {
  const [fault] = readSweepArguments([`model.rate=${value}`], '/').faults;
  return fault && [fault.message, fault.hint];
};

describe('a distribution on the command line', () => {
  it.each([
    ['log_unifrom(1e-4,1e-2)', "there is no distribution 'log_unifrom'", "Did you mean 'log_uniform'?"],
    ['loguniform(1e-4,1e-2)', "there is no distribution 'loguniform'", "Did you mean 'log_uniform'?"],
    ['randint(1,9)', "there is no distribution 'randint'", "Did you mean 'int'?"],
    ['choise(a,b)', "there is no distribution 'choise'", "Did you mean 'choice'?"],
    ['uniform[0,1]', "'uniform' takes its values in parentheses", 'Example: `uniform(1,9)`.'],
    ['uniform(0,1', "'uniform(' is not closed by ')' at the end", 'Example: `uniform(1,9)`.'],
  ])('%s is an error, not a text', (value, message, hint) => {
    const fault = faultOf(value);
    expect(fault?.[0]).toBe(message);
    expect(fault?.[1]).toContain(hint);
  });

  it.each(['uniform(1,0)', 'log_uniform(0,1)', 'int(1.5,2)', 'uniform(1)', 'uniform(a,b)', 'choice()'])(
    '%s is an error',
    (value) => {
      expect(faultOf(value)).toBeDefined();
    },
  );

  it.each(['init(x)', 'echo (1)', '[1,2]', 'uniform', '"uniform(1,2"'])('%s is a plain value', (value) => {
    const { faults, space } = readSweepArguments([`job.run=${value}`], '/');
    expect([faults, space]).toEqual([[], []]);
  });

  it('cannot be repeated', () => {
    expect(readRepeat('params.seed=int(1,9)')).toBeUndefined();
    expect(readRepeat('params.seed=1,2')?.values).toHaveLength(2);
  });
});
