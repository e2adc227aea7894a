import { slugPattern } from '../contract/slug.ts';

export const pattern = slugPattern;
