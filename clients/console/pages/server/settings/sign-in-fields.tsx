import { Alert, Checkbox, Fieldset, PasswordInput, Select, SimpleGrid, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { McpAuthentication, McpGranularity } from '../../../generated/graphql.ts';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { texts as addTexts } from '../../../texts/add-server.ts';
import { texts } from '../../../texts/server-settings.ts';
import type { SettingsFormOf } from './use-settings-form.ts';
import { usesOauth, type Settings } from './settings-values.ts';

const AUTHENTICATIONS = ['OAUTH', 'CLIENT_CREDENTIALS', 'CUSTOM_HEADERS', 'NONE'] as const;
const GRANULARITIES = ['ORGANIZATION', 'WORKSPACE', 'USER'] as const;
const ADDRESSES = ['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'registrationEndpoint', 'revocationEndpoint'] as const;

interface SignInFieldsProps {
  readonly form: SettingsFormOf;
  readonly settings: Settings;
}

/** How the gateway signs in to the server, and as whom. */
export function SignInFields({ form, settings }: SignInFieldsProps) {
  const { authentication, granularity } = form.values;
  const loses = settings.authentication !== 'NONE' && (authentication !== settings.authentication || granularity !== settings.granularity);
  return (
    <Fieldset legend={texts.signIn}>
      <Stack gap="md">
        <ChoiceCards<McpAuthentication>
          label={addTexts.authentication}
          value={authentication}
          choices={AUTHENTICATIONS.map((value) => ({ value, ...addTexts.authentications[value] }))}
          onChange={(value) => form.setFieldValue('authentication', value)}
        />
        {authentication !== 'NONE' && (
          <ChoiceCards<McpGranularity>
            label={addTexts.granularity}
            value={granularity}
            choices={GRANULARITIES.map((value) => ({ value, ...addTexts.granularities[value] }))}
            onChange={(value) => form.setFieldValue('granularity', value)}
          />
        )}
        {loses && (
          <Alert color="yellow" icon={<IconPlugConnectedX />}>
            {texts.losesConnections}
          </Alert>
        )}
        {authentication === 'CUSTOM_HEADERS' && (
          <TagsInput label={texts.headerNames} description={texts.headerNamesHint} maxTags={32} {...form.getInputProps('headerNames')} />
        )}
        {usesOauth(form.values) && <OauthFields form={form} settings={settings} />}
      </Stack>
    </Fieldset>
  );
}

function OauthFields({ form, settings }: SignInFieldsProps) {
  const hasSecret = settings.oauth?.hasClientSecret ?? false;
  return (
    <Stack gap="md">
      <TextInput label={addTexts.scopes} description={addTexts.scopesHint} {...form.getInputProps('scopes')} />
      {form.values.authentication === 'OAUTH' && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={addTexts.clientId} description={texts.clientIdHint} autoComplete="off" {...form.getInputProps('clientId')} />
          <Stack gap="xs">
            <PasswordInput
              label={addTexts.clientSecret}
              description={hasSecret ? texts.secretStored : addTexts.secretHint}
              autoComplete="new-password"
              {...form.getInputProps('clientSecret')}
            />
            {hasSecret && <Checkbox label={texts.removeSecret} {...form.getInputProps('removesSecret', { type: 'checkbox' })} />}
          </Stack>
        </SimpleGrid>
      )}
      <Fieldset legend={texts.overrides}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {ADDRESSES.map((name) => (
            <TextInput key={name} label={texts.addresses[name]} placeholder={texts.discovered} {...form.getInputProps(name)} />
          ))}
          <Select
            label={texts.tokenMethod}
            placeholder={texts.discovered}
            clearable
            data={Object.entries(texts.tokenMethods).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps('tokenEndpointAuthMethod')}
            value={form.values.tokenEndpointAuthMethod === '' ? null : form.values.tokenEndpointAuthMethod}
            onChange={(value) => form.setFieldValue('tokenEndpointAuthMethod', (value ?? '') as typeof form.values.tokenEndpointAuthMethod)}
          />
          <TextInput label={texts.resource} description={texts.resourceHint} {...form.getInputProps('resource')} />
          <TextInput label={texts.audience} description={texts.audienceHint} {...form.getInputProps('audience')} />
        </SimpleGrid>
        <Textarea
          mt="md"
          label={texts.authorizeParameters}
          description={texts.authorizeParametersHint}
          autosize
          minRows={2}
          {...form.getInputProps('authorizeParameters')}
        />
      </Fieldset>
    </Stack>
  );
}
