import { Group, Paper, SegmentedControl, Switch, Text } from '@mantine/core';
import { useChange } from '../../../api/use-change.ts';
import {
  ServerCapabilityPolicyDocument,
  type AccessGrantUpdateInput,
  type ServerCapabilityGrantQuery,
} from '../../../generated/graphql.ts';
import { EnforcementBadge } from '../../../parts/enforcement-badge.tsx';
import { texts } from '../../../texts/capabilities.ts';

type Grant = NonNullable<ServerCapabilityGrantQuery['accessGrant']>;

/** What becomes of what is new, and of what changes. */
export function ReviewPolicy({ grant, mayWrite }: { grant: Grant; mayWrite: boolean }) {
  const { run } = useChange(ServerCapabilityPolicyDocument);
  // Without a version: each of the two says its own thing, and whoever sets both one after the other must not be in their own way.
  const update = (input: AccessGrantUpdateInput) => void run({ id: grant.id, input }, { subject: grant.id });
  return (
    <Paper withBorder p="sm">
      <Group gap="lg">
        <Group gap="xs">
          <Text size="sm">{texts.newOnes}</Text>
          <SegmentedControl
            size="xs"
            aria-label={texts.newOnes}
            disabled={!mayWrite}
            value={grant.newCapabilities}
            data={[
              { value: 'ALLOW', label: texts.newAllow },
              { value: 'HOLD', label: texts.newHold },
            ]}
            onChange={(newCapabilities) => update({ newCapabilities })}
          />
        </Group>
        <Switch
          label={texts.pins}
          description={texts.pinsHint}
          disabled={!mayWrite}
          checked={grant.pinsDefinitions}
          onChange={({ currentTarget }) => update({ pinsDefinitions: currentTarget.checked })}
        />
        <EnforcementBadge subject={grant.id} />
      </Group>
    </Paper>
  );
}
