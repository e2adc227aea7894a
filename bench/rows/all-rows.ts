import type { Row } from '../bench-context.ts';
import { callRows } from './call-rows.ts';

/** Every row, in the order of the report. */
export const allRows: readonly Row[] = [...callRows];
