import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { showDone, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { ApiKeyDeleteDocument, ApiKeyRevokeDocument, type ApiKeyScope } from '../../generated/graphql.ts';
import { texts } from '../../texts/api-keys.ts';
import { confirmLoss } from '../confirm.tsx';
import { DataTable, type Column } from '../data-table.tsx';
import { isStopped, LockdownBadge } from '../lockdown/lockdown-badge.tsx';
import { LockdownButton } from '../lockdown/lockdown-button.tsx';
import type { LockdownSubject } from '../lockdown/subject.ts';
import { UnlockButton } from '../lockdown/unlock-button.tsx';
import { useNowMs } from '../now.ts';
import { TimeAgo } from '../time-ago.tsx';

/** A key as lists show it. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: string;
  readonly expiresAt?: string | null;
  readonly revokedAt?: string | null;
  readonly isLockedDown: boolean;
  /** Set while it is stopped everywhere, for those who may know why. */
  readonly lockdown?: { readonly id: string; readonly reason?: string | null } | null;
  /** Whose it is, or which workspace it is for. */
  readonly about: string;
  /** Which workspace it is for, where `about` says whose it is. */
  readonly place?: string;
  /** Whether the person may revoke and remove it. */
  readonly isMine: boolean;
}

interface KeyTableProps {
  readonly label: string;
  /** What `about` of the rows says. */
  readonly aboutLabel: string;
  readonly rows: readonly KeyRow[];
  readonly onShow: (ids: readonly string[], isNearEnd: boolean) => void;
}

/** Keys, and what becomes of them. */
export function KeyTable({ label, aboutLabel, rows, onShow }: KeyTableProps) {
  const { isAdmin } = useViewer();
  const columns: readonly Column<KeyRow>[] = [
    {
      name: texts.name,
      width: '2fr',
      render: ({ name, prefix }) => (
        <Stack gap={0}>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace" truncate>
            {prefix}…
          </Text>
        </Stack>
      ),
    },
    { name: aboutLabel, width: '1.4fr', isSecondary: true, render: ({ about, place }) => <Cell text={about} more={place} /> },
    {
      name: texts.scopes,
      width: '1.6fr',
      isSecondary: true,
      render: ({ scopes }) => <Cell text={scopes.map((scope) => texts.scope[scope]).join(', ')} />,
    },
    { name: texts.state, width: '1.5fr', narrowWidth: '110px', render: (row) => <State row={row} /> },
    { name: texts.expires, width: '1.2fr', isSecondary: true, render: ({ expiresAt }) => <Expiry at={expiresAt} /> },
    { name: texts.actions, width: isAdmin ? '136px' : '104px', isBelow: true, render: (row) => <Actions row={row} /> },
  ];
  return <DataTable label={label} columns={columns} rows={rows} toKey={({ id }) => id} onShow={onShow} />;
}

function Cell({ text, more }: { text: string; more?: string }) {
  return (
    <Stack gap={0}>
      <Text size="sm" truncate title={text}>
        {text}
      </Text>
      {more !== undefined && (
        <Text size="xs" c="dimmed" truncate title={more}>
          {more}
        </Text>
      )}
    </Stack>
  );
}

function Expiry({ at }: { at: string | null | undefined }) {
  return <Text size="sm">{at == null ? texts.never : <TimeAgo at={at} />}</Text>;
}

function State({ row }: { row: KeyRow }) {
  const { color, label } = useKeyState(row);
  if (isStopped(row)) return <LockdownBadge {...row} />;
  return (
    <Badge variant="light" color={color} tt="none">
      {label}
    </Badge>
  );
}

function useKeyState({ revokedAt, expiresAt }: KeyRow): { color: string; label: string } {
  const nowMs = useNowMs();
  if (revokedAt != null) return { color: 'gray', label: texts.revoked };
  if (expiresAt != null && Date.parse(expiresAt) <= nowMs) return { color: 'gray', label: texts.expired };
  return { color: 'green', label: texts.works };
}

function Actions({ row }: { row: KeyRow }) {
  const subject: LockdownSubject = { id: row.id, kind: 'API_KEY', name: row.name };
  if (row.lockdown != null) return <UnlockButton subject={subject} lockdown={row.lockdown} />;
  return (
    <Group gap={0} wrap="nowrap">
      {row.revokedAt == null && <LockdownButton subject={subject} lockdown={row.lockdown} isSmall />}
      {row.isMine && <EndButton row={row} />}
    </Group>
  );
}

/** Ends a key that works; takes one that does not off the list. */
function EndButton({ row }: { row: KeyRow }) {
  const revoke = useChange(ApiKeyRevokeDocument);
  const remove = useChange(ApiKeyDeleteDocument);
  if (row.revokedAt == null) {
    const end = async () => {
      if ((await revoke.run({ id: row.id }, { subject: row.id })).ok) showDone(texts.revokeDone);
    };
    const ask = () =>
      confirmLoss({ title: texts.revokeTitle(row.name), text: texts.revokeText, action: texts.revoke, onConfirm: () => void end() });
    return <SmallButton label={texts.revoke} hint={texts.revokeOf(row.name)} isRunning={revoke.isRunning} onClick={ask} />;
  }
  const ask = () =>
    confirmLoss({
      title: texts.removeTitle(row.name),
      text: texts.removeText,
      action: texts.remove,
      onConfirm: () => void remove.run({ id: row.id }),
    });
  return <SmallButton label={texts.remove} hint={texts.removeOf(row.name)} isRunning={remove.isRunning} onClick={ask} />;
}

function SmallButton(props: { label: string; hint: string; isRunning: boolean; onClick: () => void }) {
  return (
    <Button size="compact-sm" variant="subtle" color="red" loading={props.isRunning} aria-label={props.hint} onClick={props.onClick}>
      {props.label}
    </Button>
  );
}
