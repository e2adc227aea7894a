import { Badge, Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import classes from './choice-cards.module.css';

/** One of several choices, with the sentence that says what it means. */
export interface CardChoice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly text: string;
  readonly badge?: string | undefined;
}

interface ChoiceCardsProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly CardChoice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** Choices of which each needs a sentence. */
export function ChoiceCards<Value extends string>({ label, choices, value, onChange }: ChoiceCardsProps<Value>) {
  return (
    <Radio.Group label={label} value={value} onChange={onChange}>
      <SimpleGrid cols={{ base: 1, sm: choices.length === 3 ? 3 : 2 }} spacing="xs" mt={6}>
        {choices.map((choice) => (
          <Radio.Card key={choice.value} value={choice.value} radius="md" p="sm" className={classes.card}>
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator mt={2} />
              <Stack gap={2}>
                <Group gap={6}>
                  <Text fw={600} size="sm">
                    {choice.label}
                  </Text>
                  {choice.badge !== undefined && (
                    <Badge size="xs" variant="filled" tt="none">
                      {choice.badge}
                    </Badge>
                  )}
                </Group>
                <Text size="sm" c="dimmed">
                  {choice.text}
                </Text>
              </Stack>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}
