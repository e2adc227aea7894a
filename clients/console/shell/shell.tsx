import { AppShell, Burger, Group, Skeleton, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useLiveChanges } from '../api/live.ts';
import { useRead } from '../api/use-read.ts';
import { toViewer, ViewerProvider } from '../api/viewer.ts';
import { ViewerDocument } from '../generated/graphql.ts';
import { Failure } from '../parts/failure.tsx';
import { texts } from '../texts/shell.ts';
import { AccountMenu } from './account-menu.tsx';
import { ColorSchemeSwitch } from './color-scheme-switch.tsx';
import { EnforcementBadge } from '../parts/enforcement-badge.tsx';
import { Logo } from './logo.tsx';
import { NavigationLinks } from './navigation-links.tsx';
import { SearchButton } from './search-button.tsx';
import classes from './shell.module.css';

/** The frame around every page. */
export function Shell() {
  const { data, error, isLoading, refresh } = useRead(ViewerDocument, {});
  const user = data?.viewer.user;
  if (isLoading) return <Frame />;
  if (user == null) return <Failure title={texts.noPersonTitle} error={error} onRetry={refresh} />;
  return (
    <ViewerProvider value={toViewer(user)}>
      <LiveChanges organizationId={user.organization.id} />
      <Frame navigation={<NavigationLinks />} tools={<Tools />}>
        <Outlet />
      </Frame>
    </ViewerProvider>
  );
}

function LiveChanges({ organizationId }: { organizationId: string }) {
  useLiveChanges(organizationId);
  return null;
}

function Tools() {
  return (
    <>
      <EnforcementBadge />
      <SearchButton />
      <ColorSchemeSwitch />
      <AccountMenu />
    </>
  );
}

function Frame({ navigation, tools, children }: { navigation?: ReactNode; tools?: ReactNode; children?: ReactNode }) {
  const [isOpen, { toggle, close }] = useDisclosure();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    close();
    if (main.current?.contains(document.activeElement) === true) return; // the page put the focus where the work begins
    main.current?.focus({ preventScroll: true }); // a screen reader begins with the page that was opened
  }, [pathname, close]);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <a className={classes.skip} href="#content">
        {texts.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={texts.menu} />
            <Logo />
          </Group>
          <Group gap="xs" wrap="nowrap">
            {tools}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={texts.menu}>
        {navigation ?? <NavigationSkeleton />}
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1} className={classes.main}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function NavigationSkeleton() {
  return (
    <Stack gap="sm" aria-hidden>
      {Array.from({ length: 5 }, (_, position) => (
        <Skeleton key={position} h={20} />
      ))}
    </Stack>
  );
}
