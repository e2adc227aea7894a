import { expect, it } from 'vitest';
import { productVersion } from './product-version.ts';

it('is the version of the package', () => {
  expect(productVersion).toMatch(/^\d+\.\d+\.\d+/);
});
