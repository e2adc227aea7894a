import { useMatches } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef, type ReactNode, type Ref } from 'react';
import classes from './data-table.module.css';

/** A column of a table. */
export interface Column<Row> {
  readonly name: string;
  /** As a grid track: `2fr`, `120px`. */
  readonly width: string;
  /** Where it is not `width` that fits a phone. */
  readonly narrowWidth?: string;
  /** Not shown on a phone. */
  readonly isSecondary?: boolean;
  /** On a phone it stands below the others, in a line of its own. */
  readonly isBelow?: boolean;
  readonly render: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  /** Names the table for who does not see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly toKey: (row: Row) => string;
  /** Told the keys of the rows on the screen, and whether the end of the rows comes near. */
  readonly onShow?: (keys: readonly string[], isNearEnd: boolean) => void;
}

const ROW_HEIGHT = 53;
const OVERSCAN = 12;

/** Rows of any number: only those near the screen exist. */
export function DataTable<Row>({ label, columns, rows, toKey, onShow }: DataTableProps<Row>) {
  const body = useRef<HTMLDivElement>(null);
  const isNarrow = useMatches({ base: true, sm: false });
  const shown = useMemo(() => columns.filter(({ isSecondary }) => !isNarrow || isSecondary !== true), [columns, isNarrow]);
  const beside = isNarrow ? shown.filter(({ isBelow }) => isBelow !== true) : shown;
  const gridTemplateColumns = beside.map((column) => `minmax(0, ${toWidth(column, isNarrow)})`).join(' ');
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (position) => toKey(rows[position]!),
  });
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? -1];
  useEffect(() => {
    onShow?.(rows.slice(first, last + 1).map(toKey), last >= rows.length - OVERSCAN);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is called changes with each rendering
  }, [first, last, rows]);
  return (
    <div className={classes.table} role="table" aria-label={label} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns }}>
          {shown.map(({ name, isBelow }) => (
            <div key={name} role="columnheader" className={`${classes.cell} ${isBelow === true ? classes.belowHead : ''}`}>
              {name}
            </div>
          ))}
        </div>
      </div>
      <div ref={body} className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ key, index, start }) => (
          <PlacedRow
            key={key}
            ref={virtualizer.measureElement}
            row={rows[index]!}
            index={index}
            top={start - virtualizer.options.scrollMargin}
            columns={shown as readonly Column<unknown>[]}
            gridTemplateColumns={gridTemplateColumns}
          />
        ))}
      </div>
    </div>
  );
}

function toWidth<Row>({ width, narrowWidth = width }: Column<Row>, isNarrow: boolean): string {
  return isNarrow ? narrowWidth : width;
}

interface PlacedRowProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly row: unknown;
  readonly index: number;
  readonly top: number;
  readonly columns: readonly Column<unknown>[];
  readonly gridTemplateColumns: string;
}

/** Rendered once while it stays on the screen, however far one scrolls. */
const PlacedRow = memo(function PlacedRow({ ref, row, index, top, columns, gridTemplateColumns }: PlacedRowProps) {
  return (
    <div
      ref={ref}
      data-index={index}
      className={`${classes.row} ${classes.placed}`}
      role="row"
      aria-rowindex={index + 2}
      style={{ gridTemplateColumns, transform: `translateY(${top}px)` }}
    >
      {columns.map((column) => (
        <div key={column.name} role="cell" className={`${classes.cell} ${column.isBelow === true ? classes.below : ''}`}>
          {column.render(row)}
        </div>
      ))}
    </div>
  );
});
