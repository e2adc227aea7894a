import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildApiSchema } from './build-api-schema.ts';

// Run by `npm run schema` from the root of the checkout. The server never writes the file.
const HEADER = '# Written by `npm run schema` from the resolvers. Review it like code; do not edit it by hand.\n\n';
writeFileSync('schema.graphql', `${HEADER}${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`);
