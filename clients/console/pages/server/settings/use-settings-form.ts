import { useForm } from '@mantine/form';
import { toValues, type Settings, type SettingsValues } from './settings-values.ts';

export function useSettingsForm(settings: Settings) {
  return useForm<SettingsValues>({ mode: 'controlled', initialValues: toValues(settings) });
}

export type SettingsFormOf = ReturnType<typeof useSettingsForm>;
