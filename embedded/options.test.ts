import path from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('without options: the documented ports, .sluice, with a sample', () => {
  expect(parseOptions([], {})).toEqual({
    controlPlanePort: 4_000,
    dataPlanePort: 4_100,
    dataDir: path.resolve('.sluice'),
    isEmpty: false,
    isHelpWanted: false,
  });
});

test('options win over the environment', () => {
  const env = { SLUICE_CONTROL_PLANE_PORT: '5000', SLUICE_DATA_PLANE_PORT: '5100' };
  const options = parseOptions(['--control-plane-port', '6000', '--data-dir=/srv/sluice', '--empty'], env);
  expect(options).toMatchObject({ controlPlanePort: 6_000, dataPlanePort: 5_100, dataDir: '/srv/sluice', isEmpty: true });
});

test.each([
  [['--prot', '80'], 'There is no option --prot.'],
  [['extra'], '"extra" is not an option.'],
  [['--data-dir'], '--data-dir needs a value.'],
  [['--empty=yes'], '--empty takes no value.'],
  [['--data-plane-port', '8o80'], '--data-plane-port must be a port between 0 and 65535; it is "8o80".'],
  [['--data-plane-port', '70000'], '--data-plane-port must be a port between 0 and 65535; it is "70000".'],
])('%j is refused in one line', (args, message) => {
  expect(() => parseOptions(args, {})).toThrow(expect.objectContaining({ message: `${message} See npm start -- --help`, exitCode: 64 }));
});

test('an option that npm swallowed is not lost silently', () => {
  expect(() => parseOptions([], { npm_config_data_dir: 'elsewhere' })).toThrow(/npm start -- --data-dir/);
});
