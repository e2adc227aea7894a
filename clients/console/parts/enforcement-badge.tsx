import { Badge, Tooltip } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useEnforcement, type EnforcementState } from '../api/enforcement.ts';
import { texts } from '../texts/shell.ts';

const LOOKS: Readonly<Record<EnforcementState, { color: string; label: string; hint: string | undefined }>> = {
  changing: { color: 'yellow', label: texts.changing, hint: texts.changingHint },
  enforced: { color: 'green', label: texts.enforced, hint: undefined },
  late: { color: 'red', label: texts.late, hint: texts.lateHint },
};

/** Whether what was changed lately is enforced by every gateway: of one object, or of everything. */
export function EnforcementBadge({ subject }: { subject?: string }) {
  const state = useEnforcement(subject);
  if (state === undefined) return <span role="status" aria-live="polite" />;
  const { color, label, hint } = LOOKS[state];
  return (
    <span role="status" aria-live="polite" style={{ flex: 'none' }}>
      <Tooltip label={hint} disabled={hint === undefined}>
        <Badge variant="light" color={color} tt="none" leftSection={state === 'enforced' ? <IconCheck size={12} /> : undefined}>
          {label}
        </Badge>
      </Tooltip>
    </span>
  );
}
