import { ActionIcon, Avatar, Menu } from '@mantine/core';
import { IconApps, IconLogout, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { readCsrfToken } from '../api/page-facts.ts';
import { useViewer } from '../api/viewer.ts';
import { texts } from '../texts/shell.ts';

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const { user } = useViewer();
  const signOut = useRef<HTMLFormElement>(null);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="transparent" size="lg" radius="xl" aria-label={texts.signedInAs(user.name)}>
            <Avatar size={30} radius="xl" color="indigo">
              <IconUser size={18} />
            </Avatar>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {user.name} · {user.email}
          </Menu.Label>
          <Menu.Item component="a" href="/account" leftSection={<IconUser size={16} />}>
            {texts.account}
          </Menu.Item>
          <Menu.Item component={Link} to="/clients" leftSection={<IconApps size={16} />}>
            {texts.allowedClients}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.current?.submit()}>
            {texts.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <form ref={signOut} method="post" action="/sign-out" hidden>
        <input type="hidden" name="csrf" value={readCsrfToken()} />
      </form>
    </>
  );
}
