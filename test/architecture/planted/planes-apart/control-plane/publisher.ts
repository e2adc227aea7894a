import type { Table } from '../data-plane/table.ts';

export type Published = Table;
