import { Group, Text, Tooltip } from '@mantine/core';
import { texts } from '../../../texts/server-activity.ts';
import type { Hour } from './hours.ts';
import classes from './hour-bars.module.css';

const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit' });

/** A day of calls, one bar an hour; what was refused or failed stands on top. */
export function HourBars({ hours }: { hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.map(({ calls }) => calls));
  const toHeight = (count: number) => ({ height: `${(count / most) * 100}%` });
  return (
    <div>
      <div className={classes.bars} role="img" aria-label={texts.chart}>
        {hours.map((hour) => (
          <Tooltip key={hour.start} label={texts.hour(time.format(new Date(hour.start)), hour)}>
            <div className={classes.hour}>
              <div className={classes.good} style={toHeight(Math.max(0, hour.calls - hour.errors - hour.refusals))} />
              <div className={classes.refused} style={toHeight(hour.refusals)} />
              <div className={classes.failed} style={toHeight(hour.errors)} />
            </div>
          </Tooltip>
        ))}
      </div>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {texts.dayAgo}
        </Text>
        <Text size="xs" c="dimmed">
          {texts.now}
        </Text>
      </Group>
    </div>
  );
}
