import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { showDone, useChange } from '../../api/use-change.ts';
import { LockdownBeginDocument, LockdownExplainDocument, type LockdownFactsFragment } from '../../generated/graphql.ts';
import { texts } from '../../texts/lockdown.ts';
import { texts as shellTexts } from '../../texts/shell.ts';
import type { LockdownSubject } from './subject.ts';

interface LockdownDialogProps {
  readonly subject: LockdownSubject;
  /** The one whose reason is changed; undefined where one begins. */
  readonly lockdown: LockdownFactsFragment | undefined;
  readonly onClose: () => void;
}

/** Says what will stop and asks why, before anything does. */
export function LockdownDialog({ subject, lockdown, onClose }: LockdownDialogProps) {
  const [reason, setReason] = useState(lockdown?.reason ?? '');
  const [idempotencyKey] = useState(newIdempotencyKey);
  const begin = useChange(LockdownBeginDocument);
  const explain = useChange(LockdownExplainDocument);
  const submit = async () => {
    const given = reason.trim() === '' ? null : reason.trim();
    const outcome =
      lockdown === undefined
        ? await begin.run({ input: { subjectId: subject.id, reason: given }, idempotencyKey }, { subject: subject.id })
        : await explain.run({ id: lockdown.id, input: { reason: given }, expectedVersion: lockdown.version });
    if (!outcome.ok) return;
    showDone(lockdown === undefined ? texts.lockedDone(subject.name) : texts.explained);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={lockdown === undefined ? texts.lockTitle(subject.name) : texts.explainTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          {lockdown === undefined && <Text size="sm">{texts.stops[subject.kind]}</Text>}
          <Textarea
            label={texts.reason}
            description={texts.reasonHint}
            data-autofocus
            autosize
            minRows={2}
            maxLength={2_000}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {shellTexts.cancel}
            </Button>
            <Button type="submit" color={lockdown === undefined ? 'red' : undefined} loading={begin.isRunning || explain.isRunning}>
              {lockdown === undefined ? texts.lockNow : texts.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
