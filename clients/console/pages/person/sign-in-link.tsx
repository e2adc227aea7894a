import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../api/use-change.ts';
import { PersonSignInLinkDocument } from '../../generated/graphql.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { texts } from '../../texts/people.ts';
import type { PersonView } from './person-page.tsx';

/** Makes a link by which a person chooses a password, and shows it once. */
export function SignInLinkButton({ person }: { person: PersonView }) {
  const { run, isRunning } = useChange(PersonSignInLinkDocument);
  const [link, setLink] = useState<{ readonly url: string; readonly expiresAt: string }>();
  const make = async () => {
    const outcome = await run({ userId: person.id });
    if (outcome.ok && outcome.payload.signInLink != null) setLink(outcome.payload.signInLink);
  };
  return (
    <>
      <Button variant="default" leftSection={<IconLink size={16} />} loading={isRunning} onClick={() => void make()}>
        {texts.link}
      </Button>
      <Modal opened={link !== undefined} onClose={() => setLink(undefined)} title={texts.linkTitle} size="lg" closeOnClickOutside={false}>
        {link !== undefined && (
          <Stack>
            <Text size="sm">{texts.linkText(person.name)}</Text>
            <CopyText text={link.url} label={texts.copyLink} />
            <Text size="sm" c="dimmed">
              {texts.linkExpires} <TimeAgo at={link.expiresAt} />
            </Text>
            <Group justify="flex-end">
              <Button onClick={() => setLink(undefined)}>{texts.done}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
