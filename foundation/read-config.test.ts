import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { baseUrlVariable, ConfigError, integerVariable, parsedVariable, portVariable, readConfig } from './read-config.ts';

const schema = z.object({ PORT: portVariable.prefault('80'), URL: baseUrlVariable.optional(), COUNT: integerVariable(1, 10).optional() });

describe('readConfig', () => {
  it('takes an empty value for none, and ignores what it does not know', () => {
    expect(readConfig(schema, { PORT: '', URL: undefined, HOME: '/root' })).toEqual({ PORT: 80 });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(readConfig(schema, {}))).toBe(true);
  });

  it('names every fault at once', () => {
    const read = () => readConfig(schema, { PORT: '8o80', URL: 'ftp://x', COUNT: '11' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT: must be a whole number between 0 and 65535[^]*URL: must be an absolute http\(s\) URL[^]*COUNT: must be/);
  });

  it('repeats no value, which may be a secret put in the wrong place', () => {
    expect(() => readConfig(schema, { COUNT: 'hunter2' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });
});

describe('integerVariable', () => {
  it.each(['1', '10', '010'])('reads %s', (text) => {
    expect(readConfig(schema, { COUNT: text }).COUNT).toBe(Number(text));
  });

  it.each(['0', '11', '-1', '1.5', '1e0', '0x1', ' 1', '1_0', '9999999999999'])('refuses "%s"', (text) => {
    expect(() => readConfig(schema, { COUNT: text })).toThrow('COUNT: must be a whole number between 1 and 10');
  });
});

describe('baseUrlVariable', () => {
  it('drops the trailing slash and keeps a path', () => {
    expect(readConfig(schema, { URL: 'https://a.example/mcp/' }).URL).toBe('https://a.example/mcp');
  });
});

describe('parsedVariable', () => {
  const parsed = (parse: (text: string) => unknown) => z.object({ LIST: parsedVariable(parse) });

  it('reports what the parser refuses, once by name', () => {
    const refuse = () => {
      throw new ConfigError('LIST: entry 1 is odd');
    };
    expect(() => readConfig(parsed(refuse), { LIST: 'x' })).toThrow('The environment is not usable:\n  LIST: entry 1 is odd');
  });

  it('does not take a bug for a fault of the environment', () => {
    const fail = () => {
      throw new TypeError('a bug');
    };
    expect(() => readConfig(parsed(fail), { LIST: 'x' })).toThrow(TypeError);
  });
});
