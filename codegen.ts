import type { CodegenConfig } from '@graphql-codegen/cli';

const output = {
  preset: 'client',
  presetConfig: { fragmentMasking: false },
  config: {
    documentMode: 'string',
    enumsAsTypes: true,
    useTypeImports: true,
    pureMagicComment: true,
    scalars: { DateTimeISO: 'string' },
  },
} as const;

/** Typed operations from `schema.graphql`, which is read as a file, so that this works without a server. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'test/support/generated/': { ...output, documents: ['test/support/operations/*.graphql'] },
    'clients/console/generated/': { ...output, documents: ['clients/console/**/*.graphql'] },
  },
  importExtension: '.ts',
};

export default config;
