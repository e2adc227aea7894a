import { useMatches } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import classes from './data-table.module.css';

/** A column of a table. */
export interface Column<Row> {
  readonly name: string;
  /** As a grid track: `2fr`, `120px`. */
  readonly width: string;
  /** Not shown on a phone. */
  readonly isSecondary?: boolean;
  readonly render: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  /** Names the table for who does not see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly toKey: (row: Row) => string;
  /** Called when the end of the rows comes near. */
  readonly onEnd?: () => void;
}

const ROW_HEIGHT = 53;
const OVERSCAN = 12;

/** Rows of any number: only those near the screen exist. */
export function DataTable<Row>({ label, columns, rows, toKey, onEnd }: DataTableProps<Row>) {
  const body = useRef<HTMLDivElement>(null);
  const isNarrow = useMatches({ base: true, sm: false });
  const shown = columns.filter(({ isSecondary }) => !isNarrow || isSecondary !== true);
  const gridTemplateColumns = shown.map(({ width }) => `minmax(0, ${width})`).join(' ');
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (position) => toKey(rows[position]!),
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - OVERSCAN) onEnd?.();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is called changes with each rendering
  }, [last, rows.length]);
  return (
    <div className={classes.table} role="table" aria-label={label} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns }}>
          {shown.map(({ name }) => (
            <div key={name} role="columnheader" className={classes.cell}>
              {name}
            </div>
          ))}
        </div>
      </div>
      <div ref={body} className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ key, index, start }) => (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            className={`${classes.row} ${classes.placed}`}
            role="row"
            aria-rowindex={index + 2}
            style={{ gridTemplateColumns, transform: `translateY(${start - virtualizer.options.scrollMargin}px)` }}
          >
            {shown.map((column) => (
              <div key={column.name} role="cell" className={classes.cell}>
                {column.render(rows[index]!)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
