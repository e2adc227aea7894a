export type Row = import('../control-plane/rows.ts').Row;
