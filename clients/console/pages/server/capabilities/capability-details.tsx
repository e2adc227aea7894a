import { Alert, Button, Code, Group, Modal, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { showDone, toFieldFaults, useChange } from '../../../api/use-change.ts';
import { ServerCapabilityApproveDocument, ServerCapabilityUpdateDocument, type CapabilityRowFragment } from '../../../generated/graphql.ts';
import { texts } from '../../../texts/capabilities.ts';
import { Hints } from './capability-columns.tsx';
import { diffLines } from './line-diff.ts';
import classes from './capability-details.module.css';

interface CapabilityDetailsProps {
  readonly grantId: string;
  /** Undefined: nothing is open. */
  readonly row: CapabilityRowFragment | undefined;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
}

/** One capability: what waits to be approved, its own words here, and its definition. */
export function CapabilityDetails({ grantId, row, mayWrite, onClose }: CapabilityDetailsProps) {
  return (
    <Modal opened={row !== undefined} onClose={onClose} size="xl" title={row?.name}>
      {row !== undefined && (
        <Stack gap="md">
          <Group gap={6}>
            <Hints row={row} />
          </Group>
          {(row.state === 'HELD' || row.state === 'CHANGED') && (
            <Review grantId={grantId} row={row} mayWrite={mayWrite} onClose={onClose} />
          )}
          {row.description != null && <Text size="sm">{row.description}</Text>}
          {mayWrite && <WordsForm key={row.id} grantId={grantId} row={row} />}
          <Definition text={row.capability.definition} />
        </Stack>
      )}
    </Modal>
  );
}

function Review({ grantId, row, mayWrite, onClose }: CapabilityDetailsProps & { readonly row: CapabilityRowFragment }) {
  const approval = useChange(ServerCapabilityApproveDocument);
  const refusal = useChange(ServerCapabilityUpdateDocument);
  const { capability, differences } = row;
  const approve = async () => {
    const approvals = [{ capabilityId: capability.id, definitionDigest: capability.definitionDigest }];
    if (!(await approval.run({ id: grantId, input: { approvals } }, { subject: grantId })).ok) return;
    showDone(texts.approved);
    onClose();
  };
  const turnAway = async () => {
    const input = { capabilityIds: [capability.id], enabled: false };
    if (!(await refusal.run({ id: grantId, input }, { subject: grantId })).ok) return;
    showDone(texts.turnedAway(row.name));
    onClose();
  };
  return (
    <Stack gap="sm">
      <Alert color="yellow">
        <Group justify="space-between">
          <Text size="sm">{row.state === 'HELD' ? texts.heldText : `${texts.changedText} ${texts.wasApproved}`}</Text>
          {mayWrite && (
            <Group gap="xs">
              <Button size="compact-md" variant="default" loading={refusal.isRunning} onClick={() => void turnAway()}>
                {texts.turnAway}
              </Button>
              <Button size="compact-md" loading={approval.isRunning} onClick={() => void approve()}>
                {texts.approve}
              </Button>
            </Group>
          )}
        </Group>
      </Alert>
      {differences.map(({ part, approved, current }) => (
        <div key={part}>
          <Title order={3} size="h6">
            {part}
          </Title>
          <Difference before={approved ?? ''} after={current ?? ''} />
        </div>
      ))}
    </Stack>
  );
}

const MARKS = { same: '  ', removed: '- ', added: '+ ' } as const;

function Difference({ before, after }: { before: string; after: string }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <pre className={classes.difference} tabIndex={0}>
      {diffLines(before, after).map(({ kind, text }, position) => (
        // eslint-disable-next-line react/no-array-index-key -- a line is what stands at its place
        <div key={position} className={classes[kind]}>
          {MARKS[kind]}
          {text}
        </div>
      ))}
    </pre>
  );
}

/** A name, title and description of the workspace's own. */
function WordsForm({ grantId, row }: { grantId: string; row: CapabilityRowFragment }) {
  const { run, isRunning } = useChange(ServerCapabilityUpdateDocument);
  const form = useForm({
    mode: 'controlled',
    initialValues: {
      exposedName: row.exposedName ?? '',
      exposedTitle: row.exposedTitle ?? '',
      exposedDescription: row.exposedDescription ?? '',
    },
  });
  const submit = async (values: typeof form.values) => {
    const words = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, text === '' ? null : text]));
    const outcome = await run(
      { id: grantId, input: { capabilityIds: [row.capability.id], ...words } },
      { subject: grantId, isQuiet: true },
    );
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, Object.keys(values)));
    form.resetDirty(values);
    showDone(texts.saved);
  };
  const canRename = row.kind === 'TOOL' || row.kind === 'PROMPT';
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack gap="xs">
        <Group grow align="flex-start">
          {canRename && <TextInput label={texts.ownName} placeholder={row.capability.name} {...form.getInputProps('exposedName')} />}
          <TextInput label={texts.ownTitle} placeholder={texts.ownHint} {...form.getInputProps('exposedTitle')} />
        </Group>
        <Textarea
          label={texts.ownDescription}
          placeholder={texts.ownHint}
          autosize
          minRows={2}
          {...form.getInputProps('exposedDescription')}
        />
        <Group justify="flex-end">
          <Button type="submit" variant="default" disabled={!form.isDirty()} loading={isRunning}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Definition({ text }: { text: string }) {
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {texts.definition}
      </Title>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
      <Code block className={classes.definition} tabIndex={0}>
        {indent(text)}
      </Code>
    </div>
  );
}

/** The definition comes as JSON without spaces. */
function indent(text: string): string {
  return JSON.stringify(JSON.parse(text), undefined, 2);
}
