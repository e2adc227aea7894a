import type { Journey } from '../journey.ts';
import { addServerJourneys } from './add-server.ts';
import { clientJourneys } from './clients.ts';
import { connectionJourneys } from './connections.ts';
import { everywhereJourneys } from './everywhere.ts';
import { identityJourneys } from './identity.ts';
import { lockdownJourneys } from './lockdown.ts';
import { longListJourneys } from './long-list.ts';
import { observeJourneys } from './observe.ts';
import { peopleJourneys } from './people.ts';
import { provisionJourneys } from './provision.ts';
import { reviewJourneys } from './review.ts';
import { settingsJourneys } from './settings.ts';
import { upstreamSettingsJourneys } from './upstream-settings.ts';
import { useItJourneys } from './use-it.ts';
import { workspaceJourneys } from './workspaces.ts';

/** Every journey, in the order in which they are made: later ones find what earlier ones left. */
export const journeys: readonly Journey[] = [
  ...addServerJourneys,
  ...provisionJourneys,
  ...reviewJourneys,
  ...lockdownJourneys,
  ...settingsJourneys,
  ...connectionJourneys,
  ...useItJourneys,
  ...everywhereJourneys,
  ...upstreamSettingsJourneys,
  ...clientJourneys,
  ...peopleJourneys,
  ...workspaceJourneys,
  ...identityJourneys,
  ...observeJourneys,
  ...longListJourneys,
];
