import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useRead } from '../api/use-read.ts';
import { useViewer } from '../api/viewer.ts';
import { LockdownBadge } from '../parts/lockdown/lockdown-badge.tsx';
import { SearchDocument } from '../generated/graphql.ts';
import { ServerIcon } from '../parts/server-icon.tsx';
import { texts } from '../texts/shell.ts';
import { findNavigation } from './navigation.ts';
import { toFoundGroups } from './found-groups.ts';

const [store, spotlight] = createSpotlight();

/** The search over everything that has a name and that the person may see. */
export function SearchDialog({ onClose }: { onClose: () => void }) {
  const viewer = useViewer();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 120);
  const { data } = useRead(SearchDocument, { organizationId: viewer.organizationId, text: settled }, { isPaused: settled === '' });
  useEffect(() => spotlight.open(), []);
  const groups = toFoundGroups(findNavigation(viewer), text, settled === '' ? undefined : data);
  return (
    <Spotlight.Root store={store} query={text} onQueryChange={setText} onSpotlightClose={onClose} shortcut={null} clearQueryOnClose={false}>
      <Spotlight.Search placeholder={texts.searchHint} aria-label={texts.search} leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList>
        {groups.map(({ label, items }) => (
          <Spotlight.ActionsGroup key={label} label={label}>
            {items.map(({ id, to, search, title, description, iconPath, isStopped }) => (
              <Spotlight.Action
                key={id}
                label={title}
                description={description}
                leftSection={iconPath !== undefined && <ServerIcon name={title} src={iconPath} size={24} />}
                rightSection={<LockdownBadge isLockedDown={isStopped ?? false} />}
                onClick={() => void navigate({ to, search })}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>{texts.searchNothing}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
