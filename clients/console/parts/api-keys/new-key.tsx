import { Alert, Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { ApiKeyCreateDocument, type ApiKeyKind, type ApiKeyScope } from '../../generated/graphql.ts';
import { texts } from '../../texts/api-keys.ts';
import { CopyText } from '../copy-text.tsx';
import { toExpiry } from './expiry.ts';

interface NewKeyProps {
  readonly kind: ApiKeyKind;
  /** The workspace that a service key is for. */
  readonly workspaceId?: string;
}

const SCOPES: readonly ApiKeyScope[] = ['MCP', 'API_READ', 'API_WRITE'];
const EXPIRIES = ['30', '90', '365', 'never'] as const;

/** Makes a key, and shows it once. */
export function NewKeyButton({ kind, workspaceId }: NewKeyProps) {
  const [isOpen, { open, close }] = useDisclosure();
  const [plain, setPlain] = useState<string>();
  const finish = () => {
    close();
    setPlain(undefined);
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        {texts.create}
      </Button>
      <Modal
        opened={isOpen}
        onClose={finish}
        title={texts.create}
        size="lg"
        // A key that is shown once is not lost by a click beside it.
        closeOnClickOutside={plain === undefined}
        closeOnEscape={plain === undefined}
        withCloseButton={plain === undefined}
      >
        {plain === undefined ? (
          <NewKeyForm kind={kind} workspaceId={workspaceId} onMade={setPlain} />
        ) : (
          <MadeKey plain={plain} onDone={finish} />
        )}
      </Modal>
    </>
  );
}

function MadeKey({ plain, onDone }: { plain: string; onDone: () => void }) {
  return (
    <Stack>
      <Alert color="green" icon={<IconKey />} title={texts.shownOnce}>
        {texts.shownOnceText}
      </Alert>
      <CopyText text={plain} label={texts.copyKey} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{texts.haveIt}</Button>
      </Group>
    </Stack>
  );
}

function NewKeyForm({ kind, workspaceId, onMade }: NewKeyProps & { onMade: (plain: string) => void }) {
  const { workspaces } = useViewer();
  const create = useChange(ApiKeyCreateDocument);
  const form = useForm({
    initialValues: {
      name: '',
      workspaceId: workspaceId ?? workspaces[0]?.id ?? '',
      scopes: findScopes(workspaces.length > 0 || workspaceId !== undefined),
      expiry: '90',
    },
    validate: {
      scopes: (scopes) => (scopes.length === 0 ? texts.scopesNeeded : null),
      workspaceId: (id, { scopes }) => (id === '' && scopes.includes('MCP') ? texts.workspaceNeeded : null),
    },
  });
  const submit = async () => {
    const { name, scopes, expiry, workspaceId: chosen } = form.values;
    const expiresAt = expiry === 'never' ? null : toExpiry(Number(expiry));
    const input = { kind, name: name.trim(), scopes, expiresAt, workspaceId: chosen === '' ? null : chosen };
    const outcome = await create.run({ input, idempotencyKey: newIdempotencyKey() }, { isQuiet: true });
    if (!outcome.ok) form.setErrors(toFieldFaults(outcome.faults, ['name', 'scopes', 'workspaceId']));
    else if (outcome.payload.plainKey != null) onMade(outcome.payload.plainKey);
  };
  return (
    <form onSubmit={form.onSubmit(() => void submit())}>
      <Stack>
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          required
          maxLength={120}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {kind === 'USER' && (
          <Select
            label={texts.workspace}
            description={texts.workspaceHint}
            data={[...workspaces.map(({ id, name }) => ({ value: id, label: name })), { value: '', label: texts.apiOnly }]}
            allowDeselect={false}
            searchable
            {...form.getInputProps('workspaceId')}
          />
        )}
        <Checkbox.Group label={texts.scopes} {...form.getInputProps('scopes')}>
          <Stack gap={6} mt={6}>
            {SCOPES.map((scope) => (
              <Checkbox key={scope} value={scope} label={texts.scope[scope]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label={texts.expires}
          data={EXPIRIES.map((value) => ({ value, label: texts.expiry[value] }))}
          allowDeselect={false}
          {...form.getInputProps('expiry')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isRunning}>
            {texts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What a key is mostly made for: calls where there is a workspace to call in. */
function findScopes(hasWorkspace: boolean): ApiKeyScope[] {
  return [hasWorkspace ? 'MCP' : 'API_READ'];
}
