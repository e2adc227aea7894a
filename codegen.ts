import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed operations from `schema.graphql`, which is read as a file, so that this works without a server. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/support/operations/*.graphql'],
  generates: {
    'test/support/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { documentMode: 'string', enumsAsTypes: true, useTypeImports: true, scalars: { DateTimeISO: 'string' } },
    },
  },
  importExtension: '.ts',
};

export default config;
