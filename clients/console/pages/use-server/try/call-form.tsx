import { Alert, Anchor, Badge, Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CodeBlock } from '../../../parts/code-block.tsx';
import { texts } from '../../../texts/try-tool.ts';
import { callGateway, type Exchange, type GatewayTarget } from './call-gateway.ts';
import type { Tool } from './read-tools.ts';
import { parseArguments, toFields, type ArgumentFault, type ArgumentField } from './schema-form.ts';

/** Asks for the arguments of a tool, calls it, and shows what became of it. */
export function CallForm({ tool, target }: { tool: Tool; target: GatewayTarget }) {
  const fields = toFields(tool.inputSchema);
  const [entered, setEntered] = useState(() => Object.fromEntries(fields.map(({ name, initial }) => [name, initial])));
  const [faults, setFaults] = useState<Readonly<Record<string, ArgumentFault>>>({});
  const [exchange, setExchange] = useState<Exchange | 'unreachable'>();
  const [isRunning, setIsRunning] = useState(false);
  const call = async () => {
    const parsed = parseArguments(fields, entered);
    setFaults(parsed.ok ? {} : parsed.faults);
    if (!parsed.ok) return;
    setIsRunning(true);
    const params = { name: tool.name, arguments: parsed.value };
    setExchange(await callGateway(target, 'tools/call', params, tool.inputSchema).catch(() => 'unreachable' as const));
    setIsRunning(false);
  };
  return (
    <Stack>
      {tool.description !== undefined && <Text style={{ whiteSpace: 'pre-wrap' }}>{tool.description}</Text>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void call();
        }}
      >
        <Stack>
          {fields.length === 0 && <Text c="dimmed">{texts.noArguments}</Text>}
          {fields.map((field) => (
            <Field
              key={field.name}
              field={field}
              value={entered[field.name] ?? ''}
              fault={faults[field.name]}
              onChange={(value) => setEntered({ ...entered, [field.name]: value })}
            />
          ))}
          <Group>
            <Button type="submit" loading={isRunning}>
              {texts.call}
            </Button>
          </Group>
        </Stack>
      </form>
      {exchange === 'unreachable' && <Alert color="red">{texts.unreachable(location.origin)}</Alert>}
      {exchange !== undefined && exchange !== 'unreachable' && <Outcome exchange={exchange} />}
    </Stack>
  );
}

interface FieldProps {
  readonly field: ArgumentField;
  readonly value: string;
  readonly fault: ArgumentFault | undefined;
  readonly onChange: (value: string) => void;
}

function Field({ field, value, fault, onChange }: FieldProps) {
  const shared = {
    label: field.label,
    description: field.description,
    withAsterisk: field.isRequired,
    error: fault === undefined ? undefined : texts.faults[fault],
  };
  switch (field.kind) {
    case 'choice':
    case 'boolean': {
      const choices = field.kind === 'boolean' ? ['true', 'false'] : field.choices;
      const data = choices.map((choice) => ({ value: choice, label: choice.replace(/^"(.*)"$/, '$1') }));
      return <Select {...shared} data={data} value={value === '' ? null : value} clearable onChange={(next) => onChange(next ?? '')} />;
    }
    case 'json':
      return (
        <Textarea
          {...shared}
          placeholder={texts.json}
          autosize
          minRows={2}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
    case 'text':
    case 'number':
    case 'integer':
      return (
        <TextInput
          {...shared}
          inputMode={field.kind === 'text' ? 'text' : 'decimal'}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
  }
}

function Outcome({ exchange: { request, response, status, durationMs, traceId } }: { exchange: Exchange }) {
  const isGood = hasWorked(response);
  return (
    <Stack role="region" aria-label={texts.outcome}>
      <Group gap="sm">
        <span role="status">
          <Badge color={isGood ? 'green' : 'red'} variant="light" tt="none">
            {isGood ? texts.worked : texts.failed}
          </Badge>
        </span>
        <Text size="sm">{texts.timing(status, durationMs)}</Text>
        <Anchor component={Link} to={`/interactions?trace=${traceId}`} size="sm" underline="always">
          {texts.toLog}
        </Anchor>
      </Group>
      <CodeBlock title={texts.response} text={toText(response)} />
      <CodeBlock title={texts.request} text={toText(request)} />
    </Stack>
  );
}

/** Whether the tool did what it was asked to: it may answer and say that it could not. */
function hasWorked(response: unknown): boolean {
  const { result } = (typeof response === 'object' && response !== null ? response : {}) as { result?: { isError?: boolean } };
  return result !== undefined && result.isError !== true;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}
