import type { Row } from '../bench-context.ts';
import { accessDecisionRow } from './access-decision-row.ts';
import { applyPauseRow } from './apply-pause-row.ts';
import { bridgeRows } from './bridge-rows.ts';
import { callRows } from './call-rows.ts';
import { coldStartRow } from './cold-start-row.ts';
import { controlPlaneRow } from './control-plane-row.ts';
import { fixedRateRow } from './fixed-rate-row.ts';
import { idleStreamsRow } from './idle-streams-row.ts';
import { mixedRows } from './mixed-rows.ts';
import { propagationRow, refreshStormRow } from './script-rows.ts';
import { rollingRestartRow } from './rolling-restart-row.ts';
import { snapshotSwapsRow } from './snapshot-swaps-row.ts';

/** Every row, in the order of the report. */
export const allRows: readonly Row[] = [
  ...callRows,
  ...bridgeRows,
  ...mixedRows,
  accessDecisionRow,
  fixedRateRow,
  idleStreamsRow,
  coldStartRow,
  applyPauseRow,
  snapshotSwapsRow,
  rollingRestartRow,
  refreshStormRow,
  controlPlaneRow,
  propagationRow,
];
