import { Migration20261101Core } from './migration-20261101-core.ts';

/** Every migration in the order in which they run. Forward only; one that was released is never edited. */
export const migrations = [{ name: 'Migration20261101Core', class: Migration20261101Core }];
