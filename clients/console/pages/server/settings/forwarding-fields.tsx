import { Fieldset, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { texts } from '../../../texts/server-settings.ts';
import type { SettingsFormOf } from './use-settings-form.ts';

/** What the server is told besides the messages, and what is kept of them. */
export function ForwardingFields({ form }: { form: SettingsFormOf }) {
  return (
    <>
      <Fieldset legend={texts.forwarding}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={texts.identityHeader} description={texts.identityHeaderHint} {...form.getInputProps('identityHeader')} />
            <TextInput label={texts.claimsHeader} description={texts.claimsHeaderHint} {...form.getInputProps('claimsHeader')} />
          </SimpleGrid>
          <Textarea
            label={texts.forwardedHeaders}
            description={texts.forwardedHeadersHint}
            autosize
            minRows={2}
            {...form.getInputProps('forwardedHeaders')}
          />
        </Stack>
      </Fieldset>
      <Select
        label={texts.payloadCapture}
        description={texts.payloadCaptureHint}
        allowDeselect={false}
        data={Object.entries(texts.payloadCaptures).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('payloadCapture')}
      />
    </>
  );
}
