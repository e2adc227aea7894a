import { Badge, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';

interface PageTabsProps<Tab extends string> {
  /** Those that the person may see. */
  readonly tabs: readonly Tab[];
  readonly tab: Tab;
  readonly labels: Readonly<Record<Tab, string>>;
  /** What waits for somebody behind a tab, in a word or two. */
  readonly notes?: Readonly<Partial<Record<Tab, string>>>;
  readonly onChange: (tab: Tab) => void;
  readonly children: ReactNode;
}

/** The parts of a page of which one is shown; which one is in the page's address. */
export function PageTabs<Tab extends string>({ tabs, tab, labels, notes, onChange, children }: PageTabsProps<Tab>) {
  return (
    <Tabs value={tab} onChange={(next) => onChange(next as Tab)} keepMounted={false}>
      <Tabs.List mb="md">
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name} rightSection={<Note text={notes?.[name]} />}>
            {labels[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab}>{children}</Tabs.Panel>
    </Tabs>
  );
}

function Note({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Badge size="sm" variant="light" color="yellow" tt="none">
      {text}
    </Badge>
  );
}
